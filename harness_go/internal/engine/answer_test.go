package engine

import (
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"

	"typerace/harness/internal/wire"
)

// checkedPackage type-checks a package without imports.
func checkedPackage(t *testing.T, text string) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	s := parseSource(fset, &wire.Package{Path: "p", Files: []wire.File{{Name: "p.go", Text: text}}}, 0)
	if s.err != nil {
		t.Fatal(s.err)
	}
	var config types.Config
	pkg, err := config.Check("p", fset, s.trees, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

// TestIdenticalTypesHaveOneText also checks that types that are not identical have two.
func TestIdenticalTypesHaveOneText(t *testing.T) {
	pkg := checkedPackage(t, `package p
type T[P any] struct{ f P }
type Int = int
type I interface{ M(x int) }
type J interface{ I }
var (
	a1 T[int]
	a2 T[Int]
	b1 func(x int, y string) (z error)
	b2 func(int, string) error
	c1 interface{ I; N() }
	c2 interface{ N(); M(y Int) }
	d1 []byte
	d2 []uint8
	e1 any
	e2 interface{}
	f1 T[interface{ I }]
	f2 T[interface{ M(int) }]
	g1 struct{ F int "x" }
	g2 struct{ F int "y" }
	h1 struct{ T[int] }
	h2 struct{ T T[int] }
	i1 func(x ...int)
	i2 func(x []int)
	j1 chan<- int
	j2 <-chan int
	k1 [1]int
	k2 [2]int
	l1 T[I]
	l2 T[J]
	m1 interface{ m() }
	m2 interface{ M() }
)
`)
	scope := pkg.Scope()
	pairs := 0
	for _, name := range scope.Names() {
		if !strings.HasSuffix(name, "1") {
			continue
		}
		pairs++
		a, b := scope.Lookup(name).Type(), scope.Lookup(strings.TrimSuffix(name, "1")+"2").Type()
		x, y := canonicalType(a), canonicalType(b)
		if types.Identical(a, b) != (x == y) {
			t.Errorf("%v, %v: identical %v, but %q and %q", a, b, types.Identical(a, b), x, y)
		}
	}
	if pairs != 13 {
		t.Errorf("%d pairs", pairs)
	}
}

func TestTheTextOfATypeIsBounded(t *testing.T) {
	pkg := checkedPackage(t, "package p\ntype T[A, B any] struct{}\n")
	generic := pkg.Scope().Lookup("T").Type()
	var arg types.Type = types.Typ[types.Int]
	for i := 0; i < 40; i++ {
		var err error
		if arg, err = types.Instantiate(types.NewContext(), generic, []types.Type{arg, arg}, true); err != nil {
			t.Fatal(err)
		}
		if i > 8 {
			break // each level doubles what go/types itself prints
		}
	}
	if n := len(canonicalType(arg)); n > 20_000 {
		t.Errorf("%d bytes", n)
	}
}

func TestErrorsAreAnsweredByCodeAndPlace(t *testing.T) {
	reply := run(t, "go check p\n-- p/p.go --\npackage p\n\nvar X int = \"\"\nvar Y = Z\n", 0)
	answer := reply.Answers[1][0]
	want := []string{"IncompatibleAssign at p/p.go:3:13", "UndeclaredName at p/p.go:4:9"}
	if got := answer.Value; answer.Subject != "errors p" || !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %q, want %q", answer.Subject, got, want)
	}
	if !strings.Contains(answer.Note, "undefined: Z") {
		t.Errorf("note %q", answer.Note)
	}
}

// In an import cycle, the first goroutine to arrive decides which of the packages fails.
func TestNoAnswersOfImportCyclesWithASharedImporter(t *testing.T) {
	const packages = "go import a\ngo import b\n-- a/a.go --\npackage a\n\nimport _ \"b\"\n-- b/b.go --\npackage b\n\nimport _ \"a\"\n"
	if got := run(t, "share importer\n"+packages, 0).Answers; len(got) != 0 {
		t.Errorf("answers %v", got)
	}
	if got := run(t, packages, 0).Answers; len(got) != 3 {
		t.Errorf("answers %v", got)
	}
}

func TestWhatCannotBePrintedIsAnAnswer(t *testing.T) {
	if got := partText((*types.Named)(nil)); !strings.HasPrefix(got, "panic: ") {
		t.Errorf("%q", got)
	}
}
