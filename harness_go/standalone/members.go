package standalone

import "go/types"

func methods(t types.Type) {
	n := namedType(t)
	if n == nil {
		return
	}
	for i := 0; i < n.NumMethods(); i++ {
		n.Method(i).Type()
	}
}

// members returns the names of a type's fields and methods, and of those of the types it embeds.
func members(t types.Type) (names []string) {
	work := []types.Type{t}
	for n := 0; n < len(work) && n < 20; n++ {
		t := work[n]
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem()
		}
		if n := namedType(t); n != nil {
			for i := 0; i < n.NumMethods(); i++ {
				names = append(names, n.Method(i).Name())
			}
		}
		switch u := t.Underlying().(type) {
		case *types.Struct:
			for i := 0; i < u.NumFields(); i++ {
				names = append(names, u.Field(i).Name())
				if u.Field(i).Embedded() {
					work = append(work, u.Field(i).Type())
				}
			}
		case *types.Interface:
			for i := 0; i < u.NumExplicitMethods(); i++ {
				names = append(names, u.ExplicitMethod(i).Name())
			}
			for i := 0; i < u.NumEmbeddeds(); i++ {
				work = append(work, u.EmbeddedType(i))
			}
		}
	}
	return names
}
