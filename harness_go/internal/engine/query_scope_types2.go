//go:build types2

package engine

import (
	"go/types"
	"io"
)

// askScope looks up every name, which loads what the compiler's importer has not loaded yet. Scopes
// of types2 are not asked about positions: they have none in most releases.
func askScope(a *asker, s *types.Scope) {
	all := names(s)
	for _, name := range all {
		a.obj(s.Lookup(name))
	}
	a.int(int64(s.Len()))
	a.bool(s.Parent() != nil)
	children(s, func(child *types.Scope) { a.bool(child.Parent() == s) })
	a.obj(s.Lookup(absent))
	// The text loads every name. It contains the scope's address and spelled types, so it is not an
	// answer.
	if len(all) == s.Len() {
		s.WriteTo(io.Discard, 0, true)
	}
}
