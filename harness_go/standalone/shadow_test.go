package standalone

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/types"
	"os"
	"path/filepath"
	"testing"
)

// folders hold the declarations that programs are made of.
var folders = []string{".", "../internal/synthetic"}

// TestNamesMeanDeclarations holds what the selection of declarations relies on: an
// identifier with the name of a declaration refers to that declaration.
func TestNamesMeanDeclarations(t *testing.T) {
	declared := make(map[string]bool)
	for _, dir := range folders {
		files, info, pkg := check(t, dir)
		if len(files) == 0 {
			t.Fatalf("%s has no files", dir)
		}
		for _, name := range pkg.Scope().Names() {
			if declared[name] {
				t.Errorf("%s is declared in two folders", name)
			}
			declared[name] = true
		}
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				if sel, ok := n.(*ast.SelectorExpr); ok {
					delete(info.Uses, sel.Sel)
				}
				return true
			})
		}
		for _, objects := range []map[*ast.Ident]types.Object{info.Defs, info.Uses} {
			for id, obj := range objects {
				want := pkg.Scope().Lookup(id.Name)
				if want != nil && obj != want && !isMember(obj) {
					t.Errorf("%s: %s is not the declaration of that name", fset.Position(id.Pos()), id.Name)
				}
			}
		}
	}
}

// isMember reports whether obj is a method, which is only reached by a selector, or an
// embedded field, which mentions its type.
func isMember(obj types.Object) bool {
	switch obj := obj.(type) {
	case *types.Func:
		return obj.Type().(*types.Signature).Recv() != nil
	case *types.Var:
		return obj.Embedded()
	}
	return false
}

// check type-checks the files of a folder for this Go release, with those that need
// golang.org/x/tools. That module may be missing, so errors are ignored.
func check(t *testing.T, dir string) ([]*ast.File, *types.Info, *types.Package) {
	t.Helper()
	context := build.Default
	context.BuildTags = []string{"xtools"}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, entry := range entries {
		name := entry.Name()
		if ok, err := filepath.Match("*_test.go", name); ok || err != nil {
			continue
		}
		if ok, err := context.MatchFile(dir, name); !ok || err != nil {
			continue
		}
		file, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	info := &types.Info{Defs: make(map[*ast.Ident]types.Object), Uses: make(map[*ast.Ident]types.Object)}
	conf := types.Config{Importer: nothing{}, Error: func(error) {}}
	pkg, _ := conf.Check(dir, fset, files, info)
	return files, info, pkg
}

// nothing is an importer of empty packages.
type nothing struct{}

func (nothing) Import(path string) (*types.Package, error) {
	pkg := types.NewPackage(path, filepath.Base(path))
	pkg.MarkComplete()
	return pkg, nil
}
