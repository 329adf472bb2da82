//go:build types2

package engine

import (
	"go/types"

	"typerace/harness/internal/clients"
	"typerace/harness/internal/wire"
	"typerace/harness/target"
)

// What test cases for types2 do not have: targets, SSA programs, analyses, and syntax that an
// operation could change.

func targetTexts(*wire.RunRequest, *options) []target.Source { return nil }

func (r *round) newProgram() *clients.Program { return nil }

func (r *round) newAnalyses() *clients.Analyses { return nil }

type watchedSyntax struct{}

func (r *round) watchSyntax(*goroutine) {}

func (r *round) changedSyntax() []string { return nil }

// deliver returns the form in which importers get a checked package.
func (g *goroutine) deliver(i int, pkg *types.Package) *types.Package {
	if g.view == nil {
		if g.id > 0 {
			g.delivered++
		}
		return pkg
	}
	p := g.view.deliver(g, i, pkg)
	g.noteView(p)
	return p.pkg
}

// warmMethods and warmClients do nothing: types2 has no method sets, and golang.org/x/tools does not
// use it.

func warmMethods(types.Type) {}

func warmClients() {}
