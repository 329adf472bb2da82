//go:build !types2

package engine

import (
	"go/token"
	"go/types"

	"typerace/harness/internal/clients"
)

// readsArchives says whether export data that the compiler wrote can be read.
const readsArchives = clients.Available

// readAhead returns the imports of a package that are read before it: all, because the reader would
// make empty packages in their place.
func readAhead(imports []string) []string { return imports }

// oneContext says that a goroutine that has a test case for itself uses one Context for everything.
const oneContext = false

// readArchive reads a package. The others that it refers to are in packages. golang.org/x/tools has
// no use for a Context.
func readArchive(_ *types.Context, archive []byte, packages map[string]*types.Package, path string) (*types.Package, error) {
	return clients.ReadArchive(token.NewFileSet(), archive, packages, path)
}
