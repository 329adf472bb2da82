package engine

import (
	"go/types"
	"strings"

	"typerace/harness/internal/wire"
)

// importing says how importers differ from one that returns every package without an error.
type importing [numImporting]bool

const (
	// importsFrom makes them types.ImporterFrom.
	importsFrom = iota
	// importsFailing makes them return each package together with an error.
	importsFailing
	// importsFaulty makes them return a package whose check found errors together with an error.
	importsFaulty
	// importsTwice makes them return one package for the paths of all packages with the same files.
	importsTwice
	// importsFlaky makes a goroutine's first import of each package fail.
	importsFlaky
	numImporting
)

// importingNames are the words of a scenario, after import.
var importingNames = [numImporting]string{"from", "error", "faulty", "twice", "flaky"}

const (
	errWithPackage importError = "the importer has a package and an error"
	errFaulty      importError = "the check of the package found errors"
	errFirst       importError = "the first import fails"
)

// read sets what a word of the request asks for.
func (o *importing) read(word string) bool {
	for i, name := range importingNames {
		if name == word {
			o[i] = true
			return true
		}
	}
	return false
}

// blames reports whether an error of a check is one that an importer returned on purpose.
func (o *importing) blames(err error) bool {
	if !o[importsFailing] && !o[importsFaulty] && !o[importsFlaky] {
		return false
	}
	typed, ok := err.(types.Error)
	return ok && strings.HasPrefix(typed.Msg, "could not import ")
}

// importerFrom is an importer that knows the folder of the importing file.
type importerFrom struct{ *importer }

// ImportFrom implements types.ImporterFrom. Its answer does not depend on the folder.
func (im importerFrom) ImportFrom(path, _ string, _ types.ImportMode) (*types.Package, error) {
	im.noteImporting(importsFrom)
	return im.importer.Import(path)
}

// forConfig returns the importer as a Config gets it.
func (r *round) forConfig(im types.Importer) types.Importer {
	if own, ok := im.(*importer); ok && r.importing[importsFrom] {
		return importerFrom{own}
	}
	return im
}

// noteImporting counts that the importer differed.
func (im *importer) noteImporting(what int) {
	if im.g != nil {
		im.g.differed[what]++
	}
}

// differs reports whether the importer answers a goroutine's own check or operation. Operations of
// `before` get plain answers, because they make the packages that others use.
func (im *importer) differs() bool {
	return (im.g == nil || im.g.id > 0) && !im.nested && (im.chain == nil || im.chain.parent == nil)
}

// fails reports whether this is the first import of a package, which fails under `import flaky`.
func (im *importer) fails(i int) bool {
	if !im.r.importing[importsFlaky] || im.g == nil || !im.differs() || im.g.failed[i] {
		return false
	}
	im.g.failed[i] = true
	im.noteImporting(importsFlaky)
	return true
}

// withError adds the error that the scenario asks for to a package.
func (im *importer) withError(pkg *types.Package, faulty bool) (*types.Package, error) {
	switch {
	case !im.differs():
	case im.r.importing[importsFailing]:
		im.noteImporting(importsFailing)
		return pkg, errWithPackage
	case im.r.importing[importsFaulty] && faulty:
		im.noteImporting(importsFaulty)
		return pkg, errFaulty
	}
	return pkg, nil
}

// firstAlike returns, for each package, the first one that has the same files.
func (r *round) firstAlike() []int {
	same := make([]int, len(r.req.Packages))
	for i := range same {
		same[i] = i
		for j := 0; j < i; j++ {
			if alike(r.req.Packages[i].Files, r.req.Packages[j].Files) {
				same[i] = j
				break
			}
		}
	}
	return same
}

func alike(a, b []wire.File) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Text != b[i].Text {
			return false
		}
	}
	return true
}
