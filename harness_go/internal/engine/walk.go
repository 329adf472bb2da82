package engine

import "go/types"

// A recursive generic type has infinitely many instances, so a walk stops at a certain depth and
// number of types.
const (
	walkDepth = 8
	walkTypes = 96
)

// walker asks a query of every type reachable from its roots. It first asks and then looks for
// parts, so that the order of the walk is the order in which lazy types are completed.
type walker struct {
	asker
	query *query
	order order
	seen  map[types.Type]struct{}
	work  []reached
	taken int
	// recent are the latest types, for queries on two types.
	recent [4]types.Type
	// interfaces are the latest interfaces, for queries about them.
	interfaces [3]types.Type
	found      int
}

// reached is a type that is still to be visited.
type reached struct {
	t     types.Type
	depth int
}

// order says which type a walk takes next.
type order struct {
	reversed bool
	shuffled bool
	rotated  int
	state    uint64
}

// next is the index of the item to take, out of n.
func (o *order) next(n int) int {
	switch {
	case o.reversed:
		return n - 1
	case o.shuffled:
		// SplitMix64 is specified bit by bit, so a seed always gives the same order.
		o.state += 0x9e3779b97f4a7c15
		z := o.state
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return int((z ^ z>>31) % uint64(n))
	}
	return 0
}

// rotate puts the n-th item first.
func rotate[T any](o order, items []T) []T {
	if len(items) == 0 || o.rotated == 0 {
		return items
	}
	n := o.rotated % len(items)
	return append(append(make([]T, 0, len(items)), items[n:]...), items[:n]...)
}

// takeFrom takes the next item. The rest keeps its order unless it is shuffled anyway.
func takeFrom[T any](o *order, items []T) (T, []T) {
	i, last := o.next(len(items)), len(items)-1
	item := items[i]
	switch {
	case i == 0 && !o.shuffled:
		return item, items[1:]
	case i != last:
		items[i] = items[last]
	}
	return item, items[:last]
}

// walkTypes asks a query of the types that can be reached from roots.
func (g *goroutine) walkTypes(q *query, pkg *types.Package, roots []types.Type, o order) {
	w := &walker{asker: g.asker(pkg), query: q, order: o, seen: make(map[types.Type]struct{}, 64)}
	for _, t := range rotate(o, roots) {
		w.reach(t, 0)
	}
	for len(w.work) > 0 && w.taken < walkTypes {
		var next reached
		next, w.work = takeFrom(&w.order, w.work)
		g.round.atType.meet(g.id)
		w.take(next)
	}
}

// instanceRoots are the instances, from which a walk without a package starts.
func (g *goroutine) instanceRoots() []types.Type {
	var roots []types.Type
	if g.id > 0 {
		roots = append(roots, g.round.instances...)
	}
	return append(roots, g.instances...)
}

func (w *walker) reach(t types.Type, depth int) {
	if skipType(t) || depth > walkDepth {
		return
	}
	if _, ok := w.seen[t]; !ok {
		w.seen[t] = struct{}{}
		w.work = append(w.work, reached{t, depth})
	}
}

func (w *walker) take(r reached) {
	if !w.query.pair {
		w.ask(w.query, r.t, nil)
	} else {
		w.ask(w.query, r.t, r.t)
		for _, other := range w.recent {
			if other != nil {
				w.ask(w.query, r.t, other)
				w.ask(w.query, other, r.t)
			}
		}
		w.recent[w.taken%len(w.recent)] = r.t
	}
	if w.query.interfaces {
		w.askInterfaces(r.t)
	}
	w.taken++
	eachPart(r.t, func(part types.Type) { w.reach(part, r.depth+1) })
}

// askInterfaces asks whether the type implements the latest interfaces. Few of the recent types are
// interfaces, so interfaces are remembered separately.
func (w *walker) askInterfaces(t types.Type) {
	for _, i := range w.interfaces {
		if i != nil {
			w.ask(w.query, t, i)
		}
	}
	if _, ok := t.Underlying().(*types.Interface); ok {
		w.interfaces[w.found%len(w.interfaces)] = t
		w.found++
	}
}

// skipType reports whether a query on a type is useless: basic types have no lazy state, and the
// type may be nil.
func skipType(t types.Type) bool {
	switch t := t.(type) {
	case nil, *types.Basic:
		return true
	case *types.Tuple:
		return t.Len() == 0
	}
	return false
}
