package standalone

import "go/types"

// parts calls f with the types that t is made of.
func parts(t types.Type, f func(types.Type)) {
	each := func(n int, part func(i int) types.Type) {
		for i := 0; i < n; i++ {
			f(part(i))
		}
	}
	if t, ok := t.(interface{ TypeArgs() *types.TypeList }); ok {
		each(t.TypeArgs().Len(), func(i int) types.Type { return t.TypeArgs().At(i) })
	}
	if t, ok := t.(interface{ TypeParams() *types.TypeParamList }); ok {
		each(t.TypeParams().Len(), func(i int) types.Type { return t.TypeParams().At(i) })
	}
	switch t := t.(type) {
	case *types.Named:
		f(t.Origin())
		f(t.Underlying())
		each(t.NumMethods(), func(i int) types.Type { return t.Method(i).Type() })
	case *types.Map:
		f(t.Key())
		f(t.Elem())
	case interface{ Elem() types.Type }:
		f(t.Elem())
	case *types.Struct:
		each(t.NumFields(), func(i int) types.Type { return t.Field(i).Type() })
	case *types.Tuple:
		each(t.Len(), func(i int) types.Type { return t.At(i).Type() })
	case *types.Signature:
		if t.Recv() != nil {
			f(t.Recv().Type())
		}
		each(t.RecvTypeParams().Len(), func(i int) types.Type { return t.RecvTypeParams().At(i) })
		f(t.Params())
		f(t.Results())
	case *types.Interface:
		each(t.NumEmbeddeds(), t.EmbeddedType)
		each(t.NumExplicitMethods(), func(i int) types.Type { return t.ExplicitMethod(i).Type() })
	case *types.Union:
		each(t.Len(), func(i int) types.Type { return t.Term(i).Type() })
	case *types.TypeParam:
		f(t.Constraint())
	default:
		aliasParts(t, f)
	}
}
