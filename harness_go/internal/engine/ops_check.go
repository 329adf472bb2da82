package engine

import (
	"go/token"
	"go/types"
)

// checkWith says how a package is checked.
type checkWith struct {
	importer types.Importer
	// base requests the round's trees and file set instead of the goroutine's.
	base bool
	// operation says that it is a `check`, not a check for an importer.
	operation bool
	// silent leaves Config.Error nil.
	silent bool
}

// checked is the result of a check. It is reported after the goroutines have ended.
type checked struct {
	pkg    int
	errors int
	// imports counts the errors that the scenario's importers caused. The program is not at fault.
	imports int
	first   error
	all     []types.Error // of an operation whose answer is wanted
}

// sizes is what a check uses unless its goroutine configures others. It holds no state.
var sizes = types.SizesFor("gc", "amd64")

func init() {
	register(operation{
		word: "check", operands: []operand{aPackage}, run: (*goroutine).check,
		prepare: func(g *goroutine, i int) {
			g.parse(i)
			g.prepareImports(i)
		},
	})
	register(operation{
		word: "import", operands: []operand{aPackage}, run: (*goroutine).importPackage,
		prepare: func(g *goroutine, i int) {
			g.imports = true
			g.prepareImport(i)
		},
	})
}

// importPackage is the operation `import P`.
func (g *goroutine) importPackage(c *call) bool {
	i := g.resolvePackage(c.path)
	if i < 0 {
		return g.skip("the test case has no package")
	}
	pkg, err := g.importer(nil).Import(g.req.Packages[i].Path)
	if g.round.answers {
		subject := []any{g.req.Packages[i].Path}
		if err != nil {
			g.answer("import", subject, []any{errorText(err)}, err.Error())
		} else {
			g.answer("import", subject, []any{pkg.Path(), pkg.Name()}, "")
		}
	}
	return true
}

// check is the operation `check P`.
func (g *goroutine) check(c *call) bool {
	i := g.resolvePackage(c.path)
	if i < 0 {
		return g.skip("the test case has no package")
	}
	if g.id == 0 {
		// P's imports come before P, and each package is completed once.
		if g.completed[i] == nil {
			pkg := g.checkSource(i, checkWith{importer: g.importer(&link{i, nil}), operation: true})
			g.completed[i] = g.deliver(i, pkg)
			g.imported[i] = g.completed[i]
		}
		g.latest[i] = g.completed[i]
		return true
	}
	pkg := g.checkSource(i, checkWith{importer: g.importer(&link{i, nil}), operation: true})
	g.latest[i] = pkg
	if g.imported[i] == nil {
		g.imported[i] = pkg
	}
	return true
}

// checkSource type-checks a package from source.
func (g *goroutine) checkSource(i int, with checkWith) *types.Package {
	record := &checked{pkg: i}
	if g != g.strangers || !g.share.unlocked {
		// The strangers' record belongs to the goroutine that holds the importer's lock.
		defer func() { g.checks = append(g.checks, *record) }()
	}
	fset, files := g.fset, g.sources[i].trees
	if with.base {
		fset = g.round.fset
	} else {
		files = g.parse(i)
	}
	// Only the goroutines' own operations share what should not be shared.
	shares := with.operation && g.id > 0
	if shares {
		g.noteUses()
	}
	given(fset != nil, "a check's file set")
	for _, file := range files {
		given(file != nil, "a file of a check")
	}
	if !with.base {
		defer g.withVersions(files)()
	}
	with.silent = g.maySayNothing(with, shares)
	checker, pkg := g.checker(i, fset, record, with, shares)
	if g.share.incomplete && shares {
		// An importer's package is used only if it is marked complete.
		pkg.MarkComplete()
		g.offer(i, pkg)
	}
	err := checker.Files(files)
	if err != nil && with.silent {
		// The check stopped at its first error, and what it left unfinished must not be used.
		with.silent = false
		checker, pkg = g.checker(i, fset, record, with, shares)
		err = checker.Files(files)
	}
	if err != nil && record.errors+record.imports == 0 {
		record.errors, record.first = 1, err
	}
	if g != g.strangers {
		g.noteSound(i, pkg, record.errors+record.imports)
		if g.keep && checker.Info.Types != nil {
			g.built[i] = &built{pkg, fset, files, checker.Info, with.base || !g.configuration.IgnoreFuncBodies}
		}
	}
	if with.operation && g.round.answers {
		g.answerCheck(record, pkg)
	}
	return pkg
}

func (g *goroutine) checker(i int, fset *token.FileSet, record *checked, with checkWith, shares bool) (*types.Checker, *types.Package) {
	if shares && g.share.checker {
		return g.checkers[i], g.packages[i]
	}
	pkg := types.NewPackage(g.req.Packages[i].Path, g.sources[i].name)
	if shares && g.share.packages {
		pkg = g.packages[i]
	}
	var info *types.Info
	switch {
	case shares && g.share.info:
		info = g.info
	case with.base || !g.configuration.noInfo:
		info = newInfo()
	}
	settings := g.configuration.Config
	if with.base {
		settings = unset.Config
	}
	config := g.newConfig(settings, g.errorFunc(record, with.operation), with.importer)
	if with.silent || g.share.unfinished && !shares {
		// The first error ends the check at once. Under share unfinished, others use its package.
		config.Error = nil
	}
	if shares && g.share.config {
		config = g.config
	}
	return newChecker(config, fset, pkg, info), pkg
}

// errorFunc returns a Config.Error that fills the record.
func (g *goroutine) errorFunc(record *checked, operation bool) func(error) {
	const most = 20
	return func(err error) {
		g.atError.meetOnce(g.id)
		if g.importing.blames(err) {
			record.imports++
		} else {
			record.errors++
		}
		if record.first == nil {
			record.first = err
		}
		if typed, ok := err.(types.Error); ok && operation && g.round.answers && len(record.all) < most {
			record.all = append(record.all, typed)
		}
	}
}

// newConfig completes a configuration. Without an error function and an importer, the configuration
// belongs to no goroutine.
func (r *round) newConfig(settings types.Config, report func(error), im types.Importer) *types.Config {
	if im == nil {
		im = &importer{r: r}
	}
	if report == nil {
		report = func(error) { r.atError.meetStranger() }
	}
	// Without Error, the checker stops at the first error and leaves types unfinished, which must
	// not be used.
	settings.Context, settings.Importer, settings.Error = r.context, r.forConfig(im), report
	asCompiled(&settings)
	return &settings
}
