package main

import "go/types"

// A method of an instance is asked for while its declaration's signature is collected.
func init() {
	roots["r7"] = func() {
		const src = "package p\n\ntype T[P any] int\n\nfunc (T[P]) M() [unsafe(X.M)]any {}\n\nvar X T[int]\n"
		pkg := check("p", src, types.Config{})
		for _, name := range pkg.Scope().Names() {
			typ := pkg.Scope().Lookup(name).Type()
			typ.Underlying()
			types.NewMethodSet(typ)
		}
	}
}
