package wire

// Flags of a RunRequest.
const (
	// FlagSequential runs everything on one goroutine, in the order written.
	FlagSequential = 1 << iota
	// FlagAnswers asks for the operations' answers.
	FlagAnswers
	// FlagResolutions asks for the substitutes for names that do not exist.
	FlagResolutions
	// FlagSense asks for the operations' writes to shared memory, in a sequential run.
	FlagSense
	// FlagOther asks for the verdicts of the other checker, with the code of the first error in each
	// package as its answer.
	FlagOther
)

// ReportsShift is the position in the flags of the number of reports after which the race detector
// is silent; 0 for no limit.
const ReportsShift = 16

// FlagFresh says that the test case is about state that is computed once per process.
const FlagFresh = 1 << 8

// RunRequest is a test case to run.
type RunRequest struct {
	ID     uint64
	Flags  uint32
	Procs  uint32
	Rounds uint32
	// Seeded says that Schedule is the seed of the interleaving.
	Seeded   bool
	Schedule uint64
	Godebug  string
	Import   string
	Share    []string
	Meet     []string
	// Before are the texts of the operations of `before`, and Go those of each goroutine.
	Before   []string
	Go       [][]string
	Packages []Package
}

// Package is one package of a test case.
type Package struct {
	Path  string
	Files []File
}

// File is one Go file.
type File struct {
	Name, Text string
}

// Verdicts on a package.
const (
	VerdictSyntax     = 0
	VerdictTypeErrors = 1
	VerdictValid      = 2
	VerdictNotChecked = 3
)

// Verdict is the result for a package.
type Verdict struct {
	Code  uint8
	Error string
}

// Panic is a recovered panic.
type Panic struct {
	// Goroutine is 0 for `before`, and n for the n-th goroutine.
	Goroutine uint32
	// Operation is its index in the goroutine.
	Operation uint32
	Value     string
	Stack     string
}

// Count is how often an operation was executed.
type Count struct {
	Name string
	N    uint32
}

// Answer is what an operation learned.
type Answer struct {
	// Operation is its index in the goroutine.
	Operation uint32
	// Subject is the subject of the question.
	Subject string
	// Value is the part that is compared.
	Value []string
	// Note is for people.
	Note string
}

func (e *encoder) answer(a Answer) {
	e.u32(a.Operation)
	e.str(a.Subject)
	e.strs(a.Value)
	e.str(a.Note)
}

func (d *decoder) answer() Answer {
	return Answer{Operation: d.u32(), Subject: d.str(), Value: d.strs(), Note: d.str()}
}

// RunReply is the result of a RunRequest.
type RunReply struct {
	ID           uint64
	Races        uint32
	SetupNS      uint64
	ConcurrentNS uint64
	Verdicts     []Verdict
	Panics       []Panic
	Executed     []Count
	Skipped      []string
	Answers      [][]Answer
	Resolutions  []string
	// Steps and Trace describe the seeded schedule: how many probes were passed, and a hash over
	// goroutine and function of each.
	Steps uint64
	Trace uint64
	// Leaks are the stacks of goroutines that outlived every operation.
	Leaks []string
	// Heap is the number of bytes left after the last collection.
	Heap uint64
	// Changed says which fields of syntax trees operations changed, and in which packages.
	Changed []string
	// Shared is empty unless it was asked for.
	Shared Shared
}

// Encode returns the message's bytes, its kind first.
func (r *RunRequest) Encode() []byte {
	var e encoder
	e.u8(KindRun)
	e.u64(r.ID)
	e.u32(r.Flags)
	e.u32(r.Procs)
	e.u32(r.Rounds)
	e.u8(bit(r.Seeded))
	e.u64(r.Schedule)
	e.str(r.Godebug)
	e.str(r.Import)
	e.strs(r.Share)
	e.strs(r.Meet)
	e.strs(r.Before)
	encodeList(&e, r.Go, (*encoder).strs)
	encodeList(&e, r.Packages, func(e *encoder, p Package) {
		e.str(p.Path)
		encodeList(e, p.Files, func(e *encoder, f File) {
			e.str(f.Name)
			e.str(f.Text)
		})
	})
	return e.b
}

func (d *decoder) runRequest() *RunRequest {
	return &RunRequest{
		ID: d.u64(), Flags: d.u32(), Procs: d.u32(), Rounds: d.u32(),
		Seeded: d.u8() != 0, Schedule: d.u64(),
		Godebug: d.str(), Import: d.str(), Share: d.strs(), Meet: d.strs(),
		Before: d.strs(),
		Go:     decodeList(d, (*decoder).strs),
		Packages: decodeList(d, func(d *decoder) Package {
			return Package{Path: d.str(), Files: decodeList(d, func(d *decoder) File {
				return File{Name: d.str(), Text: d.str()}
			})}
		}),
	}
}

// Encode returns the message's bytes, its kind first.
func (r *RunReply) Encode() []byte {
	var e encoder
	e.u8(KindRun)
	e.u64(r.ID)
	e.u32(r.Races)
	e.u64(r.SetupNS)
	e.u64(r.ConcurrentNS)
	encodeList(&e, r.Verdicts, func(e *encoder, v Verdict) {
		e.u8(v.Code)
		e.str(v.Error)
	})
	encodeList(&e, r.Panics, func(e *encoder, p Panic) {
		e.u32(p.Goroutine)
		e.u32(p.Operation)
		e.str(p.Value)
		e.str(p.Stack)
	})
	encodeList(&e, r.Executed, func(e *encoder, c Count) {
		e.str(c.Name)
		e.u32(c.N)
	})
	e.strs(r.Skipped)
	encodeList(&e, r.Answers, func(e *encoder, answers []Answer) { encodeList(e, answers, (*encoder).answer) })
	e.strs(r.Resolutions)
	e.u64(r.Steps)
	e.u64(r.Trace)
	e.strs(r.Leaks)
	e.u64(r.Heap)
	e.strs(r.Changed)
	e.shared(&r.Shared)
	return e.b
}

// DecodeRunReply reads the output of RunReply.Encode.
func DecodeRunReply(b []byte) (*RunReply, error) {
	d := &decoder{b: b}
	d.kind(KindRun)
	r := &RunReply{
		ID: d.u64(), Races: d.u32(), SetupNS: d.u64(), ConcurrentNS: d.u64(),
		Verdicts: decodeList(d, func(d *decoder) Verdict { return Verdict{Code: d.u8(), Error: d.str()} }),
		Panics: decodeList(d, func(d *decoder) Panic {
			return Panic{Goroutine: d.u32(), Operation: d.u32(), Value: d.str(), Stack: d.str()}
		}),
		Executed: decodeList(d, func(d *decoder) Count { return Count{Name: d.str(), N: d.u32()} }),
		Skipped:  d.strs(), Answers: decodeList(d, func(d *decoder) []Answer { return decodeList(d, (*decoder).answer) }), Resolutions: d.strs(),
		Steps: d.u64(), Trace: d.u64(), Leaks: d.strs(), Heap: d.u64(), Changed: d.strs(),
		Shared: d.shared(),
	}
	return r, d.done()
}

func (d *decoder) kind(want uint8) {
	if got := d.u8(); got != want && d.err == nil {
		d.fail("a message of another kind")
	}
}
