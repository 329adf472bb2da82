package engine

import (
	"runtime"
	"time"
)

// How long a goroutine waits at a meeting. The others are expected to come, so this is
// only a bound: on a loaded machine a goroutine may not run for milliseconds, and
// operations that then do not overlap hide their races. Not every goroutine is expected
// to see an error, so that wait is short.
const (
	patience      = 20 * time.Millisecond
	errorPatience = 2 * time.Millisecond
)

// meeting is a point where goroutines wait for one another so that what they
// do next overlaps.
//
// It must not order them: the race detector would see locks, channels and atomics, and
// everything before the meeting would be ordered before everything after it. So
// goroutines write and read plain memory, in functions that the detector does not
// instrument. Every slot has one writer, and it is enough that others see its writes
// eventually.
type meeting struct {
	// arrived counts each goroutine's arrivals.
	arrived []slot
	// party says which goroutines are waited for.
	party []bool
	// round knows which goroutines have ended and which wait, at any meeting of the round.
	round    *attendance
	patience time.Duration
	// scheduler is the seeded schedule's, or nil.
	scheduler Scheduler
	// strangers counts arrivals of goroutines that the caller cannot name.
	strangers uint32
	over      bool
}

// slot has a cache line for itself.
type slot struct {
	n uint32
	_ [60]byte
}

func (r *round) newMeeting(party []bool, patience time.Duration) *meeting {
	m := &meeting{
		arrived: make([]slot, len(party)), party: party, round: r.attendance,
		patience: patience, scheduler: r.scheduler,
	}
	r.attendance.add(m)
	return m
}

// meet is the goroutine's next arrival; it waits until the others have arrived
// as often, have ended, cannot come, or patience is at its end.
//
//go:norace
func (m *meeting) meet(id int) {
	if m == nil || !m.party[id] {
		return
	}
	m.arrived[id].n++
	n := m.arrived[id].n
	if m.complete(n) {
		return
	}
	m.round.waits(id, m, n)
	wait := waiting{id: id}
	for !m.complete(n) && !m.round.stuck(id) && !m.late(&wait) {
	}
	m.round.goesOn(id)
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
// Such callers count each other; after a meeting has ended none of them waits.
//
//go:norace
func (m *meeting) meetStranger() {
	if m == nil || m.over {
		return
	}
	m.strangers++
	var wait waiting
	for !m.over && m.strangers < m.expected() && !m.late(&wait) {
	}
	m.over = true
}

const (
	// turnsPatience is how many turns a goroutine gives up at a meeting under a seeded
	// schedule, where a clock would make the run differ from time to time.
	turnsPatience = 64
	// idlePatience is how many of them in a row may pass without a step by another
	// goroutine: after the first, any goroutine that woke up has had its turn.
	idlePatience = 2
	// spins is how often a goroutine yields before it sleeps. A spinning goroutine takes
	// the processor from those that work, here or in another process, and a meeting that
	// is not complete after so many yields will take them a while longer.
	spins = 64
	// nap is short beside a check, so that what follows the meeting overlaps.
	// To the race detector, sleeping does not synchronize.
	nap = 20 * time.Microsecond
)

// waiting is one wait at a meeting.
type waiting struct {
	id    int // 0 if it is not known
	turns int
	idle  int
	began time.Time
}

// late yields, and says whether the goroutine waited long enough.
//
//go:norace
func (m *meeting) late(w *waiting) bool {
	w.turns++
	if m.scheduler != nil && w.id > 0 {
		if m.scheduler.Yield(w.id - 1) {
			w.idle = 0
		} else {
			w.idle++
		}
		return w.turns > turnsPatience || w.idle > idlePatience
	}
	if w.turns <= spins {
		runtime.Gosched()
		return false
	}
	if w.began.IsZero() {
		w.began = time.Now()
	}
	time.Sleep(nap)
	return time.Since(w.began) > m.patience
}

//go:norace
func (m *meeting) complete(n uint32) bool {
	for i := range m.arrived {
		if m.party[i] && m.arrived[i].n < n && m.round.left[i].n == 0 {
			return false
		}
	}
	return true
}

//go:norace
func (m *meeting) expected() (n uint32) {
	for i := range m.party {
		if m.party[i] && m.round.left[i].n == 0 {
			n++
		}
	}
	return n
}
