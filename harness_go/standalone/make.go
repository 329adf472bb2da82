package standalone

import (
	"go/token"
	"go/types"
)

// instanceOf instantiates a generic type. The result is int if the arguments do
// not fit.
func instanceOf(g types.Type, args ...types.Type) types.Type {
	t, err := types.Instantiate(nil, g, args, true)
	if err != nil {
		return types.Typ[types.Int]
	}
	return t
}

// openInterfaces makes interfaces without calling Complete.
func openInterfaces(pkg *types.Package) (list []types.Type) {
	sig := types.NewSignatureType(nil, nil, nil, nil, nil, false)
	absent := []*types.Func{types.NewFunc(token.NoPos, pkg, "Absent", sig)}
	list = append(list, types.NewInterfaceType(absent, nil))
	for _, name := range pkg.Scope().Names() {
		n, ok := pkg.Scope().Lookup(name).Type().(*types.Named)
		if ok && !generic(n) && types.IsInterface(n) && len(list) < 8 {
			list = append(list, types.NewInterfaceType(absent, []types.Type{n}))
		}
	}
	return list
}
