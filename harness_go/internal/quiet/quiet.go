// Package quiet has the race detector look away while one goroutine works alone.
//
// What one goroutine does before it starts others, and after it waited for all of
// them, is ordered and cannot race; but to watch it costs as much as the rest. The
// code that the compiler adds to each access asks first whether the address is in the
// heap, between two variables of package runtime. While the first of them is the
// greatest address there is, nothing is, and no access and no lock in the heap gets as
// far as the detector. Allocations and new goroutines still do: memory that is used
// again is known to be new, and whoever is started comes after what started it.
//
// Only the command imports it, as it needs -checklinkname=0.
package quiet

import _ "unsafe" // for go:linkname

// arenaStart is where the heap begins.
//
//go:linkname arenaStart runtime.racearenastart
var arenaStart uintptr

// workAlone says that the calling goroutine works alone, or no more: then the detector
// is not told of its functions either; nil in a build without instrumentation. Every
// other goroutine's are told: a call and its return must not lie on two sides of the
// switch, and of the caller's own they do in pairs.
//
//go:linkname workAlone runtime.typeraceWorkAlone
var workAlone func(alone bool)

// Switch turns the detector's watch over the heap off and on.
type Switch struct{ start uintptr }

// New returns a switch, if planting a race shows that it works: plant makes one and
// says how many reports came of it. Otherwise nil: everything is watched, which costs
// time and nothing else.
func New(plant func() int) *Switch {
	s := &Switch{arenaStart}
	if s.start == 0 || plant() != 1 {
		return nil
	}
	s.Quiet()
	silent := plant() == 0
	s.Loud()
	if !silent || plant() != 1 {
		return nil
	}
	return s
}

// Quiet turns the watch off. Only the caller's goroutine may be at work then.
//
//go:norace
func (s *Switch) Quiet() {
	arenaStart = ^uintptr(0)
	if workAlone != nil {
		workAlone(true)
	}
}

// Loud turns it on, before other goroutines are started.
//
//go:norace
func (s *Switch) Loud() {
	arenaStart = s.start
	if workAlone != nil {
		workAlone(false)
	}
}
