package engine

import (
	"go/ast"
	"go/parser"
	"go/types"
)

func init() {
	register(operation{
		word: "instantiate", operands: []operand{anObject, typeArguments, withContext},
		run: (*goroutine).instantiate,
	})
}

// instantiate is the operation `instantiate P.T ARG,ARG [context]`.
func (g *goroutine) instantiate(c *call) bool {
	obj := g.genericObject(c.path, c.object)
	if obj == nil {
		return g.skip("the package has nothing generic")
	}
	origin := obj.Type()
	g.builder = typeBuilder{g: g, pkg: obj.Pkg()}
	// Extra arguments are dropped and missing ones are made up, so that the operation
	// still means something after the number of type parameters has changed.
	targs := make([]types.Type, typeParams(origin).Len())
	for i := range targs {
		targs[i] = types.Typ[types.Int]
		if i < len(c.args) {
			if expr := g.typeExpr(c.args[i]); expr != nil {
				targs[i] = g.builder.build(expr, 0)
			}
		}
	}
	for _, targ := range targs {
		given(targ != nil, "a type argument")
	}
	var ctxt *types.Context
	if c.context {
		ctxt = g.context
	}
	instance, err := types.Instantiate(ctxt, origin, targs, true)
	if err == nil {
		g.remember(instance)
	}
	if g.round.answers {
		subject := []any{obj.Name()}
		if err != nil {
			g.answer("instantiate", subject, []any{errorText(err)}, err.Error())
		} else {
			g.answer("instantiate", subject, []any{instance}, "")
		}
	}
	return true
}

// typeExpr parses a type argument; nil if it is none.
func (g *goroutine) typeExpr(text string) ast.Expr {
	if expr, ok := g.typeExprs[text]; ok {
		return expr
	}
	expr, err := parser.ParseExpr(text)
	if err != nil {
		return nil
	}
	return expr
}
