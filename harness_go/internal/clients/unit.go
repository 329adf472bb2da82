package clients

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Unit is a checked package with its syntax, as analyzers see it.
type Unit struct {
	Fset  *token.FileSet
	Pkg   *types.Package
	Files []*ast.File
	Info  *types.Info
	Sizes types.Sizes
	// IllTyped says that the package or one that it imports has errors.
	IllTyped bool
	// Imports are the units of the packages that it imports, if they have syntax.
	Imports []*Unit
	// ReadFile returns the text of one of the files.
	ReadFile func(name string) ([]byte, error)
}

// Diagnostic is what an analyzer reported.
type Diagnostic struct {
	Analyzer string
	Pos      token.Pos
	Message  string
}
