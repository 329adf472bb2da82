package engine

import (
	"go/token"
	"go/types"
)

// Import modes: how a dependency reaches its importer.
const (
	fromSource    = "source"
	fromExport    = "export"
	fromSynthetic = "synthetic"
	fromUnified   = "unified"
	fromMixed     = "mixed"
)

// throughCompiler reports whether importers get what the compiler wrote.
func (o *options) throughCompiler() bool { return o.delivery == fromUnified || o.delivery == fromMixed }

// built is a checked package and the syntax that it was checked from.
type built struct {
	pkg   *types.Package
	fset  *token.FileSet
	files []*tree
	info  *types.Info
	// bodies says that function bodies were checked, too.
	bodies bool
}

// noteSound remembers a package that is free of errors, including its dependencies. Only such
// packages may be exported, rebuilt or compiled to SSA code.
func (g *goroutine) noteSound(i int, pkg *types.Package, errors int) {
	if errors > 0 || g.sources[i].err != nil {
		return
	}
	for _, path := range g.sources[i].imports {
		if path == "C" {
			return // Config.FakeImportC hides its errors
		}
	}
	for _, dep := range pkg.Imports() {
		if !g.isSound(dep) {
			return
		}
	}
	g.sound[pkg] = true
}

func (g *goroutine) isSound(pkg *types.Package) bool {
	return pkg == types.Unsafe || g.sound[pkg] || g.first.sound[pkg]
}

// deliver converts a checked package to the form in which its importers get it.
func (g *goroutine) deliver(i int, pkg *types.Package) *types.Package {
	if g.delivery == fromSource {
		if g.id > 0 {
			g.delivered++
		}
		return pkg
	}
	if g.view != nil {
		p := g.view.deliver(g, i, pkg)
		g.noteView(p)
		return p.pkg
	}
	return g.converted(pkg)
}
