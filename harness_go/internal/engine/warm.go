package engine

import (
	"go/token"
	"go/types"

	"typerace/harness/internal/clients"
	"typerace/harness/internal/wire"
)

// warmUp makes go/types compute what it computes once in a process's life, on its own and
// through the test case's operations. Without it, a schedule's first run in a process
// would take other steps than every later run. A scenario about such state says `fresh`
// and gets a process without a warm-up.
func (e *Engine) warmUp(req *wire.RunRequest, o options) {
	e.warm = true
	for _, name := range types.Universe.Names() {
		t := types.Universe.Lookup(name).Type()
		if t == nil {
			continue
		}
		types.NewMethodSet(t)
		if i, ok := t.Underlying().(*types.Interface); ok {
			i.NumMethods()
		}
	}
	// golang.org/x/tools has such state too.
	pkg := types.NewPackage("typerace/warm", "warm")
	pkg.MarkComplete()
	if data, err := clients.Export(token.NewFileSet(), pkg); err == nil {
		_, _ = clients.Import(token.NewFileSet(), data, make(map[string]*types.Package), pkg.Path())
	}
	o.sequential, o.answers = true, false
	// A test case that stalls here is to blame for it.
	e.status.enter(stageSetup)
	r := newRound(req, o)
	r.before()
	r.prepare()
	e.status.enter(stageConcurrent)
	r.concurrent()
}
