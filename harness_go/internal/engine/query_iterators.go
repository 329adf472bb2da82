package engine

import "go/types"

func init() {
	registerQueries(query{name: "iterators", ask: askIterators})
}

// askIterators visits the parts of a type with iterators or, before Go 1.24, by their index. Types
// that are found may be named nil: what is asked is which there are.
func askIterators(a *asker, t, _ types.Type) {
	iterate(t, func(part types.Type) { a.typ(part) }, func(o types.Object) { a.obj(o) })
}

// iterate calls the functions with the types and objects that iterators of a type give.
var iterate = func(t types.Type, typ func(types.Type), _ func(types.Object)) { eachPart(t, typ) }
