//go:build go1.23

package engine

import "go/types"

func init() {
	signature = func(f *types.Func) types.Type { return f.Signature() }
}
