package main

import "go/types"

// Type sets that are computed while a type is expanded: its own mutex is taken twice.
func init() {
	roots["r5"] = func() {
		for _, src := range []string{
			"package p\n\ntype T[P, Q any] interface{ M(interface{ T[int, P] }) }\n",
			"package p\n\ntype T[P any] interface {\n\tN() interface{ M() interface{ T[P] } }\n}\n",
		} {
			pkg := check("p", src, types.Config{})
			typ := pkg.Scope().Lookup("T").Type().(*types.Named)
			typ.Underlying()
			targs := make([]types.Type, typ.TypeParams().Len())
			for i := range targs {
				targs[i] = types.Typ[types.Int]
			}
			if inst, err := types.Instantiate(nil, typ, targs, false); err == nil {
				walk(inst, 6)
			}
		}
	}
	// The same without end: an interface that leads to ever larger instances of itself.
	roots["r5-endless"] = func() {
		for _, src := range []string{
			"package p\n\ntype T[P any] interface{ M(interface{ T[[]P] }) }\n",
			"package p\n\ntype T[P any] interface {\n\tN(interface{ M(interface{ T[*P] }) })\n}\n",
		} {
			pkg := check("p", src, types.Config{})
			typ := pkg.Scope().Lookup("T").Type()
			if inst, err := types.Instantiate(nil, typ, []types.Type{types.Typ[types.Int]}, false); err == nil {
				walk(inst, 6)
			}
		}
	}
	// Type sets without a guard: golang.org/issue/61561, which the early ones ended.
	roots["r5-61561"] = func() {
		const lib = "package lib\n\ntype T[P any] interface{ M(P) interface{ N(P) } }\n\n" +
			"type S[P any] struct{ F T[P]; G interface{ T[P] } }\n\nvar X S[int]\n"
		for i := 0; i < 50; i++ {
			pkg := check("lib", lib, types.Config{})
			typ := pkg.Scope().Lookup("X").Type()
			together(func(int) { walk(typ, 6) })
		}
	}
}

// walk asks for everything that is computed lazily, down to a depth.
func walk(t types.Type, depth int) {
	if depth == 0 {
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Interface:
		for i := 0; i < u.NumMethods(); i++ {
			sig := u.Method(i).Type().(*types.Signature)
			for j := 0; j < sig.Params().Len(); j++ {
				walk(sig.Params().At(j).Type(), depth-1)
			}
			for j := 0; j < sig.Results().Len(); j++ {
				walk(sig.Results().At(j).Type(), depth-1)
			}
		}
	case *types.Struct:
		for i := 0; i < u.NumFields(); i++ {
			walk(u.Field(i).Type(), depth-1)
		}
	}
}
