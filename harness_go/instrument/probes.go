package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
)

// pkg is a package, parsed and type-checked as far as possible without its imports: enough to
// recognize its own maps.
type pkg struct {
	fset  *token.FileSet
	files []*file
	info  types.Info
}

// file is a source file. Its path is the one where the go command expects it.
type file struct {
	path string
	text []byte
	ast  *ast.File
}

// load reads the files that are part of the package; replace is from an overlay.
func load(dir string, paths []string, replace map[string]string) (*pkg, error) {
	p := &pkg{fset: token.NewFileSet(), info: types.Info{Types: make(map[ast.Expr]types.TypeAndValue)}}
	var files []*ast.File
	for _, path := range paths {
		source := path
		if replaced, ok := replace[path]; ok {
			if replaced == "" {
				continue // deleted by the user's overlay
			}
			source = replaced
		}
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(source)
		if err != nil {
			return nil, err
		}
		context := build.Default
		if match, err := context.MatchFile(filepath.Dir(source), filepath.Base(source)); err != nil {
			return nil, err
		} else if !match {
			continue
		}
		tree, err := parser.ParseFile(p.fset, path, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		p.files = append(p.files, &file{path, text, tree})
		files = append(files, tree)
	}
	config := types.Config{Importer: nothing{}, Error: func(error) {}}
	_, _ = config.Check(filepath.Base(dir), p.fset, files, &p.info)
	return p, nil
}

// nothing imports packages without content.
type nothing struct{}

func (nothing) Import(name string) (*types.Package, error) {
	p := types.NewPackage(name, path.Base(name))
	p.MarkComplete()
	return p, nil
}

// insertion is text to insert into a file.
type insertion struct {
	offset int
	text   string
}

// probe returns the text of a file with a probe in each function that gets one, numbered from
// first, and the number of probes.
func (p *pkg) probe(f *file, first int) (text []byte, n int) {
	var insertions []insertion
	for _, decl := range f.ast.Decls {
		d, ok := decl.(*ast.FuncDecl)
		if !ok || d.Body == nil || d.Name.Name == "init" || trivial(d) {
			continue
		}
		call := fmt.Sprintf(" typeraceProbe(%d);", first+n)
		n++
		if unordered[d.Name.Name] {
			call += " defer typeraceLoud(typeraceQuiet());"
		} else {
			insertions = append(insertions, p.hush(d.Body)...)
		}
		insertions = append(insertions, insertion{p.offset(d.Body.Lbrace) + 1, call})
	}
	if n == 0 {
		return nil, 0
	}
	sort.SliceStable(insertions, func(i, j int) bool { return insertions[i].offset < insertions[j].offset })
	done := 0
	for _, in := range insertions {
		text = append(text, f.text[done:in.offset]...)
		text = append(text, in.text...)
		done = in.offset
	}
	return append(text, f.text[done:]...), n
}

func (p *pkg) offset(pos token.Pos) int { return p.fset.Position(pos).Offset }

// plain lists receivers that belong to one goroutine and have no lazy state.
var plain = map[string]bool{"typeWriter": true, "operand": true, "action": true}

// cheap lists functions that a trivial one may call. Unalias does work for aliases only, and the
// functions that it calls for those have a probe.
var cheap = map[string]bool{
	"len": true, "cap": true, "panic": true, "assert": true, "list": true, "Unalias": true,
}

// trivial reports whether a function only reads existing state, or is called by package sort or
// container/heap, a number of times that depends on the order of a map. Half of all calls are to
// such functions, and no other goroutine can tell whether it got its turn before or after one.
func trivial(d *ast.FuncDecl) bool {
	if d.Recv != nil {
		receiver := d.Recv.List[0].Type
		star, pointer := receiver.(*ast.StarExpr)
		if pointer {
			receiver = star.X
		}
		if id, ok := receiver.(*ast.Ident); ok && plain[id.Name] {
			return true
		}
		switch d.Name.Name {
		case "Push", "Pop":
			return true
		case "Len", "Less", "Swap":
			if !pointer {
				return true
			}
		}
	}
	const few = 3
	if d.Name.Name == "assert" || d.Name.Name == "Unalias" {
		return true
	}
	if len(d.Body.List) > few {
		return false
	}
	works := false
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.FuncLit, *ast.IncDecStmt:
			works = true
		case *ast.AssignStmt:
			works = works || n.Tok != token.DEFINE
		case *ast.CallExpr:
			callee := ""
			switch f := n.Fun.(type) {
			case *ast.Ident:
				callee = f.Name
			case *ast.SelectorExpr:
				callee = f.Sel.Name
			}
			works = works || !cheap[callee]
		}
		return true
	})
	return !works
}

// unordered lists functions whose work is ordered by maps from start to end. They work on data that
// belongs to one checker.
var unordered = map[string]bool{"initOrder": true, "dependencyGraph": true, "findPath": true}

// hush makes the probes silent in loops over maps whose order depends on addresses, which no seed
// repeats. Loops that are left in the middle stay unchanged, because the probes would have to be
// enabled again at each exit.
func (p *pkg) hush(body *ast.BlockStmt) (insertions []insertion) {
	labels := make(map[ast.Stmt]token.Pos)
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.LabeledStmt:
			labels[n.Stmt] = n.Pos()
		case *ast.RangeStmt:
			if _, labelled := labels[n]; labelled || !p.unrepeatable(n.X) || leaves(n.Body) {
				return true
			}
			insertions = append(insertions,
				insertion{p.offset(n.Pos()), "typeraceQuiet(); "},
				insertion{p.offset(n.End()), "; typeraceLoud(true)"})
			return false
		}
		return true
	})
	return insertions
}

// unrepeatable reports whether x is a map with keys that are hashed by address, and possibly many
// of them: the seed decides the order of up to eight entries.
func (p *pkg) unrepeatable(x ast.Expr) bool {
	t := p.info.Types[x].Type
	if t == nil {
		return false
	}
	m, ok := t.Underlying().(*types.Map)
	if !ok {
		return false
	}
	if pointer, ok := m.Key().(*types.Pointer); ok {
		named, ok := pointer.Elem().(*types.Named)
		return !ok || named.Obj().Name() != "TypeParam"
	}
	basic, ok := m.Key().Underlying().(*types.Basic)
	// The type of an invalid key comes from another package: it is a syntax node.
	return !ok || basic.Kind() == types.Invalid
}

// leaves reports whether a loop's body may end the loop other than by a break.
func leaves(body *ast.BlockStmt) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = true
		case *ast.BranchStmt:
			found = found || n.Label != nil
		}
		return true
	})
	return found
}

// hookSource is added to the checker. The race detector must not see probes: they and the hook are
// norace functions, which are never inlined.
const hookSource = `package %s

import _ "unsafe" // for go:linkname

//go:linkname typeraceHook
var typeraceHook func(function uint32)

//go:linkname typeraceHush
var typeraceHush func(quiet bool)

//go:linkname typeracePending runtime.typeracePending
var typeracePending bool

//go:linkname typeraceSilence runtime.typeraceSilence
func typeraceSilence()

// typeraceAdd replaces atomic additions that would order checks by chance (chance.go).
//
//go:linkname typeraceAdd runtime.typeraceAdd
var typeraceAdd func(p *int32, n int32) int32

var typeraceLastID int32

//go:norace
func typeraceProbe(function uint32) {
	if typeraceHook != nil {
		typeraceHook(function)
	}
	if typeracePending {
		typeraceSilence()
	}
}

//go:norace
func typeraceQuiet() bool {
	if typeraceHush == nil {
		return false
	}
	typeraceHush(true)
	return true
}

//go:norace
func typeraceLoud(loud bool) {
	if loud && typeraceHush != nil {
		typeraceHush(false)
	}
}
`
