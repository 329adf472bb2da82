//go:build go1.23

package standalone

import (
	"go/token"
	"go/types"
)

// setTypeParams sets the type parameters of an alias: the named one, or else the
// first one in the package.
func setTypeParams(pkg *types.Package, name string) {
	for _, name := range append([]string{name}, pkg.Scope().Names()...) {
		obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		if a, ok := obj.Type().(*types.Alias); ok && a.Obj() == obj {
			a.SetTypeParams([]*types.TypeParam{newTypeParam()})
			return
		}
	}
}

// openAliases makes aliases that lack their type parameters.
func openAliases(pkg *types.Package) (list []types.Type) {
	for _, name := range pkg.Scope().Names() {
		n, ok := pkg.Scope().Lookup(name).Type().(*types.Named)
		if ok && n.TypeParams().Len() == 0 && len(list) < 8 {
			obj := types.NewTypeName(token.NoPos, pkg, "Absent", nil)
			list = append(list, types.NewAlias(obj, types.NewSlice(n)))
		}
	}
	return list
}

// completeAliases sets the type parameters that openAliases left out.
func completeAliases(list []types.Type) {
	for _, t := range list {
		if a, ok := t.(*types.Alias); ok && a.Obj().Name() == "Absent" {
			a.SetTypeParams([]*types.TypeParam{newTypeParam()})
		}
	}
}

func newTypeParam() *types.TypeParam {
	obj := types.NewTypeName(token.NoPos, nil, "Absent", nil)
	return types.NewTypeParam(obj, types.Universe.Lookup("any").Type())
}
