package main

import (
	"go/token"
	"go/types"
)

// Two readers of the type that Eval returned.
func init() {
	roots["n2"] = func() {
		const src = "package p\n\ntype T[P any] struct{ f P }\n\n" +
			"func (t T[P]) M(interface{ N(P) }) interface{ O(T[*P]) } { return nil }\n\n" +
			"func (t *T[P]) Q() T[[]P] { return T[[]P]{} }\n"
		pkg := check("p", src, types.Config{})
		for i := 0; i < 50; i++ {
			tv, err := types.Eval(token.NewFileSet(), pkg, token.NoPos, "T[[1]interface{ E(T[string]) }]{}")
			if err != nil {
				panic(err)
			}
			named := tv.Type.(*types.Named)
			together(func(i int) {
				for j := 0; j < 2; j++ {
					sig := named.Method((i + j) % 2).Type().(*types.Signature)
					walk(sig.Results().At(0).Type(), 4)
					if sig.Params().Len() > 0 {
						walk(sig.Params().At(0).Type(), 4)
					}
				}
				walk(named, 4)
			})
		}
	}
}
