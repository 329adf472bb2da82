package standalone

import "go/types"

func sizes(t types.Type) {
	if !sized(t, 0) {
		return
	}
	s := types.SizesFor("gc", "amd64")
	s.Sizeof(t)
	s.Alignof(t)
	if u, ok := t.Underlying().(*types.Struct); ok {
		var vars []*types.Var
		for i := 0; i < u.NumFields(); i++ {
			vars = append(vars, u.Field(i))
		}
		s.Offsetsof(vars)
	}
}

// sized reports whether t has a size.
func sized(t types.Type, depth int) bool {
	if _, ok := t.(*types.TypeParam); ok || generic(t) || depth > 50 {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() != types.Invalid && u.Info()&types.IsUntyped == 0
	case *types.Array:
		return u.Len() >= 0 && sized(u.Elem(), depth+1)
	case *types.Struct:
		for i := 0; i < u.NumFields(); i++ {
			if !sized(u.Field(i).Type(), depth+1) {
				return false
			}
		}
	case *types.Tuple, *types.Union:
		return false
	}
	return true
}
