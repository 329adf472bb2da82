//go:build gofuzz

package peer

import "go/types"

var count = newStats()

// FuzzImportersBytes is FuzzImporters for go-fuzz.
func FuzzImportersBytes(data []byte) int {
	return score(twoCheckers(data, newInfo))
}

// FuzzSharedInfoBytes is FuzzSharedInfo for go-fuzz.
func FuzzSharedInfoBytes(data []byte) int {
	info := newInfo()
	return score(twoCheckers(data, func() *types.Info { return info }))
}

// score is go-fuzz's: an input that parses is worth more.
func score(v verdict) int {
	count.count(v)
	if v == unparsed {
		return 0
	}
	return 1
}
