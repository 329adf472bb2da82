package main

import "go/types"

// An alias is instantiated, or is a type argument, while it is declared.
func init() {
	for name, src := range map[string]string{
		"r6":       "package p\n\ntype A[P A[P]] = int\n",
		"r6-79655": "package p\n\ntype Own[E Own[string]] = E\n",
		"r6-76078": "package p\n\ntype (\n\tLeft[K Right[K]] = interface{ L() }\n\tRight[K Left[K]] = interface{ R() }\n)\n",
		"r6-80150": "package p\n\ntype User struct{ At Link }\n\ntype Link = *Node\n\ntype Set[E any] struct{}\n\ntype Node struct{ Up *Set[Link] }\n",
	} {
		src := src
		roots[name] = func() {
			pkg := check("p", src, types.Config{})
			for _, name := range pkg.Scope().Names() {
				_ = pkg.Scope().Lookup(name).Type().String()
				pkg.Scope().Lookup(name).Type().Underlying()
			}
		}
	}
}
