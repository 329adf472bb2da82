package engine

import "go/types"

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

// children calls f with the scopes in a scope. From Go 1.24 on, it uses Scope.Children.
var children = func(s *types.Scope, f func(*types.Scope)) {
	for i := 0; i < s.NumChildren(); i++ {
		f(s.Child(i))
	}
}
