//go:build types2

package tested

var packages = [...]string{"cmd/compile/internal/types2", "cmd/compile/internal/importer"}
