package engine

import (
	"go/types"

	"typerace/harness/internal/wire"
)

// warmUp computes what go/types computes once in a process's life, by itself and in
// the test case's operations. Without it a schedule's first run in a process takes
// other steps than every later one. A scenario that is about such state says `fresh`
// and gets a process without.
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
	o.sequential, o.answers = true, false
	r := newRound(req, o)
	r.before()
	r.prepare()
	r.concurrent()
}
