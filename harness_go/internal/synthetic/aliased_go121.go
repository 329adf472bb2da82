//go:build !go1.22

package synthetic

import "go/types"

func aliased(t types.Type) types.Type { return t }
