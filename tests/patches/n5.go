package main

import (
	"go/parser"
	"go/token"
	"go/types"
)

// A generic method whose constraint is an instance of the receiver's type. Generic
// methods are Go 1.27's; before, this is an error and nothing more.
func init() {
	roots["n5"] = func() {
		for _, src := range []string{
			"package p\n\ntype T[P any] interface{ m(P) }\n\ntype S[P any] struct{ f P }\n\nfunc (s S[P]) M[Q interface{ m(S[P]) }](Q) {}\n\nvar X S[int]\n",
			"package p\n\ntype S[P any] []P\n\nfunc (s S[P]) M[Q interface{ S[P] }](q Q) {}\n\nvar X S[int]\n",
			"package p\n\ntype S[P any] []P\n\nfunc (s S[P]) M[Q ~[]P](q Q) S[Q] { return nil }\n\nvar X S[int]\n",
			"package p\n\ntype S[P any] []P\n\nfunc (s S[P]) M[Q S[P]](q Q) {}\n\nvar X S[int]\n",
		} {
			if _, err := parser.ParseFile(token.NewFileSet(), "p.go", src, 0); err != nil {
				return // this Go has no generic methods
			}
			pkg := check("p", src, types.Config{})
			inst, err := types.Instantiate(nil, pkg.Scope().Lookup("S").Type(), []types.Type{types.Typ[types.String]}, false)
			if err != nil {
				continue
			}
			if named := inst.(*types.Named); named.NumMethods() > 0 {
				named.Method(0)
			}
		}
	}
}
