//go:build xtools

package clients

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"

	"golang.org/x/tools/go/ssa"
)

// BuildSSA builds SSA code for a package that was type-checked without
// errors, generic functions instantiated, in a program of its own, and
// returns the names of its members.
func BuildSSA(fset *token.FileSet, pkg *types.Package, files []*ast.File, info *types.Info) []string {
	// Serially, as goroutines of its own could outlive the operation.
	prog := ssa.NewProgram(fset, ssa.InstantiateGenerics|ssa.BuildSerially)
	made := map[*types.Package]bool{pkg: true}
	var dependencies func(*types.Package)
	dependencies = func(p *types.Package) {
		for _, dep := range p.Imports() {
			if !made[dep] {
				made[dep] = true
				dependencies(dep)
				prog.CreatePackage(dep, nil, nil, true)
			}
		}
	}
	dependencies(pkg)
	built := prog.CreatePackage(pkg, files, info, false)
	built.Build()
	names := make([]string, 0, len(built.Members))
	for name := range built.Members {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
