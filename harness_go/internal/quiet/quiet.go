// Package quiet makes the race detector look away while one goroutine works alone.
//
// The work of one goroutine before it starts others, and after it has waited for all of them, is
// ordered and cannot race. But watching it costs as much as watching the rest. The code that the
// compiler adds to each access first checks whether the address is in the heap, between two
// variables of package runtime. While the first of these has the greatest possible value, no
// address is in the heap, and no access or lock in the heap reaches the detector. Allocations and
// new goroutines still do: the detector learns that memory was reused, and that a goroutine comes
// after the one that started it.
//
// Only the command imports it, because it needs -checklinkname=0.
package quiet

import _ "unsafe" // for go:linkname

// arenaStart is the address where the heap begins.
//
//go:linkname arenaStart runtime.racearenastart
var arenaStart uintptr

// workAlone says whether the calling goroutine works alone. If it does, the detector does not learn
// of its function calls either. It is nil in a build without instrumentation. The calls of every
// other goroutine are still reported: a call and its return must not be on different sides of the
// switch, and only the caller's own calls and returns are certain to be on the same side.
//
//go:linkname workAlone runtime.typeraceWorkAlone
var workAlone func(alone bool)

// Switch turns the detector's watch over the heap off and on.
type Switch struct{ start uintptr }

// New returns a switch if a planted race shows that it works: plant makes a race and returns the
// number of reports it caused. Otherwise New returns nil, and everything is watched, which only
// costs time.
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

// Quiet turns the watch off. Only the caller's goroutine may run then.
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
