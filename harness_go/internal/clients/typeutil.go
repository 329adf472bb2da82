//go:build xtools

package clients

import (
	"go/types"

	"golang.org/x/tools/go/types/objectpath"
	"golang.org/x/tools/go/types/typeutil"
)

// ObjectPath returns an object's path, and the object that the path leads to.
func ObjectPath(obj types.Object) (string, types.Object, error) {
	path, err := objectpath.For(obj)
	if err != nil {
		return "", nil, err
	}
	found, err := objectpath.Object(obj.Pkg(), path)
	return string(path), found, err
}

// Encoder finds paths of objects.
type Encoder = objectpath.Encoder

// Hash is a type's hash. Every Hasher is the same.
func Hash(t types.Type) uint32 { return hasher.Hash(t) }

var hasher = typeutil.MakeHasher()

// MethodSets is a cache of method sets. Several goroutines may use it.
type MethodSets = typeutil.MethodSetCache

// TypeMap is a set of types that holds identical types only once. One goroutine uses it.
type TypeMap struct{ m typeutil.Map }

// Add adds a type, and reports whether an identical one was already present.
func (s *TypeMap) Add(t types.Type) bool { return s.m.Set(t, true) != nil }
