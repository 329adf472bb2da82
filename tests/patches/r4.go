package main

import "go/types"

// Hashing an instance asks for the type set of an interface that is not complete.
func init() {
	roots["r4"] = func() {
		for _, src := range []string{
			"package p\n\ntype T[P A[P]] int\n\ntype A[P any] = interface{ T[int] }\n",
			"package p\n\ntype T interface{ M() A[int] }\n\ntype A[P any] = interface{ T }\n",
		} {
			pkg := check("p", src, types.Config{})
			pkg.Scope().Lookup("T").Type().Underlying()
		}
	}
}
