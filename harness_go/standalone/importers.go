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
type loader struct {
	complete importer // only read
	loaded   map[string]*types.Package
}

func newLoader(complete importer) *loader {
	return &loader{complete, make(map[string]*types.Package)}
}

func (l *loader) Import(path string) (*types.Package, error) {
	if pkg := l.complete[path]; pkg != nil {
		return pkg, nil
	}
	if _, ok := l.loaded[path]; !ok {
		l.loaded[path] = nil // An import cycle ends here.
		l.loaded[path] = load(path, l)
	}
	return l.loaded[path], nil
}

// locked is a loader for several goroutines.
type locked struct {
	mu sync.Mutex
	l  *loader
}

func (m *locked) Import(path string) (*types.Package, error) {
	if pkg := m.l.complete[path]; pkg != nil {
		return pkg, nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.l.Import(path)
}

// parallel is a loader for several goroutines that checks each package once, and
// different packages at the same time.
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
