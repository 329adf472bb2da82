// Package ssatarget fuzzes golang.org/x/tools/go/ssa: one program that several
// goroutines build, ask for methods and instantiate at the same time.
//
//	typerace fuzz --harness examples/targets/ssa --time 2m
//
// An example scenario:
//
//	before check lib ; check a ; target ssa-program a
//	go     target ssa-build a ; target ssa-methods a
//	go     target ssa-methods a ; target ssa-build a
package ssatarget

// The coverage of the code under test counts too.
//typerace:cover golang.org/x/tools/go/ssa golang.org/x/tools/go/types/typeutil

import (
	"errors"
	"fmt"
	"go/types"
	"sort"
	"strings"

	"golang.org/x/tools/go/ssa"
	"typerace/harness/target"
)

func init() {
	target.Register(target.Operation{
		Name: "ssa-program",
		Does: "makes an ssa.Program with a package and what it imports, for the goroutines to build",
		Run:  newProgram,
	})
	target.Register(target.Operation{
		Name:  "ssa-build",
		Does:  "ssa.Package.Build of the package that ssa-program made",
		Class: target.Bug,
		Rule:  "Build is idempotent and thread-safe.",
		Place: "golang.org/x/tools/go/ssa, func (*Package) Build",
		Run:   build,
	})
	target.Register(target.Operation{
		Name:  "ssa-methods",
		Does:  "ssa.Program.MethodValue of every method of the package's types",
		Class: target.Bug,
		Rule:  "Thread-safe.",
		Place: "golang.org/x/tools/go/ssa, func (*Program) MethodValue",
		Run:   methods,
	})
}

// program is kept by ssa-program.
type program struct {
	prog *ssa.Program
	pkg  *ssa.Package
}

// newProgram runs before the goroutines, or in one of them for its own use.
func newProgram(in *target.Input) (string, error) {
	if in.Info == nil {
		return "", errors.New("another goroutine has the package's syntax")
	}
	prog := ssa.NewProgram(in.Fset, ssa.InstantiateGenerics|ssa.BuildSerially)
	made := map[*types.Package]bool{in.Package: true}
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
	dependencies(in.Package)
	in.Keep(in.Package.Path(), &program{prog, prog.CreatePackage(in.Package, in.Files, in.Info, false)})
	return "", nil
}

// find returns the program that all goroutines share, or else the goroutine's own.
func find(in *target.Input) (*program, error) {
	for _, kept := range []map[string]any{in.Before, in.Own} {
		if p, ok := kept[in.Package.Path()].(*program); ok {
			return p, nil
		}
	}
	if _, err := newProgram(in); err != nil {
		return nil, err
	}
	return in.Own[in.Package.Path()].(*program), nil
}

func build(in *target.Input) (string, error) {
	p, err := find(in)
	if err != nil {
		return "", err
	}
	p.pkg.Build()
	names := make([]string, 0, len(p.pkg.Members))
	for name, member := range p.pkg.Members {
		blocks := 0
		if fn, ok := member.(*ssa.Function); ok {
			blocks = len(fn.Blocks)
		}
		names = append(names, fmt.Sprintf("%s:%d", name, blocks))
	}
	sort.Strings(names)
	return strings.Join(names, " "), nil
}

func methods(in *target.Input) (string, error) {
	p, err := find(in)
	if err != nil {
		return "", err
	}
	scope := in.Package.Scope()
	var found []string
	for _, name := range scope.Names() {
		obj, ok := scope.Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		if named, ok := obj.Type().(*types.Named); !ok || named.TypeParams().Len() > 0 || types.IsInterface(named) {
			continue
		}
		set := p.prog.MethodSets.MethodSet(types.NewPointer(obj.Type()))
		for i := 0; i < set.Len(); i++ {
			if fn := p.prog.MethodValue(set.At(i)); fn != nil {
				found = append(found, fn.Name())
			}
		}
	}
	return strings.Join(found, " "), nil
}
