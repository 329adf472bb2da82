package main

import "go/types"

// Two checkers that share a Context, each of a package of its own that uses the same
// instance.
func init() {
	roots["r1"] = func() {
		const lib = "package lib\n\ntype T[P any] interface{ M(P) interface{ N(P) } }\n\n" +
			"type S[P any] struct{ F T[P] }\n\nfunc (s *S[P]) Get() T[P] { return s.F }\n"
		const user = "package user\n\nimport \"lib\"\n\ntype A lib.T[int]\n\n" +
			"var S lib.S[int]\n\nvar V = S.Get().M(1)\n\nvar W lib.T[lib.S[int]]\n"
		for i := 0; i < 100; i++ {
			ctxt := types.NewContext()
			packages := importer{}
			packages["lib"] = check("lib", lib, types.Config{Context: ctxt, Importer: packages})
			together(func(int) {
				check("user", user, types.Config{Context: ctxt, Importer: packages})
			})
		}
	}
}
