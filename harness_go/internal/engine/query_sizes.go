package engine

import "go/types"

func init() {
	registerQueries(
		query{name: "sizes", ask: askSizes},
	)
}

func askSizes(a *asker, t, _ types.Type) {
	if !sized(t, nil) {
		return
	}
	a.int(sizes.Sizeof(t))
	a.int(sizes.Alignof(t))
	if u, ok := t.Underlying().(*types.Struct); ok {
		fields := make([]*types.Var, u.NumFields())
		for i := range fields {
			fields[i] = u.Field(i)
		}
		for _, offset := range sizes.Offsetsof(fields) {
			a.int(offset)
		}
	}
}

// sized says whether a type has a size. Sizeof is not defined for type parameters and
// invalid types, and it does not end for a type that contains itself, which only a
// program with errors has. `inside` are the named types that the type is part of.
func sized(t types.Type, inside []types.Type) bool {
	const deepest = 50
	t = unalias(t)
	if n, ok := t.(*types.Named); ok {
		if uninstantiated(n) || len(inside) > deepest {
			return false
		}
		for _, outer := range inside {
			if outer == t {
				return false
			}
		}
		// A new slice: siblings must not see each other.
		inside = append(inside[:len(inside):len(inside)], t)
	}
	if _, ok := t.(*types.TypeParam); ok {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() != types.Invalid && u.Info()&types.IsUntyped == 0
	case *types.Array:
		return u.Len() >= 0 && sized(u.Elem(), inside)
	case *types.Struct:
		for i := 0; i < u.NumFields(); i++ {
			if !sized(u.Field(i).Type(), inside) {
				return false
			}
		}
		return true
	case *types.Tuple, *types.Union:
		return false
	}
	return true
}
