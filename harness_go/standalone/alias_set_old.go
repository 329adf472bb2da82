//go:build !go1.23

package standalone

import "go/types"

// Before Go 1.23, the API cannot set the type parameters of an alias.

func setTypeParams(*types.Package, string) {}

func openAliases(*types.Package) []types.Type { return nil }

func completeAliases([]types.Type) {}
