//go:build xtools

package standalone

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// buildSSA builds the SSA code of a package in a new ssa.Program.
func buildSSA(c checked) {
	buildIn(newProgram(c), c)
}

// newProgram returns an ssa.Program with packages and what they import.
func newProgram(all ...checked) *ssa.Program {
	prog := ssa.NewProgram(all[0].fileSet, ssa.InstantiateGenerics|ssa.BuildSerially)
	for _, c := range all {
		prog.CreatePackage(c.pkg, c.files, c.info, true)
	}
	var create func(*types.Package)
	create = func(pkg *types.Package) {
		for _, dep := range pkg.Imports() {
			if prog.Package(dep) == nil {
				prog.CreatePackage(dep, nil, nil, true)
				create(dep)
			}
		}
	}
	for _, c := range all {
		create(c.pkg)
	}
	return prog
}

// buildIn builds the SSA code of a package and reads it.
func buildIn(prog *ssa.Program, c checked) {
	pkg := prog.Package(c.pkg)
	pkg.Build()
	for _, fn := range functions(prog, c) {
		readBody(pkg, fn, make(map[*ssa.Function]bool))
	}
}

// functions are the functions and methods that a package declares.
func functions(prog *ssa.Program, c checked) (fns []*ssa.Function) {
	for _, m := range prog.Package(c.pkg).Members {
		if fn, ok := m.(*ssa.Function); ok {
			fns = append(fns, fn)
		} else if named, ok := m.Type().(*types.Named); ok && m.Object() == named.Obj() {
			for i := 0; i < named.NumMethods(); i++ {
				if fn := prog.FuncValue(named.Method(i)); fn != nil {
					fns = append(fns, fn)
				}
			}
		}
	}
	return fns
}

// readBody reads a function of pkg that is built, and the instances and wrappers that it calls,
// which belong to no package.
func readBody(pkg *ssa.Package, fn *ssa.Function, seen map[*ssa.Function]bool) {
	if seen[fn] {
		return
	}
	seen[fn] = true
	_, _ = fn.String(), fn.Origin()
	for _, param := range fn.Params {
		_ = len(*param.Referrers())
	}
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			_ = instr.String()
			for _, operand := range instr.Operands(nil) {
				if f, ok := (*operand).(*ssa.Function); ok && f.Parent() == nil && (f.Pkg == nil || f.Pkg == pkg) {
					readBody(pkg, f, seen)
				}
			}
		}
	}
	for _, anon := range fn.AnonFuncs {
		_ = len(*anon.Referrers())
		readBody(pkg, anon, seen)
	}
}

func readString(prog *ssa.Program, c checked) {
	for _, fn := range functions(prog, c) {
		_, _, _ = fn.Name(), fn.String(), fn.Type().String()
		if obj := fn.Object(); obj != nil {
			_ = obj.String()
		}
	}
}

func readOrigin(prog *ssa.Program, c checked) {
	for _, fn := range functions(prog, c) {
		_, _, _ = fn.Origin(), fn.TypeArgs(), fn.TypeParams()
		_, _ = fn.Parent(), fn.Package()
	}
}

func readFunctionSyntax(prog *ssa.Program, c checked) {
	for _, fn := range functions(prog, c) {
		_ = fn.Pos()
		if syntax := fn.Syntax(); syntax != nil {
			ast.Inspect(syntax, func(ast.Node) bool { return true })
		}
	}
}

func readMethods(prog *ssa.Program, c checked) {
	for _, m := range prog.Package(c.pkg).Members {
		t, ok := m.(*ssa.Type)
		if !ok {
			continue
		}
		for _, t := range []types.Type{t.Type(), types.NewPointer(t.Type())} {
			set := prog.MethodSets.MethodSet(t)
			for i := 0; i < set.Len(); i++ {
				if fn := prog.MethodValue(set.At(i)); fn != nil && fn.Pkg == nil {
					readBody(nil, fn, make(map[*ssa.Function]bool))
				}
			}
		}
	}
	prog.RuntimeTypes()
}

func readBlocks(prog *ssa.Program, c checked) {
	for _, fn := range functions(prog, c) {
		readBody(fn.Pkg, fn, make(map[*ssa.Function]bool))
	}
}

func readReferrers(prog *ssa.Program, c checked) {
	for _, fn := range functions(prog, c) {
		for _, param := range fn.Params {
			_ = len(*param.Referrers())
		}
		for _, anon := range fn.AnonFuncs {
			_ = len(*anon.Referrers())
		}
	}
}
