//go:build go1.22

package engine

import (
	"go/ast"
	"go/types"
)

func addFileVersions(info *types.Info) {
	info.FileVersions = make(map[*ast.File]string)
}
