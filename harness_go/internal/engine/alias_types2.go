//go:build types2 && (!go1.23 || go1.27)

package engine

import "go/types"

// enableAlias does nothing: the compiler represents no aliases before Go 1.23, and always does from
// Go 1.27 on.
func enableAlias(*types.Config) {}
