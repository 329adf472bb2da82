//go:build types2

package engine

import (
	"bytes"
	compiled "cmd/compile/internal/importer"
	"go/types"
	"internal/pkgbits"
)

// readsArchives says whether export data that the compiler wrote can be read.
const readsArchives = true

// readAhead returns the imports of a package that are read before it: none. Export data has what it
// needs of other packages, and the compiler reads a package when the program imports it.
func readAhead([]string) []string { return nil }

// oneContext says that a goroutine that has a test case for itself uses one Context for everything,
// its importer included, as a compilation does.
const oneContext = true

const errNoData importError = "the archive has no export data"

// readArchive makes a package whose objects are loaded when they are looked up, as the compiler does
// with one Context and one map of packages.
func readArchive(context *types.Context, archive []byte, packages map[string]*types.Package, path string) (*types.Package, error) {
	_, data, found := bytes.Cut(archive, []byte("\n$$B\nu"))
	if !found {
		return nil, errNoData
	}
	if end := bytes.LastIndex(data, []byte("\n$$\n")); end >= 0 {
		data = data[:end]
	}
	return compiled.ReadPackage(context, packages, pkgbits.NewPkgDecoder(path, string(data))), nil
}
