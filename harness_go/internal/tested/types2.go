//go:build types2

package tested

// Checker is the word for the checker under test.
const Checker = "types2"

var packages = [...]string{"cmd/compile/internal/types2", "cmd/compile/internal/importer"}
