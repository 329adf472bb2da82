//go:build !go1.22

package standalone

import "go/types"

func unalias(types.Type) {}

func aliasParts(types.Type, func(types.Type)) {}
