package standalone

import (
	"go/types"
	"strings"
	"sync"
	"testing"
)

var testSources = map[string]string{
	"lib": `package lib

type Number interface{ ~int | ~float64 }

type List[T Number] struct {
	next *List[T]
	item T
}

func (l *List[T]) Len() int { return 0 }

type Map[K comparable] map[K]*List[int]

type Sum = List[float64]

type Face interface{ Len() int }

func Each[T any](f func(T) bool, more ...chan T) (n int) { return }

var Array [3]struct{ A, b int }
`,
	"a": "package a\n\nimport \"lib\"\n\nvar L lib.List[int]\n",
	"b": "package b\n\nimport \"lib\"\n\nvar L lib.List[int]\n",
	"x": "package x\n\nimport \"y\"\n",
	"y": "package y\n\nimport \"x\"\n",
}

func library(t *testing.T) *types.Package {
	t.Helper()
	sources = testSources
	pkg := load("lib", nil)
	if pkg == nil || !pkg.Complete() {
		t.Fatal("lib is not complete")
	}
	return pkg
}

// visited returns the types that a walk visits, as text.
func visited(walk func(visit func(types.Type))) (list []string) {
	walk(func(t types.Type) { list = append(list, types.TypeString(t, nil)) })
	return list
}

func TestWalkReachesEveryPart(t *testing.T) {
	roots := typesOf(library(t))
	declared := visited(func(visit func(types.Type)) { walk(roots, visit) })
	for _, want := range []string{
		"~int | ~float64", "func()", "chan T", "*lib.List[T]", "*lib.List[int]", "[3]struct{A int; b int}",
		"map[K]*lib.List[int]", "lib.Face", "comparable", "(n int)",
	} {
		found := false
		for _, got := range declared {
			found = found || got == want || want == "func()" && strings.HasPrefix(got, "func(")
		}
		if !found {
			t.Errorf("the walk does not visit %s: %q", want, declared)
		}
	}
	again := visited(func(visit func(types.Type)) { walkBy(roots, nil, visit) })
	if strings.Join(declared, ";") != strings.Join(again, ";") {
		t.Errorf("walkBy without an order differs from walk: %q", again)
	}
	for name, next := range map[string]func(int) int{"last": last, "shuffle": shuffle(7)} {
		other := visited(func(visit func(types.Type)) { walkBy(roots, next, visit) })
		if strings.Join(declared, ";") == strings.Join(other, ";") {
			t.Errorf("%s gives the order of declarations", name)
		}
	}
}

// Every question can be asked about every type that a walk reaches.
func TestQuestionsDoNotPanic(t *testing.T) {
	pkg := library(t)
	roots := typesOf(pkg)
	for _, ask := range []func(types.Type){
		underlying, unalias, typeText, methodSet, lookup, methods, fields, typeParams, typeSet,
		isComparable, sizes, pairs(identical), pairs(implements), pairs(satisfies),
		pairs(assignable), pairs(convertible), askObjects, askPackage, iterate,
	} {
		n := 0
		walk(roots, func(t types.Type) { n++; ask(t) })
		if n < 20 {
			t.Errorf("the walk visits %d types", n)
		}
	}
	scopes := 0
	walkScopes(pkg.Scope(), nil, func(s *types.Scope) { scopes++; scope(s) })
	if scopes < 5 {
		t.Errorf("the walk visits %d scopes", scopes)
	}
}

func TestMembersAreFieldsAndMethods(t *testing.T) {
	lib := library(t)
	names := strings.Join(members(lib.Scope().Lookup("List").Type()), " ")
	if names != "Len next item" {
		t.Error(names)
	}
}

func TestInstanceOfFallsBackToInt(t *testing.T) {
	list := library(t).Scope().Lookup("List").Type()
	if got := instanceOf(list, types.Typ[types.Int]).String(); got != "lib.List[int]" {
		t.Error(got)
	}
	if got := instanceOf(list, types.Typ[types.String]); got != types.Typ[types.Int] {
		t.Error(got)
	}
}

func TestSettersChangeWhatTheySet(t *testing.T) {
	lib := library(t)
	list := lib.Scope().Lookup("List").Type()
	addMethod(list, "Absent")
	insert(lib, "Absent")
	setConstraint(list)
	if n := list.(*types.Named).NumMethods(); n != 2 || lib.Scope().Lookup("Absent") == nil {
		t.Error("nothing was added")
	}
	open := openInterfaces(lib)
	if len(open) != 3 {
		t.Errorf("%d interfaces", len(open))
	}
}

func copied(m loader) loader {
	c := make(loader)
	for path, pkg := range m {
		c[path] = pkg
	}
	return c
}

// Every importer hands out one package for a path, to one goroutine or several.
func TestImportersGiveOnePackage(t *testing.T) {
	complete := map[string]*types.Package{"lib": library(t)}
	for name, im := range map[string]types.Importer{
		"loader":   loader{},
		"complete": loader(copied(complete)),
		"unlocked": unlocked{complete, copied(complete)},
		"locked":   &locked{loader: loader{}},
		"after":    &locked{complete: complete, loader: copied(complete)},
		"parallel": &parallel{complete: complete},
		"new":      new(parallel),
	} {
		paths := []string{"a", "b", "lib"}
		got := make([]*types.Package, 2*len(paths))
		run := func(i int) { got[i], _ = im.Import(paths[i%len(paths)]) }
		_, alone := im.(loader)
		if _, ok := im.(unlocked); ok {
			alone = true
		}
		var wg sync.WaitGroup
		for i := range got {
			if alone {
				run(i)
				continue
			}
			wg.Add(1)
			go func(i int) {
				defer wg.Done()
				run(i)
			}(i)
		}
		wg.Wait()
		for i, pkg := range got[:len(paths)] {
			if pkg == nil || !pkg.Complete() || pkg != got[i+len(paths)] {
				t.Errorf("%s: %s is imported twice, or not at all", name, paths[i])
			}
		}
		if got[0].Imports()[0] != got[2] {
			t.Errorf("%s: a imports a lib of its own", name)
		}
	}
}

func TestAnImportCycleEnds(t *testing.T) {
	library(t)
	if pkg, err := (loader{}).Import("x"); pkg == nil || err != nil {
		t.Error(pkg, err)
	}
}

// The goroutines wait at their first import, and only for those that import.
func TestMeetingsMeet(t *testing.T) {
	waiting.Store(3)
	var wg sync.WaitGroup
	for i := 0; i < 2; i++ {
		im := &meeting{Importer: importer{}}
		wg.Add(1)
		go func() {
			defer wg.Done()
			im.Import("lib")
			im.Import("lib")
			if waiting.Load() > 0 {
				t.Error("somebody is still to come")
			}
		}()
	}
	waiting.Add(-1) // The third ends without an import.
	wg.Wait()
}
