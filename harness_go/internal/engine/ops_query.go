package engine

import "go/types"

// opQuery is the word of a query on an object. A scenario's text leaves it out.
const opQuery = "query"

func init() {
	register(operation{
		word: opQuery, bare: true, operands: []operand{aQuery, anObject, anotherObject},
		run: (*goroutine).queryObject,
	})
	register(operation{
		word: "walk", operands: []operand{aQuery, walked, anOrder}, run: (*goroutine).walk,
	})
}

// queryObject is the operation `QUERY P.T [P.U]`.
func (g *goroutine) queryObject(c *call) bool {
	q := c.query
	obj := g.object(c.path, c.object)
	if obj == nil {
		return g.skip("the package has no object")
	}
	a := g.asker(obj.Pkg())
	if q.scope != nil {
		q.scope(&a, obj.Pkg().Scope())
		a.flush(q, obj.Pkg().Path())
		return true
	}
	a.objects(q, []types.Object{obj})
	t := obj.Type()
	if t == nil {
		return g.skip("the object has no type")
	}
	// A query on two types uses the object's own type as the second one if none is named.
	other := t
	if c.other != nil {
		second := g.object(c.other.path, c.other.object)
		if second == nil || second.Type() == nil {
			return g.skip("the second package has no object")
		}
		other = second.Type()
	}
	if !q.pair {
		a.ask(q, t, nil)
		if c.other != nil {
			a.ask(q, other, nil)
		}
		return true
	}
	a.ask(q, t, other)
	return true
}

// walk is the operation `walk QUERY P [ORDER]`.
func (g *goroutine) walk(c *call) bool {
	q, o := c.query, c.order
	var pkg *types.Package
	if len(c.packages) > 0 {
		pkg = g.typesPackage(g.resolvePackage(c.path))
		if pkg == nil {
			return g.skip("there is no package to walk")
		}
	} else if len(g.instanceRoots()) == 0 {
		return g.skip("there are no instances")
	} else {
		g.use(useInterface)
		g.completeAliases()
	}
	switch {
	case q.scope != nil:
		g.walkScopes(q, g.scopePackages(pkg), o)
	case pkg != nil:
		objects := objectsOf(pkg.Scope(), o)
		a := g.asker(pkg)
		a.objects(q, objects)
		g.walkTypes(q, pkg, typesOf(objects), o)
	default:
		g.walkTypes(q, nil, g.instanceRoots(), o)
	}
	return true
}

func typesOf(objects []types.Object) []types.Type {
	var all []types.Type
	for _, obj := range objects {
		all = append(all, obj.Type())
	}
	return all
}
