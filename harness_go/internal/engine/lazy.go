package engine

import (
	"go/types"
	"strings"
	"time"

	"typerace/harness/internal/clients"
	"typerace/harness/internal/lazy"
	"typerace/harness/internal/wire"
)

const (
	// lazyTypes is how many types each query is asked of.
	lazyTypes = 256
	// lazyDepth is how often an operation is repeated on what it brought into
	// being: an instance's methods have types that are lazy again.
	lazyDepth = 3
	// lazyParts is how many requests it takes until each query was asked: most
	// lazy state is completed by many of them.
	lazyParts = 4
)

// Lazy reads the packages of a test case in one goroutine, one operation after
// another, and says which fields each of them changed: what a reader writes
// races with a second reader, unless something orders the two.
//
// The operations are queries (all of them if the request is thorough, or else a
// part that depends on its id), asked of every type reachable (found without
// the API, so that nothing is completed by looking for it), and those of the
// scenario, and a check of each package that is not complete.
func (e *Engine) Lazy(req *wire.RunRequest) (*wire.LazyReply, error) {
	began := time.Now()
	alone := *req
	alone.Flags = wire.FlagSequential
	options, err := readOptions(&alone)
	if err != nil {
		return nil, err
	}
	e.godebug.set(req.Godebug)
	e.watched = options.foreign
	e.alone()
	defer e.together()
	s := &survey{e: e, req: &alone, options: options, reply: &wire.LazyReply{}}
	s.start()
	for i := range queries {
		thorough := req.Flags&wire.FlagThorough != 0
		if !thorough && (uint64(i)+req.ID)%lazyParts != 0 {
			continue
		}
		if q := &queries[i]; !q.client || clients.Available {
			s.try(func() []wire.LazyChange { return s.query(q) })
		}
	}
	for _, op := range s.operations() {
		op := op
		s.try(func() []wire.LazyChange { return s.operation(op) })
	}
	e.memory.collect()
	s.reply.NS = uint64(time.Since(began))
	return s.reply, nil
}

// survey is the work of one request.
type survey struct {
	e       *Engine
	req     *wire.RunRequest
	options options
	reply   *wire.LazyReply

	r        *round
	packages []*types.Package
	graph    *lazy.Graph
}

// start makes packages anew, and the copy that they are compared with.
func (s *survey) start() {
	s.r = newRound(s.req, s.options)
	if sch := s.e.Scheduler; sch != nil {
		s.r.reseed = sch.Reseed
	}
	s.r.before()
	if len(s.r.first.panics) == 0 && len(s.r.complete()) == 0 {
		// Nothing is complete before the goroutines: all of it is now.
		for i := range s.r.sources {
			s.protect(func() { s.r.first.check(&call{path: s.req.Packages[i].Path}) })
		}
	}
	s.r.instances = s.r.first.instances
	s.packages = s.r.complete()
	s.look()
}

func (s *survey) look() {
	s.graph = lazy.New(s.packages, s.r.instances)
	s.reply.Nodes = max(s.reply.Nodes, uint32(s.graph.Nodes()))
}

// protect says whether f returned: what panics in one goroutine is found by
// running the test case.
func (s *survey) protect(f func()) (ok bool) {
	defer func() { ok = recover() == nil }()
	f()
	return
}

// try tries an operation on packages that nobody has read.
func (s *survey) try(f func() []wire.LazyChange) {
	s.reply.Operations++
	changes := f()
	if len(changes) > 0 {
		s.reply.Changes = append(s.reply.Changes, changes...)
		s.start()
	}
}

// changed are the changes as those of an operation, which is told the import
// path of the package that leads to them.
func (s *survey) changed(op func(path string) []string) []wire.LazyChange {
	var changes []wire.LazyChange
	for _, c := range s.graph.Changes() {
		path := instancesName
		if c.Root < len(s.packages) {
			path = s.packages[c.Root].Path()
		}
		changes = append(changes, wire.LazyChange{Field: c.Field, Operation: op(path), Object: c.Object, Guard: c.Guard})
	}
	return changes
}

// query asks a query of every type.
func (s *survey) query(q *query) (changes []wire.LazyChange) {
	op := func(path string) []string { return []string{"walk", q.name, path, "declared"} }
	seen := map[string]bool{}
	for i := 0; i < lazyDepth; i++ {
		s.ask(q)
		news := s.changed(op)
		if len(news) == 0 {
			break
		}
		for _, c := range news {
			if !seen[c.Field] {
				seen[c.Field] = true
				changes = append(changes, c)
			}
		}
		s.look()
	}
	return changes
}

func (s *survey) ask(q *query) {
	g := newGoroutine(s.r, 1, nil)
	if q.scope != nil {
		s.protect(func() { g.walkScopes(q, s.packages, order{}) })
		return
	}
	ts, roots := s.graph.Types(lazyTypes)
	a := g.asker(nil)
	var recent [4]types.Type
	for i, t := range ts {
		a.pkg = nil
		if roots[i] < len(s.packages) {
			a.pkg = s.packages[roots[i]]
		}
		if skipType(t) {
			continue
		}
		if !q.pair {
			s.protect(func() { a.ask(q, t, nil) })
			continue
		}
		s.protect(func() { a.ask(q, t, t) })
		for _, other := range recent {
			if other != nil {
				s.protect(func() { a.ask(q, t, other) })
				s.protect(func() { a.ask(q, other, t) })
			}
		}
		recent[i%len(recent)] = t
	}
}

// operations are those of the scenario that read, each once, and a check of
// each package that is not complete.
func (s *survey) operations() []string {
	var ops []string
	seen := map[string]bool{}
	add := func(key string) {
		op := key
		if !seen[key] {
			seen[key] = true
			ops = append(ops, op)
		}
	}
	for i := range s.r.sources {
		if s.r.completed[i] == nil {
			add("check " + s.req.Packages[i].Path)
		}
	}
	const most = 12
	for _, list := range s.req.Go {
		for _, op := range list {
			if len(ops) >= most {
				continue
			}
			if !strings.Contains(" query walk set ", " "+readCall(op).word+" ") {
				add(op)
			}
		}
	}
	return ops
}

// operation executes an operation as a goroutine would.
func (s *survey) operation(op string) []wire.LazyChange {
	c := readCall(op)
	g := newGoroutine(s.r, 1, []*call{c})
	if !s.protect(func() { g.prepare(); g.execute(c) }) {
		// What a panic leaves behind is no test case.
		s.start()
		return nil
	}
	return s.changed(func(string) []string { return strings.Fields(op) })
}
