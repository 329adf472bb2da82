// Package engine runs test cases: Go packages, and goroutines that use
// go/types on them.
//
// Anything that the engine adds between the goroutines of a test case may order them, and ordered
// accesses do not race. So while they run, the engine uses no lock, channel, atomic, fmt or map
// that two of them share, beyond what the scenario asks for. meet.go explains how the goroutines
// wait for one another nevertheless.
package engine

import (
	"os"
	"runtime"
	"strconv"
	"time"

	"typerace/harness/internal/compile"
	"typerace/harness/internal/wire"
)

// Engine runs test cases one after another, in one process.
type Engine struct {
	// Counters are the program's coverage counters. A run zeroes them first.
	Counters []byte
	// Map receives the counters after a run; it is at least as long as they are.
	Map []byte
	// Scheduler seeds interleavings; nil if it is unavailable.
	Scheduler Scheduler
	// Reports limits the race detector's reports; nil if it is unavailable.
	Reports Limiter
	// Detector turns the race detector off where nothing can race; nil if it is unavailable.
	Detector Detector
	// Sense logs writes to shared memory; nil if it is unavailable.
	Sense Sense
	// watched says that the detector stays on for this request.
	watched bool

	// warm says that state that is computed once per process has been computed.
	warm    bool
	procs   int // GOMAXPROCS when a test case does not say
	godebug godebug
	memory  memory
	watch   watch
	// compiler is the one of the Go release under test; nil until a test case needs it.
	compiler *compile.Compiler
	// Status is what the parent sees while a test case runs; it may be nil.
	status *Status
}

// Scheduler makes the interleaving of goroutines a function of a seed. See
// package schedule, which engine's tests cannot link.
type Scheduler interface {
	Start(seed uint64, goroutines int)
	Enter(i int)
	// Yield reports whether another goroutine took a step.
	Yield(i int) bool
	Leave(i int)
	Stop()
	Steps() uint64
	Trace() uint64
	// Watch calls mark at each step of a goroutine that works alone, until Stop.
	Watch(mark func(function uint32))
	// Reseed sets the random state of the calling thread, for a run with one goroutine.
	Reseed(seed uint64)
}

// Limiter limits how many races are reported from a call on; 0 for no limit. See package reports,
// which engine's tests cannot link.
type Limiter interface{ Limit(n uint32) }

// Detector is the race detector's switch. See package quiet, which engine's tests
// cannot link.
type Detector interface {
	// Quiet turns it off: from here on, only the caller's goroutine works.
	Quiet()
	// Loud turns it on.
	Loud()
}

// Sense logs what operations write to memory that existed before they began. See package sense,
// which engine's tests cannot link. It works only while the detector is quiet.
type Sense interface {
	// Start begins a log.
	Start()
	// Begin and End are called around each operation.
	Begin(goroutine, operation int)
	End()
	// Mark is called at each step of an operation (see Scheduler).
	Mark(function uint32)
	// Stop ends the log and returns what it shows.
	Stop() wire.Shared
}

// alone lets one goroutine work unwatched. A target's operation may start goroutines of its own
// anywhere, so a test case with such an operation is watched from start to end.
func (e *Engine) alone() {
	if e.Detector != nil && !e.watched {
		e.Detector.Quiet()
	}
}

// together makes the detector watch from here on.
func (e *Engine) together() {
	if e.Detector != nil {
		e.Detector.Loud()
	}
}

// New returns an engine. It takes control of the garbage collector, so a process has only one
// engine.
func New(counters, coverage []byte) *Engine {
	e := &Engine{Counters: counters, Map: coverage, procs: defaultProcs()}
	e.godebug.init()
	e.memory.init()
	e.watch.init(nil)
	return e
}

// Observe makes the engine report its stage to its parent, and cap the heap at the given number of
// bytes above its own. If the heap exceeds the cap, its profile is passed to profile.
func (e *Engine) Observe(status *Status, heapCap uint64, profile func([]byte)) {
	e.status = status
	e.watch.status, e.watch.Cap, e.watch.Profile = status, heapCap, profile
}

// defaultProcs is at least 2, because goroutines that never run at the same time hide races that
// need it, and at most 4, because campaigns run one harness for each core. If GOMAXPROCS is set,
// that value is used.
func defaultProcs() int {
	if n, err := strconv.Atoi(os.Getenv("GOMAXPROCS")); err == nil && n > 0 {
		return n
	}
	return max(2, min(runtime.GOMAXPROCS(0), 4))
}

// Run runs a test case. All its goroutines have ended when it returns. The error means that the
// request cannot be run.
func (e *Engine) Run(req *wire.RunRequest) (*wire.RunReply, error) {
	options, err := readOptions(req)
	if err != nil {
		return nil, err
	}
	if req.Flags&wire.FlagOther != 0 {
		if reply := e.judgeByOther(req); reply != nil {
			return reply, nil
		}
	}
	if options.throughCompiler() && readsArchives {
		// Before anything is watched, because it has nothing to do with go/types here.
		if e.compiler == nil {
			e.compiler = compile.New()
		}
		options.archives = e.compiler.Archives(req.Packages)
	}
	e.godebug.set(req.Godebug)
	e.watched = options.foreign
	seeded := req.Seeded && e.Scheduler != nil && !options.sequential
	e.setProcs(req, seeded)
	if seeded && !options.fresh && !e.warm {
		e.alone()
		e.warmUp(req, options)
		e.together()
	}
	e.reset()
	races := raceErrors()
	if e.Reports != nil {
		e.Reports.Limit(req.Flags >> wire.ReportsShift)
		defer e.Reports.Limit(0)
	}
	goroutines := runtime.NumGoroutine()
	report := newReport(req)
	// Begins and ends while the detector watches, because its timer is another goroutine.
	e.watch.begin()
	defer e.status.enter(stageIdle)
	e.alone()
	defer e.together()
	stop := pressure()
	for i := uint32(0); i < max(1, req.Rounds); i++ {
		e.runRound(req, options, seeded, report)
	}
	stop()
	e.publish()
	reply := report.finish()
	e.together()
	e.watch.end()
	reply.Leaks = leftovers(goroutines)
	reply.Heap = e.memory.live()
	reply.Races = uint32(raceErrors() - races)
	return reply, nil
}

// setProcs sets GOMAXPROCS for a request; 1 if a seed decides its interleaving.
func (e *Engine) setProcs(req *wire.RunRequest, seeded bool) {
	procs := e.procs
	if req.Procs > 0 {
		procs = int(req.Procs)
	}
	if seeded {
		procs = 1
	}
	if procs != runtime.GOMAXPROCS(0) {
		// Changing GOMAXPROCS stops the world, so it stays as it is for the next run.
		runtime.GOMAXPROCS(procs)
	}
}

// runRound runs the goroutines once, on new packages, and adds that to the report.
func (e *Engine) runRound(req *wire.RunRequest, options options, seeded bool, report *report) {
	start := time.Now()
	e.status.enter(stageSetup)
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
	e.status.enter(stageConcurrent)
	if !options.sequential {
		e.together()
	}
	if options.sense && options.sequential && e.Sense != nil && !e.watched {
		r.sense = e.Sense
		r.sense.Start()
		if e.Scheduler != nil {
			e.Scheduler.Watch(r.sense.Mark)
		}
	}
	r.concurrent()
	if r.sense != nil {
		if e.Scheduler != nil {
			e.Scheduler.Stop()
		}
		report.shared(r.sense.Stop())
	}
	e.alone()
	e.status.enter(stageLast)
	if seeded {
		report.schedule(e.Scheduler)
	}
	report.add(r, prepared.Sub(start), time.Since(prepared))
	e.memory.collect()
}

// publish copies the counters to the map that the parent reads. The race detector should watch
// neither: the counters are behind the data for which it has shadow memory, and where they share
// its last page, a watched access to all of them would fault. It is a loop because copy is watched
// even here.
//
//go:norace
func (e *Engine) publish() {
	to := e.Map[:len(e.Counters)]
	for i, c := range e.Counters {
		to[i] = c
	}
}

// reset zeroes the counters, unwatched for the same reason.
//
//go:norace
func (e *Engine) reset() {
	clear(e.Counters)
}
