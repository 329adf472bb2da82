package engine

import "go/types"

// typeParams returns a generic type's parameters; nil if it has none.
func typeParams(t types.Type) *types.TypeParamList {
	switch t := t.(type) {
	case *types.Named:
		return t.TypeParams()
	case *types.Signature:
		return t.TypeParams()
	}
	return aliasTypeParams(t)
}

// typeArgs returns an instance's type arguments; nil if there are none.
func typeArgs(t types.Type) *types.TypeList {
	if n, ok := t.(*types.Named); ok {
		return n.TypeArgs()
	}
	return aliasTypeArgs(t)
}

// uninstantiated reports whether the type is generic and not an instance. Most questions about two
// types leave the answer for such types unspecified.
func uninstantiated(t types.Type) bool {
	return typeParams(t).Len() > 0 && typeArgs(t).Len() == 0
}

// typeName is the object that declares a named type; nil if there is none.
func typeName(t types.Type) *types.TypeName {
	switch t := t.(type) {
	case *types.Named:
		return t.Obj()
	case *types.TypeParam:
		return t.Obj()
	}
	return aliasObject(t)
}

// packageOf is the package that declares the type; nil if no package does.
func packageOf(t types.Type) *types.Package {
	if obj := typeName(t); obj != nil {
		return obj.Pkg()
	}
	return nil
}

// eachPart calls f with the types that a type consists of. Every walk does this for every type,
// after its query, so that all walks read the same state.
func eachPart(t types.Type, f func(types.Type)) {
	for i, args := 0, typeArgs(t); i < args.Len(); i++ {
		f(args.At(i))
	}
	for i, params := 0, typeParams(t); i < params.Len(); i++ {
		f(params.At(i))
	}
	for _, part := range aliasParts(t) {
		f(part)
	}
	switch t := t.(type) {
	case *types.Named:
		f(t.Origin())
		f(t.Underlying())
		for i := 0; i < t.NumMethods(); i++ {
			f(t.Method(i).Type())
		}
	case *types.Pointer:
		f(t.Elem())
	case *types.Slice:
		f(t.Elem())
	case *types.Array:
		f(t.Elem())
	case *types.Chan:
		f(t.Elem())
	case *types.Map:
		f(t.Key())
		f(t.Elem())
	case *types.Struct:
		for i := 0; i < t.NumFields(); i++ {
			f(t.Field(i).Type())
		}
	case *types.Tuple:
		for i := 0; i < t.Len(); i++ {
			f(t.At(i).Type())
		}
	case *types.Signature:
		if recv := t.Recv(); recv != nil {
			f(recv.Type())
		}
		for i, params := 0, t.RecvTypeParams(); i < params.Len(); i++ {
			f(params.At(i))
		}
		f(t.Params())
		f(t.Results())
	case *types.Interface:
		for i := 0; i < t.NumEmbeddeds(); i++ {
			f(t.EmbeddedType(i))
		}
		for i := 0; i < t.NumExplicitMethods(); i++ {
			f(t.ExplicitMethod(i).Type())
		}
	case *types.Union:
		for i := 0; i < t.Len(); i++ {
			f(t.Term(i).Type())
		}
	case *types.TypeParam:
		f(t.Constraint())
	}
}
