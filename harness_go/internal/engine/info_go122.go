//go:build !types2 && go1.22

package engine

import (
	"go/ast"
	"go/types"
)

func init() {
	fileVersion = func(info *types.Info, file *ast.File) string { return info.FileVersions[file] }
	pkgNameOf = func(info *types.Info, spec *ast.ImportSpec) types.Object {
		if name := info.PkgNameOf(spec); name != nil {
			return name
		}
		return nil
	}
}

func addFileVersions(info *types.Info) {
	info.FileVersions = make(map[*ast.File]string)
}
