package engine

import (
	"go/types"

	"typerace/harness/internal/clients"
)

// query is something that can be asked of a type, or of two.
type query struct {
	name string
	// pair says that it is about two types.
	pair bool
	// interfaces says that the second one is an interface.
	interfaces bool
	// client says that it is asked with golang.org/x/tools.
	client bool
	// ask asks; t is never nil, other is nil unless it is about two types.
	ask func(a *asker, t, other types.Type)
	// scope is asked instead, if there is one: the query is about scopes.
	scope func(a *asker, s *types.Scope)
}

// queries are all of them. The package documentation of go/types lets any number
// of goroutines ask them of completed packages.
var queries []query

// registerQueries adds queries to the table, before the program starts its work.
func registerQueries(more ...query) { queries = append(queries, more...) }

func findQuery(name string) *query {
	for i := range queries {
		if queries[i].name == name {
			return &queries[i]
		}
	}
	return nil
}

// asker asks one query and keeps the answers, if they are wanted. Without
// them it calls the API and nothing else.
type asker struct {
	g     *goroutine
	pkg   *types.Package // of the query; nil for instances
	want  bool
	parts []any
	// seen is of the query typemap.
	seen *clients.TypeMap
}

func (g *goroutine) asker(pkg *types.Package) asker {
	return asker{g: g, pkg: pkg, want: g.round.answers}
}

// ask asks, and gives the answer the name of the types.
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

// flush makes an answer of what was said about the subject.
func (a *asker) flush(q *query, subject ...any) {
	if a.want {
		a.g.answer(q.name, subject, a.parts, "")
	}
	a.parts = nil
}

// A query says what it learnt with these: values that the API returned, kept
// as they are.

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
