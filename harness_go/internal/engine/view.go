package engine

import (
	"go/types"
	"sync"
)

// view is one map of packages for all goroutines, as go/packages has it: packages from the
// compiler's export data, and others from source. Reading export data may change every package of
// the map that the data refers to, so it happens under a lock, while others use the packages that
// they already have.
type view struct {
	mu       sync.Mutex
	packages map[string]*types.Package // also the argument of the reader
	ready    map[string]viewed
	archives map[string][]byte
	// context is that of the reader.
	context *types.Context
}

// viewed is a package that importers may have; its pkg is nil if its check panicked.
type viewed struct {
	pkg    *types.Package
	faulty bool
	// compiled says that it comes from the compiler's export data.
	compiled bool
}

// orFailed returns the package, or an error if its check panicked.
func (p viewed) orFailed() (viewed, error) {
	if p.pkg == nil {
		return p, errFailed
	}
	return p, nil
}

func newView(archives map[string][]byte, context *types.Context) *view {
	return &view{
		packages: make(map[string]*types.Package), ready: make(map[string]viewed), archives: archives,
		context: context,
	}
}

// fromSource reports whether importers get a package from source even though it compiles: under
// `import mixed` every second one.
func (r *round) fromSource(i int) bool {
	return r.archives[r.req.Packages[i].Path] == nil || r.delivery == fromMixed && i%2 == 0
}

// get returns a package. It reads it, or checks it from source, when it is first imported.
func (v *view) get(im *importer, g *goroutine, i int) (viewed, error) {
	if !im.nested {
		v.mu.Lock()
		defer v.mu.Unlock()
	}
	return v.locked(im, g, i)
}

func (v *view) locked(im *importer, g *goroutine, i int) (viewed, error) {
	path := im.r.req.Packages[i].Path
	if p, ok := v.ready[path]; ok {
		return p.orFailed()
	}
	nested := &importer{r: im.r, g: im.g, nested: true, chain: &link{i, im.chain}}
	if !im.r.fromSource(i) {
		for _, dep := range readAhead(im.r.sources[i].imports) {
			if j, ok := im.r.index[dep]; ok && !nested.chain.contains(j) {
				if _, err := v.locked(nested, g, j); err != nil {
					return viewed{}, err
				}
			}
		}
		if pkg := v.read(path); pkg != nil {
			return v.put(path, viewed{pkg: pkg, compiled: true}), nil
		}
	}
	v.ready[path] = viewed{}
	pkg := g.checkSource(i, checkWith{importer: nested, base: true})
	return v.put(path, viewed{pkg: pkg, faulty: g == g.strangers || !g.isSound(pkg)}), nil
}

// read reads a package's export data; nil if it cannot be read.
func (v *view) read(path string) *types.Package {
	pkg, err := readArchive(v.context, v.archives[path], v.packages, path)
	if err != nil {
		return nil
	}
	return pkg
}

func (v *view) put(path string, p viewed) viewed {
	v.packages[path], v.ready[path] = p.pkg, p
	return p
}

// deliver returns the form in which importers get a package that `before` checked from source.
func (v *view) deliver(g *goroutine, i int, pkg *types.Package) viewed {
	path := g.req.Packages[i].Path
	p := viewed{pkg: pkg, faulty: !g.isSound(pkg)}
	if !p.faulty && !g.fromSource(i) {
		if read := v.read(path); read != nil {
			p.pkg, p.compiled = read, true
		}
	}
	return v.put(path, p)
}

// noteView records a package that the view gave to the goroutine.
func (g *goroutine) noteView(p viewed) {
	if !p.faulty {
		g.sound[p.pkg] = true
	}
	if p.compiled {
		g.delivered++
	} else {
		g.fellBack++
	}
}
