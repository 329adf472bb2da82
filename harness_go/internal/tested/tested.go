// Package tested names the packages of the checker under test.
package tested

import "strings"

// Has reports whether a function, named as in a stack, belongs to the checker under test.
func Has(function string) bool {
	for _, pkg := range packages {
		if len(function) > len(pkg) && function[len(pkg)] == '.' && strings.HasPrefix(function, pkg) {
			return true
		}
	}
	return false
}
