package lazy

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"
	"unsafe"
)

const source = `package p

type L[T any] struct { V T }

func (l *L[T]) M() *L[int] { return nil }

type I interface { J; M() }

type J interface { N(I) }

var X *L[int]

func F(x int) { y := x; { z := y; _ = z } }
`

func checked(t *testing.T) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	config := types.Config{Importer: importer.Default(), Error: func(err error) { t.Error(err) }}
	pkg, err := config.Check("p", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

func fields(changes []Change) string {
	var names []string
	for _, c := range changes {
		names = append(names, c.Field)
	}
	return strings.Join(names, " ")
}

func TestWhatChangesIsNamed(t *testing.T) {
	for _, c := range []struct {
		name, want string
		change     func(*types.Package)
	}{
		{"nothing", "", func(*types.Package) {}},
		{"a look-up", "", func(p *types.Package) { p.Scope().Lookup("L") }},
		{"a new name", "Scope.elems{}", func(p *types.Package) {
			p.Scope().Insert(types.NewConst(0, p, "new", types.Typ[types.Int], nil))
		}},
		{"a package's name", "Package.name", func(p *types.Package) { p.SetName("other") }},
		{"an instance's methods", "instance.expandedMethods", func(p *types.Package) {
			p.Scope().Lookup("X").Type().(*types.Pointer).Elem().(*types.Named).Method(0)
		}},
	} {
		pkg := checked(t)
		g := New([]*types.Package{pkg}, nil)
		c.change(pkg)
		got := fields(g.Changes())
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s changed %q, want %q", c.name, got, c.want)
		}
		if again := New([]*types.Package{pkg}, nil); len(again.Changes()) != 0 {
			t.Errorf("%s: changes without a change: %v", c.name, again.Changes())
		}
	}
}

func TestTypesAreReachedWithoutTheAPI(t *testing.T) {
	pkg := checked(t)
	g := New([]*types.Package{pkg}, []types.Type{types.NewSlice(pkg.Scope().Lookup("I").Type())})
	ts, roots := g.Types(1000)
	kinds := map[reflect.Type]int{}
	for i, typ := range ts {
		kinds[reflect.TypeOf(typ)]++
		if roots[i] > 1 {
			t.Errorf("root %d of %v", roots[i], typ)
		}
	}
	for _, want := range []types.Type{&types.Named{}, &types.Pointer{}, &types.Struct{}, &types.Signature{}, &types.Interface{}, &types.TypeParam{}, &types.Slice{}} {
		if kinds[reflect.TypeOf(want)] == 0 {
			t.Errorf("no %T among %v", want, kinds)
		}
	}
	if n, _ := g.Types(3); len(n) != 3 {
		t.Errorf("%d types, want 3", len(n))
	}
	other := New([]*types.Package{checked(t)}, nil)
	if first := New([]*types.Package{checked(t)}, nil); first.Nodes() != other.Nodes() || other.Nodes() < 50 {
		t.Errorf("%d nodes and %d", first.Nodes(), other.Nodes())
	}
}

func TestAnAddressHasAField(t *testing.T) {
	pkg := checked(t)
	g := New([]*types.Package{pkg}, nil)
	n := pkg.Scope().Lookup("I").Type().(*types.Named)
	field, _ := reflect.TypeOf(n).Elem().FieldByName("underlying")
	if got := g.Field(uintptr(unsafe.Pointer(n)) + field.Offset + 1); got != "Named.underlying" {
		t.Errorf("Field is %q", got)
	}
	var here int
	if got := g.Field(uintptr(unsafe.Pointer(&here))); got != "" {
		t.Errorf("Field of the stack is %q", got)
	}
}

// TestLocksAreNoState: what a lock does to itself is no change, and a struct that
// has one says so.
func TestLocksAreNoState(t *testing.T) {
	pkg := checked(t)
	n := pkg.Scope().Lookup("I").Type().(*types.Named)
	g := New([]*types.Package{pkg}, nil)
	l := layoutOf(reflect.TypeOf(n).Elem(), "Named")
	locks := 0
	for _, f := range l.leaves {
		if f.synchronised {
			locks++
			at := (*byte)(unsafe.Add(unsafe.Pointer(n), f.offset))
			*at ^= 1
			if c := g.Changes(); len(c) != 0 {
				t.Errorf("%s: changes %v", f.name, c)
			}
			*at ^= 1
		}
	}
	if locks == 0 || l.guard != "sync.Mutex" {
		t.Errorf("%d locks, guard %q", locks, l.guard)
	}
}
