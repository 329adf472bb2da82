package engine

import "go/types"

func init() {
	registerQueries(
		query{name: "sizes", ask: askSizes},
	)
}

// otherSizes are those of other compilers and architectures. They hold no state.
var otherSizes = [...]types.Sizes{
	types.SizesFor("gc", "386"), types.SizesFor("gccgo", "arm64"), &types.StdSizes{WordSize: 4, MaxAlign: 4},
}

func askSizes(a *asker, t, _ types.Type) {
	if !sized(t, nil) {
		return
	}
	a.int(sizes.Sizeof(t))
	a.int(sizes.Alignof(t))
	for _, other := range otherSizes {
		a.int(other.Sizeof(t))
	}
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

// sized reports whether a type has a size. Sizeof is not defined for type parameters and invalid
// types, and it does not end for a type that contains itself, which occurs only in programs with
// errors. `inside` are the named types that contain the type.
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
		// A new slice, because siblings must not see each other.
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
