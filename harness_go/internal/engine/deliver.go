package engine

import (
	"go/ast"
	"go/token"
	"go/types"

	"typerace/harness/internal/clients"
	"typerace/harness/internal/synthetic"
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
	files []*ast.File
	info  *types.Info
	// bodies says that function bodies were checked, too.
	bodies bool
}

// checkedWithSyntax is the package that an operation names, as it was type-checked,
// whatever form importers got; nil, after a call of skip, if the goroutine has none.
func (g *goroutine) checkedWithSyntax(c *call) *built {
	i := g.resolvePackage(c.path)
	if i < 0 || g.typesPackage(i) == nil {
		g.skip("there is no package")
		return nil
	}
	b := g.built[i]
	if g.completed[i] != nil || b == nil {
		b = g.first.built[i]
	}
	if b == nil {
		g.skip("another goroutine checked the package")
	}
	return b
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
	if !g.isSound(pkg) {
		return pkg
	}
	fresh := pkg
	if g.delivery == fromSynthetic {
		fresh = synthetic.Rebuild(pkg)
	} else if read, err := g.throughExportData(pkg); err == nil {
		fresh = read
	}
	if fresh != pkg {
		g.sound[fresh] = true
		g.delivered++
	}
	return fresh
}

// throughExportData writes a package and reads it back, with a separate file set, like export data
// from a compiler.
func (g *goroutine) throughExportData(pkg *types.Package) (*types.Package, error) {
	data, err := clients.Export(g.fset, pkg)
	if err != nil {
		return nil, err
	}
	return clients.Import(token.NewFileSet(), data, dependencies(pkg), pkg.Path())
}

// dependencies returns all packages that a package imports, by path.
func dependencies(pkg *types.Package) map[string]*types.Package {
	found := make(map[string]*types.Package)
	var add func(*types.Package)
	add = func(p *types.Package) {
		for _, dep := range p.Imports() {
			if found[dep.Path()] == nil {
				found[dep.Path()] = dep
				add(dep)
			}
		}
	}
	add(pkg)
	return found
}
