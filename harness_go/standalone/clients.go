//go:build xtools

package standalone

import (
	"bytes"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/types/objectpath"
	"golang.org/x/tools/go/types/typeutil"
)

func objectPath(t types.Type) {
	var objects []types.Object
	if t, ok := t.(interface{ Obj() *types.TypeName }); ok {
		objects = append(objects, t.Obj())
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		for i := 0; i < n.NumMethods(); i++ {
			objects = append(objects, n.Method(i))
		}
	}
	if u, ok := t.Underlying().(*types.Struct); ok {
		for i := 0; i < u.NumFields(); i++ {
			objects = append(objects, u.Field(i))
		}
	}
	for _, obj := range objects {
		if obj.Pkg() == nil {
			continue
		}
		if path, err := encodePath(obj); err == nil {
			objectpath.Object(obj.Pkg(), path)
		}
	}
}

var methodSets typeutil.MethodSetCache

func cachedMethodSet(t types.Type) {
	if _, ok := t.(*types.Tuple); !ok {
		methodSets.MethodSet(t)
		methodSets.MethodSet(types.NewPointer(t))
	}
}

// typeMap returns a function that adds types to a new map.
func typeMap() func(types.Type) {
	var m typeutil.Map
	return func(t types.Type) {
		if _, ok := t.(*types.Union); !ok {
			m.Set(t, true)
			m.Set(t, true)
		}
	}
}

// exportData returns the export data of a package.
func exportData(pkg *types.Package) []byte {
	var out bytes.Buffer
	if err := gcexportdata.Write(&out, fset, pkg); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// reimport writes a package as export data and reads it back.
func reimport(pkg *types.Package) *types.Package {
	imports := make(map[string]*types.Package)
	var add func(*types.Package)
	add = func(pkg *types.Package) {
		for _, dep := range pkg.Imports() {
			if imports[dep.Path()] == nil {
				imports[dep.Path()] = dep
				add(dep)
			}
		}
	}
	add(pkg)
	data := bytes.NewReader(exportData(pkg))
	read, err := gcexportdata.Read(data, token.NewFileSet(), imports, pkg.Path())
	if err != nil {
		panic(err)
	}
	return read
}
