package standalone

import (
	"go/types"
	"runtime"
	"sync"
	"sync/atomic"
)

// importer returns packages that are complete.
type importer map[string]*types.Package

func (m importer) Import(path string) (*types.Package, error) { return m[path], nil }

// A loader checks a package when it is first imported.
type loader map[string]*types.Package

func (l loader) Import(path string) (*types.Package, error) {
	if _, ok := l[path]; !ok {
		l[path] = nil // An import cycle ends here.
		l[path] = load(path, l)
	}
	return l[path], nil
}

// locked is an importer for several goroutines.
type locked struct {
	mu       sync.Mutex
	complete loader // only read
	loader
}

func (l *locked) Import(path string) (*types.Package, error) {
	if pkg := l.complete[path]; pkg != nil {
		return pkg, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.loader.Import(path)
}

// unlocked is an importer for several goroutines that lacks a lock.
type unlocked struct {
	complete loader // only read
	loader
}

func (l unlocked) Import(path string) (*types.Package, error) {
	if pkg := l.complete[path]; pkg != nil {
		return pkg, nil
	}
	return l.loader.Import(path)
}

// parallel is an importer for several goroutines. It checks each package once, and
// several packages at the same time.
type parallel struct {
	complete importer // only read
	checks   sync.Map // from import paths to functions
}

func (p *parallel) Import(path string) (*types.Package, error) {
	if pkg := p.complete[path]; pkg != nil {
		return pkg, nil
	}
	once, _ := p.checks.LoadOrStore(path, sync.OnceValue(func() *types.Package { return load(path, p) }))
	return once.(func() *types.Package)(), nil
}

// waiting counts the goroutines that have not imported anything yet.
var waiting atomic.Int32

// A meeting is an importer that waits at its first import until the other
// goroutines import something too, so that what follows overlaps.
type meeting struct {
	types.Importer
	once sync.Once
}

func (m *meeting) Import(path string) (*types.Package, error) {
	m.once.Do(func() {
		waiting.Add(-1)
		for waiting.Load() > 0 {
			runtime.Gosched()
		}
	})
	return m.Importer.Import(path)
}
