package engine

import (
	"go/types"

	"typerace/harness/internal/clients"
)

// query is a question about one or two types.
type query struct {
	name string
	// pair says that it is about two types.
	pair bool
	// interfaces says that the second one is an interface.
	interfaces bool
	// client says that it needs golang.org/x/tools.
	client bool
	// ask asks; t is never nil, and other is nil unless the query is about two types.
	ask func(a *asker, t, other types.Type)
	// If scope is set, the query is about scopes, and scope is called instead.
	scope func(a *asker, s *types.Scope)
	// If object is set, the query is about objects too, and object is called for each that an
	// operation names or finds.
	object func(a *asker, o types.Object)
}

// queries lists all queries. The package documentation of go/types lets any number of goroutines
// ask them of completed packages.
var queries []query

// registerQueries adds queries to the table during program initialization.
func registerQueries(more ...query) { queries = append(queries, more...) }

func findQuery(name string) *query {
	for i := range queries {
		if queries[i].name == name {
			return &queries[i]
		}
	}
	return nil
}

// asker asks one query and keeps the answers, if they are wanted. Otherwise it calls the API and
// does nothing else.
type asker struct {
	g     *goroutine
	pkg   *types.Package // of the query; nil for instances
	want  bool
	parts []any
	// seen is for the query typemap.
	seen *clients.TypeMap
}

func (g *goroutine) asker(pkg *types.Package) asker {
	return asker{g: g, pkg: pkg, want: g.round.answers}
}

// ask asks, and labels the answer with the names of the types.
func (a *asker) ask(q *query, t, other types.Type) {
	given(t != nil, "the type of "+q.name)
	given(other != nil || !q.pair, "the second type of "+q.name)
	q.ask(a, t, other)
	if !a.want {
		return
	}
	subject := []any{t}
	if other != nil {
		subject = append(subject, other)
	}
	a.flush(q, subject...)
}

// objects asks about objects, in their order.
func (a *asker) objects(q *query, objects []types.Object) {
	if q.object == nil {
		return
	}
	const most = 200
	for i, o := range objects {
		if i == most {
			break
		}
		given(o != nil, "the object of "+q.name)
		q.object(a, o)
		a.flush(q, o)
	}
}

// flush makes an answer of what was recorded about the subject.
func (a *asker) flush(q *query, subject ...any) {
	if a.want {
		a.g.answer(q.name, subject, a.parts, "")
	}
	a.parts = nil
}

// A query records what it learned with these methods: values that the API returned, unchanged.

func (a *asker) say(part any) {
	if a.want {
		a.parts = append(a.parts, part)
	}
}

func (a *asker) str(s string)       { a.say(s) }
func (a *asker) bool(b bool)        { a.say(b) }
func (a *asker) int(n int64)        { a.say(n) }
func (a *asker) typ(t types.Type)   { a.say(t) }
func (a *asker) obj(o types.Object) { a.say(o) }
