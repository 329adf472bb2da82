package main

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestOverlay instruments the Go release that runs the test.
func TestOverlay(t *testing.T) {
	out := t.TempDir()
	probes, err := instrument(checkers["go/types"], runtime.GOROOT(), "..", out, "")
	if err != nil {
		t.Fatal(err)
	}
	if probes < 300 {
		t.Errorf("%d probes", probes)
	}
	text, err := os.ReadFile(filepath.Join(out, "overlay.json"))
	if err != nil {
		t.Fatal(err)
	}
	var o overlay
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for original, replacement := range o.Replace {
		text, err := os.ReadFile(replacement)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(original) == ".s" {
			continue // its line numbers are in no report
		}
		if _, err := parser.ParseFile(token.NewFileSet(), original, text, 0); err != nil {
			t.Error(err)
		}
		seen += bytes.Count(text, []byte("typeraceProbe("))
		before, err := os.ReadFile(original)
		if os.IsNotExist(err) {
			continue // a file of its own
		}
		if err != nil {
			t.Fatal(err)
		}
		if a, b := bytes.Count(before, []byte("\n")), bytes.Count(text, []byte("\n")); a != b {
			t.Errorf("%s has %d lines, %d with probes", original, a, b)
		}
	}
	if seen != probes+1 { // and the declaration
		t.Errorf("%d calls of %d probes", seen, probes)
	}
	mutex := ""
	for original, replacement := range o.Replace {
		if filepath.Base(original) == "mutex.go" {
			text, _ := os.ReadFile(replacement)
			mutex = string(text)
		}
	}
	if !strings.Contains(mutex, "func (m *Mutex) Lock() { if typeraceBlock != nil") {
		t.Error("no hook in Mutex.Lock")
	}
	for _, held := range []string{"{ typeraceHeld(1) };", "func (m *Mutex) Unlock() { if typeraceHeld != nil { typeraceHeld(-1) };"} {
		if !strings.Contains(mutex, held) {
			t.Errorf("%q is missing in mutex.go", held)
		}
	}
}

// TestUserOverlay checks that replaced files get probes too, that deleted ones get none, and that a
// malformed overlay is an error.
func TestUserOverlay(t *testing.T) {
	out := t.TempDir()
	dir := filepath.Join(runtime.GOROOT(), "src", "go", "types")
	mine := filepath.Join(out, "mine.go")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(mine, "package types\n\nfunc mine(t Type) Type { return under(t) }\n")
	user, _ := json.Marshal(overlay{map[string]string{
		filepath.Join(dir, "mine.go"): mine, filepath.Join(dir, "gotype.go"): "",
	}})
	write(filepath.Join(out, "user.json"), string(user))
	if _, err := instrument(checkers["go/types"], runtime.GOROOT(), "..", out, filepath.Join(out, "user.json")); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(out, "overlay.json"))
	if err != nil {
		t.Fatal(err)
	}
	var o overlay
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	if to, ok := o.Replace[filepath.Join(dir, "gotype.go")]; !ok || to != "" {
		t.Errorf("the deleted file is %q", to)
	}
	text, err = os.ReadFile(o.Replace[filepath.Join(dir, "mine.go")])
	if err != nil || !strings.Contains(string(text), "); return under(t)") {
		t.Errorf("%v %s", err, text)
	}
	write(filepath.Join(out, "user.json"), "nonsense")
	if _, err := instrument(checkers["go/types"], runtime.GOROOT(), "..", out, filepath.Join(out, "user.json")); err == nil {
		t.Error("nonsense is an overlay")
	}
}

func TestFunctions(t *testing.T) {
	for _, c := range []struct {
		source  string
		trivial bool
	}{
		{"func (obj *object) order() uint32 { return obj.order_ }", true},
		{"func (l *List) Len() int { return len(l.list()) }", true},
		{"func (l *List) list() []Type { if l == nil { return nil }; return l.types }", true},
		{"func isTyped(t Type) bool { b, _ := Unalias(t).(*Basic); return b == nil }", true},
		{"func (a nodeQueue) Less(i, j int) bool { return f(i) }", true},
		{"func (x *operand) convert() { f(x) }", true},
		{"func (a *Alias) Underlying() Type { return unalias(a).Underlying() }", false},
		{"func (n *Named) stateHas(m stateMask) bool { return atomic.LoadUint32(&n.state_)&m != 0 }", false},
		{"func (t *Named) set(u Type) { t.underlying = u }", false},
		{"func (check *Checker) implements(pos token.Pos, V, T Type) bool { return f(V) }", false},
		{"func (check *Checker) expr(x *operand, e ast.Expr) { f(x) }", false},
		{"func (*Named) f() { g() }", false},
		{"func loop(a []int) { for range a {} }", false},
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "", "package types\n"+c.source, 0)
		if err != nil {
			t.Fatal(err)
		}
		d := file.Decls[0].(*ast.FuncDecl)
		if got := trivial(d); got != c.trivial {
			t.Errorf("%s: trivial %v", c.source, got)
		}
	}
}

// TestLoops checks that a loop over a map with address keys is silent, and that others are not.
func TestLoops(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.go")
	source := `package types

type Object interface{ Name() string }
type TypeParam struct{}
type T struct{}

func f(objects map[Object]int, params map[*TypeParam]int, names map[string]int, ts map[*T]int) {
	for o := range objects { o.Name() }
	for range params { f(objects, params, names, ts) }
	for range names { f(objects, params, names, ts) }
	for range ts { if len(names) > 0 { return } }
	for range ts { f(objects, params, names, ts) }
}
`
	if err := os.WriteFile(path, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := load(dir, []string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, n := p.probe(p.files[0], 7)
	lines := strings.Split(string(text), "\n")
	if n != 1 || !strings.Contains(lines[6], "typeraceProbe(7);") {
		t.Errorf("%d probes: %s", n, lines[6])
	}
	for i, want := range []bool{true, false, false, false, true} {
		got := strings.Contains(lines[7+i], "typeraceQuiet(); for") && strings.Contains(lines[7+i], "}; typeraceLoud(true)")
		if got != want {
			t.Errorf("silent %v: %s", got, lines[7+i])
		}
	}
}
