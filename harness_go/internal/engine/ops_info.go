//go:build !types2

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

// pkgNameOf reads Info.PkgNameOf, which came with Go 1.22.
var pkgNameOf = func(info *types.Info, spec *ast.ImportSpec) types.Object { return info.Implicits[spec] }

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
		g.answer("info modes", []any{b.pkg.Path()}, []any{int64(found.modes)}, "")
	}
	a := g.asker(b.pkg)
	if c.query.scope == nil {
		a.objects(c.query, found.objects)
		roots := append(append(found.special, found.declared...), found.expressions...)
		g.walkTypes(c.query, b.pkg, roots, order{})
		return true
	}
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
	// objects are those that identifiers and nodes declare or use, labels and packages among
	// them, each once.
	objects  []types.Object
	seen     map[types.Object]bool
	versions []any // of files
	// modes counts the properties of all expressions.
	modes int
}

// read reads every map. It looks up the nodes of the syntax one after another, so that it
// needs no order of keys.
func (b *built) read() *recorded {
	r := &recorded{seen: make(map[types.Object]bool)}
	for _, init := range b.info.InitOrder {
		_ = init.String()
		for _, v := range init.Lhs {
			r.object(v)
		}
		if t := b.info.TypeOf(init.Rhs); t != nil {
			r.expressions = append(r.expressions, t)
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
	if spec, ok := n.(*ast.ImportSpec); ok {
		r.object(pkgNameOf(info, spec))
	}
	if s := info.Scopes[n]; s != nil && len(r.scopes) < most {
		r.scopes = append(r.scopes, s)
	}
	expr, ok := n.(ast.Expr)
	if !ok {
		return
	}
	if tv := info.Types[expr]; tv.Type != nil {
		r.expressions = append(r.expressions, tv.Type)
		r.mode(tv)
	}
	switch n := n.(type) {
	case *ast.Ident:
		r.object(info.Defs[n])
		r.object(info.Uses[n])
		_ = info.ObjectOf(n)
		if inst := info.Instances[n]; inst.Type != nil {
			r.special = append(r.special, inst.Type)
			for i := 0; i < inst.TypeArgs.Len(); i++ {
				r.special = append(r.special, inst.TypeArgs.At(i))
			}
		}
	case *ast.SelectorExpr:
		if s := info.Selections[n]; s != nil {
			r.special = append(r.special, s.Type(), s.Recv())
			_ = s.String()
			r.modes += int(s.Kind()) + len(s.Index())
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
	if !r.seen[obj] {
		r.seen[obj] = true
		r.objects = append(r.objects, obj)
	}
}

// mode counts what is known about an expression beside its type.
func (r *recorded) mode(tv types.TypeAndValue) {
	for _, is := range [...]bool{
		tv.IsVoid(), tv.IsType(), tv.IsBuiltin(), tv.IsValue(), tv.IsNil(), tv.Addressable(),
		tv.Assignable(), tv.HasOk(),
	} {
		if is {
			r.modes++
		}
	}
}
