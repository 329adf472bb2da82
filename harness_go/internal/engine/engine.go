// Package engine runs test cases: Go packages, and goroutines that use
// go/types on them.
//
// What it adds between the goroutines of a test case may order them, and what
// is ordered does not race. So while they run it uses no lock, channel,
// atomic, fmt or map that two of them share, beyond what the scenario asks
// for; meet.go says how they wait for one another all the same.
package engine

import (
	"runtime"
	"sort"
	"time"

	"typerace/harness/internal/clients"
	"typerace/harness/internal/wire"
)

// Engine runs test cases one after another, in one process.
type Engine struct {
	// Counters are the program's coverage counters. A run zeroes them first.
	Counters []byte
	// Map receives the counters after a run; at least as long as they are.
	Map []byte
	// Scheduler seeds interleavings; nil if that is not to be had.
	Scheduler Scheduler
	// Pairs receives the interleaving map after a seeded run.
	Pairs []byte
	// Reports bounds the race detector's reports; nil if that is not to be had.
	Reports Limiter

	procs   int // GOMAXPROCS when a test case does not say
	godebug godebug
	memory  memory
}

// Scheduler makes the interleaving of goroutines a function of a seed. See
// package schedule, which engine's tests cannot link.
type Scheduler interface {
	Start(seed uint64, goroutines int)
	Enter(i int)
	// Yield says whether another goroutine took a step.
	Yield(i int) bool
	Leave(i int)
	Stop()
	Steps() uint64
	Trace() uint64
	CopyPairs(to []byte)
	// Reseed sets what is random on the calling thread, for a run of one
	// goroutine.
	Reseed(seed uint64)
}

// Limiter bounds how many races are reported from a call on, 0 is no bound. See
// package reports, which engine's tests cannot link.
type Limiter interface{ Limit(n uint32) }

// New returns an engine. It takes the garbage collector into its hands, so a
// process has one.
func New(counters, coverage []byte) *Engine {
	e := &Engine{Counters: counters, Map: coverage, procs: defaultProcs()}
	e.godebug.init()
	e.memory.init()
	return e
}

// defaultProcs is at least 2, as goroutines that never run at the same time
// hide what needs it, and at most 4: campaigns run one harness for each core.
func defaultProcs() int {
	return max(2, min(runtime.GOMAXPROCS(0), 4))
}

// Words are the operations and queries that the engine knows, sorted.
func Words() []string {
	words := []string{"check", "import", "instantiate", "eval", "checkexpr", "query", "walk", "set"}
	if clients.Available {
		words = append(words, "export", "ssa")
	}
	for _, q := range queries {
		if !q.client || clients.Available {
			words = append(words, q.name)
		}
	}
	sort.Strings(words)
	return words
}

// Run runs a test case. All its goroutines have ended when it returns.
// The error is about a request that cannot be run.
func (e *Engine) Run(req *wire.RunRequest) (*wire.RunReply, error) {
	options, err := readOptions(req)
	if err != nil {
		return nil, err
	}
	e.godebug.set(req.Godebug)
	procs := e.procs
	if req.Procs > 0 {
		procs = int(req.Procs)
	}
	seeded := req.Seeded && e.Scheduler != nil && !options.sequential
	if seeded {
		procs = 1
	}
	if procs != runtime.GOMAXPROCS(0) {
		// It stops the world: left as it is for the next run.
		runtime.GOMAXPROCS(procs)
	}
	e.reset()
	races := raceErrors()
	if e.Reports != nil {
		e.Reports.Limit(req.Flags >> wire.ReportsShift)
		defer e.Reports.Limit(0)
	}
	report := newReport(req)
	for i := uint32(0); i < max(1, req.Rounds); i++ {
		start := time.Now()
		r := newRound(req, options)
		if seeded {
			r.scheduler = e.Scheduler
		}
		if e.Scheduler != nil && (seeded || options.sequential) {
			r.reseed = e.Scheduler.Reseed
		}
		r.before()
		r.prepare()
		prepared := time.Now()
		r.concurrent()
		if seeded {
			report.schedule(e.Scheduler)
			e.Scheduler.CopyPairs(e.Pairs)
		}
		report.add(r, prepared.Sub(start), time.Since(prepared))
		e.memory.collect()
	}
	e.publish()
	reply := report.finish()
	reply.Races = uint32(raceErrors() - races)
	return reply, nil
}

// reset zeroes the counters.
//
//go:norace
func (e *Engine) reset() {
	clear(e.Counters)
}

// publish copies the counters to the map that the parent reads. Neither is
// memory that the race detector should watch.
//
//go:norace
func (e *Engine) publish() {
	copy(e.Map, e.Counters)
}
