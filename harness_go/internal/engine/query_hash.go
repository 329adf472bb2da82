//go:build !types2

package engine

import (
	"go/types"

	"typerace/harness/internal/clients"
)

func init() {
	registerQueries(query{name: "hash", client: true, ask: askHash})
}

// hashes hashes a type with types.Hasher, which came with Go 1.27, and compares it with itself.
var hashes = func(types.Type) bool { return true }

// askHash hashes a type. Hash values differ between runs; that one type has one hash does not.
func askHash(a *asker, t, _ types.Type) {
	if _, ok := t.(*types.Union); ok {
		return // a union is part of a constraint and cannot be hashed
	}
	a.bool(clients.Hash(t) == clients.Hash(t))
	a.bool(hashes(t))
}
