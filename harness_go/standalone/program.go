// Package standalone holds the parts of standalone programs. A standalone program
// shows one finding with nothing but go.mod and main.go.
//
// The declarations here are copied into a program one by one: those that its
// statements use, and those that these use in turn. Build constraints choose among
// declarations of one name: the program gets the one for its Go release. A
// dependency is found by its name alone, so no local name may be that of a
// declaration; a test holds that.
package standalone

import "go/types"

// Every program declares these for itself.

// sources maps import paths to Go source.
var sources map[string]string

// `load` checks a package that an importer asks for.
func load(path string, im types.Importer) *types.Package {
	conf := types.Config{Importer: im, Error: func(error) {}}
	pkg, _ := conf.Check(path, fset, parse(fset, path, sources[path]), nil)
	return pkg
}

// slots is the number of operations that a probe may replace.
const slots = 1

// deepest is the number of steps from a type that an operation starts from to the types that
// a probe asks about.
const deepest = 7

// attempt runs the goroutines of a probe once.
func attempt() {}
