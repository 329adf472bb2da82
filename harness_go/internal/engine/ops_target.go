//go:build !types2

package engine

import (
	"go/types"

	"typerace/harness/internal/wire"
	"typerace/harness/target"
)

func init() {
	register(operation{
		word: "target", operands: []operand{aTarget, aPackage, member}, syntax: true,
		foreign: true, run: (*goroutine).target,
	})
}

// target is the operation `target NAME P [T]`, which a user's package registered.
func (g *goroutine) target(c *call) bool {
	op := c.target
	i := g.resolvePackage(c.path)
	pkg := g.typesPackage(i)
	if pkg == nil {
		return g.skip("there is no package")
	}
	if !op.Faulty && !g.isSound(pkg) {
		return g.skip(errNotSound)
	}
	in := &target.Input{
		Package: pkg, Fset: g.fset, Context: g.context, Importer: g.importer(nil),
		Sources: g.round.sourceTexts, Own: g.own, Before: g.beforeOwn(),
	}
	if c.object != "" {
		if in.Object = g.object(c.path, c.object); in.Object == nil {
			return g.skip("the package has no object")
		}
	}
	g.syntax(in, i, pkg)
	answer, err := op.Run(in)
	g.own = in.Own
	if err != nil {
		return g.skip(err.Error())
	}
	if g.round.answers && answer != "" {
		subject := []any{pkg.Path()}
		if in.Object != nil {
			subject = []any{pkg.Path() + "." + in.Object.Name()}
		}
		g.answer(c.name, subject, []any{answer}, "")
	}
	return true
}

// syntax fills in the syntax from which the package was checked, if this goroutine may see it.
func (g *goroutine) syntax(in *target.Input, i int, pkg *types.Package) {
	for _, from := range []*goroutine{g.first, g} {
		if b := from.built[i]; b != nil && b.pkg == pkg {
			in.Fset, in.Files, in.Info = b.fset, b.files, b.info
			return
		}
	}
	if g.completed[i] == pkg {
		in.Fset = g.first.fset
	}
}

// beforeOwn is what `before` left; nil for the operations of `before`, which have it in Own.
func (g *goroutine) beforeOwn() map[string]any {
	if g.id == 0 {
		return nil
	}
	return g.first.own
}

// targetTexts are the test case's packages in the form that targets get; nil if no operation
// belongs to a target.
func targetTexts(req *wire.RunRequest, o *options) []target.Source {
	if !o.foreign {
		return nil
	}
	all := make([]target.Source, len(req.Packages))
	for i, p := range req.Packages {
		all[i].Path = p.Path
		for _, f := range p.Files {
			all[i].Files = append(all[i].Files, target.File{Name: f.Name, Text: f.Text})
		}
	}
	return all
}
