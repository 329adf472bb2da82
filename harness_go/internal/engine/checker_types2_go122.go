//go:build types2 && go1.22

package engine

import (
	"cmd/compile/internal/syntax"
	"go/types"
)

func addFileVersions(info *types.Info) {
	info.FileVersions = make(map[*syntax.PosBase]string)
}
