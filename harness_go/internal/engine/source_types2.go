//go:build types2

package engine

import (
	"cmd/compile/internal/syntax"
	"go/token"
	"strconv"
	"strings"

	"typerace/harness/internal/wire"
)

// tree is a parsed file.
type tree = syntax.File

// parseMode is that of the compiler, which has no other use for comments than its directives.
func (o *options) parseMode() syntax.Mode { return syntax.CheckBranches }

// parseSource parses every file of a package. As the compiler checks nothing after a syntax error,
// it leaves out a file that has one. Positions are in the trees and need no file set.
func parseSource(_ *token.FileSet, pkg *wire.Package, mode syntax.Mode) *source {
	s := &source{trees: []*tree{}}
	for i := range pkg.Files {
		file := &pkg.Files[i]
		name := pkg.Path + "/" + file.Name
		if len(file.Text) > maxSource {
			s.fail(sourceError(name + ": the file is larger than 1 MiB"))
			continue
		}
		// The check of branches reports its errors to this function only.
		var first error
		note := func(err error) {
			if first == nil {
				first = err
			}
		}
		f, err := syntax.Parse(syntax.NewFileBase(name), strings.NewReader(file.Text), note, nil, mode)
		if err == nil {
			err = first
		}
		if err != nil {
			s.fail(err)
			continue
		}
		if s.name == "" {
			s.name = f.PkgName.Value
		}
		s.trees = append(s.trees, f)
		for _, decl := range f.DeclList {
			if spec, ok := decl.(*syntax.ImportDecl); ok && spec.Path != nil {
				if path, err := strconv.Unquote(spec.Path.Value); err == nil {
					s.imports = append(s.imports, path)
				}
			}
		}
	}
	if len(s.trees) == 0 {
		s.fail(sourceError(pkg.Path + ": no Go file"))
	}
	return s
}
