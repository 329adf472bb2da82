package standalone

import (
	"go/constant"
	"go/token"
	"go/types"
)

func setConstraint(t types.Type) {
	p := t.(interface{ TypeParams() *types.TypeParamList }).TypeParams().At(0)
	p.SetConstraint(p.Constraint())
}

func addMethod(t types.Type, name string) {
	n := t.(*types.Named)
	pkg := n.Obj().Pkg()
	sig := types.NewSignatureType(types.NewVar(token.NoPos, pkg, "", n), nil, nil, nil, nil, false)
	n.AddMethod(types.NewFunc(token.NoPos, pkg, name, sig))
}

func insert(pkg *types.Package, name string) {
	one := types.NewConst(token.NoPos, pkg, name, types.Typ[types.Int], constant.MakeInt64(1))
	pkg.Scope().Insert(one)
}
