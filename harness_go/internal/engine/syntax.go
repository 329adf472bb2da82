//go:build !types2

package engine

import (
	"sort"

	"typerace/harness/internal/unchanged"
)

// watchedSyntax is the syntax of a package that must stay as it is.
type watchedSyntax struct {
	path    string
	changed func() []string
}

// watchSyntax watches the trees of a goroutine, if an operation could change them.
func (r *round) watchSyntax(g *goroutine) {
	if !r.comments {
		return
	}
	for i, files := range g.files {
		if g != r.first && g.share.ast || len(files) == 0 {
			continue // there are none, or they are watched as those of `before`
		}
		r.syntax = append(r.syntax, watchedSyntax{r.req.Packages[i].Path, unchanged.Watch(files)})
	}
}

// changedSyntax names the fields of nodes that changed, and their packages.
func (r *round) changedSyntax() (changed []string) {
	for _, w := range r.syntax {
		for _, field := range w.changed() {
			changed = append(changed, field+" in "+w.path)
		}
	}
	sort.Strings(changed)
	return changed
}
