//go:build types2 && go1.23 && !go1.27

package engine

import "go/types"

func enableAlias(config *types.Config) { config.EnableAlias = true }
