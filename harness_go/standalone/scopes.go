package standalone

import (
	"go/token"
	"go/types"
	"io"
)

func scope(s *types.Scope) {
	for _, name := range s.Names() {
		if obj := s.Lookup(name); obj != nil {
			s.LookupParent(name, obj.Pos())
		}
	}
	for i := 0; i < s.NumChildren(); i++ {
		s.Innermost(s.Child(i).Pos())
	}
	s.Innermost(s.Pos() + (s.End()-s.Pos())/2)
	s.LookupParent("absent", token.NoPos)
	s.WriteTo(io.Discard, 0, true)
}

// walkScopes visits a scope and the scopes inside it.
func walkScopes(s *types.Scope, next func(n int) int, visit func(*types.Scope)) {
	work := []*types.Scope{s}
	for n := 0; n < 200 && len(work) > 0; n++ {
		i := 0
		if next != nil {
			i = next(len(work))
		}
		s := work[i]
		work = append(work[:i:i], work[i+1:]...)
		visit(s)
		for i := 0; i < s.NumChildren(); i++ {
			work = append(work, s.Child(i))
		}
	}
}
