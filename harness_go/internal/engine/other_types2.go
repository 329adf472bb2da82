//go:build types2

package engine

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	gotypes "go/types" // under this name, it stays go/types

	"typerace/harness/internal/wire"
)

// other is go/types, which judges the same packages as types2.
type other struct {
	req     *wire.RunRequest
	fset    *token.FileSet
	index   map[string]int
	begun   []bool
	checked []*gotypes.Package
	reply   *wire.RunReply
}

// judgeByOther returns the verdicts of go/types on the packages of a test case and, as answers, the
// code of the first error in each.
func (e *Engine) judgeByOther(req *wire.RunRequest) *wire.RunReply {
	e.reset()
	e.watch.begin()
	defer e.status.enter(stageIdle)
	e.status.enter(stageSetup)
	e.alone()
	o := &other{
		req: req, fset: token.NewFileSet(), index: make(map[string]int),
		begun: make([]bool, len(req.Packages)), checked: make([]*gotypes.Package, len(req.Packages)),
		reply: &wire.RunReply{ID: req.ID, Verdicts: make([]wire.Verdict, len(req.Packages)), Answers: [][]wire.Answer{nil}},
	}
	for i := range req.Packages {
		o.index[req.Packages[i].Path] = i
		o.reply.Verdicts[i].Code = wire.VerdictNotChecked
	}
	for i := range req.Packages {
		o.check(i)
	}
	e.together()
	e.watch.end()
	return o.reply
}

// Import implements gotypes.Importer.
func (o *other) Import(path string) (*gotypes.Package, error) {
	if path == "unsafe" {
		return gotypes.Unsafe, nil
	}
	i, ok := o.index[path]
	if !ok {
		return nil, errUnknown
	}
	o.check(i)
	if o.checked[i] == nil {
		return nil, errCycle
	}
	return o.checked[i], nil
}

// check checks a package once.
func (o *other) check(i int) {
	if o.begun[i] {
		return
	}
	o.begun[i] = true
	verdict := &o.reply.Verdicts[i]
	defer func() {
		// A panic is no verdict, and a finding of the campaigns of go/types.
		if value := recover(); value != nil {
			*verdict = wire.Verdict{Code: wire.VerdictNotChecked, Error: fmt.Sprint(value)}
		}
	}()
	pkg := &o.req.Packages[i]
	var files []*ast.File
	for _, f := range pkg.Files {
		file, err := parser.ParseFile(o.fset, pkg.Path+"/"+f.Name, f.Text, parser.SkipObjectResolution)
		if err != nil {
			*verdict = wire.Verdict{Code: wire.VerdictSyntax, Error: err.Error()}
			return
		}
		files = append(files, file)
	}
	verdict.Code = wire.VerdictValid
	config := gotypes.Config{
		Importer: o, Sizes: gotypes.SizesFor("gc", "amd64"),
		Error: func(err error) {
			if verdict.Code == wire.VerdictTypeErrors {
				return
			}
			*verdict = wire.Verdict{Code: wire.VerdictTypeErrors, Error: err.Error()}
			if typed, ok := err.(gotypes.Error); ok {
				answer := wire.Answer{Subject: "errors " + pkg.Path, Value: []string{hiddenCode(&typed)}}
				o.reply.Answers[0] = append(o.reply.Answers[0], answer)
			}
		},
	}
	info := &gotypes.Info{Types: make(map[ast.Expr]gotypes.TypeAndValue)}
	o.checked[i], _ = config.Check(pkg.Path, o.fset, files, info)
}
