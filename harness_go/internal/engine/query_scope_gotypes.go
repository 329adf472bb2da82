//go:build !types2

package engine

import (
	"go/token"
	"go/types"
	"io"
)

func askScope(a *asker, s *types.Scope) {
	for _, name := range s.Names() {
		obj := s.Lookup(name)
		a.obj(obj)
		if obj != nil {
			if found, _ := s.LookupParent(name, obj.Pos()); found != nil {
				a.bool(found == s)
			}
		}
	}
	middle := token.NoPos
	if s.Pos().IsValid() && s.End() > s.Pos() {
		middle = s.Pos() + (s.End()-s.Pos())/2
	}
	a.int(int64(s.Len()))
	a.bool(s.Parent() != nil)
	children(s, func(child *types.Scope) {
		if child.Pos().IsValid() {
			a.bool(s.Innermost(child.Pos()) != nil)
		}
	})
	inner := s.Innermost(middle)
	a.bool(inner != nil)
	a.bool(s.Contains(middle))
	_, none := s.LookupParent(absent, token.NoPos)
	a.obj(none)
	// The text contains the scope's address and spelled types, so it is not an answer.
	s.WriteTo(io.Discard, 0, true)
}
