package engine

import (
	"runtime"
	"time"
)

// How long a goroutine waits at a meeting. Those who are waited for are
// expected to come, so it is only bounded: on a loaded machine a goroutine may
// not run for milliseconds, and what then does not overlap hides its races.
// An error is not expected of everyone, so that wait is short.
const (
	patience      = 20 * time.Millisecond
	errorPatience = 2 * time.Millisecond
)

// meeting is a point where goroutines wait for one another so that what they
// do next overlaps.
//
// It must not order them: locks, channels and atomics would be seen by the
// race detector, and everything before the meeting would be ordered before
// everything after it. So goroutines write and read plain memory, in functions
// that the detector does not look into. Every slot has one writer, and it is
// enough that its writes are seen some time.
type meeting struct {
	// arrived counts each goroutine's arrivals.
	arrived []slot
	// party says who is waited for.
	party []bool
	// left says whose goroutine has ended, for all meetings of a round.
	left     []slot
	patience time.Duration
	// strangers counts arrivals of goroutines that the caller cannot name.
	strangers uint32
	over      bool
}

// slot has a cache line for itself.
type slot struct {
	n uint32
	_ [60]byte
}

func newMeeting(party []bool, left []slot, patience time.Duration) *meeting {
	return &meeting{arrived: make([]slot, len(left)), party: party, left: left, patience: patience}
}

// meet is the goroutine's next arrival; it waits until the others have arrived
// as often, have ended, or patience is at its end.
//
//go:norace
func (m *meeting) meet(id int) {
	if m == nil || !m.party[id] {
		return
	}
	m.arrived[id].n++
	n := m.arrived[id].n
	var began time.Time
	for spins := 0; !m.complete(n); spins++ {
		if m.late(&began, spins) {
			return
		}
	}
}

// meetOnce is meet for the first arrival; later ones do not wait.
//
//go:norace
func (m *meeting) meetOnce(id int) {
	if m != nil && m.arrived[id].n == 0 {
		m.meet(id)
	}
}

// meetStranger is for a caller that does not know which goroutine it is on.
// They count each other; once a meeting came to its end nobody waits.
//
//go:norace
func (m *meeting) meetStranger() {
	if m == nil || m.over {
		return
	}
	m.strangers++
	var began time.Time
	for spins := 0; !m.over && m.strangers < m.expected(); spins++ {
		if m.late(&began, spins) {
			break
		}
	}
	m.over = true
}

// late yields, and says whether the goroutine waited long enough.
//
//go:norace
func (m *meeting) late(began *time.Time, spins int) bool {
	runtime.Gosched()
	if spins%16 != 0 {
		return false
	}
	now := time.Now()
	if began.IsZero() {
		*began = now
	}
	return now.Sub(*began) > m.patience
}

//go:norace
func (m *meeting) complete(n uint32) bool {
	for i := range m.arrived {
		if m.party[i] && m.arrived[i].n < n && m.left[i].n == 0 {
			return false
		}
	}
	return true
}

//go:norace
func (m *meeting) expected() (n uint32) {
	for i := range m.party {
		if m.party[i] && m.left[i].n == 0 {
			n++
		}
	}
	return n
}

// leave takes the goroutine out of every meeting.
//
//go:norace
func leave(left []slot, id int) {
	left[id].n = 1
}
