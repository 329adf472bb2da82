package engine

import (
	"go/types"
	"sync"
)

// importer gives a checker the packages that it imports. Each check has one,
// which knows the checks that led to it, so that cycles end.
type importer struct {
	r *round
	g *goroutine // nil if the caller's goroutine is not known
	// nested says whether the call comes from a check by the shared importer itself,
	// which holds its lock.
	nested bool
	chain  *link
}

// link is a package that is being checked, and the check that asked for it.
type link struct {
	pkg    int
	parent *link
}

func (l *link) contains(pkg int) bool {
	for ; l != nil; l = l.parent {
		if l.pkg == pkg {
			return true
		}
	}
	return false
}

// importError is why a package cannot be imported.
type importError string

func (e importError) Error() string { return string(e) }

const (
	errUnknown importError = "the test case has no such package"
	errCycle   importError = "import cycle"
	errFailed  importError = "the check of the package panicked"
)

// importer returns an importer for a check of the goroutine.
func (g *goroutine) importer(chain *link) *importer {
	return &importer{r: g.round, g: g, chain: chain}
}

// Import implements types.Importer.
func (im *importer) Import(path string) (*types.Package, error) {
	im.arrive()
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	g := im.g
	if g == nil {
		g = im.r.strangers
	}
	i, ok := im.r.index[path]
	if !ok {
		return nil, errUnknown
	}
	if pkg := im.r.completed[i]; pkg != nil {
		im.count()
		return pkg, nil
	}
	if im.r.share.incomplete {
		if pkg := im.r.partialPackage(i); pkg != nil {
			g.use(useIncomplete)
			return pkg, nil
		}
	}
	if im.chain.contains(i) {
		return nil, errCycle
	}
	// Before the goroutines start, packages are completed and never shared like this.
	if g.id > 0 && (im.r.share.importer || im.r.share.unlocked) {
		return im.r.shared.get(im, g, i)
	}
	return g.ownImport(i, im.chain)
}

func (im *importer) arrive() {
	if im.g != nil {
		im.r.atImport.meetOnce(im.g.id)
	} else {
		im.r.atImport.meetStranger()
	}
}

// ownImport checks a package for the goroutine alone, once.
func (g *goroutine) ownImport(i int, chain *link) (*types.Package, error) {
	if pkg := g.imported[i]; pkg != nil {
		return pkg, nil
	}
	chain = &link{i, chain}
	pkg := g.deliver(i, g.checkSource(i, checkWith{importer: g.importer(chain)}))
	g.imported[i] = pkg
	if g.id == 0 {
		g.completed[i] = pkg
	}
	return pkg, nil
}

// sharedImporter is one importer for all goroutines: it checks a package at
// its first import and keeps it.
type sharedImporter struct {
	unlocked bool
	mu       sync.Mutex
	packages map[string]*types.Package
	// entries are those of share importer parallel.
	entries map[string]*entry
}

// entry is a package that is being checked or is checked.
type entry struct {
	done chan struct{}
	pkg  *types.Package // nil if its check panicked
}

func newSharedImporter(r *round, unlocked bool) *sharedImporter {
	return &sharedImporter{unlocked: unlocked, packages: make(map[string]*types.Package, len(r.sources))}
}

// getParallel lets different packages be checked at the same time, each by the first
// goroutine that asks for it. A goroutine waits for a package that another one checks.
func (s *sharedImporter) getParallel(im *importer, i int) (*types.Package, error) {
	im.used(useParallel)
	im.used(useImporter)
	path := im.r.req.Packages[i].Path
	s.mu.Lock()
	e := s.entries[path]
	first := e == nil
	if first {
		e = &entry{done: make(chan struct{})}
		if s.entries == nil {
			s.entries = make(map[string]*entry)
		}
		s.entries[path] = e
	}
	s.mu.Unlock()
	if first {
		defer close(e.done)
		nested := &importer{r: im.r, g: im.g, chain: &link{i, im.chain}}
		pkg := im.g.checkSource(i, checkWith{importer: nested, base: true})
		e.pkg = im.g.deliver(i, pkg)
		return e.pkg, nil
	}
	<-e.done
	if e.pkg == nil {
		return nil, errFailed
	}
	return e.pkg, nil
}

func (s *sharedImporter) get(im *importer, g *goroutine, i int) (*types.Package, error) {
	if im.r.share.parallel && im.g != nil {
		return s.getParallel(im, i)
	}
	if !s.unlocked && !im.nested {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	if s.unlocked {
		im.used(useUnlocked)
	} else {
		im.used(useImporter)
	}
	path := im.r.req.Packages[i].Path
	if pkg, ok := s.packages[path]; ok {
		if pkg == nil {
			return nil, errFailed
		}
		return pkg, nil
	}
	if !s.unlocked {
		// It stays nil if the check panics. Without a lock, others would see it.
		s.packages[path] = nil
	}
	nested := &importer{r: im.r, g: im.g, nested: true, chain: &link{i, im.chain}}
	// Positions and trees are the round's: the package belongs to no goroutine.
	pkg := g.checkSource(i, checkWith{importer: nested, base: true})
	if im.g != nil {
		pkg = g.deliver(i, pkg)
	}
	s.packages[path] = pkg
	return pkg, nil
}

// offer gives a package away while it is being checked.
//
//go:norace
func (r *round) offer(i int, pkg *types.Package) { r.partial[i] = pkg }

// partialPackage is the package that another goroutine is still checking.
//
//go:norace
func (r *round) partialPackage(i int) *types.Package { return r.partial[i] }
