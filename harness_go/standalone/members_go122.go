//go:build go1.22

package standalone

import "go/types"

func namedType(t types.Type) *types.Named {
	n, _ := types.Unalias(t).(*types.Named)
	return n
}
