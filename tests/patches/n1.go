package main

import (
	"go/token"
	"go/types"
)

// Two expressions that open scopes are evaluated in one completed package.
func init() {
	roots["n1"] = func() {
		pkg := check("p", "package p\n\nvar X int\n", types.Config{})
		together(func(int) {
			if _, err := types.Eval(token.NewFileSet(), pkg, token.NoPos, "func(x int) int { return x }"); err != nil {
				panic(err)
			}
		})
	}
}
