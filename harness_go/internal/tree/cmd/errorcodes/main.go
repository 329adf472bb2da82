// Errorcodes type-checks programs and counts the codes of the errors. Standard input has programs
// as examples/generate prints them: a line "=== N", and the files in txtar form. The output has a
// line for each code of this Go release: its name, a tab, and in how many programs it occurs.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"sort"
	"strings"

	"typerace/harness/internal/casetext"
)

func main() {
	names, err := codes()
	if err != nil {
		fmt.Fprintln(os.Stderr, "errorcodes:", err)
		os.Exit(2)
	}
	counts := map[int64]int{}
	var program strings.Builder
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
	for in.Scan() {
		if strings.HasPrefix(in.Text(), "=== ") {
			check(program.String(), counts)
			program.Reset()
			continue
		}
		program.WriteString(in.Text() + "\n")
	}
	check(program.String(), counts)
	if err := in.Err(); err != nil {
		fmt.Fprintln(os.Stderr, "errorcodes:", err)
		os.Exit(2)
	}
	var values []int64
	for v := range names {
		values = append(values, v)
	}
	sort.Slice(values, func(i, j int) bool { return values[i] < values[j] })
	for _, v := range values {
		fmt.Printf("%s\t%d\n", names[v], counts[v])
	}
}

// codes returns the names of the error codes by value.
func codes() (map[int64]string, error) {
	fset := token.NewFileSet()
	name := filepath.Join(runtime.GOROOT(), "src", "internal", "types", "errors", "codes.go")
	f, err := parser.ParseFile(fset, name, nil, 0)
	if err != nil {
		return nil, err
	}
	pkg, err := new(types.Config).Check("errors", fset, []*ast.File{f}, nil)
	if err != nil {
		return nil, err
	}
	names := map[int64]string{}
	for _, name := range pkg.Scope().Names() {
		if c, ok := pkg.Scope().Lookup(name).(*types.Const); ok {
			if v, ok := constant.Int64Val(c.Val()); ok && v > 0 {
				names[v] = name
			}
		}
	}
	return names, nil
}

type importer map[string]*types.Package

func (m importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if p := m[path]; p != nil {
		return p, nil
	}
	return nil, errors.New("not found")
}

// check type-checks the packages of a program in their order.
func check(text string, counts map[int64]int) {
	fset := token.NewFileSet()
	seen := map[int64]bool{}
	packages := importer{}
	for _, p := range casetext.Request(text).Packages {
		var files []*ast.File
		for _, f := range p.Files {
			if file, err := parser.ParseFile(fset, p.Path+"/"+f.Name, f.Text, parser.SkipObjectResolution); err == nil {
				files = append(files, file)
			}
		}
		if len(files) == 0 {
			continue
		}
		conf := types.Config{Importer: packages, Error: func(err error) {
			if e, ok := err.(types.Error); ok {
				seen[reflect.ValueOf(e).FieldByName("go116code").Int()] = true
			}
		}}
		func() {
			// A crash of the checker is for campaigns to find.
			defer func() { _ = recover() }()
			packages[p.Path], _ = conf.Check(p.Path, fset, files, nil)
		}()
	}
	for code := range seen {
		counts[code]++
	}
}
