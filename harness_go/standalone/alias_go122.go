//go:build go1.22 && !go1.23

package standalone

import "go/types"

func unalias(t types.Type) { types.Unalias(t) }

func aliasParts(t types.Type, f func(types.Type)) {
	if a, ok := t.(*types.Alias); ok {
		f(types.Unalias(a))
	}
}
