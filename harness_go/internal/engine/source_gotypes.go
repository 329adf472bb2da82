//go:build !types2

package engine

import (
	"go/ast"
	"go/parser"
	"go/token"
)

// tree is a parsed file.
type tree = ast.File

// syntaxMode says what trees have.
type syntaxMode = parser.Mode

// parseMode says whether trees have comments.
func (o *options) parseMode() syntaxMode {
	if o.comments {
		return parser.ParseComments
	}
	return 0
}

// parseFile parses a file as far as it can be parsed; nil without a package clause.
func parseFile(fset *token.FileSet, name, text string, mode syntaxMode) (*tree, error) {
	f, err := parser.ParseFile(fset, name, text, mode|parser.SkipObjectResolution)
	if f == nil || f.Name == nil || f.Name.Name == "" {
		return nil, err
	}
	return f, err
}

// packageName is the name in the package clause.
func packageName(f *tree) string { return f.Name.Name }

// importLiterals are the imported paths, quoted, in source order.
func importLiterals(f *tree) (literals []string) {
	for _, spec := range f.Imports {
		literals = append(literals, spec.Path.Value)
	}
	return literals
}
