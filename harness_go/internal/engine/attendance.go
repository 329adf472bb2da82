package engine

// attendance says which goroutines take part in a round's meetings. It is plain memory,
// as the meetings are, and every slot has one writer.
type attendance struct {
	meetings []*meeting
	// expected are the goroutines of the round.
	expected []bool
	// left says which goroutines have ended.
	left []slot
	// waiting says at which meeting a goroutine waits, from 1, and for which
	// arrival of the others.
	waiting []post
}

// post has a cache line for itself.
type post struct {
	meeting, n uint32
	_          [56]byte
}

func newAttendance(n int) *attendance {
	return &attendance{expected: make([]bool, n), left: make([]slot, n), waiting: make([]post, n)}
}

func (a *attendance) expect(id int) { a.expected[id] = true }

func (a *attendance) add(m *meeting) { a.meetings = append(a.meetings, m) }

// leave takes the goroutine out of every meeting.
//
//go:norace
func (a *attendance) leave(id int) {
	if a != nil {
		a.left[id].n = 1
	}
}

// waits notes that the goroutine waits for the others' n-th arrival.
//
//go:norace
func (a *attendance) waits(id int, m *meeting, n uint32) {
	for i, other := range a.meetings {
		if other == m {
			a.waiting[id].n = n
			a.waiting[id].meeting = uint32(i) + 1
		}
	}
}

//go:norace
func (a *attendance) goesOn(id int) { a.waiting[id].meeting = 0 }

// stuck says that every other goroutine also waits at a meeting that is not complete.
// At different meetings they would wait for each other until their patience ends. A
// goroutine whose meeting is complete is about to go on and does not count.
//
//go:norace
func (a *attendance) stuck(id int) bool {
	for i := range a.expected {
		if i == id || !a.expected[i] || a.left[i].n != 0 {
			continue
		}
		w := &a.waiting[i]
		if w.meeting == 0 || a.meetings[w.meeting-1].complete(w.n) {
			return false
		}
	}
	return true
}
