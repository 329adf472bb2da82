//go:build !go1.24

package standalone

import "go/types"

func iterate(t types.Type) { parts(t, func(types.Type) {}) }
