package main

import "go/types"

// An importer sets the constraints of P and Q, in this order:
//
//	func F[P interface{ comparable; struct{ f Q } }, Q any]()
func init() {
	roots["n4"] = func() {
		pkg := types.NewPackage("p", "p")
		param := func(name string) *types.TypeParam {
			return types.NewTypeParam(types.NewTypeName(0, pkg, name, nil), nil)
		}
		p, q := param("P"), param("Q")
		field := types.NewField(0, pkg, "f", q, false)
		term := types.NewStruct([]*types.Var{field}, nil)
		comparable := types.Universe.Lookup("comparable").Type()
		p.SetConstraint(types.NewInterfaceType(nil, []types.Type{comparable, term}))
		q.SetConstraint(types.Universe.Lookup("any").Type().Underlying())
		sig := types.NewSignatureType(nil, nil, []*types.TypeParam{p, q}, nil, nil, false)
		for _, arg := range []types.Type{types.Typ[types.Int], types.NewSlice(types.Typ[types.Int])} {
			strct := types.NewStruct([]*types.Var{types.NewField(0, pkg, "f", arg, false)}, nil)
			_, err := types.Instantiate(nil, sig, []types.Type{strct, arg}, true)
			if is := types.Comparable(arg); is != (err == nil) {
				panic(err) // the constraint says too little, or too much
			}
		}
	}
}
