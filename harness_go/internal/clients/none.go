//go:build !xtools

package clients

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
)

// Available says whether this package works.
const Available = false

var errMissing = errors.New(Missing)

// Export is not available.
func Export(*token.FileSet, *types.Package) ([]byte, error) { return nil, errMissing }

// Import is not available.
func Import(*token.FileSet, []byte, map[string]*types.Package, string) (*types.Package, error) {
	return nil, errMissing
}

// ReadArchive is not available.
func ReadArchive(*token.FileSet, []byte, map[string]*types.Package, string) (*types.Package, error) {
	return nil, errMissing
}

// Program holds nothing.
type Program struct{}

// NewProgram returns a program that no package can be added to.
func NewProgram(*token.FileSet) *Program { return &Program{} }

// Add adds nothing.
func (*Program) Add(*types.Package, []*ast.File, *types.Info) {}

// Complete adds nothing.
func (*Program) Complete() {}

// Has reports false.
func (*Program) Has(*types.Package) bool { return false }

// Build builds nothing.
func (*Program) Build(*types.Package) []string { return nil }

// Read reads nothing.
func (*Program) Read(string, *types.Package) {}

// HasAnalyzer reports false.
func HasAnalyzer(string) bool { return false }

// Analyses holds nothing.
type Analyses struct{}

// Add adds nothing.
func (*Analyses) Add(string, *Unit) {}

// Has reports false.
func (*Analyses) Has(string, *types.Package) bool { return false }

// Run is not available.
func (*Analyses) Run(string, *types.Package) ([]Diagnostic, error) { return nil, errMissing }

// ObjectPath is not available.
func ObjectPath(types.Object) (string, types.Object, error) { return "", nil, errMissing }

// EncoderIsSafe is of no use.
const EncoderIsSafe = false

// Encoder finds no paths.
type Encoder struct{}

// For is not available.
func (*Encoder) For(types.Object) (string, error) { return "", errMissing }

// Hash is not available.
func Hash(types.Type) uint32 { return 0 }

// TypeMap holds nothing.
type TypeMap struct{}

// Add adds nothing.
func (*TypeMap) Add(types.Type) bool { return false }
