//go:build !types2

package engine

import (
	"go/token"
	"go/types"

	"typerace/harness/internal/clients"
	"typerace/harness/internal/synthetic"
)

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

// converted is a checked package in the form that scenarios with import export or import synthetic
// ask for.
func (g *goroutine) converted(pkg *types.Package) *types.Package {
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
