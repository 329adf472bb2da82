// Patches runs what shows a root: a fault of go/types that one change ends.
//
//	patches r3
//
// It is built with -race. A root that is there ends the process: the race detector's
// exit code 66, a panic, a deadlock that the runtime reports, or no end.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"sync"
)

// roots holds the program of each root; every file adds its own.
var roots = map[string]func(){}

func main() {
	if len(os.Args) == 2 && roots[os.Args[1]] != nil {
		roots[os.Args[1]]()
		return
	}
	fmt.Fprintln(os.Stderr, "give the name of a root")
	os.Exit(2)
}

// importer holds packages that are complete.
type importer map[string]*types.Package

func (m importer) Import(path string) (*types.Package, error) { return m[path], nil }

// check type-checks a package of one file and carries on after errors.
func check(path, src string, conf types.Config) *types.Package {
	return checkWith(path, src, &conf)
}

func checkWith(path, src string, conf *types.Config) *types.Package {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path+".go", src, parser.SkipObjectResolution)
	if err != nil {
		panic(err)
	}
	if conf.Error == nil {
		conf.Error = func(error) {}
	}
	info := &types.Info{
		Types:      make(map[ast.Expr]types.TypeAndValue),
		Instances:  make(map[*ast.Ident]types.Instance),
		Defs:       make(map[*ast.Ident]types.Object),
		Uses:       make(map[*ast.Ident]types.Object),
		Selections: make(map[*ast.SelectorExpr]*types.Selection),
		Scopes:     make(map[ast.Node]*types.Scope),
	}
	pkg, _ := conf.Check(path, fset, []*ast.File{file}, info)
	return pkg
}

// together runs f in two goroutines at the same time.
func together(f func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(2)
	done.Add(2)
	for i := 0; i < 2; i++ {
		go func(i int) {
			defer done.Done()
			ready.Done()
			ready.Wait()
			f(i)
		}(i)
	}
	done.Wait()
}
