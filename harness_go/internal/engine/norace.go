//go:build !race

package engine

import "runtime"

// RaceDetector says whether the program was built with the race detector.
const RaceDetector = false

// raceErrors is the number of races reported since the process started.
func raceErrors() int { return 0 }

// runs counts requests.
var runs int

// inStep says whether goroutines meet before each type of a walk, which they do in half of the
// requests. A type that they ask about at the same moment is written by one and read by the other.
func inStep() bool { return runs/2%2 == 0 }

// pressure keeps the garbage collector at work in every second request, until stop is called. While
// it works, the two words of an interface variable are written further apart, and goroutines are
// preempted more often: a reader that has no lock is more likely to see half a write. In a user's
// program that allocates, the collector is at work for a good part of the time.
func pressure() (stop func()) {
	runs++
	if runs%2 == 0 {
		return func() {}
	}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-end:
				return
			default:
				runtime.GC()
			}
		}
	}()
	return func() {
		close(end)
		<-ended
	}
}
