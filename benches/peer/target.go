// Package peer is what one would write without typerace: bytes that are parsed and
// given to two checkers at once, for `go test -fuzz -race` and for go-fuzz. `make bench`
// runs it beside a campaign, with the same seeds and for the same time.
package peer

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"sync"
)

// verdict is how far an input came.
type verdict int

const (
	unparsed verdict = iota
	parsed
	typeChecked
)

// twoCheckers reads data as a txtar archive of Go files, one package a folder.
// Every package but the last is checked first, the last by two goroutines.
func twoCheckers(data []byte, info func() *types.Info) verdict {
	fset := token.NewFileSet()
	packages, ok := parse(fset, data)
	if !ok {
		return unparsed
	}
	done := importer{}
	valid := true
	for _, p := range packages[:len(packages)-1] {
		pkg, ok := check(fset, p, done, newInfo())
		valid = valid && ok
		done[p.path] = pkg
	}
	var wg sync.WaitGroup
	last := packages[len(packages)-1]
	var oks [2]bool
	for i := range oks {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			_, oks[i] = check(fset, last, done, info())
		}(i)
	}
	wg.Wait()
	if valid && oks[0] && oks[1] {
		return typeChecked
	}
	return parsed
}

func check(fset *token.FileSet, p pkg, imp types.Importer, info *types.Info) (*types.Package, bool) {
	valid := true
	config := types.Config{Importer: imp, Error: func(error) { valid = false }}
	checked, _ := config.Check(p.path, fset, p.files, info)
	return checked, valid
}

func newInfo() *types.Info {
	return &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Instances:  map[*ast.Ident]types.Instance{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
}

// importer has the packages that were checked before.
type importer map[string]*types.Package

func (i importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if pkg := i[path]; pkg != nil {
		return pkg, nil
	}
	return nil, errors.New("no such package")
}

// pkg is a package's syntax.
type pkg struct {
	path  string
	files []*ast.File
}

// parse splits a txtar archive and parses its files; bytes without a marker are
// one file. It fails if a file does not parse.
func parse(fset *token.FileSet, data []byte) ([]pkg, bool) {
	var packages []pkg
	add := func(name string, text []byte) bool {
		file, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			return false
		}
		dir := path.Dir(name)
		for i := range packages {
			if packages[i].path == dir {
				packages[i].files = append(packages[i].files, file)
				return true
			}
		}
		packages = append(packages, pkg{dir, []*ast.File{file}})
		return true
	}
	name, text := "a/a.go", []byte(nil)
	marked := false
	for _, line := range bytes.SplitAfter(data, []byte("\n")) {
		trimmed := bytes.TrimSpace(line)
		if bytes.HasPrefix(trimmed, []byte("-- ")) && bytes.HasSuffix(trimmed, []byte(" --")) && len(trimmed) > 6 {
			if marked && !add(name, text) {
				return nil, false
			}
			name, text, marked = string(trimmed[3:len(trimmed)-3]), nil, true
			continue
		}
		text = append(text, line...)
	}
	ok := add(name, text)
	return packages, ok
}

// stats counts a worker process's executions by how far they came; the counts
// are in $PEER_STATS, a file a process, as go test tells none of them.
type stats struct {
	file   string
	total  int
	counts [3]int
}

func newStats() *stats {
	dir := os.Getenv("PEER_STATS")
	if dir == "" {
		return &stats{}
	}
	return &stats{file: filepath.Join(dir, fmt.Sprint(os.Getpid()))}
}

func (s *stats) count(v verdict) {
	s.total++
	s.counts[v]++
	// Often at first: a worker that soon dies has counted too.
	if s.file != "" && (s.total < 100 || s.total%100 == 0) {
		line := fmt.Sprintf("%d %d %d\n", s.counts[unparsed], s.counts[parsed], s.counts[typeChecked])
		_ = os.WriteFile(s.file, []byte(line), 0o666)
	}
}
