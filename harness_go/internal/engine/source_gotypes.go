//go:build !types2

package engine

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"

	"typerace/harness/internal/wire"
)

// tree is a parsed file.
type tree = ast.File

// parseMode says whether trees have comments.
func (o *options) parseMode() parser.Mode {
	if o.comments {
		return parser.ParseComments
	}
	return 0
}

// parseSource parses every file of a package into the file set. A file with syntax errors is
// included as far as it could be parsed.
func parseSource(fset *token.FileSet, pkg *wire.Package, mode parser.Mode) *source {
	s := &source{trees: []*tree{}}
	for i := range pkg.Files {
		file := &pkg.Files[i]
		name := pkg.Path + "/" + file.Name
		if len(file.Text) > maxSource {
			s.fail(sourceError(name + ": the file is larger than 1 MiB"))
			continue
		}
		f, err := parser.ParseFile(fset, name, file.Text, mode|parser.SkipObjectResolution)
		if err != nil {
			s.fail(err)
		}
		// Without a package clause, nothing in the file is kept.
		if f == nil || f.Name == nil || f.Name.Name == "" {
			continue
		}
		if s.name == "" {
			s.name = f.Name.Name
		}
		s.trees = append(s.trees, f)
		for _, spec := range f.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err == nil {
				s.imports = append(s.imports, path)
			}
		}
	}
	if len(s.trees) == 0 {
		s.fail(sourceError(pkg.Path + ": no Go file"))
	}
	return s
}
