//go:build !types2

package engine

import (
	"go/types"

	"typerace/harness/internal/clients"
)

const (
	errNotSound = "the package is not known to be free of errors"
	errNoBodies = "the bodies of its functions were not checked"
)

func init() {
	register(operation{
		word: "export", operands: []operand{aPackage}, client: true, run: (*goroutine).export,
	})
	registerQueries(
		query{name: "objectpath", client: true, ask: askObjectPath},
		query{name: "methodsetcache", client: true, ask: askMethodSetCache},
		query{name: "typemap", client: true, ask: askTypeMap},
	)
}

// export is the operation `export P`.
func (g *goroutine) export(c *call) bool {
	i := g.resolvePackage(c.path)
	pkg := g.typesPackage(i)
	if pkg == nil {
		return g.skip("there is no package to export")
	}
	if !g.isSound(pkg) {
		return g.skip(errNotSound)
	}
	fset := g.fset
	if g.completed[i] == pkg {
		fset = g.first.fset
	}
	if _, err := clients.Export(fset, pkg); err != nil {
		return g.skip("it cannot be exported: " + err.Error())
	}
	if g.round.answers {
		// The bytes depend on which instances are identical pointers.
		g.answer("export", []any{pkg.Path()}, []any{true}, "")
	}
	return true
}

func askObjectPath(a *asker, t, _ types.Type) {
	obj := typeName(t)
	if obj == nil || obj.Pkg() == nil {
		return
	}
	a.objectPath(obj)
	if n, ok := unalias(t).(*types.Named); ok {
		for i := 0; i < n.NumMethods(); i++ {
			a.objectPath(n.Method(i))
		}
	}
	if u, ok := t.Underlying().(*types.Struct); ok {
		for i := 0; i < u.NumFields(); i++ {
			a.objectPath(u.Field(i))
		}
	}
}

func (a *asker) objectPath(obj types.Object) {
	if obj.Pkg() == nil {
		return
	}
	// Objects of functions and of instances have no path: an error.
	path, found, err := clients.ObjectPath(obj)
	if err != nil {
		a.str("none")
		return
	}
	a.str(path)
	a.bool(found == obj)
	again, err := a.g.encoder().For(obj)
	a.bool(err == nil && string(again) == path)
}

// encoder is the round's objectpath.Encoder, if goroutines may share one, or else the goroutine's.
func (g *goroutine) encoder() *clients.Encoder {
	if clients.EncoderIsSafe {
		return &g.round.paths
	}
	return &g.paths
}

func askMethodSetCache(a *asker, t, _ types.Type) {
	if _, ok := t.(*types.Tuple); ok {
		return
	}
	for _, t := range [...]types.Type{t, types.NewPointer(t)} {
		set := a.g.methodSets.MethodSet(t)
		for i := 0; i < set.Len(); i++ {
			a.obj(set.At(i).Obj())
			a.typ(set.At(i).Type())
		}
	}
}

func askTypeMap(a *asker, t, _ types.Type) {
	if _, ok := t.(*types.Union); ok {
		return // a union is part of a constraint and cannot be hashed
	}
	if a.seen == nil {
		a.seen = new(clients.TypeMap)
	}
	a.seen.Add(t)
	// The second time, the type is present.
	a.bool(a.seen.Add(t))
}
