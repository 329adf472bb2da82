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

// converted returns the package: scenarios for types2 ask for no other form.
func (g *goroutine) converted(pkg *types.Package) *types.Package { return pkg }

// warmMethods and warmClients do nothing: types2 has no method sets, and golang.org/x/tools does not
// use it.

func warmMethods(types.Type) {}

func warmClients() {}
