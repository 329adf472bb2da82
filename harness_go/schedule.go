package main

import (
	"runtime"
	"unsafe"
)

// A seeded schedule makes the interleaving of a run's goroutines a function of
// the seed. Probes at the entry of go/types' functions (see instrument) call
// schedule.probe; there the goroutine whose turn it is counts a step and may hand
// the turn on, and any other waits until it is its turn. With one processor only
// the goroutine whose turn it is makes progress, whatever the runtime's scheduler
// or the garbage collector do.
//
// Nothing here may order goroutines in the eyes of the race detector: these
// functions are norace, use plain variables and runtime.Gosched, which is no
// synchronisation. A goroutine knows itself by its profiler label, which is a
// pointer in its g; reading it is no synchronisation either.

// taker is a goroutine that takes turns.
type taker struct {
	index int
	done  bool
	// priority is used by the priority strategy: the greatest goes first.
	priority uint64
}

// spinLimit is how often a waiting goroutine yields without seeing a step before
// it decides that the one whose turn it is has blocked on a lock.
const spinLimit = 64

// pairBits is the size of the interleaving map, as a power of two.
const pairBits = 14

type schedule struct {
	on     bool
	takers []*taker
	turn   int
	steps  uint64
	random uint64
	// yieldBelow is the chance of handing the turn on at a step, of 2^16;
	// 0 selects the priority strategy.
	yieldBelow uint64
	// changeAt are the steps at which the running goroutine's priority drops
	// below all others (PCT's change points).
	changeAt [4]uint64
	changed  uint64
	// stolen counts turns that were taken from blocked goroutines.
	stolen uint64
	// trace is a hash over (goroutine, function) of every step: two runs with
	// the same trace had the same interleaving.
	trace        uint64
	lastFunction uint32
	lastIndex    int
	pairs        [1 << pairBits]byte
}

var theSchedule schedule

//go:linkname typeraceHook go/types.typeraceHook
var typeraceHook func(function uint32)

//go:linkname profLabel runtime/pprof.runtime_getProfLabel
func profLabel() unsafe.Pointer

//go:linkname setProfLabel runtime/pprof.runtime_setProfLabel
func setProfLabel(unsafe.Pointer)

// start arms the schedule for n goroutines. expected is about how many steps the
// run will have; change points are spread over it.
func (s *schedule) start(seed uint64, n int, expected uint64) {
	s.takers = make([]*taker, n)
	s.random = seed*0x9e3779b97f4a7c15 + 1
	s.turn, s.steps, s.changed, s.stolen, s.trace = 0, 0, 0, 0, 0
	s.lastIndex, s.lastFunction = -1, 0
	s.pairs = [1 << pairBits]byte{}
	for i := range s.takers {
		s.takers[i] = &taker{index: i, priority: s.next()>>1 | 1<<32}
	}
	s.yieldBelow = 0
	if seed%2 == 1 {
		// From every second step to one in 512.
		s.yieldBelow = 1 << (7 + s.next()>>32%9)
	} else {
		for i := range s.changeAt {
			s.changeAt[i] = 1 + (s.next()>>16)%max64(expected, 1)
		}
	}
	s.turn = s.pick(-1)
	s.on = true
	typeraceHook = s.probe
}

// stop disarms it. All takers are done.
func (s *schedule) stop() {
	s.on = false
	typeraceHook = nil
}

// enter makes the calling goroutine the i-th taker.
func (s *schedule) enter(i int) { setProfLabel(unsafe.Pointer(s.takers[i])) }

// leave ends the calling goroutine's part, and hands its turn on. A goroutine
// also leaves while it waits at a meeting point, and enters again behind it.
//
//go:norace
func (s *schedule) leave(i int) {
	s.takers[i].done = true
	setProfLabel(nil)
	if s.turn == i {
		s.turn = s.pick(i)
	}
}

// back undoes leave.
//
//go:norace
func (s *schedule) back(i int) {
	s.takers[i].done = false
	setProfLabel(unsafe.Pointer(s.takers[i]))
	if t := s.turn; t < 0 || s.takers[t].done {
		s.turn = s.pick(t)
	}
}

//go:norace
func (s *schedule) next() uint64 {
	// splitmix64
	s.random += 0x9e3779b97f4a7c15
	z := s.random
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// pick returns whose turn is next: by priority, or at random among those that are
// not done, other than from if there is a choice. -1 if all are done.
//
//go:norace
func (s *schedule) pick(from int) int {
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
func (s *schedule) probe(function uint32) {
	me := (*taker)(profLabel())
	if me == nil {
		return
	}
	if s.turn != me.index {
		s.wait(me)
	}
	s.steps++
	s.trace = (s.trace ^ uint64(function)<<8 ^ uint64(me.index)) * 0x100000001b3
	if s.lastIndex != me.index {
		s.pairs[pairOf(s.lastFunction, function)] = 1
		s.lastIndex = me.index
	}
	s.lastFunction = function
	if s.yieldBelow != 0 {
		if s.next()>>48 >= s.yieldBelow {
			return
		}
	} else {
		if s.changed >= uint64(len(s.changeAt)) {
			return
		}
		hit := false
		for _, at := range s.changeAt {
			hit = hit || at == s.steps
		}
		if !hit {
			return
		}
		s.changed++
		me.priority = uint64(len(s.changeAt)) - s.changed
	}
	s.turn = s.pick(me.index)
	if s.turn != me.index {
		s.wait(me)
	}
}

// wait yields until it is me's turn. If there is no step for long, whose turn it is
// has blocked on a lock that a waiting goroutine holds: the turn goes round. The
// successor is computed, not "whoever notices", so that it does not depend on the
// runtime's scheduler.
//
//go:norace
func (s *schedule) wait(me *taker) {
	seen, spins := s.steps, 0
	for s.turn != me.index {
		runtime.Gosched()
		if s.steps != seen {
			seen, spins = s.steps, 0
			continue
		}
		if spins++; spins > spinLimit {
			s.stolen++
			s.turn = s.after(s.turn)
			spins = 0
		}
	}
}

// after returns the next taker behind i that is not done.
//
//go:norace
func (s *schedule) after(i int) int {
	n := len(s.takers)
	for k := 1; k <= n; k++ {
		if j := (i + k + n) % n; !s.takers[j].done {
			return j
		}
	}
	return i
}

//go:norace
func pairOf(a, b uint32) uint32 {
	return (a*0x9e3779b1 ^ b*0x85ebca6b) >> (32 - pairBits)
}

func max64(a, b uint64) uint64 {
	if a > b {
		return a
	}
	return b
}
