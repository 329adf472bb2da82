package engine

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
)

// evalPackage is the package that an expression is checked in, with the file
// set that its positions are of.
func (g *goroutine) evalPackage(path string) (*types.Package, *token.FileSet) {
	i := g.resolvePackage(path)
	pkg := g.typesPackage(i)
	if pkg != nil && g.completed[i] == pkg {
		return pkg, g.round.fset
	}
	return pkg, g.fset
}

// eval is the operation `eval P EXPR`.
func (g *goroutine) eval(path, expr string) bool {
	pkg, fset := g.evalPackage(path)
	if pkg == nil {
		return g.skip("there is no package to evaluate in")
	}
	tv, err := types.Eval(fset, pkg, token.NoPos, expr)
	g.evaluated("eval", expr, tv, err)
	return true
}

// checkExpr is the operation `checkexpr P EXPR`.
func (g *goroutine) checkExpr(path, text string) bool {
	pkg, fset := g.evalPackage(path)
	if pkg == nil {
		return g.skip("there is no package to evaluate in")
	}
	expr, err := parser.ParseExprFrom(fset, "checkexpr", text, parser.SkipObjectResolution)
	if err != nil {
		return g.skip("the expression has syntax errors")
	}
	info := &types.Info{Types: make(map[ast.Expr]types.TypeAndValue)}
	err = types.CheckExpr(fset, pkg, token.NoPos, expr, info)
	g.evaluated("checkexpr", text, info.Types[expr], err)
	return true
}

// evaluated keeps the type of an expression.
func (g *goroutine) evaluated(op, expr string, tv types.TypeAndValue, err error) {
	if err == nil {
		g.remember(tv.Type)
	}
	if !g.round.answers {
		return
	}
	subject := []any{expr}
	switch {
	case err != nil:
		g.answer(op, subject, []any{errorText(err)}, err.Error())
	case tv.Value != nil:
		g.answer(op, subject, []any{tv.Type, tv.Value.ExactString()}, "")
	default:
		g.answer(op, subject, []any{tv.Type}, "")
	}
}
