//go:build go1.23

package standalone

import "go/types"

func unalias(t types.Type) {
	types.Unalias(t)
	if a, ok := t.(*types.Alias); ok {
		a.Rhs()
		a.Origin()
		a.TypeArgs()
	}
}

func aliasParts(t types.Type, f func(types.Type)) {
	if a, ok := t.(*types.Alias); ok {
		f(a.Rhs())
		f(types.Unalias(a))
		f(a.Origin())
	}
}
