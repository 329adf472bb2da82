package engine

import (
	"bytes"
	"go/types"
)

// Queries on one type.

func init() {
	registerQueries(
		query{name: "underlying", ask: askUnderlying},
		query{name: "unalias", ask: askUnalias},
		query{name: "string", ask: askString},
		query{name: "fields", ask: askFields},
		query{name: "typeparams", ask: askTypeparams},
		query{name: "typeset", ask: askTypeset},
		query{name: "comparable", ask: askComparable},
	)
}

func askUnderlying(a *asker, t, _ types.Type) {
	a.typ(t.Underlying())
}

func askUnalias(a *asker, t, _ types.Type) {
	a.typ(unalias(t))
	for _, part := range aliasParts(t) {
		a.typ(part)
	}
	for i, args := 0, aliasTypeArgs(t); i < args.Len(); i++ {
		a.typ(args.At(i))
	}
}

func askString(a *asker, t, _ types.Type) {
	// Which of several identical types is printed depends on which goroutine came first. So the
	// only thing that can be compared is whether there is text.
	a.bool(types.TypeString(t, nil) != "")
	// The other ways to text do the same work, so only types with short texts pay for them.
	var text bytes.Buffer
	if sig, ok := t.(*types.Signature); ok {
		types.WriteSignature(&text, sig, nil)
	}
	if obj := typeName(t); obj != nil {
		types.WriteType(&text, t, types.RelativeTo(a.pkg))
		a.bool(t.String() != "")
		a.bool(types.ObjectString(obj, types.RelativeTo(a.pkg)) != "")
	}
}

func askFields(a *asker, t, _ types.Type) {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := 0; i < u.NumFields(); i++ {
			f := u.Field(i)
			a.str(f.Name())
			a.bool(f.Embedded())
			a.typ(f.Type())
			a.str(u.Tag(i))
		}
	case *types.Signature:
		a.typ(u.Params())
		a.typ(u.Results())
		a.bool(u.Variadic())
		askTuple(a, u.Params())
		askTuple(a, u.Results())
	case *types.Tuple:
		askTuple(a, u)
	case *types.Interface:
		for i := 0; i < u.NumEmbeddeds(); i++ {
			a.typ(u.EmbeddedType(i))
		}
		for i := 0; i < u.NumExplicitMethods(); i++ {
			a.obj(u.ExplicitMethod(i))
		}
	case *types.Union:
		for i := 0; i < u.Len(); i++ {
			a.bool(u.Term(i).Tilde())
			a.typ(u.Term(i).Type())
		}
	}
}

func askTuple(a *asker, t *types.Tuple) {
	for i := 0; i < t.Len(); i++ {
		a.typ(t.At(i).Type())
	}
}

func askTypeparams(a *asker, t, _ types.Type) {
	for i, params := 0, typeParams(t); i < params.Len(); i++ {
		a.typ(params.At(i))
		a.typ(params.At(i).Constraint())
	}
	for i, args := 0, typeArgs(t); i < args.Len(); i++ {
		a.typ(args.At(i))
	}
	switch t := t.(type) {
	case *types.Named:
		a.typ(t.Origin())
	case *types.TypeParam:
		a.int(int64(t.Index()))
		a.typ(t.Constraint())
		a.typ(t.Underlying())
	}
}

func askTypeset(a *asker, t, _ types.Type) {
	u, ok := t.Underlying().(*types.Interface)
	if !ok {
		return
	}
	a.int(int64(u.NumMethods()))
	a.bool(u.IsComparable())
	a.bool(u.IsMethodSet())
	a.bool(u.Empty())
	a.bool(u.IsImplicit())
	for i := 0; i < u.NumMethods(); i++ {
		a.obj(u.Method(i))
	}
}

func askComparable(a *asker, t, _ types.Type) {
	a.bool(types.Comparable(t))
	a.bool(types.IsInterface(t))
	a.typ(types.Default(t))
}
