// Package apilist holds docs/API.md to the truth: every exported function and method of go/types
// is exercised by an element of the vocabulary, or the list says why it is not.
package apilist

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"testing"

	"typerace/harness/internal/engine"
)

const list = "../../../docs/API.md"

// entry is a row of the list.
type entry struct {
	since int      // the first Go 1.N that has it, 21 for all older ones
	by    []string // elements of the vocabulary
	from  int      // the first Go 1.N in which they exercise it
	not   string   // why nothing exercises it
}

var row = regexp.MustCompile("^\\| `([A-Za-z.]+)` \\| (1\\.\\d+)? ?\\| (.*) \\|$")

// readList reads the rows of the list.
func readList(t *testing.T) map[string]entry {
	t.Helper()
	text, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string]entry{}
	for _, line := range strings.Split(string(text), "\n") {
		m := row.FindStringSubmatch(line)
		if m == nil {
			if strings.HasPrefix(line, "| `") {
				t.Errorf("not a row: %s", line)
			}
			continue
		}
		if _, ok := entries[m[1]]; ok {
			t.Errorf("%s is listed twice", m[1])
		}
		e := entry{since: 21}
		if m[2] != "" {
			e.since, _ = strconv.Atoi(strings.TrimPrefix(m[2], "1."))
		}
		if why, ok := strings.CutPrefix(m[3], "not: "); ok {
			e.not = why
		} else {
			by := m[3]
			if rest, ok := strings.CutPrefix(by, "from 1."); ok {
				var n string
				n, by, _ = strings.Cut(rest, ": ")
				e.from, _ = strconv.Atoi(n)
			}
			e.by = strings.Split(by, ", ")
		}
		entries[m[1]] = e
	}
	return entries
}

// minor is the n of Go 1.n.
func minor() (n int) {
	_, _ = fmt.Sscanf(runtime.Version(), "go1.%d", &n)
	return n
}

// nameOf is how the list names a function or method: methods of unexported types are those of the
// objects that embed them.
func nameOf(f *types.Func) string {
	recv := f.Type().(*types.Signature).Recv()
	if recv == nil {
		return f.Name()
	}
	t := recv.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := t.(*types.Named); ok && n.Obj().Exported() {
		return n.Obj().Name() + "." + f.Name()
	}
	return "Object." + f.Name()
}

// exported are the exported functions and methods of go/types.
func exported(pkg *types.Package) map[string]bool {
	api := map[string]bool{}
	add := func(obj types.Object) {
		if f, ok := obj.(*types.Func); ok && f.Exported() {
			api[nameOf(f)] = true
		}
	}
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		add(obj)
		tn, ok := obj.(*types.TypeName)
		if !ok || !obj.Exported() {
			continue
		}
		t := tn.Type()
		if !types.IsInterface(t) {
			t = types.NewPointer(t)
		}
		methods := types.NewMethodSet(t)
		for i := 0; i < methods.Len(); i++ {
			add(methods.At(i).Obj())
		}
	}
	return api
}

// packages type-checks the harness's packages against one go/types.
type packages struct {
	fset    *token.FileSet
	std     types.Importer
	checked map[string]*types.Package
	// used are the functions and methods of go/types that the packages use.
	used map[string]bool
}

func (p *packages) Import(path string) (*types.Package, error) {
	if pkg := p.checked[path]; pkg != nil {
		return pkg, nil
	}
	if dir, ok := strings.CutPrefix(path, "typerace/harness/"); ok {
		return p.check(path, filepath.Join("..", "..", dir))
	}
	if strings.Contains(path, ".") {
		// Without golang.org/x/tools nothing of go/types is lost.
		pkg := types.NewPackage(path, filepath.Base(path))
		pkg.MarkComplete()
		return pkg, nil
	}
	return p.std.Import(path)
}

func (p *packages) check(path, dir string) (*types.Package, error) {
	context := build.Default
	context.BuildTags = []string{"xtools"}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, e := range entries {
		if ok, _ := context.MatchFile(dir, e.Name()); !ok || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(p.fset, filepath.Join(dir, e.Name()), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	conf := types.Config{Importer: p, Error: func(error) {}}
	info := &types.Info{Uses: make(map[*ast.Ident]types.Object)}
	pkg, _ := conf.Check(path, p.fset, files, info)
	p.checked[path] = pkg
	for _, obj := range info.Uses {
		if f, ok := obj.(*types.Func); ok && f.Pkg() != nil && f.Pkg().Path() == "go/types" {
			p.used[nameOf(f)] = true
		}
	}
	return pkg, nil
}

// dynamic are the methods that interfaces of go/types declare: a call through the interface is one
// of each type's method.
func dynamic(pkg *types.Package, used map[string]bool, name string) bool {
	_, method, ok := strings.Cut(name, ".")
	if !ok {
		return false
	}
	for _, iface := range []string{"Type", "Object", "Sizes", "Importer", "ImporterFrom"} {
		if !used[iface+"."+method] {
			continue
		}
		i := pkg.Scope().Lookup(iface).Type().Underlying().(*types.Interface)
		t := pkg.Scope().Lookup(name[:len(name)-len(method)-1])
		if t != nil && types.Implements(types.NewPointer(t.Type()), i) {
			return true
		}
	}
	return false
}

func TestEveryFunctionIsExercisedOrListed(t *testing.T) {
	p := &packages{fset: token.NewFileSet(), std: importer.Default(), checked: map[string]*types.Package{}, used: map[string]bool{}}
	for _, dir := range []string{"internal/engine", "internal/synthetic", "internal/clients"} {
		if _, err := p.Import("typerace/harness/" + dir); err != nil {
			t.Fatal(err)
		}
	}
	pkg, err := p.Import("go/types")
	if err != nil {
		t.Fatal(err)
	}
	known, entries, api := map[string]bool{}, readList(t), exported(pkg)
	for _, word := range engine.Vocabulary() {
		known[word] = true
	}
	var names []string
	for name := range api {
		names = append(names, name)
	}
	sort.Strings(names)
	exercised, listed := 0, 0
	for _, name := range names {
		e, ok := entries[name]
		switch {
		case !ok:
			t.Errorf("%s is on no list", name)
		case e.since > minor():
			t.Errorf("%s is older than Go 1.%d", name, e.since)
		case e.not != "" || minor() < e.from:
			listed++
		case !p.used[name] && !dynamic(pkg, p.used, name):
			t.Errorf("%s is said to be part of %q, but the harness does not use it", name, e.by)
		default:
			exercised++
		}
	}
	for name, e := range entries {
		if !api[name] && e.since <= minor() {
			t.Errorf("go/types has no %s", name)
		}
		for _, by := range e.by {
			if !known[by] {
				t.Errorf("%s: there is no element %q", name, by)
			}
		}
	}
	t.Logf("Go 1.%d: %d functions and methods, %d exercised, %d not", minor(), len(api), exercised, listed)
}
