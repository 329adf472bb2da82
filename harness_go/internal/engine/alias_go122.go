//go:build go1.22 && !go1.23

package engine

import "go/types"

// unalias is types.Unalias.
func unalias(t types.Type) types.Type { return types.Unalias(t) }

// aliasParts are the types that an alias leads to: in Go 1.22 only its right-hand side.
func aliasParts(t types.Type) []types.Type {
	if a, ok := t.(*types.Alias); ok {
		return []types.Type{types.Unalias(a)}
	}
	return nil
}

// aliasTypeParams: generic aliases came with Go 1.23.
func aliasTypeParams(types.Type) *types.TypeParamList { return nil }

func aliasTypeArgs(types.Type) *types.TypeList { return nil }

func aliasObject(t types.Type) *types.TypeName {
	if a, ok := t.(*types.Alias); ok {
		return a.Obj()
	}
	return nil
}

// newAlias returns nil: this API has no alias that could be completed later.
func newAlias(*types.TypeName, types.Type) types.Type { return nil }

// setAliasTypeParams sets an alias's type parameters, if the API can.
func setAliasTypeParams(types.Type, []*types.TypeParam) bool { return false }
