//go:build xtools && !go1.27

package standalone

import (
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
)

func hashed(t types.Type) {
	if _, ok := t.(*types.Union); !ok {
		typeutil.MakeHasher().Hash(t)
	}
}
