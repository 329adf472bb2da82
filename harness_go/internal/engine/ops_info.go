package engine

import (
	"go/ast"
	"go/types"
)

func init() {
	register(operation{
		word: "info", operands: []operand{aQuery, aPackage}, syntax: true,
		run: (*goroutine).readInfo,
	})
}

// fileVersion reads Info.FileVersions, which came with Go 1.22.
var fileVersion = func(*types.Info, *ast.File) string { return "" }

// readInfo is the operation `info QUERY P`: it reads what the check of P recorded in its
// types.Info, and asks a query of the types found there. Tools that have the syntax of a
// package do so while others check packages that import it.
func (g *goroutine) readInfo(c *call) bool {
	b := g.checkedWithSyntax(c)
	if b == nil {
		return false
	}
	found := b.read()
	if g.round.answers {
		g.answer("info", []any{b.pkg.Path()}, found.versions, "")
	}
	if c.query.scope == nil {
		roots := append(append(found.special, found.declared...), found.expressions...)
		g.walkTypes(c.query, b.pkg, roots, order{})
		return true
	}
	a := g.asker(b.pkg)
	for i, s := range found.scopes {
		c.query.scope(&a, s)
		a.flush(c.query, int64(i))
	}
	return true
}

// recorded is what a types.Info holds, in the order of the source. A walk takes a limited
// number of types, so those that no scope leads to are kept apart, to come first.
type recorded struct {
	// special are the types of instances, method values and method expressions.
	special []types.Type
	// declared are the types of objects, expressions those of expressions.
	declared, expressions []types.Type
	scopes                []*types.Scope
	versions              []any // of files
}

// read reads every map. It looks up the nodes of the syntax one after another, so that it
// needs no order of keys.
func (b *built) read() *recorded {
	r := &recorded{}
	for _, init := range b.info.InitOrder {
		for _, v := range init.Lhs {
			r.object(v)
		}
	}
	for _, file := range b.files {
		r.versions = append(r.versions, fileVersion(b.info, file))
		ast.Inspect(file, func(n ast.Node) bool {
			if n != nil {
				r.node(b.info, n)
			}
			return true
		})
	}
	return r
}

func (r *recorded) node(info *types.Info, n ast.Node) {
	const most = 200
	r.object(info.Implicits[n])
	if s := info.Scopes[n]; s != nil && len(r.scopes) < most {
		r.scopes = append(r.scopes, s)
	}
	expr, ok := n.(ast.Expr)
	if !ok {
		return
	}
	if tv := info.Types[expr]; tv.Type != nil {
		r.expressions = append(r.expressions, tv.Type)
	}
	switch n := n.(type) {
	case *ast.Ident:
		r.object(info.Defs[n])
		r.object(info.Uses[n])
		if inst := info.Instances[n]; inst.Type != nil {
			r.special = append(r.special, inst.Type)
			for i := 0; i < inst.TypeArgs.Len(); i++ {
				r.special = append(r.special, inst.TypeArgs.At(i))
			}
		}
	case *ast.SelectorExpr:
		if s := info.Selections[n]; s != nil {
			r.special = append(r.special, s.Type(), s.Recv())
			r.object(s.Obj())
		}
	}
}

func (r *recorded) object(obj types.Object) {
	if obj == nil {
		return
	}
	if f, ok := obj.(*types.Func); ok {
		_ = f.FullName()
	}
	r.declared = append(r.declared, obj.Type())
}
