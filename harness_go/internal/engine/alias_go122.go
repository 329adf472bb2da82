//go:build go1.22 && !go1.23

package engine

import "go/types"

// unalias is types.Unalias.
func unalias(t types.Type) types.Type { return types.Unalias(t) }

// aliasParts are the types that an alias leads to: in Go 1.22 only what it
// stands for.
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

// newAlias makes an alias by hand; nil where the API has none that could be
// completed later.
func newAlias(*types.TypeName, types.Type) types.Type { return nil }

// setAliasTypeParams sets an alias's type parameters, if that can be.
func setAliasTypeParams(types.Type, []*types.TypeParam) bool { return false }
