package main

import (
	"errors"
	"go/types"
)

// partial returns a package and an error.
type partial struct{ pkg *types.Package }

func (p partial) Import(string) (*types.Package, error) { return p.pkg, errors.New("half of it") }

// Two checkers whose importer returns one package together with an error.
func init() {
	roots["n3"] = func() {
		for i := 0; i < 300; i++ {
			pkg := check("lib", "package lib\n\nvar X int\n", types.Config{})
			together(func(int) {
				check("user", "package user\n\nimport \"lib\"\n\nvar V = lib.X\n\nvar W = lib.Missing\n", types.Config{Importer: partial{pkg}})
			})
		}
	}
}
