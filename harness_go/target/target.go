// Package target lets a Go package of your own take part in typerace's test
// cases: an importer, an analysis driver, a fork of go/types.
//
// Such a package registers operations when it is initialized. `typerace fuzz --harness
// DIR` builds it into the harness, and then its operations are part of the vocabulary: a
// scenario says `target NAME PACKAGE` or `target NAME PACKAGE OBJECT`, and the generator
// and the mutators use them like any other operation.
//
// docs/TARGETS.md of typerace says how to write one.
package target

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
)

// What a race in an operation says; see docs/FINDINGS.md.
const (
	// Bug: what the operation does is documented as safe for concurrent use.
	Bug = "bug"
	// Unstated: no documentation says whether it is. The default.
	Unstated = "unstated"
	// Contract: it breaks a documented rule, so that races are expected.
	Contract = "contract"
)

// Operation is something that a goroutine of a test case can do.
type Operation struct {
	// Name is the word in a scenario: letters, digits and - _, a letter first.
	Name string
	// Does says in one line what it does.
	Does string
	// Class is Bug, Unstated or Contract; empty is Unstated.
	Class string
	// Rule is the sentence of the documentation that the class rests on, and
	// Place where it stands. A class other than Unstated needs both.
	Rule, Place string
	// Faulty says that the operation accepts packages with type errors. Without it the
	// operation is skipped for them, as most programs would stop there.
	Faulty bool
	// Run executes the operation. Several goroutines call it at the same time.
	//
	// The answer, if it is not empty, is compared with that of a sequential run
	// under `oracle sequential`: it must not depend on addresses or on the order
	// of map iterations. An error is noted, and the operation counts as not
	// executed.
	Run func(in *Input) (answer string, err error)
}

// Input is what an operation works on. Nothing in it but Own may be changed:
// other goroutines read the same.
type Input struct {
	// Package is the package that the scenario names: the completed one that all
	// goroutines see, or the one that this goroutine checked itself.
	Package *types.Package
	// Object is the named object of Package's scope; nil if the scenario names a
	// package alone.
	Object types.Object

	// Fset, Files and Info are what Package was checked from, with every map of
	// Info filled. Files and Info are nil if another goroutine checked it.
	Fset  *token.FileSet
	Files []*ast.File
	Info  *types.Info

	// Importer gives this goroutine's view of the test case's packages.
	Importer types.Importer
	// Context is the goroutine's types.Context, shared if the scenario says so.
	Context *types.Context

	// Sources are all packages of the test case as text, dependencies first.
	Sources []Source

	// Own is the goroutine's own memory in this run, nil at first.
	Own map[string]any
	// Before is what the operations of `before` left in their Own. All goroutines may
	// read it.
	Before map[string]any
}

// Source is a package's text.
type Source struct {
	// Path is its import path.
	Path  string
	Files []File
}

// File is one Go file.
type File struct {
	Name, Text string
}

// Keep puts a value into Own.
func (in *Input) Keep(key string, value any) {
	if in.Own == nil {
		in.Own = make(map[string]any)
	}
	in.Own[key] = value
}

var registered = make(map[string]*Operation)

// Register adds an operation; called by init functions. It panics if the operation
// is not complete or its name is taken: the build of the harness then fails with that
// message.
func Register(op Operation) {
	if why := fault(&op); why != "" {
		panic(fmt.Sprintf("target: operation %q: %s", op.Name, why))
	}
	if op.Class == "" {
		op.Class = Unstated
	}
	registered[op.Name] = &op
}

// fault says what is wrong with an operation.
func fault(op *Operation) string {
	switch {
	case !validName(op.Name):
		return "its name is not letters, digits, - and _ with a lower-case letter first"
	case registered[op.Name] != nil:
		return "is registered twice"
	case op.Run == nil:
		return "has no Run"
	case op.Does == "":
		return "does not say what it does: set Does"
	}
	switch op.Class {
	case "", Unstated:
	case Bug, Contract:
		if op.Rule == "" || op.Place == "" {
			return "a class other than unstated needs a Rule and its Place"
		}
	default:
		return fmt.Sprintf("its class is %q, not bug, unstated or contract", op.Class)
	}
	return ""
}

func validName(name string) bool {
	for i, c := range name {
		letter := 'a' <= c && c <= 'z'
		other := 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
		if !letter && (i == 0 || !other) {
			return false
		}
	}
	return name != "" && len(name) <= 40
}

// Find is the operation of that name; nil if there is none.
func Find(name string) *Operation { return registered[name] }

// All are the registered operations, by name.
func All() []*Operation {
	all := make([]*Operation, 0, len(registered))
	for _, op := range registered {
		all = append(all, op)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
}
