//go:build types2 && !go1.22

package engine

import "go/types"

// addFileVersions does nothing: Info.FileVersions came with Go 1.22.
func addFileVersions(*types.Info) {}
