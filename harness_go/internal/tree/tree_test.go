package tree

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func parse(t testing.TB, src string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAppend(t *testing.T) {
	id := func(name string) string { return `{"Ident":"` + name + `"}` }
	stmt := func(s string) string {
		return `{"FuncDecl":{"Name":"f","Type":{},"Body":{"List":[` + s + `]}}}`
	}
	typ := func(s string) string {
		return `{"GenDecl":{"Tok":"type","Specs":[{"TypeSpec":{"Name":"T",` + s + `}}]}}`
	}
	tests := []struct{ src, want string }{
		{`import x "a/b"`, `{"GenDecl":{"Tok":"import","Specs":[{"ImportSpec":{"Name":"x","Path":"a/b"}}]}}`},
		{"var ()", `{"GenDecl":{"Tok":"var","Grouped":true}}`},
		{"var a, b T = x, y", `{"GenDecl":{"Tok":"var","Specs":[{"ValueSpec":{"Names":["a","b"],"Type":` + id("T") + `,"Values":[` + id("x") + `,` + id("y") + `]}}]}}`},
		{"type T[P any] = U", typ(`"TypeParams":[{"Names":["P"],"Type":` + id("any") + `}],"Assign":true,"Type":` + id("U"))},
		{"type T struct { E `t`; a, b int }", typ(`"Type":{"StructType":{"Fields":[{"Type":` + id("E") + `,"Tag":"` + "`t`" + `"},{"Names":["a","b"],"Type":` + id("int") + `}]}}`)},
		{"type T interface { m(); ~A | B }", typ(`"Type":{"InterfaceType":{"Methods":[{"Names":["m"],"Type":{"FuncType":{}}},{"Type":{"BinaryExpr":{"X":{"UnaryExpr":{"Op":"~","X":` + id("A") + `}},"Op":"|","Y":` + id("B") + `}}}]}}`)},
		{"type T <-chan A", typ(`"Type":{"ChanType":{"Dir":"<-chan","Value":` + id("A") + `}}`)},
		{"type T [...]A", typ(`"Type":{"ArrayType":{"Len":{"Ellipsis":{}},"Elt":` + id("A") + `}}`)},
		{"func (r T) m() (x, y int)", `{"FuncDecl":{"Recv":[{"Names":["r"],"Type":` + id("T") + `}],"Name":"m","Type":{"Results":[{"Names":["x","y"],"Type":` + id("int") + `}]}}}`},
		{"func () m()", `{"FuncDecl":{"Recv":[],"Name":"m","Type":{}}}`},
		{"func f() { ;; L: }", stmt(`{"LabeledStmt":{"Label":"L","Stmt":"EmptyStmt"}}`)},
		{"func f() { return }", stmt(`{"ReturnStmt":[]}`)},
		{"func f() { go g(a...) }", stmt(`{"GoStmt":{"CallExpr":{"Fun":` + id("g") + `,"Args":[` + id("a") + `],"Ellipsis":true}}}`)},
		{"func f() { for k := range x {} }", stmt(`{"RangeStmt":{"Key":` + id("k") + `,"Define":true,"X":` + id("x") + `,"Body":{}}}`)},
		{"func f() { select { case <-c: default: } }", stmt(`{"SelectStmt":{"Body":[{"Comm":{"ExprStmt":{"UnaryExpr":{"Op":"<-","X":` + id("c") + `}}}},{}]}}`)},
		{"func f() { switch x.(type) { case A: } }", stmt(`{"TypeSwitchStmt":{"Assign":{"ExprStmt":{"TypeAssertExpr":{"X":` + id("x") + `}}},"Body":[{"List":[` + id("A") + `]}]}}`)},
		{"func f() { _ = T[A, B]{x: 1} }", stmt(`{"AssignStmt":{"Lhs":[` + id("_") + `],"Tok":"=","Rhs":[{"CompositeLit":{"Type":{"IndexListExpr":{"X":` + id("T") + `,"Indices":[` + id("A") + `,` + id("B") + `]}},"Elts":[{"KeyValueExpr":{"Key":` + id("x") + `,"Value":{"BasicLit":{"Kind":"INT","Value":"1"}}}}]}}]}}`)},
		{"var _ = \"a\\n\x7f\u00e9\"", `{"GenDecl":{"Tok":"var","Specs":[{"ValueSpec":{"Names":["_"],"Values":[{"BasicLit":{"Kind":"STRING","Value":"\"a\\n` + "\x7f\u00e9" + `\""}}]}}]}}`},
		{"var _ = `a\n\tb`", `{"GenDecl":{"Tok":"var","Specs":[{"ValueSpec":{"Names":["_"],"Values":[{"BasicLit":{"Kind":"STRING","Value":"` + "`a\\u000a\\u0009b`" + `"}}]}}]}}`},
	}
	for _, test := range tests {
		got, err := Append(nil, parse(t, "package p\n"+test.src))
		if err != nil {
			t.Errorf("%s: %v", test.src, err)
			continue
		}
		want := `{"Name":"p","Decls":[` + test.want + `]}`
		if string(got) != want {
			t.Errorf("%s:\n got %s\nwant %s", test.src, got, want)
		}
		if !json.Valid(got) {
			t.Errorf("%s: not JSON", test.src)
		}
	}
}

func TestAppendKeepsWhatIsThere(t *testing.T) {
	got, err := Append([]byte("x"), parse(t, "package p"))
	if want := `x{"Name":"p"}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestLanguageVersion(t *testing.T) {
	got, err := Append(nil, parse(t, "//go:build go1.22\n\npackage p"))
	if want := `{"Name":"p","GoVersion":"go1.22"}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestRefused(t *testing.T) {
	deep := func(n int) *ast.File {
		return parse(t, "package p; type T "+strings.Repeat("[]", n)+"int")
	}
	if _, err := Append(nil, deep(MaxDepth+1)); !errors.Is(err, ErrTooDeep) {
		t.Errorf("too deep: got %v", err)
	}
	if _, err := Append(nil, deep(MaxDepth-2)); err != nil {
		t.Errorf("deep enough: got %v", err)
	}
	bad := map[string]ast.Decl{
		"BadDecl": &ast.BadDecl{},
		"BadExpr": &ast.GenDecl{Tok: token.TYPE, Specs: []ast.Spec{
			&ast.TypeSpec{Name: ast.NewIdent("T"), Type: &ast.BadExpr{}},
		}},
		"BadStmt": &ast.FuncDecl{Name: ast.NewIdent("f"), Type: &ast.FuncType{}, Body: &ast.BlockStmt{
			List: []ast.Stmt{&ast.BadStmt{}},
		}},
	}
	for want, d := range bad {
		_, err := Append(nil, &ast.File{Name: ast.NewIdent("p"), Decls: []ast.Decl{d}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", want, err)
		}
	}
}

// Every file of the type checker, in any version, has a tree.
func TestGoTypes(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(runtime.GOROOT(), "src/go/types/*.go"))
	if err != nil || len(files) == 0 {
		t.Skipf("no source of go/types: %v", err)
	}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Append(nil, parse(t, string(src)))
		if err != nil || !json.Valid(got) {
			t.Errorf("%s: %v, valid JSON %v", name, err, json.Valid(got))
		}
	}
}
