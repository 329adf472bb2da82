//go:build !go1.22

package engine

import "go/types"

// Aliases came to the API with Go 1.22; before, they are what they stand for.

func unalias(t types.Type) types.Type { return t }

func aliasParts(types.Type) []types.Type { return nil }

func aliasTypeParams(types.Type) *types.TypeParamList { return nil }

func aliasTypeArgs(types.Type) *types.TypeList { return nil }

func aliasObject(types.Type) *types.TypeName { return nil }

// newAlias makes an alias by hand; nil where the API has none that could be
// completed later.
func newAlias(*types.TypeName, types.Type) types.Type { return nil }

// setAliasTypeParams sets an alias's type parameters, if that can be.
func setAliasTypeParams(types.Type, []*types.TypeParam) bool { return false }
