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

// BuildSSA is not available.
func BuildSSA(*token.FileSet, *types.Package, []*ast.File, *types.Info) []string { return nil }

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

// MethodSets is types.NewMethodSet without a cache.
type MethodSets struct{}

// MethodSet returns the type's method set.
func (*MethodSets) MethodSet(t types.Type) *types.MethodSet { return types.NewMethodSet(t) }

// TypeMap holds nothing.
type TypeMap struct{}

// Add adds nothing.
func (*TypeMap) Add(types.Type) bool { return false }
