package standalone

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
)

// fset is the file set that all checks have in common.
var fset = token.NewFileSet()

// parse parses the files of a package. Type checking goes on after syntax errors.
func parse(fs *token.FileSet, path string, src ...string) (files []*ast.File) {
	for _, s := range src {
		file, err := parser.ParseFile(fs, path+".go", s, parser.SkipObjectResolution)
		if err != nil {
			println(err.Error())
		}
		files = append(files, file)
	}
	return files
}

// newInfo returns a types.Info that records everything.
func newInfo() *types.Info {
	return &types.Info{
		Types:      make(map[ast.Expr]types.TypeAndValue),
		Instances:  make(map[*ast.Ident]types.Instance),
		Defs:       make(map[*ast.Ident]types.Object),
		Uses:       make(map[*ast.Ident]types.Object),
		Implicits:  make(map[ast.Node]types.Object),
		Selections: make(map[*ast.SelectorExpr]*types.Selection),
		Scopes:     make(map[ast.Node]*types.Scope),
	}
}

// checked is a package together with its syntax.
type checked struct {
	pkg     *types.Package
	fileSet *token.FileSet
	files   []*ast.File
	info    *types.Info
}
