// Package schedule makes the interleaving of goroutines a function of a seed.
//
// Probes at the entry of go/types' functions (see ../../instrument) call a hook. There the
// goroutine whose turn it is counts a step and may pass on the turn, and any other goroutine waits
// for its turn. With one processor only the goroutine whose turn it is makes progress, whatever the
// runtime's scheduler or the garbage collector does.
//
// Nothing here may order goroutines in the eyes of the race detector: the code that runs between
// them consists of norace functions that use plain variables and runtime.Gosched, which is not
// synchronization. A goroutine identifies itself by its profiler label, which is a pointer in its
// g; reading it is not synchronization either.
//
// Only the command imports it, because it needs -checklinkname=0. Without the probes, the hook is
// never called.
package schedule

import (
	"runtime"
	"sort"
	"unsafe"
)

// taker is a goroutine that takes turns.
type taker struct {
	index int
	done  bool
	// last is the function of its last step, plus one.
	last uint32
	// priority is used by the priority strategy: the highest priority goes first.
	priority uint64
	// quiet is the number of nested sections that the goroutine is in that no seed can repeat.
	quiet int
}

// spinLimit is how often a waiting goroutine yields without seeing a step before it decides that
// the goroutine whose turn it is has blocked on a lock. On one processor, Gosched returns after
// every runnable goroutine had a time slice, so the limit is not reached by chance; each yield
// costs a microsecond for each goroutine.
const spinLimit = 8

// between is what the bits of a seed from the 40th on are, if it chooses another strategy: a goroutine
// passes on its turn between two functions, whenever its step in the one follows its step in the other.
// The lower 32 bits name the two (wire.SharedWrite). Goroutines that do the same meet at each such
// place.
const between = 1

// changes is how many times priorities change: most races and deadlocks need one or two (Burckhardt
// and others, A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs, 2010).
const changes = 4

// Schedule is the state of the running schedule; a process has one.
type Schedule struct {
	takers []*taker
	turn   int
	steps  uint64
	random uint64
	seed   uint64
	// yieldBelow is the chance, out of 2^16, of passing on the turn at a step; 0 selects the
	// priority strategy.
	yieldBelow uint64
	// changeAt are the steps at which the running goroutine's priority drops below all others
	// (PCT's change points), ascending. The first `changed` of them are over.
	changeAt [changes]uint64
	changed  int
	// from and to are the two functions of a turn, each plus one; 0 for the other strategies.
	from, to uint32
	// alone stands for a goroutine that works alone and whose steps are marked; nil if there is none.
	alone *taker
	mark  func(function uint32)
	// stolen counts turns that were taken from blocked goroutines.
	stolen uint64
	// trace is a hash over (goroutine, function) of every step: two runs with the same trace had
	// the same interleaving.
	trace uint64
	// refused counts consecutive failures to get a lock since the step refusedAt.
	refused   int
	refusedAt uint64
}

//go:linkname typeraceHook go/types.typeraceHook
var typeraceHook func(function uint32)

// typeraceHush is called where probes must become silent, and where they may sound again.
//
//go:linkname typeraceHush go/types.typeraceHush
var typeraceHush func(quiet bool)

// reseed sets the random state of the running thread, which determines the order of map iterations;
// nil in a build without instrumentation.
//
//go:linkname reseed runtime.typeraceSeed
var reseed func(seed uint64)

//go:linkname profLabel runtime/pprof.runtime_getProfLabel
func profLabel() unsafe.Pointer

//go:linkname setProfLabel runtime/pprof.runtime_setProfLabel
func setProfLabel(unsafe.Pointer)

// Start arms the schedule for n goroutines. Change points are spread over the usual number of steps
// in a run.
func (s *Schedule) Start(seed uint64, n int) {
	s.takers = make([]*taker, n)
	s.seed = seed
	s.random = seed*0x9e3779b97f4a7c15 + 1
	s.turn, s.steps, s.changed, s.stolen, s.trace = 0, 0, 0, 0, 0
	s.refused, s.refusedAt = 0, 0
	for i := range s.takers {
		s.takers[i] = &taker{index: i, priority: s.next()>>1 | 1<<32}
	}
	s.yieldBelow, s.from, s.to = 0, 0, 0
	if to := uint32(seed & 0xffff); seed>>40 == between && to != 0 {
		s.from, s.to = uint32(seed>>16&0xffff), to
	} else if seed%2 == 1 {
		// From one in 16 steps to one in 4096. More frequent changes cost time but add no order:
		// the race detector compares unordered accesses, however far apart they are.
		s.yieldBelow = 1 << (4 + s.next()>>32%9)
	} else {
		for i := range s.changeAt {
			// Uneven powers of two up to 4096, so that short runs get their share.
			s.changeAt[i] = 1 + (s.next()>>16)%(16<<(s.next()>>16%9))
		}
		sort.Slice(s.changeAt[:], func(i, j int) bool { return s.changeAt[i] < s.changeAt[j] })
	}
	s.turn = s.pick(-1)
	typeraceHook, typeraceHush, typeraceBlock = s.probe, s.hush, s.block
}

// Stop disarms it, when all goroutines have left.
func (s *Schedule) Stop() {
	typeraceHook, typeraceHush, typeraceBlock = nil, nil, nil
	s.alone = nil
}

// Watch calls mark at each step until Stop: those of one goroutine that works alone.
func (s *Schedule) Watch(mark func(function uint32)) {
	s.alone, s.mark = &taker{}, mark
	typeraceHook, typeraceHush = s.probe, s.hush
}

// me returns the taker that the calling goroutine is; nil if it is none.
//
//go:norace
func (s *Schedule) me() *taker {
	if me := (*taker)(profLabel()); me != nil {
		return me
	}
	return s.alone
}

// Trace identifies the interleaving: a hash over the goroutine and the function of
// every step.
func (s *Schedule) Trace() uint64 { return s.trace }

// Steps is the number of probes passed.
func (s *Schedule) Steps() uint64 { return s.steps }

// Stolen is how often a turn was taken from a goroutine that had blocked.
func (s *Schedule) Stolen() uint64 { return s.stolen }

// Reseed sets the random state of the calling thread. go/types iterates over maps, so the coverage
// of a sequential run depends on it.
func (s *Schedule) Reseed(seed uint64) {
	if reseed != nil {
		reseed(seed)
	}
}

// Enter registers the calling goroutine as the i-th taker, and waits for its first turn.
//
//go:norace
func (s *Schedule) Enter(i int) {
	setProfLabel(unsafe.Pointer(s.takers[i]))
	s.wait(s.takers[i])
}

// Leave ends the calling goroutine's participation, and passes on its turn.
//
//go:norace
func (s *Schedule) Leave(i int) {
	s.takers[i].done = true
	setProfLabel(nil)
	if s.turn == i {
		s.turn = s.pick(i)
	}
}

// Yield passes the turn to the next goroutine, in a fixed order, and returns when it is the
// caller's turn again: for a goroutine that waits for others. It reports whether any of them took a
// step meanwhile; if not, they wait or have blocked.
//
//go:norace
func (s *Schedule) Yield(i int) bool {
	steps := s.steps
	if s.turn == i {
		s.turn = s.after(i)
	}
	s.wait(s.takers[i])
	return s.steps != steps
}

//go:norace
func (s *Schedule) next() uint64 {
	// splitmix64
	s.random += 0x9e3779b97f4a7c15
	z := s.random
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// pick returns the next taker: by priority, in a fixed order between two functions, or at random among
// those that are not done, other than from if there is a choice. It returns from, or -1, if all are
// done.
//
//go:norace
func (s *Schedule) pick(from int) int {
	if s.to != 0 {
		return s.after(from)
	}
	n := len(s.takers)
	best := -1
	if s.yieldBelow != 0 {
		skip := int(s.next() >> 33)
		for k := 0; k < n; k++ {
			i := (skip + k) % n
			if !s.takers[i].done && (i != from || best < 0) {
				best = i
				if i != from {
					break
				}
			}
		}
		return best
	}
	for i := 0; i < n; i++ {
		if !s.takers[i].done && (best < 0 || s.takers[i].priority > s.takers[best].priority) {
			best = i
		}
	}
	return best
}

//go:norace
func (s *Schedule) probe(function uint32) {
	me := s.me()
	if me == nil {
		return
	}
	if me == s.alone {
		if me.quiet == 0 {
			s.mark(function)
		}
		return
	}
	if s.turn != me.index {
		s.wait(me)
	}
	if me.quiet > 0 {
		return
	}
	s.steps++
	last := me.last
	me.last = function + 1
	s.trace = (s.trace ^ uint64(function)<<8 ^ uint64(me.index)) * 0x100000001b3
	if s.yieldBelow != 0 {
		if s.next()>>48 >= s.yieldBelow {
			return
		}
	} else if s.to != 0 {
		if function+1 != s.to || last != s.from {
			return
		}
	} else {
		if s.changed == changes || s.steps < s.changeAt[s.changed] {
			return
		}
		s.changed++
		me.priority = uint64(changes - s.changed)
	}
	s.turn = s.pick(me.index)
	if s.turn != me.index {
		s.wait(me)
	}
}

// wait yields until it is me's turn. If there is no step for long, the goroutine whose turn it is
// has blocked on a lock that a waiting goroutine holds, and the turn passes on. The successor is
// computed, and is not just the goroutine that notices first, so that it does not depend on the
// runtime's scheduler.
//
//go:norace
func (s *Schedule) wait(me *taker) {
	// A step or a stolen turn counts as progress: several goroutines wait, and only one steals.
	seen, spins := s.steps+s.stolen, 0
	for s.turn != me.index {
		runtime.Gosched()
		if s.steps+s.stolen != seen {
			seen, spins = s.steps+s.stolen, 0
			continue
		}
		if spins++; spins > spinLimit {
			s.stolen++
			s.turn = s.after(s.turn)
			spins = 0
		}
	}
	// Whichever goroutine ran in between, and on whatever thread, random choices from here on
	// depend on the step alone.
	if reseed != nil {
		reseed(s.seed ^ s.steps<<20 ^ uint64(me.index))
	}
}

// after returns the next taker after i that is not done.
//
//go:norace
func (s *Schedule) after(i int) int {
	n := len(s.takers)
	for k := 1; k <= n; k++ {
		if j := (i + k + n) % n; !s.takers[j].done {
			return j
		}
	}
	return i
}

// hush makes the calling goroutine's probes silent, or enables them again. It nests.
//
//go:norace
func (s *Schedule) hush(quiet bool) {
	me := s.me()
	switch {
	case me == nil:
	case quiet:
		me.quiet++
	case me.quiet > 0:
		me.quiet--
	}
}
