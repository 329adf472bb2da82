//go:build !types2 && go1.27

package engine

import (
	"go/types"
	"hash/maphash"
)

func init() {
	hashes = func(t types.Type) bool {
		var exact types.Hasher
		var loose types.HasherIgnoreTags
		seed := maphash.MakeSeed()
		sum := func(hash func(*maphash.Hash, types.Type)) uint64 {
			var h maphash.Hash
			h.SetSeed(seed)
			hash(&h, t)
			return h.Sum64()
		}
		return sum(exact.Hash) == sum(exact.Hash) && exact.Equal(t, t) &&
			sum(loose.Hash) == sum(loose.Hash) && loose.Equal(t, t)
	}
}
