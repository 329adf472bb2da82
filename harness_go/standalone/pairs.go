package standalone

import "go/types"

func identical(t, u types.Type) {
	types.Identical(t, u)
	types.IdenticalIgnoreTags(t, u)
}

func implements(t, u types.Type) {
	i, ok := u.Underlying().(*types.Interface)
	if !ok || !askable(t) || !askable(u) {
		return
	}
	types.Implements(t, i)
	types.MissingMethod(t, i, true)
	types.MissingMethod(t, i, false)
	if v, ok := t.Underlying().(*types.Interface); ok {
		types.AssertableTo(v, u)
	}
}

func satisfies(t, u types.Type) {
	if i, ok := u.Underlying().(*types.Interface); ok && askable(t) && askable(u) {
		types.Satisfies(t, i)
	}
}

func assignable(t, u types.Type) {
	if askable(t) && askable(u) {
		types.AssignableTo(t, u)
	}
}

func convertible(t, u types.Type) {
	if askable(t) && askable(u) {
		types.ConvertibleTo(t, u)
	}
}

// askable reports whether questions about two types are defined for t. They are
// not for tuples, unions, invalid types, and generic types without type arguments.
func askable(t types.Type) bool {
	switch t := t.(type) {
	case *types.Tuple, *types.Union:
		return false
	case *types.Basic:
		return t.Kind() != types.Invalid
	case *types.Signature:
		return t.TypeParams().Len() == 0
	}
	return !generic(t)
}

// generic reports whether t is a generic type without type arguments.
func generic(t types.Type) bool {
	g, ok := t.(interface {
		TypeParams() *types.TypeParamList
		TypeArgs() *types.TypeList
	})
	return ok && g.TypeParams().Len() > 0 && g.TypeArgs().Len() == 0
}

// pairs asks about each type and the four types visited before it.
func pairs(ask func(t, u types.Type)) func(types.Type) {
	var recent []types.Type
	return func(t types.Type) {
		ask(t, t)
		for _, u := range recent {
			ask(t, u)
			ask(u, t)
		}
		recent = append(recent, t)
		if len(recent) > 4 {
			recent = recent[1:]
		}
	}
}
