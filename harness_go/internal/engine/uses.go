package engine

// A shared object counts only if two goroutines used it, so that a campaign can show that sharing
// took place. A test case that only names it does not count.
const (
	useFset = iota
	useContext
	useConfig
	useAst
	useImporter
	useUnlocked
	useInfo
	useChecker
	usePackage
	useIncomplete
	useUnfinished
	useInterface
	useAlias
	useParallel
	useProgram
	useAnalyses
	numUses
)

// useNames are the words of a scenario.
var useNames = [numUses]string{
	"fset", "context", "config", "ast", "importer", "importer unlocked", "info", "checker",
	"package", "incomplete", "unfinished", "interface", "alias", "importer parallel",
	"program", "analyses",
}

// shared says which of them the test case shares.
func (s *shares) shared() [numUses]bool {
	return [numUses]bool{
		s.fset, s.context, s.config, s.ast, s.importer, s.unlocked, s.info, s.checker,
		s.packages, s.incomplete, s.unfinished, s.interfaces, s.aliases, s.parallel,
		s.program, s.analyses,
	}
}

// use records that the goroutine used an object, if the object is shared.
func (g *goroutine) use(what int) { g.used[what] = true }

// noteUses records what a check uses.
func (g *goroutine) noteUses() {
	for _, what := range [...]int{useFset, useContext, useConfig, useAst, useInfo, useChecker, usePackage, useIncomplete} {
		g.use(what)
	}
}

// used is use for the goroutine that calls an importer. Under a shared Config the caller is unknown
// and may hold no lock, so nothing is recorded then.
func (im *importer) used(what int) {
	if im.g != nil {
		im.g.use(what)
	}
}

// count counts an import of a completed package.
func (im *importer) count() {
	g := im.g
	if g == nil || g.id == 0 {
		return
	}
	g.use(useUnfinished)
	if im.r.delivery == fromSource {
		g.delivered++
	}
}

// uses adds to the reply's counts what two or more goroutines used, what was imported, and which
// meetings took place.
func (r *report) uses(round *round) {
	for what, shared := range round.share.shared() {
		n := 0
		for _, g := range round.goroutines {
			if g.used[what] {
				n++
			}
		}
		if shared && n >= 2 {
			r.executed["share "+useNames[what]]++
		}
	}
	n, source := round.first.delivered, round.first.fellBack
	for _, g := range round.goroutines {
		n, source = n+g.delivered, source+g.fellBack
	}
	if n > 0 {
		r.executed["import "+round.delivery] += n
	}
	if source > 0 {
		r.executed["import "+fromSource] += source
	}
	for _, g := range append([]*goroutine{round.first}, round.goroutines...) {
		for what, n := range g.differed {
			if n > 0 {
				r.executed["import "+importingNames[what]] += n
			}
		}
	}
	for _, m := range [...]struct {
		name string
		m    *meeting
	}{{"start", round.atStart}, {"import", round.atImport}, {"error", round.atError}, {"operation", round.atOperation}} {
		if m.m.met() {
			r.executed["meet "+m.name]++
		}
	}
}

// met reports whether two or more goroutines arrived.
//
//go:norace
func (m *meeting) met() bool {
	if m == nil {
		return false
	}
	n := 0
	for i := range m.arrived {
		if m.arrived[i].n > 0 {
			n++
		}
	}
	return n >= 2 || m.strangers >= 2
}
