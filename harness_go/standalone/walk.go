package standalone

import "go/types"

// walk visits the types that can be reached from roots in up to 8 steps.
func walk(roots []types.Type, visit func(types.Type)) {
	type reached struct {
		t     types.Type
		depth int
	}
	var work []reached
	seen := make(map[types.Type]bool)
	reach := func(t types.Type, depth int) {
		if _, basic := t.(*types.Basic); t != nil && !basic && !seen[t] && depth <= 8 {
			seen[t] = true
			work = append(work, reached{t, depth})
		}
	}
	for _, t := range roots {
		reach(t, 0)
	}
	for n := 0; n < 96 && len(work) > 0; n++ {
		r := work[0]
		work = work[1:]
		visit(r.t)
		parts(r.t, func(t types.Type) { reach(t, r.depth+1) })
	}
}

// walkBy is walk in an order of its own: next chooses among the n types that were
// reached but not visited yet. The first one is next if it is nil.
func walkBy(roots []types.Type, next func(n int) int, visit func(types.Type)) {
	type reached struct {
		t     types.Type
		depth int
	}
	var work []reached
	seen := make(map[types.Type]bool)
	reach := func(t types.Type, depth int) {
		if _, basic := t.(*types.Basic); t != nil && !basic && !seen[t] && depth <= 8 {
			seen[t] = true
			work = append(work, reached{t, depth})
		}
	}
	for _, t := range roots {
		reach(t, 0)
	}
	for n := 0; n < 96 && len(work) > 0; n++ {
		r := work[0]
		if next == nil {
			work = work[1:]
		} else {
			i := next(len(work))
			r = work[i]
			work[i] = work[len(work)-1]
			work = work[:len(work)-1]
		}
		visit(r.t)
		parts(r.t, func(t types.Type) { reach(t, r.depth+1) })
	}
}

// typesOf returns the types of a package's objects.
func typesOf(pkg *types.Package) (list []types.Type) {
	for _, name := range pkg.Scope().Names() {
		list = append(list, pkg.Scope().Lookup(name).Type())
	}
	return list
}
