//go:build xtools

package clients

import (
	"errors"
	"go/types"
	"reflect"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/objectpath"
)

// Analyses is a graph of actions, each of which applies an analyzer to a package once. It is what
// the driver golang.org/x/tools/go/analysis/checker has, for packages that are in memory. One
// goroutine adds actions. After that, several may run them.
type Analyses struct{ actions map[actionKey]*action }

type actionKey struct {
	analyzer *analysis.Analyzer
	unit     *types.Package
}

// action applies an analyzer to a package.
type action struct {
	once sync.Once
	// added says that its dependencies are known. It is false while a cycle of imports leads
	// back to it.
	added       bool
	analyzer    *analysis.Analyzer
	unit        *Unit
	deps        []*action
	result      any
	err         error
	diagnostics []Diagnostic
	objects     map[objectFact]analysis.Fact
	packages    map[packageFact]analysis.Fact
}

type objectFact struct {
	obj types.Object
	typ reflect.Type
}

type packageFact struct {
	pkg *types.Package
	typ reflect.Type
}

var (
	errIllTyped = errors.New("the package has errors")
	errUnended  = errors.New("the analyzer did not return")
	errRequired = errors.New("a required analyzer failed")
)

// Add adds the actions of an analyzer on a package, with those that they depend on. Analyzers that
// are required come first, and those with facts run on the packages that are imported, too.
func (a *Analyses) Add(name string, u *Unit) {
	if a.actions == nil {
		a.actions = make(map[actionKey]*action)
	}
	for _, analyzer := range analyzers[name] {
		a.add(analyzer, u)
	}
}

func (a *Analyses) add(analyzer *analysis.Analyzer, u *Unit) *action {
	key := actionKey{analyzer, u.Pkg}
	if act := a.actions[key]; act != nil {
		return act
	}
	act := &action{analyzer: analyzer, unit: u, err: errUnended}
	a.actions[key] = act
	for _, required := range analyzer.Requires {
		act.deps = append(act.deps, a.add(required, u))
	}
	if len(analyzer.FactTypes) > 0 {
		for _, imported := range u.Imports {
			if dep := a.add(analyzer, imported); dep.added {
				act.deps = append(act.deps, dep)
			}
		}
	}
	act.added = true
	return act
}

// Has reports whether an analyzer's actions on a package were added.
func (a *Analyses) Has(name string, pkg *types.Package) bool {
	for _, analyzer := range analyzers[name] {
		if a.actions[actionKey{analyzer, pkg}] == nil {
			return false
		}
	}
	return true
}

// Run runs an analyzer on a package, unless another goroutine does or has: then it waits. It
// returns what the analyzer reported, and an error if no analyzer ran to its end.
func (a *Analyses) Run(name string, pkg *types.Package) (all []Diagnostic, err error) {
	ended := false
	for _, analyzer := range analyzers[name] {
		act := a.actions[actionKey{analyzer, pkg}]
		act.run()
		if act.err != nil {
			err = act.err
			continue
		}
		ended = true
		all = append(all, act.diagnostics...)
	}
	if ended {
		err = nil
	}
	return all, err
}

func (act *action) run() {
	act.once.Do(func() {
		for _, dep := range act.deps {
			dep.run()
		}
		// If the analyzer panics, those who wait for it see errUnended.
		act.result, act.err = act.apply()
	})
}

func (act *action) apply() (any, error) {
	act.objects = make(map[objectFact]analysis.Fact)
	act.packages = make(map[packageFact]analysis.Fact)
	results := make(map[*analysis.Analyzer]any)
	for _, dep := range act.deps {
		switch {
		case dep.unit == act.unit && dep.err != nil:
			return nil, errRequired
		case dep.unit == act.unit:
			results[dep.analyzer] = dep.result
		case dep.err == nil:
			act.inherit(dep)
		}
	}
	u := act.unit
	if u.IllTyped && !act.analyzer.RunDespiteErrors {
		return nil, errIllTyped
	}
	pass := &analysis.Pass{
		Analyzer: act.analyzer, Fset: u.Fset, Files: u.Files, Pkg: u.Pkg, TypesInfo: u.Info,
		TypesSizes: u.Sizes, Module: &analysis.Module{}, ReadFile: u.ReadFile, ResultOf: results,
		Report: func(d analysis.Diagnostic) {
			act.diagnostics = append(act.diagnostics, Diagnostic{act.analyzer.Name, d.Pos, d.Message})
		},
		ImportObjectFact: func(obj types.Object, fact analysis.Fact) bool {
			return load(act.objects[objectFact{obj, reflect.TypeOf(fact)}], fact)
		},
		ImportPackageFact: func(pkg *types.Package, fact analysis.Fact) bool {
			return load(act.packages[packageFact{pkg, reflect.TypeOf(fact)}], fact)
		},
		ExportObjectFact: func(obj types.Object, fact analysis.Fact) {
			act.objects[objectFact{obj, reflect.TypeOf(fact)}] = fact
		},
		ExportPackageFact: func(fact analysis.Fact) {
			act.packages[packageFact{u.Pkg, reflect.TypeOf(fact)}] = fact
		},
		AllObjectFacts: func() (all []analysis.ObjectFact) {
			for key, fact := range act.objects {
				all = append(all, analysis.ObjectFact{Object: key.obj, Fact: fact})
			}
			return all
		},
		AllPackageFacts: func() (all []analysis.PackageFact) {
			for key, fact := range act.packages {
				all = append(all, analysis.PackageFact{Package: key.pkg, Fact: fact})
			}
			return all
		},
	}
	return act.analyzer.Run(pass)
}

// inherit takes over the facts of a package that is imported. As in vet and gopls, which write
// facts to files, an object needs a path from its package.
func (act *action) inherit(dep *action) {
	var paths objectpath.Encoder
	for key, fact := range dep.objects {
		if _, err := paths.For(key.obj); err == nil {
			act.objects[key] = fact
		}
	}
	for key, fact := range dep.packages {
		act.packages[key] = fact
	}
}

// load copies a fact.
func load(from, to analysis.Fact) bool {
	if from == nil {
		return false
	}
	reflect.ValueOf(to).Elem().Set(reflect.ValueOf(from).Elem())
	return true
}
