//go:build go1.25

package engine

import "go/types"

func init() {
	varKind = func(v *types.Var) string { return v.Kind().String() }
	lookupSelection = types.LookupSelection
}
