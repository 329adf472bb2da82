package engine

import (
	"go/token"
	"go/types"
	"io"
)

func init() {
	registerQueries(
		query{name: "scope", scope: askScope},
	)
}

// walkScopes is the operation `walk QUERY P ORDER` for a query on scopes.
func (g *goroutine) walkScopes(q *query, pkgs []*types.Package, o order) {
	const most = 200
	var work []*types.Scope
	for _, pkg := range pkgs {
		work = append(work, pkg.Scope())
	}
	a := g.asker(nil)
	for taken := 0; len(work) > 0 && taken < most; taken++ {
		var s *types.Scope
		s, work = takeFrom(&o, work)
		q.scope(&a, s)
		a.flush(q, int64(taken))
		children := make([]*types.Scope, s.NumChildren())
		for i := range children {
			children[i] = s.Child(i)
		}
		work = append(work, rotate(o, children)...)
	}
}

// scopePackages returns the packages whose scopes a walk visits: pkg or, if it is nil, those that
// declare the instances' types.
func (g *goroutine) scopePackages(pkg *types.Package) []*types.Package {
	if pkg != nil {
		return []*types.Package{pkg}
	}
	var pkgs []*types.Package
	seen := make(map[*types.Package]bool)
	for _, t := range g.instanceRoots() {
		if p := packageOf(t); p != nil && !seen[p] {
			seen[p] = true
			pkgs = append(pkgs, p)
		}
	}
	return pkgs
}

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

// children calls f with the scopes in a scope. From Go 1.24 on, it uses Scope.Children.
var children = func(s *types.Scope, f func(*types.Scope)) {
	for i := 0; i < s.NumChildren(); i++ {
		f(s.Child(i))
	}
}
