//go:build !types2

package engine

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
)

func init() {
	operands := []operand{aPackage, aPlace, expression}
	register(operation{word: "eval", operands: operands, run: (*goroutine).eval})
	register(operation{word: "checkexpr", operands: operands, run: (*goroutine).checkExpr})
}

// evaluation is where an expression is checked.
type evaluation struct {
	pkg  *types.Package
	fset *token.FileSet
	pos  token.Pos
}

// evaluation finds the package of an expression, and the position in it; nil if there is no
// package.
func (g *goroutine) evaluation(c *call) *evaluation {
	i := g.resolvePackage(c.path)
	pkg := g.typesPackage(i)
	if pkg == nil {
		return nil
	}
	e := &evaluation{pkg, g.fset, token.NoPos}
	if g.completed[i] == pkg {
		e.fset = g.round.fset
	}
	switch {
	case c.place < 0 || g.delivery != fromSource:
		// Only packages that are checked from source have scopes with positions.
	case g.completed[i] == pkg:
		e.pos = blockEnd(g.sources[i].trees, c.place)
	case g.latest[i] == pkg:
		e.pos = blockEnd(g.files[i], c.place)
	}
	return e
}

// blockEnd is the end of the n-th block of functions, where everything that is declared in it and
// around it is visible; NoPos if there is no function with a body.
func blockEnd(files []*ast.File, n int) token.Pos {
	var ends []token.Pos
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if block, ok := n.(*ast.BlockStmt); ok && block.Rbrace.IsValid() {
				ends = append(ends, block.Rbrace)
			}
			return true
		})
	}
	if len(ends) == 0 {
		return token.NoPos
	}
	return ends[n%len(ends)]
}

const noHome = "there is no package to evaluate in"

// eval is the operation `eval P [at N] EXPR`.
func (g *goroutine) eval(c *call) bool {
	e := g.evaluation(c)
	if e == nil {
		return g.skip(noHome)
	}
	tv, err := types.Eval(e.fset, e.pkg, e.pos, c.expr)
	g.evaluated(c, c.expr, tv, err)
	return true
}

// checkExpr is the operation `checkexpr P [at N] EXPR`.
func (g *goroutine) checkExpr(c *call) bool {
	e := g.evaluation(c)
	if e == nil {
		return g.skip(noHome)
	}
	expr, err := parser.ParseExprFrom(e.fset, "checkexpr", c.expr, parser.SkipObjectResolution)
	if err != nil {
		return g.skip("the expression has syntax errors")
	}
	info := &types.Info{Types: make(map[ast.Expr]types.TypeAndValue)}
	err = types.CheckExpr(e.fset, e.pkg, e.pos, expr, info)
	g.evaluated(c, c.expr, info.Types[expr], err)
	return true
}

// evaluated keeps the type of an expression.
func (g *goroutine) evaluated(c *call, subject any, tv types.TypeAndValue, err error) {
	if err == nil {
		g.remember(tv.Type)
	}
	if !g.round.answers {
		return
	}
	switch {
	case err != nil:
		g.answer(c.word, []any{subject}, []any{errorText(err)}, err.Error())
	case tv.Value != nil:
		g.answer(c.word, []any{subject}, []any{tv.Type, tv.Value.ExactString()}, "")
	default:
		g.answer(c.word, []any{subject}, []any{tv.Type}, "")
	}
}
