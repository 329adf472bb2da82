//go:build go1.24

package standalone

import "go/types"

// iterate uses the iterators of a type.
func iterate(t types.Type) {
	if n, ok := types.Unalias(t).(*types.Named); ok {
		for range n.Methods() {
		}
		for range n.TypeArgs().Types() {
		}
		for range n.TypeParams().TypeParams() {
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for range u.Fields() {
		}
	case *types.Tuple:
		for range u.Variables() {
		}
	case *types.Union:
		for range u.Terms() {
		}
	case *types.Signature:
		for range u.Params().Variables() {
		}
	case *types.Interface:
		for range u.ExplicitMethods() {
		}
		for range u.EmbeddedTypes() {
		}
		for range u.Methods() {
		}
	}
	if _, ok := t.(*types.Tuple); !ok {
		for range types.NewMethodSet(t).Methods() {
		}
	}
}
