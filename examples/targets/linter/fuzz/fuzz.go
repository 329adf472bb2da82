// Package fuzz runs a linter under typerace, as a driver that analyzes packages in
// parallel would:
//
//	typerace fuzz --harness examples/targets/linter/fuzz --time 2m
//
// An example scenario:
//
//	before check lib
//	go     check a ; target lint lib
//	go     check b ; target lint lib
package fuzz

// The linter is in this module, so its coverage counts, in addition to that of go/types.

import (
	"errors"
	"fmt"
	"go/types"
	"sort"
	"strings"

	"example.org/lintertarget/stringers"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/copylock"
	"golang.org/x/tools/go/analysis/passes/unusedresult"
	"typerace/harness/target"
)

func init() {
	target.Register(target.Operation{
		Name:  "lint",
		Does:  "runs analyzers on a package, as a driver that analyses packages in parallel does",
		Class: target.Unstated,
		Run:   lint,
	})
}

var analyzers = []*analysis.Analyzer{stringers.Analyzer, copylock.Analyzer, unusedresult.Analyzer}

func lint(in *target.Input) (string, error) {
	if in.Info == nil {
		return "", errors.New("another goroutine has the package's syntax")
	}
	var found []string
	d := driver{in: in, results: make(map[*analysis.Analyzer]any), report: func(a *analysis.Analyzer, d analysis.Diagnostic) {
		found = append(found, fmt.Sprintf("%s %s: %s", in.Fset.Position(d.Pos), a.Name, d.Message))
	}}
	for _, a := range analyzers {
		if _, err := d.run(a); err != nil {
			return "", err
		}
	}
	sort.Strings(found)
	return fmt.Sprintf("%d diagnostics\n%s", len(found), strings.Join(found, "\n")), nil
}

// driver runs analyzers on one package, each once.
type driver struct {
	in      *target.Input
	results map[*analysis.Analyzer]any
	report  func(*analysis.Analyzer, analysis.Diagnostic)
}

func (d *driver) run(a *analysis.Analyzer) (any, error) {
	if result, ok := d.results[a]; ok {
		return result, nil
	}
	needs := make(map[*analysis.Analyzer]any)
	for _, need := range a.Requires {
		result, err := d.run(need)
		if err != nil {
			return nil, err
		}
		needs[need] = result
	}
	result, err := a.Run(&analysis.Pass{
		Analyzer: a, Fset: d.in.Fset, Files: d.in.Files, Pkg: d.in.Package, TypesInfo: d.in.Info,
		ResultOf: needs, Report: func(diag analysis.Diagnostic) { d.report(a, diag) },
		TypesSizes: sizes,
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.Name, err)
	}
	d.results[a] = result
	return result, nil
}

var sizes = types.SizesFor("gc", "amd64")
