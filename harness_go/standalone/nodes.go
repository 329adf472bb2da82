package standalone

import (
	"go/ast"
	"go/token"
	"go/types"
)

// blockEnd returns the end of the n-th block of a package's functions.
func blockEnd(c checked, n int) token.Pos {
	ends := []token.Pos{}
	inspect(c, func(node ast.Node) {
		if block, ok := node.(*ast.BlockStmt); ok {
			ends = append(ends, block.Rbrace)
		}
	})
	if len(ends) == 0 {
		return token.NoPos
	}
	return ends[n%len(ends)]
}

// checkNode checks the n-th expression of a package's syntax again, a call without its
// type arguments. It returns the types that this makes.
func checkNode(c checked, n int) (made []types.Type) {
	var list []ast.Expr
	inspect(c, func(node ast.Node) {
		expr, ok := node.(ast.Expr)
		if lit, isLit := node.(*ast.CompositeLit); !ok || isLit && lit.Type == nil {
			return
		}
		if tv := c.info.Types[expr]; tv.IsValue() || tv.IsType() || tv.IsVoid() {
			list = append(list, expr)
		}
	})
	if len(list) == 0 {
		return nil
	}
	node := list[n%len(list)]
	expr := withoutTypeArgs(c.info, node)
	info := newInfo()
	if types.CheckExpr(c.fileSet, c.pkg, node.Pos(), expr, info) != nil {
		return nil
	}
	made = append(made, info.Types[expr].Type)
	ast.Inspect(expr, func(node ast.Node) bool {
		if id, ok := node.(*ast.Ident); ok && info.Instances[id].Type != nil {
			made = append(made, info.Instances[id].Type)
		}
		return true
	})
	return made
}

// withoutTypeArgs returns a call of a generic function without its type arguments.
func withoutTypeArgs(info *types.Info, expr ast.Expr) ast.Expr {
	call, ok := expr.(*ast.CallExpr)
	if !ok {
		return expr
	}
	var f ast.Expr
	switch index := call.Fun.(type) {
	case *ast.IndexExpr:
		f = index.X
	case *ast.IndexListExpr:
		f = index.X
	default:
		return expr
	}
	name, ok := f.(*ast.Ident)
	if sel, isSelector := f.(*ast.SelectorExpr); isSelector {
		name, ok = sel.Sel, true
	}
	if !ok || info.Instances[name].Type == nil {
		return expr
	}
	short := *call
	short.Fun = f
	return &short
}

// universeTypes returns the types of the predeclared objects.
func universeTypes() (list []types.Type) {
	for _, name := range types.Universe.Names() {
		list = append(list, types.Universe.Lookup(name).Type())
	}
	return list
}
