package engine

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"typerace/harness/internal/casetext"
	"typerace/harness/internal/wire"
)

// packages of every kind that operations meet. Each text has the package p.
var kindsOfPackages = []struct{ name, text string }{
	{"empty", "package p\n"},
	{"without a file that parses", "package p\n\nfunc (\n"},
	{"unresolved", "package p\n\ntype T struct{ U; x *V }\n\nvar X T = y\n\nfunc (T) M() W { return z }\n\nfunc (Q) N() {}\n"},
	{"import of nothing", "package p\n\nimport (\n\t\"nowhere\"\n\tq \"q/q\"\n\t. \"dot\"\n)\n\ntype T struct{ nowhere.A }\n\nvar X q.B = Dot\n"},
	{"import of itself", "package p\n\nimport \"p\"\n\ntype T p.T\n"},
	{"cycles", "package p\n\ntype T [len(X)]T\n\nvar X T\n\ntype A B\ntype B A\n\ntype I interface{ J }\ntype J interface{ I }\n\nconst c = d\nconst d = c\n"},
	{"wrong generics", "package p\n\ntype T[P any, Q T[P]] struct{ f T[int] }\n\nvar X T[string, int, bool]\n\nfunc F[A ~[]B, B any](a A, b ...B) B { return F(b) }\n\ntype G[P int] P\n"},
	{"generic", "package p\n\ntype T[K comparable, V ~int | ~string] struct {\n\tk K\n\tv V\n\tn *T[K, V]\n}\n\nfunc (t *T[K, V]) M(k K, vs ...V) map[K]V { return nil }\n\ntype A = T[int, string]\n\ntype I interface {\n\tcomparable\n\tM()\n}\n\nvar X A\n\nfunc F[P any](p P) P { return p }\n\nvar Y = F[T[bool, int]]\n"},
	{"same names", "package p\n\ntype T struct{ a, a int }\n\nfunc (T) a() {}\nfunc (T) a() {}\n\ntype T int\n\ntype I interface {\n\tm()\n\tm(int)\n}\n"},
	{"embedded pointers and unions", "package p\n\nimport \"unsafe\"\n\ntype T struct {\n\t*T\n\tunsafe.Pointer\n\t*I\n}\n\ntype I interface{ int | ~string | T }\n\ntype F func(...interface{ I }) (x, y F)\n\nvar X = [...]any{9: func() {}}\n\ntype C chan<- C\n"},
	{"only blanks", "package p\n\ntype _ struct{}\n\nvar _, _ = 1, _\n\nfunc _[_ any](_ int) {}\n\ntype T[_ any] struct{ _ int }\n\nfunc (T[_]) _() {}\n"},
	{"not UTF-8, and NULs", "package p\n\nimport \"q\\xff\"\n\ntype T struct{ a int \"\\xff\" }\n\nconst X = \"\xff\xfe\"\n\nvar Y\x00 = `\x00\xc0\x80`\n\nvar \xff, A\xff T\n"},
	{"library", ""},
}

// everything is a scenario with every operation, query and setter on the package, on all
// its objects and on objects that it lacks.
func everything(pkg string) string {
	var ops []string
	objects := []string{"T", "X", "I", "F", "A", "List", "Nosuch"}
	for _, q := range queries {
		ops = append(ops, "walk "+q.name+" "+pkg, "walk "+q.name+" instances shuffled 3")
		for i, name := range objects {
			ops = append(ops, q.name+" "+pkg+"."+name, q.name+" "+pkg+"."+name+" "+pkg+"."+objects[len(objects)-1-i])
		}
	}
	for _, name := range objects {
		for _, args := range []string{
			"int", "string,int", "T,X", "struct{a,a,int}", "struct{a,b;a,b}", "func(...int)", "func(a,...a)",
			"interface{m();m()}", "chan<-T", "[0]T", "*", "nosuch.T", "map[T]X,[]I,A", "struct{T;T}",
		} {
			ops = append(ops, "instantiate "+pkg+"."+name+" "+args, "instantiate "+pkg+"."+name+" "+args+" context")
		}
		for _, what := range []string{"constraint", "underlying", "method", "typeparams", "insert", "nosuch"} {
			ops = append(ops, "set "+pkg+"."+name+" "+what)
		}
		ops = append(ops, "eval "+pkg+" "+name, "checkexpr "+pkg+" "+name+"[int]")
	}
	for _, expr := range []string{"1", "nil", "nosuch", "func(x int) {}", "(((", "X.f.g", "len(X)", "T{}", "struct{a, a int}{}"} {
		ops = append(ops, "eval "+pkg+" "+expr, "checkexpr "+pkg+" "+expr)
	}
	ops = append(ops, "export "+pkg, "ssa "+pkg, "import "+pkg, "import nowhere", "check nowhere", "nosuch "+pkg+".T")
	for i, op := range ops {
		// Scenarios put ; between operations.
		ops[i] = strings.ReplaceAll(op, ";", "·")
	}
	return strings.Join(ops, " ; ")
}

// failOnMisuse makes a misuse a failure of the test. Gives what was misused so far.
func failOnMisuse(t *testing.T) *[]string {
	t.Helper()
	var seen []string
	before := onMisuse
	onMisuse = func(what string) { seen = append(seen, what) }
	t.Cleanup(func() { onMisuse = before })
	return &seen
}

// Whatever the packages are, no operation calls go/types in a way that its documentation
// forbids, and none panics.
func TestNoOperationMisusesGoTypes(t *testing.T) {
	seen := failOnMisuse(t)
	for _, kind := range kindsOfPackages {
		pkg, files := "p", "-- p/p.go --\n"+kind.text
		if kind.text == "" {
			pkg, files = "lib", casetext.Library
		}
		for _, scenario := range []string{
			"before check " + pkg + "\ngo " + everything(pkg),
			"go check " + pkg + " ; " + everything(pkg),
			"go " + everything(pkg),
			"share incomplete\nshare interface\nshare alias\nimport synthetic\nbefore check " + pkg + "\ngo check " + pkg + " ; " + everything(pkg),
			"share unfinished\nshare info\nshare context\ngo check " + pkg + " ; " + everything(pkg),
		} {
			executed := onePackage(t, kind.name, scenario+"\n"+files)
			for _, what := range *seen {
				t.Errorf("%s: misuse of go/types: %s\n%s", kind.name, what, scenario)
			}
			*seen = nil
			if kind.name == "library" && executed < 500 {
				t.Errorf("only %d operations were executed: %s", executed, scenario)
			}
		}
	}
}

// onePackage runs a test case; says how many operations were executed.
func onePackage(t *testing.T, name, text string) (executed uint32) {
	t.Helper()
	req := casetext.Request(text)
	for _, ops := range req.Go {
		for i := range ops {
			ops[i] = strings.ReplaceAll(ops[i], "·", ";")
		}
	}
	req.Flags = wire.FlagAnswers | wire.FlagSequential
	reply, err := one().Run(req)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, p := range reply.Panics {
		op := req.Before
		if p.Goroutine > 0 {
			op = req.Go[p.Goroutine-1]
		}
		t.Errorf("%s: %q panics: %s\n%s", name, op[p.Operation], p.Value, p.Stack)
	}
	for _, c := range reply.Executed {
		executed += c.N
	}
	return executed
}

// Planted misuses, each as an operation of the harness would make it: all are noticed, on a
// goroutine of a test case, and none is in the reply's way otherwise.
func TestAMisuseIsNoticed(t *testing.T) {
	seen := failOnMisuse(t)
	req := casetext.Request("before check lib\ngo check lib" + casetext.Library)
	r := newRound(req, options{})
	r.before()
	field := types.NewField(token.NoPos, nil, "a", types.Typ[types.Int], false)
	param := types.NewTuple(types.NewVar(token.NoPos, nil, "a", types.NewSlice(types.Typ[types.Int])))
	generic := []*types.TypeParam{newTypeParam(nil, "P")}
	for what, misuse := range map[string]func(g *goroutine){
		"nil as the type of methodset": func(g *goroutine) {
			a := g.asker(nil)
			a.ask(findQuery("methodset"), nil, nil)
		},
		"nil as the second type of identical": func(g *goroutine) {
			a := g.asker(nil)
			a.ask(findQuery("identical"), types.Typ[types.Int], nil)
		},
		"nil as a check's file set": func(g *goroutine) {
			g.parse(0)
			g.fset = nil
			g.check(readCall("check lib"))
		},
		"nil as a file of a check": func(g *goroutine) {
			g.files[0] = []*tree{nil}
			g.check(readCall("check lib"))
		},
		"variadic function must have at least one parameter": func(*goroutine) {
			types.NewSignatureType(nil, nil, nil, nil, nil, true)
		},
		"function with receiver type parameters must have a receiver": func(*goroutine) {
			types.NewSignatureType(nil, generic, nil, param, nil, false)
		},
		"multiple fields with the same name": func(*goroutine) {
			types.NewStruct([]*types.Var{field, field}, nil)
		},
		"more tags than fields": func(*goroutine) { types.NewStruct(nil, []string{"a"}) },
		"empty union":           func(*goroutine) { types.NewUnion(nil) },
		"LookupFieldOrMethod on nil type": func(*goroutine) {
			types.LookupFieldOrMethod(nil, false, nil, "a")
		},
	} {
		*seen = nil
		g := newGoroutine(r, 1, readCalls([]string{"planted"}))
		func() {
			defer g.recover()
			misuse(g)
		}()
		if len(*seen) != 1 || !strings.HasPrefix((*seen)[0], what) {
			t.Errorf("%s: seen %q, panics %v", what, *seen, panicTexts(g))
		}
	}
}

func panicTexts(g *goroutine) (texts []string) {
	for _, p := range g.panics {
		texts = append(texts, fmt.Sprint(p.value))
	}
	return texts
}

// A call by go/types itself, or by other code, is no misuse of ours.
func TestOtherPanicsAreNoMisuse(t *testing.T) {
	seen := failOnMisuse(t)
	r := newRound(casetext.Request("go check a"), options{})
	for name, f := range map[string]func(){
		"another text":            func() { panic("variadic") },
		"not by go/types":         func() { panic("empty union") },
		"nil that goes in deeper": func() { _ = types.TypeString(types.NewSlice(nil), nil) },
		"a nil receiver":          func() { (*types.Named)(nil).NumMethods() },
		"an index":                func() { types.NewTuple(nil).At(3) },
	} {
		g := newGoroutine(r, 1, nil)
		func() {
			defer g.recover()
			f()
		}()
		if len(*seen) > 0 {
			t.Errorf("%s: %q", name, *seen)
		}
		*seen = nil
	}
}
