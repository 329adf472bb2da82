//go:build !go1.22

package engine

import "go/types"

// Before Go 1.22 the API had no aliases: a type is never one.

func unalias(t types.Type) types.Type { return t }

func aliasParts(types.Type) []types.Type { return nil }

func aliasTypeParams(types.Type) *types.TypeParamList { return nil }

func aliasTypeArgs(types.Type) *types.TypeList { return nil }

func aliasObject(types.Type) *types.TypeName { return nil }

// newAlias returns nil: this API has no alias that could be completed later.
func newAlias(*types.TypeName, types.Type) types.Type { return nil }

// setAliasTypeParams sets an alias's type parameters, if the API can.
func setAliasTypeParams(types.Type, []*types.TypeParam) bool { return false }
