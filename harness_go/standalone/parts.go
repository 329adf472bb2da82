package standalone

import "go/types"

// parts calls f with the types that t is made of.
func parts(t types.Type, f func(types.Type)) {
	if t, ok := t.(interface{ TypeArgs() *types.TypeList }); ok {
		for i := 0; i < t.TypeArgs().Len(); i++ {
			f(t.TypeArgs().At(i))
		}
	}
	if t, ok := t.(interface{ TypeParams() *types.TypeParamList }); ok {
		for i := 0; i < t.TypeParams().Len(); i++ {
			f(t.TypeParams().At(i))
		}
	}
	switch t := t.(type) {
	case *types.Named:
		f(t.Origin())
		f(t.Underlying())
		for i := 0; i < t.NumMethods(); i++ {
			f(t.Method(i).Type())
		}
	case *types.Map:
		f(t.Key())
		f(t.Elem())
	case interface{ Elem() types.Type }:
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
		if t.Recv() != nil {
			f(t.Recv().Type())
		}
		for i := 0; i < t.RecvTypeParams().Len(); i++ {
			f(t.RecvTypeParams().At(i))
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
	default:
		aliasParts(t, f)
	}
}
