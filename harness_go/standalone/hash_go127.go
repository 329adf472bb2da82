//go:build xtools && go1.27

package standalone

import (
	"go/types"
	"hash/maphash"

	"golang.org/x/tools/go/types/typeutil"
)

func hashed(t types.Type) {
	if _, ok := t.(*types.Union); ok {
		return
	}
	typeutil.MakeHasher().Hash(t)
	var h maphash.Hash
	types.Hasher{}.Hash(&h, t)
	types.HasherIgnoreTags{}.Hash(&h, t)
	types.Hasher{}.Equal(t, t)
}
