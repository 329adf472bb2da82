package engine

import "go/types"

// Queries on two types. They are not asked about types for which the documentation leaves the
// answer unspecified: uninstantiated generic types, tuples and unions.

func init() {
	registerQueries(
		query{name: "identical", pair: true, ask: askIdentical},
		query{name: "implements", pair: true, interfaces: true, ask: askImplements},
		query{name: "satisfies", pair: true, interfaces: true, ask: askSatisfies},
		query{name: "assignable", pair: true, ask: askAssignable},
		query{name: "convertible", pair: true, ask: askConvertible},
	)
}

func askable(t types.Type) bool {
	switch t := t.(type) {
	case *types.Tuple, *types.Union:
		return false
	case *types.Basic:
		return t.Kind() != types.Invalid
	}
	return !uninstantiated(t)
}

func askIdentical(a *asker, t, other types.Type) {
	a.bool(types.Identical(t, other))
	a.bool(types.IdenticalIgnoreTags(t, other))
}

func askImplements(a *asker, t, other types.Type) {
	if u := asInterface(t, other); u != nil {
		a.bool(types.Implements(t, u))
		method, wrong := types.MissingMethod(t, u, true)
		a.bool(wrong)
		if method != nil {
			a.str(method.Name())
		}
		// As for a type assertion, a method that an interface lacks is not missing.
		_, wrong = types.MissingMethod(t, u, false)
		a.bool(wrong)
		if v, ok := t.Underlying().(*types.Interface); ok {
			a.bool(types.AssertableTo(v, other))
		}
	}
}

func askSatisfies(a *asker, t, other types.Type) {
	if u := asInterface(t, other); u != nil {
		a.bool(types.Satisfies(t, u))
	}
}

// asInterface is the second type's interface, if the query is defined for both types.
func asInterface(t, other types.Type) *types.Interface {
	if !askable(t) || !askable(other) {
		return nil
	}
	u, _ := other.Underlying().(*types.Interface)
	return u
}

func askAssignable(a *asker, t, other types.Type) {
	if askable(t) && askable(other) {
		a.bool(types.AssignableTo(t, other))
	}
}

func askConvertible(a *asker, t, other types.Type) {
	if askable(t) && askable(other) {
		a.bool(types.ConvertibleTo(t, other))
	}
}
