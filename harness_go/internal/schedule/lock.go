package schedule

// patienceOfLocks is how many turns each goroutine has, without a step of anyone,
// until one that waits for a lock blocks: then it is a deadlock, or waits for one
// who is blocked elsewhere.
const patienceOfLocks = 4

// block hands on the turn of a goroutine that cannot have a lock, and says whether it
// is to try again. If all wait and none takes a step they may block, so that a
// deadlock looks like one.
//
//go:norace
func (s *Schedule) block() bool {
	me := (*taker)(profLabel())
	if me == nil {
		return false
	}
	if s.turn != me.index {
		s.wait(me)
		return true
	}
	if s.refusedAt != s.steps {
		s.refusedAt, s.refused = s.steps, 0
	}
	s.refused++
	s.turn = s.after(me.index)
	if s.refused > patienceOfLocks*len(s.takers) {
		return false
	}
	s.wait(me)
	return true
}
