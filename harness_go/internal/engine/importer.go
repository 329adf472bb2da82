package engine

import (
	"go/types"
	"sync"
)

// importer gives a checker the packages that it imports. Each check has its own importer, which
// knows the checks that led to it, so that cycles end.
type importer struct {
	r *round
	g *goroutine // nil if the caller's goroutine is not known
	// nested reports whether the call comes from a check by the shared importer itself, which holds
	// its lock.
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

// importError is the reason why a package cannot be imported.
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
	if im.fails(i) {
		return nil, errFirst
	}
	if im.r.same != nil && im.r.same[i] != i {
		i = im.r.same[i]
		im.noteImporting(importsTwice)
	}
	if pkg := im.r.completed[i]; pkg != nil {
		im.count()
		return im.withError(pkg, !g.isSound(pkg))
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
	var p viewed
	var err error
	// Before the goroutines start, packages are completed and never shared like this.
	switch {
	case g.id > 0 && im.r.view != nil:
		p, err = im.r.view.get(im, g, i)
		if err == nil && im.g != nil {
			g.noteView(p)
		}
	case g.id > 0 && (im.r.share.importer || im.r.share.unlocked):
		p, err = im.r.shared.get(im, g, i)
	default:
		p.pkg = g.ownImport(i, im.chain)
		p.faulty = !g.isSound(p.pkg)
	}
	if err != nil {
		return nil, err
	}
	return im.withError(p.pkg, p.faulty)
}

func (im *importer) arrive() {
	if im.g != nil {
		im.r.atImport.meetOnce(im.g.id)
	} else {
		im.r.atImport.meetStranger()
	}
}

// ownImport checks a package once, for this goroutine alone.
func (g *goroutine) ownImport(i int, chain *link) *types.Package {
	if pkg := g.imported[i]; pkg != nil {
		return pkg
	}
	chain = &link{i, chain}
	pkg := g.deliver(i, g.checkSource(i, checkWith{importer: g.importer(chain)}))
	g.imported[i] = pkg
	if g.id == 0 {
		g.completed[i] = pkg
	}
	return pkg
}

// sharedImporter is one importer for all goroutines. It checks a package at its first import and
// keeps it.
type sharedImporter struct {
	unlocked bool
	mu       sync.Mutex
	packages map[string]viewed
	// entries are for share importer parallel.
	entries map[string]*entry
	// waits says for which entry each goroutine waits.
	waits map[int]*entry
}

// entry is a package that is being checked or is checked.
type entry struct {
	done chan struct{}
	by   int // the goroutine that checks it
	viewed
}

func newSharedImporter(r *round) *sharedImporter {
	s := &sharedImporter{unlocked: r.share.unlocked, packages: make(map[string]viewed, len(r.sources))}
	if r.share.parallel {
		s.entries, s.waits = make(map[string]*entry), make(map[int]*entry)
	}
	return s
}

// getParallel lets different packages be checked at the same time, each by the first goroutine that
// asks for it. A goroutine waits for a package that another one is checking.
func (s *sharedImporter) getParallel(im *importer, i int) (viewed, error) {
	im.used(useParallel)
	im.used(useImporter)
	path := im.r.req.Packages[i].Path
	s.mu.Lock()
	e := s.entries[path]
	first := e == nil
	if first {
		e = &entry{done: make(chan struct{}), by: im.g.id}
		s.entries[path] = e
	} else if s.waitsFor(e, im.g.id) {
		s.mu.Unlock()
		return viewed{}, errCycle
	} else {
		s.waits[im.g.id] = e
	}
	s.mu.Unlock()
	if first {
		defer close(e.done)
		nested := &importer{r: im.r, g: im.g, chain: &link{i, im.chain}}
		pkg := im.g.checkSource(i, checkWith{importer: nested, base: true})
		e.viewed = viewed{faulty: !im.g.isSound(pkg), pkg: im.g.deliver(i, pkg)}
		return e.viewed, nil
	}
	<-e.done
	s.mu.Lock()
	delete(s.waits, im.g.id)
	s.mu.Unlock()
	return e.orFailed()
}

// waitsFor reports whether the goroutine that checks an entry waits, over others, for a goroutine.
// If that one waited for the entry, none of them would ever go on: packages import one another.
func (s *sharedImporter) waitsFor(e *entry, id int) bool {
	for ; e != nil; e = s.waits[e.by] {
		select {
		case <-e.done:
			return false
		default:
		}
		if e.by == id {
			return true
		}
	}
	return false
}

// get returns a package. Without a lock it does not say whether the check found errors.
func (s *sharedImporter) get(im *importer, g *goroutine, i int) (viewed, error) {
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
	if p, ok := s.packages[path]; ok {
		return p.orFailed()
	}
	if !s.unlocked {
		// It stays nil if the check panics. Without a lock, other goroutines would see it.
		s.packages[path] = viewed{}
	}
	nested := &importer{r: im.r, g: im.g, nested: true, chain: &link{i, im.chain}}
	// Positions and trees are the round's, because the package belongs to no goroutine.
	p := viewed{pkg: g.checkSource(i, checkWith{importer: nested, base: true})}
	if im.g != nil {
		p.faulty = !s.unlocked && !g.isSound(p.pkg)
		p.pkg = g.deliver(i, p.pkg)
	}
	s.packages[path] = p
	return p, nil
}

// offer makes a package available while it is being checked.
//
//go:norace
func (r *round) offer(i int, pkg *types.Package) { r.partial[i] = pkg }

// partialPackage is the package that another goroutine is still checking.
//
//go:norace
func (r *round) partialPackage(i int) *types.Package { return r.partial[i] }
