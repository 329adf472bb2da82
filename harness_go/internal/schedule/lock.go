package schedule

// patienceOfLocks is the number of turns that each goroutine gets, without a step by any of them,
// before a goroutine that waits for a lock blocks. By then it is a deadlock, or the lock's holder
// is blocked elsewhere.
const patienceOfLocks = 4

// block passes on the turn of a goroutine that fails to get a lock, and reports whether to try
// again. If all goroutines wait and none takes a step, they may block, so that a deadlock looks
// like one.
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
