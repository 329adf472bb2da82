package engine

import "go/types"

func init() {
	register(operation{
		word: "universe", operands: []operand{aQuery}, run: (*goroutine).askUniverse,
	})
}

// askUniverse is the operation `universe QUERY`. What go/types computes once in a process's life is
// reached through the predeclared objects.
func (g *goroutine) askUniverse(c *call) bool {
	q := c.query
	a := g.asker(nil)
	if q.scope != nil {
		q.scope(&a, types.Universe)
		a.flush(q, "universe")
		return true
	}
	objects := objectsOf(types.Universe, order{})
	a.objects(q, objects)
	g.walkTypes(q, nil, typesOf(objects), order{})
	return true
}
