//go:build !xtools && !types2

package clients

import "go/types"

// MethodSets is types.NewMethodSet without a cache.
type MethodSets struct{}

// MethodSet returns the type's method set.
func (*MethodSets) MethodSet(t types.Type) *types.MethodSet { return types.NewMethodSet(t) }
