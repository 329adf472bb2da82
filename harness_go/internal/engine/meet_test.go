package engine

import (
	"sync"
	"testing"
	"time"
)

// Two goroutines that wait at different meetings, each for the other, go on.
func TestMeetingsDoNotWaitForEachOther(t *testing.T) {
	const forever = time.Hour
	r := &round{attendance: newAttendance(3)}
	everyone := []bool{false, true, true}
	one, other := r.newMeeting(everyone, forever), r.newMeeting(everyone, forever)
	r.attendance.expect(1)
	r.attendance.expect(2)
	var wg sync.WaitGroup
	wg.Add(2)
	for id, m := range []*meeting{1: one, 2: other} {
		if id == 0 {
			continue
		}
		go func(id int, m *meeting) {
			defer wg.Done()
			defer r.attendance.leave(id)
			m.meet(id)
		}(id, m)
	}
	// With meetings that wait for each other this takes an hour.
	wg.Wait()
}

// A goroutine whose meeting is complete is about to go on, though it still counts as
// waiting.
func TestWhoIsOnItsWayIsWaitedFor(t *testing.T) {
	r := &round{attendance: newAttendance(3)}
	everyone := []bool{false, true, true}
	first, second := r.newMeeting(everyone, time.Hour), r.newMeeting(everyone, time.Hour)
	r.attendance.expect(1)
	r.attendance.expect(2)
	r.attendance.waits(1, first, 1)
	first.arrived[1].n = 1
	if !r.attendance.stuck(2) {
		t.Error("goroutine 1 waits for goroutine 2, and is taken for running")
	}
	first.arrived[2].n = 1
	second.arrived[2].n = 1
	if r.attendance.stuck(2) {
		t.Error("goroutine 1 can go on, and is taken for stuck")
	}
}
