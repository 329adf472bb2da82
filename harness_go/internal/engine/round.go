package engine

import (
	"go/token"
	"go/types"
	"sync"

	"typerace/harness/internal/clients"
	"typerace/harness/internal/wire"
	"typerace/harness/target"
)

// round is one run of a scenario on its own packages. Everything that goroutines read here was
// written before they started.
type round struct {
	req *wire.RunRequest
	options
	sources []*source
	index   map[string]int // import path to index in sources

	fset    *token.FileSet
	config  *types.Config // of share config
	info    *types.Info   // of share info
	context *types.Context
	// checkers and packages are for share checker and share package.
	checkers []*types.Checker
	packages []*types.Package
	// partial holds the packages that share incomplete makes available.
	partial []*types.Package
	shared  *sharedImporter
	// view is the map of packages of import unified and import mixed; nil without them.
	view *view
	// same is for import twice: the package that importers return for each path.
	same []int

	// methodSets is a cache that all goroutines share, as in real tools.
	methodSets clients.MethodSets
	// paths is shared in the same way, from the version of golang.org/x/tools on that allows it.
	paths clients.Encoder

	// program and analyses are for share program and share analyses.
	program  *clients.Program
	analyses *clients.Analyses
	// syntax is watched if an operation could change it.
	syntax []watchedSyntax

	// completed are the packages that `before` checked; nil if it did not.
	completed []*types.Package
	// instances are the types that `before` made.
	instances []types.Type
	// aliases are for share alias.
	aliases []types.Type

	sourceTexts []target.Source // for targets' operations

	first      *goroutine // runs `before`
	goroutines []*goroutine
	// strangers holds the work of checkers that belong to no goroutine.
	strangers *goroutine

	scheduler Scheduler // nil unless the schedule is seeded
	// reseed makes random choices repeat in runs that must repeat; nil in others.
	reseed func(seed uint64)

	// sense logs the goroutines' operations; nil if that was not asked for.
	sense Sense

	attendance                                      *attendance // for all meetings
	atStart, atImport, atError, atOperation, atType *meeting
}

// newRound parses the packages, each with its own trees.
func newRound(req *wire.RunRequest, o options) *round {
	n := len(req.Packages)
	r := &round{
		req: req, options: o, index: make(map[string]int, n), fset: token.NewFileSet(),
		completed: make([]*types.Package, n), partial: make([]*types.Package, n),
		sourceTexts: targetTexts(req, &o),
	}
	for i := range req.Packages {
		r.sources = append(r.sources, parseSource(r.fset, &req.Packages[i], o.parseMode()))
		if _, ok := r.index[req.Packages[i].Path]; !ok {
			r.index[req.Packages[i].Path] = i
		}
	}
	if r.answers && r.share.importer && cyclic(r.sources, r.index) {
		// Which import of the cycle fails depends on which goroutine comes first.
		r.answers = false
	}
	if r.answers && (r.importing[importsFailing] || r.importing[importsFaulty]) {
		// A checker with an error marks the shared package, and later checks see that.
		r.answers = false
	}
	if o.share.context {
		r.context = types.NewContext()
	}
	if o.share.info {
		r.info = newInfo()
	}
	r.first = newGoroutine(r, 0, o.before)
	r.first.files = r.baseTrees()
	r.watchSyntax(r.first)
	r.strangers = newGoroutine(r, len(req.Go)+1, nil)
	r.strangers.files = r.baseTrees()
	r.shared = newSharedImporter(r)
	if o.throughCompiler() {
		r.view = newView(o.archives)
	}
	if o.importing[importsTwice] {
		r.same = r.firstAlike()
	}
	return r
}

// baseTrees are the trees that newRound parsed.
func (r *round) baseTrees() [][]*tree {
	files := make([][]*tree, len(r.sources))
	for i, s := range r.sources {
		files[i] = s.trees
	}
	return files
}

// before runs the operations of `before`. The packages that they check are complete from then on.
func (r *round) before() {
	r.first.run()
}

// prepare makes the goroutines' state and everything that they share, so that the goroutines
// themselves do as little as possible.
func (r *round) prepare() {
	if len(r.first.panics) > 0 {
		// A panic leaves locks and half-made state behind, so nothing more can be run on this
		// round.
		return
	}
	r.instances = r.first.instances
	if r.share.interfaces {
		r.instances = append(r.instances, r.openInterfaces()...)
	}
	if r.share.aliases {
		r.aliases = r.openAliases()
		r.instances = append(r.instances, r.aliases...)
	}
	if r.share.config {
		r.config = r.newConfig(unset.Config, nil, nil)
	}
	for i, ops := range r.goes {
		g := newGoroutine(r, i+1, ops)
		r.goroutines = append(r.goroutines, g)
		g.prepare()
		r.watchSyntax(g)
	}
	if r.share.program {
		r.program = r.newProgram()
	}
	if r.share.analyses {
		r.analyses = r.newAnalyses()
	}
	if r.share.packages || r.share.checker {
		for i, s := range r.sources {
			pkg := types.NewPackage(r.req.Packages[i].Path, s.name)
			r.packages = append(r.packages, pkg)
			config, info := r.config, r.info
			if config == nil {
				config = r.newConfig(unset.Config, nil, nil)
			}
			if info == nil {
				info = newInfo()
			}
			r.checkers = append(r.checkers, types.NewChecker(config, r.fset, pkg, info))
		}
	}
	r.arrangeMeetings()
}

func (r *round) arrangeMeetings() {
	if r.sequential {
		return
	}
	n := len(r.goroutines) + 2 // goroutine 0 and strangers are never waited for
	r.attendance = newAttendance(n)
	all, importing := make([]bool, n), make([]bool, n)
	for _, g := range r.goroutines {
		all[g.id] = true
		importing[g.id] = g.imports
		r.attendance.expect(g.id)
	}
	if r.meet.start {
		r.atStart = r.newMeeting(all, patience)
	}
	if r.meet.imports {
		r.atImport = r.newMeeting(importing, patience)
	}
	if r.meet.errors {
		r.atError = r.newMeeting(all, errorPatience)
	}
	if r.meet.operation {
		r.atOperation = r.newMeeting(all, patience)
	}
	if inStep() {
		r.atType = r.newMeeting(all, errorPatience)
	}
}

// concurrent runs the goroutines and returns when all have ended. The WaitGroup orders each of them
// before the return, and none before another.
func (r *round) concurrent() {
	if r.sequential {
		for _, g := range r.goroutines {
			g.run()
		}
		return
	}
	if r.scheduler != nil {
		r.scheduler.Start(r.req.Schedule, len(r.goroutines))
		defer r.scheduler.Stop()
	}
	var wg sync.WaitGroup
	wg.Add(len(r.goroutines))
	for _, g := range r.goroutines {
		go g.start(&wg)
	}
	wg.Wait()
}
