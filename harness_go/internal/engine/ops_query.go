package engine

import (
	"go/types"

	"typerace/harness/internal/clients"
	"typerace/harness/internal/wire"
)

// execute executes an operation; false if there was nothing to do it on.
func (g *goroutine) execute(op wire.Op) bool {
	switch {
	case len(op) < 2:
	case op[0] == "check" && len(op) == 2:
		return g.check(op[1])
	case op[0] == "import" && len(op) == 2:
		return g.importOp(op[1])
	case op[0] == "instantiate" && len(op) >= 4:
		return g.instantiate(op[1], op[2], op[3] == "context", op[4:])
	case op[0] == "eval" && len(op) == 3:
		return g.eval(op[1], op[2])
	case op[0] == "checkexpr" && len(op) == 3:
		return g.checkExpr(op[1], op[2])
	case op[0] == "set" && len(op) == 4:
		return g.set(op[1], op[2], op[3])
	case op[0] == "export" && len(op) == 2:
		return g.export(op[1])
	case op[0] == "ssa" && len(op) == 2:
		return g.ssa(op[1])
	case op[0] == opTarget && (len(op) == 3 || len(op) == 4):
		return g.target(op[1], op[2:])
	case op[0] == "query" && len(op) >= 4:
		return g.queryOp(op[1], op[2:])
	case op[0] == "walk" && len(op) >= 3:
		return g.walkOp(op[1], op[2], readOrder(op[3:]))
	}
	return g.skip("not an operation that this harness knows")
}

// importOp is the operation `import P`.
func (g *goroutine) importOp(path string) bool {
	i := g.resolvePackage(path)
	if i < 0 {
		return g.skip("the test case has no package")
	}
	pkg, err := g.importer(nil).Import(g.req.Packages[i].Path)
	if g.round.answers {
		subject := []any{g.req.Packages[i].Path}
		if err != nil {
			g.answer("import", subject, []any{errorText(err)}, err.Error())
		} else {
			g.answer("import", subject, []any{pkg.Path(), pkg.Name()}, "")
		}
	}
	return true
}

// queryOp is the operation `QUERY P.T [P.U]`.
func (g *goroutine) queryOp(name string, target []string) bool {
	q := findQuery(name)
	if q == nil {
		return g.skip("not a query that this harness knows")
	}
	if q.client && !clients.Available {
		return g.skip(clients.Missing)
	}
	obj := g.object(target[0], target[1])
	if obj == nil {
		return g.skip("the package has no object")
	}
	a := g.asker(obj.Pkg())
	if q.scope != nil {
		q.scope(&a, obj.Pkg().Scope())
		a.flush(q, obj.Pkg().Path())
		return true
	}
	t := obj.Type()
	if t == nil {
		return g.skip("the object has no type")
	}
	// A query on two types has the object's own as second one if none is named.
	other := t
	if len(target) >= 4 {
		second := g.object(target[2], target[3])
		if second == nil || second.Type() == nil {
			return g.skip("the second package has no object")
		}
		other = second.Type()
	}
	if !q.pair {
		a.ask(q, t, nil)
		if len(target) >= 4 {
			a.ask(q, other, nil)
		}
		return true
	}
	a.ask(q, t, other)
	return true
}

// walkOp is the operation `walk QUERY P ORDER`.
func (g *goroutine) walkOp(name, path string, o order) bool {
	q := findQuery(name)
	if q == nil {
		return g.skip("not a query that this harness knows")
	}
	if q.client && !clients.Available {
		return g.skip(clients.Missing)
	}
	var pkg *types.Package
	if path != instancesName {
		pkg = g.typesPackage(g.resolvePackage(path))
		if pkg == nil {
			return g.skip("there is no package to walk")
		}
	} else if len(g.roots(nil)) == 0 {
		return g.skip("there are no instances")
	} else {
		g.use(useInterface)
		g.completeAliases()
	}
	if q.scope != nil {
		g.walkScopes(q, g.scopePackages(pkg), o)
	} else {
		g.walkTypes(q, pkg, o)
	}
	return true
}
