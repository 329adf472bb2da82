package engine

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
)

func init() {
	operands := []operand{aPackage, expression}
	register(operation{word: "eval", operands: operands, run: (*goroutine).eval})
	register(operation{word: "checkexpr", operands: operands, run: (*goroutine).checkExpr})
}

// evalPackage is the package in which an expression is checked, with the file set of
// its positions.
func (g *goroutine) evalPackage(path string) (*types.Package, *token.FileSet) {
	i := g.resolvePackage(path)
	pkg := g.typesPackage(i)
	if pkg != nil && g.completed[i] == pkg {
		return pkg, g.round.fset
	}
	return pkg, g.fset
}

// eval is the operation `eval P EXPR`.
func (g *goroutine) eval(c *call) bool {
	pkg, fset := g.evalPackage(c.path)
	if pkg == nil {
		return g.skip("there is no package to evaluate in")
	}
	tv, err := types.Eval(fset, pkg, token.NoPos, c.expr)
	g.evaluated(c, tv, err)
	return true
}

// checkExpr is the operation `checkexpr P EXPR`.
func (g *goroutine) checkExpr(c *call) bool {
	pkg, fset := g.evalPackage(c.path)
	if pkg == nil {
		return g.skip("there is no package to evaluate in")
	}
	expr, err := parser.ParseExprFrom(fset, "checkexpr", c.expr, parser.SkipObjectResolution)
	if err != nil {
		return g.skip("the expression has syntax errors")
	}
	info := &types.Info{Types: make(map[ast.Expr]types.TypeAndValue)}
	err = types.CheckExpr(fset, pkg, token.NoPos, expr, info)
	g.evaluated(c, info.Types[expr], err)
	return true
}

// evaluated keeps the type of an expression.
func (g *goroutine) evaluated(c *call, tv types.TypeAndValue, err error) {
	if err == nil {
		g.remember(tv.Type)
	}
	if !g.round.answers {
		return
	}
	subject := []any{c.expr}
	switch {
	case err != nil:
		g.answer(c.word, subject, []any{errorText(err)}, err.Error())
	case tv.Value != nil:
		g.answer(c.word, subject, []any{tv.Type, tv.Value.ExactString()}, "")
	default:
		g.answer(c.word, subject, []any{tv.Type}, "")
	}
}
