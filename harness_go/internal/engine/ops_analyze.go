//go:build !types2

package engine

import (
	"go/types"
	"os"
	"sort"

	"typerace/harness/internal/clients"
)

func init() {
	register(operation{
		word: "analyze", operands: []operand{anAnalyzer, aPackage}, client: true, syntax: true,
		comments: true, run: (*goroutine).analyze,
	})
}

// analyze is the operation `analyze ANALYZER P`. The results of other analyzers, and the facts of
// packages that P imports, come from the graph of the goroutine or from the shared one.
func (g *goroutine) analyze(c *call) bool {
	b := g.checkedWithSyntax(c)
	if b == nil {
		return false
	}
	if !b.bodies {
		return g.skip(errNoBodies)
	}
	graph := g.round.analyses
	if graph != nil && graph.Has(c.analyzer, b.pkg) {
		g.use(useAnalyses)
	} else {
		graph = &g.analyses
		graph.Add(c.analyzer, g.unit(b))
	}
	found, err := graph.Run(c.analyzer, b.pkg)
	if err != nil {
		return g.skip(c.analyzer + " was not run: " + err.Error())
	}
	if g.round.answers {
		var texts []string
		for _, d := range found {
			texts = append(texts, d.Analyzer+" at "+b.fset.Position(d.Pos).String())
		}
		sort.Strings(texts)
		parts := make([]any, len(texts))
		for i, text := range texts {
			parts[i] = text
		}
		g.answer("analyze", []any{c.analyzer, b.pkg.Path()}, parts, "")
	}
	return true
}

// newAnalyses makes the graph that the goroutines share, with all analyzers that they run on
// packages that are complete.
func (r *round) newAnalyses() *clients.Analyses {
	graph := new(clients.Analyses)
	for _, calls := range r.goes {
		for _, c := range calls {
			if c.analyzer == "" {
				continue
			}
			i := r.packageIndex(c.path)
			if i < 0 || r.completed[i] == nil {
				continue
			}
			if b := r.first.built[i]; b != nil && b.bodies {
				graph.Add(c.analyzer, r.first.unit(b))
			}
		}
	}
	return graph
}

// unit is a package as analyzers see it.
func (g *goroutine) unit(b *built) *clients.Unit {
	if u := g.units[b.pkg]; u != nil {
		return u
	}
	u := &clients.Unit{
		Fset: b.fset, Pkg: b.pkg, Files: b.files, Info: b.info, Sizes: sizes,
		IllTyped: !g.isSound(b.pkg), ReadFile: g.readFile,
	}
	if g.units == nil {
		g.units = make(map[*types.Package]*clients.Unit)
	}
	g.units[b.pkg] = u
	for _, imported := range b.pkg.Imports() {
		if dep := g.builtFor(imported); dep != nil {
			u.Imports = append(u.Imports, g.unit(dep))
		}
	}
	return u
}

// builtFor is the syntax of a package that was checked; nil if the goroutine does not have it, or
// if importers got the package in another form.
func (g *goroutine) builtFor(pkg *types.Package) *built {
	for _, list := range [...][]*built{g.built, g.first.built} {
		for _, b := range list {
			if b != nil && b.bodies && b.pkg == pkg {
				return b
			}
		}
	}
	return nil
}

// readFile returns the text of a file by the name under which it was parsed.
func (r *round) readFile(name string) ([]byte, error) {
	for i := range r.req.Packages {
		p := &r.req.Packages[i]
		for j := range p.Files {
			if p.Path+"/"+p.Files[j].Name == name {
				return []byte(p.Files[j].Text), nil
			}
		}
	}
	return nil, os.ErrNotExist
}
