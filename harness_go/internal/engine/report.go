package engine

import (
	"fmt"
	"slices"
	"sort"
	"time"

	"typerace/harness/internal/wire"
)

// report collects the results of rounds.
type report struct {
	req      *wire.RunRequest
	reply    *wire.RunReply
	executed map[string]uint32
	first    bool
}

func newReport(req *wire.RunRequest) *report {
	r := &report{req: req, reply: &wire.RunReply{ID: req.ID}, executed: make(map[string]uint32), first: true}
	r.reply.Verdicts = make([]wire.Verdict, len(req.Packages))
	for i := range r.reply.Verdicts {
		r.reply.Verdicts[i].Code = wire.VerdictNotChecked
	}
	return r
}

// schedule adds the figures of a seeded schedule in a round.
func (r *report) schedule(s Scheduler) {
	r.reply.Steps += s.Steps()
	r.reply.Trace = r.reply.Trace*31 + s.Trace()
}

// shared adds what the sense saw in a round; later rounds repeat it.
func (r *report) shared(shared wire.Shared) {
	if r.first {
		r.reply.Shared = shared
	}
}

// add adds the results of a round.
func (r *report) add(round *round, setup, concurrent time.Duration) {
	r.reply.SetupNS += uint64(setup)
	r.reply.ConcurrentNS += uint64(concurrent)
	for i, s := range round.sources {
		if s.err != nil {
			r.reply.Verdicts[i] = wire.Verdict{Code: wire.VerdictSyntax, Error: s.err.Error()}
		}
	}
	goroutines := append([]*goroutine{round.first}, round.goroutines...)
	for _, g := range append(goroutines, round.strangers) {
		for i := range g.checks {
			r.verdict(&g.checks[i])
		}
	}
	for n, g := range goroutines {
		for _, p := range g.panics {
			r.reply.Panics = append(r.reply.Panics, wire.Panic{
				Goroutine: uint32(n), Operation: uint32(p.op), Value: fmt.Sprint(p.value), Stack: string(p.stack),
			})
		}
		for i, c := range g.ops {
			if g.executed[i] {
				r.executed[c.name]++
			}
		}
		if r.first {
			r.remarks(round, n, g)
		}
	}
	r.uses(round)
	for _, change := range round.changedSyntax() {
		if !slices.Contains(r.reply.Changed, change) {
			r.reply.Changed = append(r.reply.Changed, change)
		}
	}
	r.first = false
}

// verdict adds the result of a check; the worst verdict on a package counts.
func (r *report) verdict(c *checked) {
	v := &r.reply.Verdicts[c.pkg]
	switch {
	case c.errors > 0 && v.Code >= wire.VerdictValid:
		v.Code, v.Error = wire.VerdictTypeErrors, c.first.Error()
	case c.errors == 0 && v.Code == wire.VerdictNotChecked:
		v.Code = wire.VerdictValid
	}
}

// remarks adds the remarks of the first round; later rounds repeat them.
func (r *report) remarks(round *round, n int, g *goroutine) {
	for _, note := range g.skipped {
		r.reply.Skipped = append(r.reply.Skipped, remark(n, g, note))
	}
	for _, note := range g.resolved {
		r.reply.Resolutions = append(r.reply.Resolutions, remark(n, g, note))
	}
	if !round.answers {
		return
	}
	r.reply.Answers = append(r.reply.Answers, g.answerTexts())
}

func remark(n int, g *goroutine, note note) string {
	return fmt.Sprintf("goroutine %d, operation %d, %s: %s", n, note.op, g.ops[note.op].name, note.text)
}

func (r *report) finish() *wire.RunReply {
	for name, n := range r.executed {
		r.reply.Executed = append(r.reply.Executed, wire.Count{Name: name, N: n})
	}
	sort.Slice(r.reply.Executed, func(i, j int) bool { return r.reply.Executed[i].Name < r.reply.Executed[j].Name })
	return r.reply
}
