//go:build !types2

package engine

import "go/types"

func init() {
	registerQueries(query{name: "methodset", ask: askMethodset})
}

func askMethodset(a *asker, t, _ types.Type) {
	if _, ok := t.(*types.Tuple); ok {
		return
	}
	for _, t := range [...]types.Type{t, types.NewPointer(t)} {
		set := types.NewMethodSet(t)
		for i := 0; i < set.Len(); i++ {
			selection := set.At(i)
			a.obj(selection.Obj())
			a.bool(selection.Indirect())
			a.selection(selection)
			obj := selection.Obj()
			a.bool(set.Lookup(obj.Pkg(), obj.Name()) != nil)
		}
		a.bool(set.String() != "")
	}
}
