//go:build go1.22

package standalone

import "go/types"

func methods(t types.Type) {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return
	}
	for i := 0; i < n.NumMethods(); i++ {
		n.Method(i).Type()
	}
}

// members returns the names of a type's own fields and methods.
func members(t types.Type) (names []string) {
	if n, ok := types.Unalias(t).(*types.Named); ok {
		for i := 0; i < n.NumMethods(); i++ {
			names = append(names, n.Method(i).Name())
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := 0; i < u.NumFields(); i++ {
			names = append(names, u.Field(i).Name())
		}
	case *types.Interface:
		for i := 0; i < u.NumExplicitMethods(); i++ {
			names = append(names, u.ExplicitMethod(i).Name())
		}
	}
	return names
}
