package main

import (
	"go/token"
	"go/types"
)

// Two expressions name a type of a package that an importer made.
func init() {
	roots["n6"] = func() {
		pkg := types.NewPackage("lib", "lib")
		obj := types.NewTypeName(token.NoPos, pkg, "T", nil)
		types.NewNamed(obj, types.Typ[types.Int], nil)
		pkg.Scope().Insert(obj)
		pkg.MarkComplete()
		together(func(int) {
			if _, err := types.Eval(token.NewFileSet(), pkg, token.NoPos, "T(1)"); err != nil {
				panic(err)
			}
		})
	}
}
