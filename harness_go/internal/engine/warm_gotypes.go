//go:build !types2

package engine

import (
	"go/token"
	"go/types"

	"typerace/harness/internal/clients"
)

// warmMethods computes what the method set of a predeclared type needs.
func warmMethods(t types.Type) { types.NewMethodSet(t) }

// warmClients does the same for golang.org/x/tools, which has such state too.
func warmClients() {
	pkg := types.NewPackage("typerace/warm", "warm")
	pkg.MarkComplete()
	if data, err := clients.Export(token.NewFileSet(), pkg); err == nil {
		_, _ = clients.Import(token.NewFileSet(), data, make(map[string]*types.Package), pkg.Path())
	}
}
