//go:build xtools

package clients

import (
	"bytes"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/gcexportdata"
)

// Available says whether this package works.
const Available = true

// Export returns a package's export data.
func Export(fset *token.FileSet, pkg *types.Package) ([]byte, error) {
	var out bytes.Buffer
	if err := gcexportdata.Write(&out, fset, pkg); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Import reads export data. imports holds the packages that it refers to; missing ones are created,
// incomplete, and added to it.
func Import(fset *token.FileSet, data []byte, imports map[string]*types.Package, path string) (*types.Package, error) {
	return gcexportdata.Read(bytes.NewReader(data), fset, imports, path)
}

// ReadArchive reads the export data in an archive that the compiler wrote.
func ReadArchive(fset *token.FileSet, archive []byte, imports map[string]*types.Package, path string) (*types.Package, error) {
	data, err := gcexportdata.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, err
	}
	return gcexportdata.Read(data, fset, imports, path)
}
