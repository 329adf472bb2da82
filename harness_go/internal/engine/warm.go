package engine

import (
	"go/types"

	"typerace/harness/internal/wire"
)

// warmUp makes go/types compute the state that it computes once per process, both directly and
// through the test case's operations. Without it, a schedule's first run in a process would take
// other steps than every later run. A scenario about such state says `fresh` and gets a process
// without a warm-up.
func (e *Engine) warmUp(req *wire.RunRequest, o options) {
	e.warm = true
	for _, name := range types.Universe.Names() {
		t := types.Universe.Lookup(name).Type()
		if t == nil {
			continue
		}
		warmMethods(t)
		if i, ok := t.Underlying().(*types.Interface); ok {
			i.NumMethods()
		}
	}
	warmClients()
	o.sequential, o.answers = true, false
	// If a test case stalls here, the stall is attributed to it.
	e.status.enter(stageSetup)
	r := newRound(req, o)
	r.before()
	r.prepare()
	e.status.enter(stageConcurrent)
	r.concurrent()
}
