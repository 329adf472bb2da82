package main

import "go/types"

// Two readers of an instance of a generic alias that was made after type checking.
func init() {
	roots["r3"] = func() {
		const lib = "package lib\n\ntype Box[P any] struct{ V P }\n\ntype Crate[P any] = Box[P]\n\n" +
			"type S[P any] struct{ F Crate[[]P] }\n\nvar X S[int]\n"
		for i := 0; i < 10; i++ {
			pkg := check("lib", lib, types.Config{})
			typ := pkg.Scope().Lookup("X").Type().Underlying().(*types.Struct).Field(0).Type()
			alias, err := types.Instantiate(nil, pkg.Scope().Lookup("Crate").Type(), []types.Type{types.Typ[types.Int]}, false)
			together(func(int) {
				typ.Underlying()
				if err == nil {
					alias.Underlying()
				}
			})
		}
	}
}
