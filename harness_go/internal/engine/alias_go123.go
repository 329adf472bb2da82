//go:build go1.23

package engine

import "go/types"

// Only this file and the alias_go*.go beside it know which release added what to the
// API of aliases.

// asAlias returns the type as an alias, if it is one.
func asAlias(t types.Type) (*types.Alias, bool) {
	a, ok := t.(*types.Alias)
	return a, ok
}

// unalias is types.Unalias.
func unalias(t types.Type) types.Type { return types.Unalias(t) }

// aliasParts are the types that an alias leads to.
func aliasParts(t types.Type) []types.Type {
	a, ok := asAlias(t)
	if !ok {
		return nil
	}
	return []types.Type{a.Rhs(), types.Unalias(a), a.Origin()}
}

func aliasTypeParams(t types.Type) *types.TypeParamList {
	if a, ok := asAlias(t); ok {
		return a.TypeParams()
	}
	return nil
}

func aliasTypeArgs(t types.Type) *types.TypeList {
	if a, ok := asAlias(t); ok {
		return a.TypeArgs()
	}
	return nil
}

func aliasObject(t types.Type) *types.TypeName {
	if a, ok := asAlias(t); ok {
		return a.Obj()
	}
	return nil
}

// newAlias makes an alias by hand that can be completed later.
func newAlias(obj *types.TypeName, rhs types.Type) types.Type { return types.NewAlias(obj, rhs) }

// setAliasTypeParams sets an alias's type parameters, if it is an alias.
func setAliasTypeParams(t types.Type, params []*types.TypeParam) bool {
	a, ok := asAlias(t)
	if !ok || a.TypeArgs().Len() > 0 {
		return false
	}
	a.SetTypeParams(params)
	return true
}
