//go:build xtools

package standalone

import (
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	gopackages "golang.org/x/tools/go/packages"
)

// analyze runs analyzers on the first n packages, one after another or in parallel. Analyzers with
// facts run on the packages that these import, too.
func analyze(analyzers []*analysis.Analyzer, sequential bool, n int, all ...checked) {
	made := make(map[*types.Package]*gopackages.Package)
	var ofPackage func(*types.Package) *gopackages.Package
	ofPackage = func(pkg *types.Package) *gopackages.Package {
		if p := made[pkg]; p != nil {
			return p
		}
		p := &gopackages.Package{
			ID: pkg.Path(), Name: pkg.Name(), PkgPath: pkg.Path(), Types: pkg, Fset: all[0].fileSet,
			TypesSizes: types.SizesFor("gc", "amd64"), Imports: make(map[string]*gopackages.Package),
		}
		made[pkg] = p
		for _, c := range all {
			if c.pkg == pkg {
				p.Syntax, p.TypesInfo = c.files, c.info
			}
		}
		for _, dep := range pkg.Imports() {
			p.Imports[dep.Path()] = ofPackage(dep)
		}
		return p
	}
	var roots []*gopackages.Package
	for _, c := range all[:n] {
		roots = append(roots, ofPackage(c.pkg))
	}
	checker.Analyze(analyzers, roots, &checker.Options{Sequential: sequential})
}
