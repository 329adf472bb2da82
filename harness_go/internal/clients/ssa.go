//go:build xtools

package clients

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strconv"

	"golang.org/x/tools/go/ssa"
)

// Program is an ssa.Program. Packages are added by one goroutine; then several may build them.
type Program struct{ prog *ssa.Program }

// NewProgram returns an empty program, in which generic functions are instantiated.
func NewProgram(fset *token.FileSet) *Program {
	// Serially, because goroutines of its own could outlive the operation.
	return &Program{ssa.NewProgram(fset, ssa.InstantiateGenerics|ssa.BuildSerially)}
}

// Add adds a package that was type-checked without errors.
func (p *Program) Add(pkg *types.Package, files []*ast.File, info *types.Info) {
	p.prog.CreatePackage(pkg, files, info, true)
}

// Complete adds what the packages import, from type information, where it is still missing.
func (p *Program) Complete() {
	var add func(*types.Package)
	add = func(pkg *types.Package) {
		for _, dep := range pkg.Imports() {
			if p.prog.Package(dep) == nil {
				p.prog.CreatePackage(dep, nil, nil, true)
				add(dep)
			}
		}
	}
	for _, pkg := range p.prog.AllPackages() {
		add(pkg.Pkg)
	}
}

// Has reports whether the package was added.
func (p *Program) Has(pkg *types.Package) bool { return p.prog.Package(pkg) != nil }

// Build builds the code of a package, or waits until another goroutine has, and reads it. It
// returns a line for each function that the package declares.
func (p *Program) Build(pkg *types.Package) []string {
	built := p.prog.Package(pkg)
	built.Build()
	r := functionReader{pkg: built, seen: make(map[*ssa.Function]bool)}
	var lines []string
	for _, fn := range p.declared(pkg) {
		lines = append(lines, fn.RelString(pkg)+" "+strconv.Itoa(r.body(fn)))
	}
	return lines
}

// Read reads the functions of a package, without building it.
func (p *Program) Read(what string, pkg *types.Package) {
	if what == "methods" {
		p.methods(pkg)
		return
	}
	for _, fn := range p.declared(pkg) {
		switch what {
		case "string":
			readNames(fn)
		case "origin":
			_, _, _ = fn.Origin(), fn.TypeArgs(), fn.TypeParams().Len()
			_, _ = fn.Parent(), fn.Package()
		case "syntax":
			_ = fn.Pos()
			if syntax := fn.Syntax(); syntax != nil {
				ast.Inspect(syntax, func(ast.Node) bool { return true })
			}
		case "blocks":
			r := functionReader{pkg: fn.Pkg, seen: make(map[*ssa.Function]bool)}
			r.body(fn)
		case "referrers":
			for _, param := range fn.Params {
				_ = len(*param.Referrers())
			}
			for _, anon := range fn.AnonFuncs {
				_ = len(*anon.Referrers())
			}
		}
	}
}

// members are the members of a package in the order of their names.
func (p *Program) members(pkg *types.Package) []ssa.Member {
	all := p.prog.Package(pkg).Members
	members := make([]ssa.Member, 0, len(all))
	for _, m := range all {
		members = append(members, m)
	}
	sort.Slice(members, func(i, j int) bool { return members[i].Name() < members[j].Name() })
	return members
}

// declared are the functions and methods that a package declares, in the order of their names.
func (p *Program) declared(pkg *types.Package) []*ssa.Function {
	var fns []*ssa.Function
	for _, m := range p.members(pkg) {
		switch m := m.(type) {
		case *ssa.Function:
			fns = append(fns, m)
		case *ssa.Type:
			named, ok := m.Type().(*types.Named)
			if !ok || named.Obj().Pkg() != pkg {
				continue // an alias
			}
			for i := 0; i < named.NumMethods(); i++ {
				if fn := p.prog.FuncValue(named.Method(i)); fn != nil {
					fns = append(fns, fn)
				}
			}
		}
	}
	return fns
}

// methods asks for the functions of all methods of the types that a package declares. Wrappers are
// built on demand and complete when they are returned.
func (p *Program) methods(pkg *types.Package) {
	r := functionReader{seen: make(map[*ssa.Function]bool)}
	for _, m := range p.members(pkg) {
		t, ok := m.(*ssa.Type)
		if !ok {
			continue
		}
		for _, t := range [...]types.Type{t.Type(), types.NewPointer(t.Type())} {
			set := p.prog.MethodSets.MethodSet(t)
			for i := 0; i < set.Len(); i++ {
				if fn := p.prog.MethodValue(set.At(i)); fn != nil {
					r.callee(fn)
				}
			}
		}
	}
	_ = len(p.prog.RuntimeTypes())
}

// functionReader reads functions.
type functionReader struct {
	// pkg is the package that is complete; nil for none.
	pkg  *ssa.Package
	seen map[*ssa.Function]bool
}

// body reads a function that is built, and returns the number of its instructions.
func (r *functionReader) body(fn *ssa.Function) int {
	if r.seen[fn] {
		return 0
	}
	r.seen[fn] = true
	readNames(fn)
	_ = fn.Origin()
	for _, param := range fn.Params {
		_, _ = param.Type().String(), len(*param.Referrers())
	}
	for _, local := range fn.Locals {
		_, _ = local.Type().String(), len(*local.Referrers())
	}
	n := 0
	var operands []*ssa.Value
	for _, block := range fn.Blocks {
		n += len(block.Instrs)
		for _, instr := range block.Instrs {
			_ = instr.String()
			operands = instr.Operands(operands[:0])
			for _, operand := range operands {
				if callee, ok := (*operand).(*ssa.Function); ok {
					r.callee(callee)
				}
			}
		}
	}
	for _, anon := range fn.AnonFuncs {
		_ = len(*anon.Referrers())
		n += r.body(anon)
	}
	return n
}

// callee reads what is complete of a function that another one mentions: instances and wrappers
// belong to no package, and the builder has waited for them.
func (r *functionReader) callee(fn *ssa.Function) {
	if fn.Parent() != nil {
		return // read with its parent
	}
	if fn.Pkg == nil || fn.Pkg == r.pkg {
		r.body(fn)
		return
	}
	readNames(fn)
	_ = fn.Origin()
}

func readNames(fn *ssa.Function) {
	_, _, _ = fn.Name(), fn.String(), fn.Type().String()
	if obj := fn.Object(); obj != nil {
		_ = obj.String()
	}
}
