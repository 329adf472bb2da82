package engine

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"testing"

	"typerace/harness/internal/casetext"
	"typerace/harness/internal/clients"
	"typerace/harness/internal/unchanged"
)

const withDiagnostics = `
-- lib/lib.go --
package lib

type Lock struct{ n int }

func (*Lock) Lock()   {}
func (*Lock) Unlock() {}

const _answer_ = 42

func Copy(l Lock) int {
	var p *int
	if p == nil {
		return *p
	}
	return 0
}
-- a/a.go --
package a

import "lib"

var L lib.Lock
-- bad/bad.go --
package bad

type T struct{ F int ` + "`json`" + ` }

var x = y
`

// What pkgfact reports of a is a fact of lib.
func TestAnalyzersReport(t *testing.T) {
	if !clients.Available {
		t.Skip(clients.Missing)
	}
	const ops = "analyze pkgfact a ; analyze copylock lib ; analyze nilness lib ; analyze nilness bad ; analyze structtag bad"
	for _, share := range []string{"", "share analyses\n"} {
		text := share + "before check a ; check lib ; check bad\ngo " + ops + "\ngo analyze pkgfact a" + withDiagnostics
		reply := run(t, text, 0)
		got := strings.Join(texts(reply.Answers[1]), "\n")
		for _, want := range []string{
			"analyze pkgfact, a: pkgfact at a/a.go:3:", "analyze copylock, lib: copylocks at lib/lib.go:10:",
			"analyze nilness, lib: nilness at lib/lib.go:12:", "analyze structtag, bad: structtag at bad/bad.go:3:",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("%q: no answer %q in %s", share, want, got)
			}
		}
		// Only analyzers that want packages with errors get them.
		if len(reply.Skipped) != 1 || !strings.Contains(reply.Skipped[0], "nilness was not run") || len(reply.Changed) > 0 {
			t.Errorf("%q: skipped %q, changed %q", share, reply.Skipped, reply.Changed)
		}
		if n := counts(reply)["share analyses"]; n != uint32(min(1, len(share))) {
			t.Errorf("%q: %d", share, n)
		}
	}
}

func TestUnknownAnalyzersAreSkipped(t *testing.T) {
	reply := run(t, "before check a\ngo analyze nosuch a ; ssaread nosuch a ; analyze printf"+withDiagnostics, 0)
	if len(reply.Skipped) != 3 {
		t.Errorf("skipped %q", reply.Skipped)
	}
}

func TestReadersOfTheSharedProgram(t *testing.T) {
	if !clients.Available {
		t.Skip(clients.Missing)
	}
	text := "before check lib ; check a\ngo ssa a ; ssaread blocks a ; ssaread referrers lib\n" +
		"go ssa lib ; ssaread string lib ; ssaread origin lib ; ssaread syntax lib ; ssaread methods lib ; ssaread string b" + casetext.Library
	reply := run(t, text, 0)
	if n := counts(reply); n["ssa"] != 2 || n["ssaread methods"] != 1 || n["share program"] != 1 {
		t.Errorf("executed %v", n)
	}
	if len(reply.Skipped) != 1 {
		t.Errorf("skipped %q", reply.Skipped)
	}
}

func TestAChangeOfTheSyntaxIsNoticed(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", "package p\n\ntype T struct {\n\tA, B int // both\n}\n", parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	field := file.Decls[0].(*ast.GenDecl).Specs[0].(*ast.TypeSpec).Type.(*ast.StructType).Fields.List[0]
	comment, names, name := field.Comment, field.Names, field.Names[0]
	changed := unchanged.Watch([]*ast.File{file})
	check := func(want ...string) {
		t.Helper()
		if got := changed(); !reflect.DeepEqual(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	check()
	field.Comment = nil
	check("ast.Field.Comment")
	field.Comment = comment
	field.Names = names[:1]
	check("ast.Field.Names")
	field.Names = names
	name.Name = "C"
	check("ast.Ident.Name")
	name.Name = "A"
	other := *name
	field.Names[0] = &other
	check("ast.Field.Names")
	field.Names[0] = name
	check()
}
