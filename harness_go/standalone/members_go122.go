//go:build go1.22

package standalone

import "go/types"

func methods(t types.Type) {
	n := namedType(t)
	if n == nil {
		return
	}
	for i := 0; i < n.NumMethods(); i++ {
		n.Method(i).Type()
	}
}

func namedType(t types.Type) *types.Named {
	n, _ := types.Unalias(t).(*types.Named)
	return n
}
