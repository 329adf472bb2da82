package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"runtime/debug"
	"sync"
	"syscall"

	"typerace/harness/internal/clients"
)

// goroutine is the state of one goroutine. No other goroutine sees it while they run.
type goroutine struct {
	*round
	id  int // 0 is `before`, n is the n-th `go`
	ops []*call

	fset    *token.FileSet
	files   [][]*tree // of each package; nil if not parsed yet
	context *types.Context
	// imports says whether the goroutine is expected to call an importer.
	imports bool

	// imported holds the packages that the goroutine's own importer keeps, and latest those that
	// `check` made last, by package.
	imported, latest []*types.Package
	// built has the syntax that packages were checked from, if an operation wants it.
	built []*built
	// sound holds the packages that are known to be free of errors.
	sound map[*types.Package]bool
	// used says which shared things the goroutine used, and delivered how many imports
	// it saw, for the reply's counts.
	used      [numUses]bool
	delivered uint32
	// fellBack counts imports of packages that came from source although the compiler's export data
	// was wanted.
	fellBack uint32
	// differed counts how often its importer did what import from, import error and others ask for,
	// and failed says which packages failed to import under import flaky.
	differed [numImporting]uint32
	failed   []bool
	// configuration is that of its later checks.
	configuration configuration
	// instances are the types that operations of this goroutine made.
	instances []types.Type
	paths     clients.Encoder // for versions of golang.org/x/tools in which none may be shared
	own       map[string]any  // values that targets' operations keep
	// analyses are the analyzers that it ran, on units.
	analyses clients.Analyses
	units    map[*types.Package]*clients.Unit

	op       int // the running operation
	executed []bool
	checks   []checked
	panics   []panicked
	skipped  []note
	resolved []note
	answers  []answer
	size     int // of answers, in parts

	// typeExprs are the type arguments of instantiate, parsed before other goroutines run; builder
	// makes types from them.
	typeExprs map[string]ast.Expr
	builder   typeBuilder
}

// note is a remark on an operation.
type note struct {
	op   int
	text string
}

// panicked is a recovered panic.
type panicked struct {
	op    int
	value any
	stack []byte
}

func newGoroutine(r *round, id int, ops []*call) *goroutine {
	n := len(r.sources)
	g := &goroutine{
		round: r, id: id, ops: ops, fset: r.fset, files: make([][]*tree, n),
		imported: make([]*types.Package, n), latest: make([]*types.Package, n),
		executed: make([]bool, len(ops)), context: r.context,
		built: make([]*built, n), sound: make(map[*types.Package]bool),
		typeExprs: make(map[string]ast.Expr), failed: make([]bool, n), configuration: unset,
	}
	if id > 0 && !r.share.fset {
		g.fset = token.NewFileSet()
	}
	if g.context == nil {
		g.context = types.NewContext()
	}
	return g
}

// prepare parses the packages that the operations are expected to check, so that this does not
// happen while other goroutines run.
func (g *goroutine) prepare() {
	for _, c := range g.ops {
		for _, arg := range c.args {
			g.typeExprs[arg] = g.typeExpr(arg)
		}
		for _, path := range c.packages {
			switch i := g.packageIndex(path); {
			case i < 0:
			case c.prepare != nil:
				c.prepare(g, i)
			default:
				g.prepareImport(i)
			}
		}
	}
}

func (g *goroutine) prepareImports(i int) {
	for _, path := range g.sources[i].imports {
		if path == "unsafe" {
			continue
		}
		g.imports = true
		if j, ok := g.index[path]; ok {
			g.prepareImport(j)
		}
	}
}

func (g *goroutine) prepareImport(i int) {
	if g.completed[i] == nil && g.files[i] == nil && !g.share.importer && !g.share.unlocked {
		g.parse(i)
		g.prepareImports(i)
	}
}

// parse returns the goroutine's trees of a package.
func (g *goroutine) parse(i int) []*tree {
	if g.files[i] == nil {
		if g.share.ast {
			g.files[i] = g.sources[i].trees
		} else {
			g.files[i] = parseSource(g.fset, &g.req.Packages[i], g.parseMode()).trees
		}
	}
	return g.files[i]
}

// start is the goroutine's function.
func (g *goroutine) start(wg *sync.WaitGroup) {
	defer wg.Done()
	if s := g.scheduler; s != nil {
		// Takers are numbered from 0.
		s.Enter(g.id - 1)
		defer s.Leave(g.id - 1)
	}
	defer g.attendance.leave(g.id)
	growStack()
	g.atStart.meet(g.id)
	g.run()
}

// growStack grows the goroutine's stack to the size that its operations need, before they begin.
// The race detector of Go 1.27 reports races between local variables of a goroutine and those of a
// goroutine that has ended; this makes such reports rarer. See docs/DECISIONS.md.
//
//go:noinline
func growStack() {
	var frame [64 << 10]byte
	use(&frame)
}

//go:noinline
//go:norace
func use(frame *[64 << 10]byte) { frame[len(frame)-1] = 1 }

// run executes the operations. A panic ends the goroutine.
func (g *goroutine) run() {
	defer g.recover()
	for i, op := range g.ops {
		g.op = i
		g.atOperation.meet(g.id)
		if g.reseed != nil {
			g.reseed(uint64(g.id)<<16 | uint64(i))
		}
		if g.sense != nil {
			g.sense.Begin(g.id, i)
		}
		g.executed[i] = g.execute(op)
		if g.sense != nil {
			g.sense.End()
		}
	}
}

func (g *goroutine) recover() {
	value := recover()
	if value == nil {
		return
	}
	if g.sense != nil {
		g.sense.End()
	}
	if what, ok := misused(value); ok {
		onMisuse(what)
	}
	stack := debug.Stack()
	g.panics = append(g.panics, panicked{op: g.op, value: value, stack: stack})
	// The reply has it too. But a panic can leave a lock locked on which another goroutine waits
	// forever, and then there is no reply. This is a bare system call because os.Stderr has a lock.
	text := append([]byte("typerace: recovered panic: "+plainText(value)+"\n"), stack...)
	_, _ = syscall.Write(2, text)
}

// plainText returns a panic's value without using package fmt.
func plainText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case error:
		return v.Error()
	}
	return "(a value of another type)"
}

// skip notes why the operation was not executed.
func (g *goroutine) skip(why string) bool {
	g.skipped = append(g.skipped, note{g.op, why})
	return false
}

// remember keeps a type for queries on `instances`.
func (g *goroutine) remember(t types.Type) {
	const most = 256
	if t != nil && len(g.instances) < most {
		g.instances = append(g.instances, t)
	}
}
