//go:build go1.22 && !go1.24

package synthetic

import "go/types"

func aliased(t types.Type) types.Type { return types.Unalias(t) }
