// Package tested names the packages of the checker under test.
package tested

import "strings"

// Packages are the packages of each checker, by its word. The first one is the checker itself.
var Packages = map[string][]string{
	"go/types": {"go/types"},
	"types2":   {"cmd/compile/internal/types2", "cmd/compile/internal/importer"},
}

var packages = Packages[Checker]

// Has reports whether a function, named as in a stack, belongs to the checker under test.
func Has(function string) bool {
	for _, pkg := range packages {
		if len(function) > len(pkg) && function[len(pkg)] == '.' && strings.HasPrefix(function, pkg) {
			return true
		}
	}
	return false
}
