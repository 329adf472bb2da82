//go:build !go1.22

package engine

import "go/types"

// Aliases came to the API with Go 1.22; before, they are what they stand for.

func unalias(t types.Type) types.Type { return t }

func aliasParts(types.Type) []types.Type { return nil }

func aliasTypeParams(types.Type) *types.TypeParamList { return nil }

func aliasTypeArgs(types.Type) *types.TypeList { return nil }

func aliasObject(types.Type) *types.TypeName { return nil }
