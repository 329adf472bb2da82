package main

import (
	"fmt"
	"go/types"
	"strings"
	"sync"
)

// meeting is an importer that waits for the other goroutine.
type meeting struct {
	importer
	ready *sync.WaitGroup
}

func (m meeting) Import(path string) (*types.Package, error) {
	m.ready.Done()
	m.ready.Wait()
	return m.importer.Import(path)
}

// A checker imports a completed package and uses a variable whose type has an instance
// that nobody has expanded yet; another goroutine expands it.
func init() {
	var fields strings.Builder
	for i := 0; i < 300; i++ {
		fmt.Fprintf(&fields, "\tF%d map[string][]P\n", i)
	}
	lib := "package lib\n\ntype T[P any] struct {\n" + fields.String() + "}\n\nvar X U[int]\n\n" +
		"type U[P any] struct{ F T[P] }\n"
	const user = "package user\n\nimport \"lib\"\n\nvar X = lib.X\n\nvar Y = X.F.F7\n"
	roots["r2"] = func() {
		for i := 0; i < 150; i++ {
			packages := importer{}
			packages["lib"] = check("lib", lib, types.Config{Importer: packages})
			typ := packages["lib"].Scope().Lookup("X").Type().Underlying().(*types.Struct).Field(0).Type()
			var ready sync.WaitGroup
			ready.Add(2)
			together(func(j int) {
				if j == 0 {
					check("user", user, types.Config{Importer: meeting{packages, &ready}})
					return
				}
				ready.Done()
				ready.Wait()
				typ.Underlying()
			})
		}
	}
}
