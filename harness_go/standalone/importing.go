package standalone

import (
	"errors"
	"go/types"
	"sync"
)

// failing is an importer that returns each package together with an error.
type failing struct{ types.Importer }

func (im failing) Import(path string) (*types.Package, error) {
	pkg, _ := im.Importer.Import(path)
	return pkg, errors.New("the importer has a package and an error")
}

// broken has the import paths of packages whose check found errors.
var broken sync.Map

// withErrors is an importer that returns a package whose check found errors together with an error.
type withErrors struct{ types.Importer }

func (im withErrors) Import(path string) (*types.Package, error) {
	pkg, err := im.Importer.Import(path)
	if _, bad := broken.Load(path); bad && err == nil {
		err = errors.New("the check of the package found errors")
	}
	return pkg, err
}

// importerFrom is a types.ImporterFrom.
type importerFrom struct{ types.Importer }

func (im importerFrom) ImportFrom(path, dir string, mode types.ImportMode) (*types.Package, error) {
	return im.Import(path)
}

// renamed is an importer that returns one package for several paths.
type renamed struct {
	types.Importer
	paths map[string]string
}

func (im renamed) Import(path string) (*types.Package, error) {
	if first, ok := im.paths[path]; ok {
		path = first
	}
	return im.Importer.Import(path)
}

// flaky is an importer that fails to import a package the first time.
type flaky struct {
	types.Importer
	seen map[string]bool
}

func (im flaky) Import(path string) (*types.Package, error) {
	if !im.seen[path] {
		im.seen[path] = true
		return nil, errors.New("the first import fails")
	}
	return im.Importer.Import(path)
}
