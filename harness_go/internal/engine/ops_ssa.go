//go:build !types2

package engine

import (
	"strings"

	"typerace/harness/internal/clients"
)

func init() {
	register(operation{
		word: "ssa", operands: []operand{aPackage}, client: true, syntax: true,
		run: (*goroutine).ssa,
	})
	register(operation{
		word: "ssaread", operands: []operand{aReading, aPackage}, client: true, syntax: true,
		program: true, run: (*goroutine).readSSA,
	})
}

// newProgram makes the program that the goroutines share, with the packages that are complete and
// free of errors. If x/tools panics, there is none: an operation with a program of its own then
// panics where this is noticed.
func (r *round) newProgram() (program *clients.Program) {
	defer func() {
		if recover() != nil {
			program = nil
		}
	}()
	program = clients.NewProgram(r.fset)
	for i, b := range r.first.built {
		if b != nil && r.completed[i] != nil && b.bodies && r.first.isSound(b.pkg) {
			program.Add(b.pkg, b.files, b.info)
		}
	}
	program.Complete()
	return program
}

// ssa is the operation `ssa P`. It builds the package that was type-checked, in whatever form
// importers got it, in the shared program if that has the package.
func (g *goroutine) ssa(c *call) bool {
	b := g.checkedWithSyntax(c)
	if b == nil {
		return false
	}
	if !g.isSound(b.pkg) {
		return g.skip(errNotSound)
	}
	if !b.bodies {
		return g.skip(errNoBodies)
	}
	program := g.round.program
	if program != nil && program.Has(b.pkg) {
		g.use(useProgram)
	} else {
		program = clients.NewProgram(b.fset)
		program.Add(b.pkg, b.files, b.info)
		program.Complete()
	}
	functions := program.Build(b.pkg)
	if g.round.answers {
		g.answer("ssa", []any{b.pkg.Path()}, []any{strings.Join(functions, " ")}, "")
	}
	return true
}

// readSSA is the operation `ssaread WHAT P`.
func (g *goroutine) readSSA(c *call) bool {
	b := g.checkedWithSyntax(c)
	if b == nil {
		return false
	}
	if g.round.program == nil || !g.round.program.Has(b.pkg) {
		return g.skip("the shared program does not have the package")
	}
	g.use(useProgram)
	g.round.program.Read(c.reading, b.pkg)
	return true
}
