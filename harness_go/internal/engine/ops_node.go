//go:build !types2

package engine

import (
	"go/ast"
	"go/types"
)

func init() {
	register(operation{
		word: "checknode", operands: []operand{aPackage, aNode}, syntax: true,
		run: (*goroutine).checkNode,
	})
}

// checkNode is the operation `checknode P N`: it checks an expression of the package's syntax once
// more, where it stands. gopls does so to find out whether type arguments can be inferred, and what
// a changed call would mean.
func (g *goroutine) checkNode(c *call) bool {
	b := g.checkedWithSyntax(c)
	if b == nil {
		return false
	}
	nodes := b.expressions()
	if len(nodes) == 0 {
		return g.skip("the package has no expression")
	}
	node := nodes[c.node%len(nodes)]
	expr := withoutTypeArgs(b.info, node)
	info := newInfo()
	err := types.CheckExpr(b.fset, b.pkg, node.Pos(), expr, info)
	g.evaluated(c, int64(c.node), info.Types[expr], err)
	if err == nil {
		ast.Inspect(expr, func(n ast.Node) bool {
			if ident, ok := n.(*ast.Ident); ok && info.Instances[ident].Type != nil {
				g.remember(info.Instances[ident].Type)
			}
			return true
		})
	}
	return true
}

// expressions are the expressions whose type was recorded, in the order of the source.
func (b *built) expressions() []ast.Expr {
	var found []ast.Expr
	for _, file := range b.files {
		ast.Inspect(file, func(n ast.Node) bool {
			expr, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			if lit, ok := n.(*ast.CompositeLit); ok && lit.Type == nil {
				return true // its type is that of an element of the literal around it
			}
			if tv := b.info.Types[expr]; tv.IsValue() || tv.IsType() || tv.IsVoid() {
				found = append(found, expr)
			}
			return true
		})
	}
	return found
}

// withoutTypeArgs is a copy of a call without its type arguments; any other expression is returned
// as it is.
func withoutTypeArgs(info *types.Info, expr ast.Expr) ast.Expr {
	call, ok := expr.(*ast.CallExpr)
	if !ok {
		return expr
	}
	var fun ast.Expr
	switch f := call.Fun.(type) {
	case *ast.IndexExpr:
		fun = f.X
	case *ast.IndexListExpr:
		fun = f.X
	default:
		return expr
	}
	name, ok := fun.(*ast.Ident)
	if !ok {
		if s, isSelector := fun.(*ast.SelectorExpr); isSelector {
			name = s.Sel
		}
	}
	if name == nil || info.Instances[name].Type == nil {
		return expr
	}
	short := *call
	short.Fun = fun
	return &short
}
