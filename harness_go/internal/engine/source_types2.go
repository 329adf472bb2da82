//go:build types2

package engine

import (
	"cmd/compile/internal/syntax"
	"go/token"
	"strings"
)

// tree is a parsed file.
type tree = syntax.File

// syntaxMode says what the parser checks.
type syntaxMode = syntax.Mode

// parseMode is that of the compiler, which has no other use for comments than its directives.
func (o *options) parseMode() syntaxMode { return syntax.CheckBranches }

// parseFile parses a file. As the compiler checks nothing after a syntax error, a file that has one
// is left out. Positions are in the trees and need no file set.
func parseFile(_ *token.FileSet, name, text string, mode syntaxMode) (*tree, error) {
	// The check of branches reports its errors to this function only.
	var first error
	note := func(err error) {
		if first == nil {
			first = err
		}
	}
	f, err := syntax.Parse(syntax.NewFileBase(name), strings.NewReader(text), note, nil, mode)
	if err == nil {
		err = first
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// packageName is the name in the package clause.
func packageName(f *tree) string { return f.PkgName.Value }

// importLiterals are the imported paths, quoted, in source order.
func importLiterals(f *tree) (literals []string) {
	for _, decl := range f.DeclList {
		if spec, ok := decl.(*syntax.ImportDecl); ok && spec.Path != nil {
			literals = append(literals, spec.Path.Value)
		}
	}
	return literals
}
