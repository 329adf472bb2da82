package engine

import (
	"testing"
	"time"
)

// filler holds the test's heap.
var filler [][]byte

func TestWatch(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct {
		name string
		keep bool
		over bool
	}{{"what is kept counts", true, true}, {"garbage does not", false, false}} {
		profiles := make(chan []byte, 1)
		status := NewStatus(make([]byte, StatusSize))
		w := &watch{Cap: 64 * mib, Profile: func(p []byte) { profiles <- p }}
		w.init(status)
		w.begin()
		for i := 0; i < 60; i++ {
			filler = append(filler, make([]byte, 2*mib))
			if !c.keep {
				filler = nil
			}
			time.Sleep(2 * time.Millisecond)
		}
		if c.over {
			select {
			case p := <-profiles:
				if len(p) == 0 {
					t.Errorf("%s: the profile is empty", c.name)
				}
			case <-time.After(10 * time.Second):
				t.Errorf("%s: it was not noticed", c.name)
			}
		}
		w.end()
		if got := status.Over > 0; got != c.over {
			t.Errorf("%s: over is %d bytes", c.name, status.Over)
		}
		filler = nil
	}
}

func TestAStillHeapIsNotWatched(t *testing.T) {
	w := &watch{Cap: 1 << 40}
	w.init(NewStatus(make([]byte, StatusSize)))
	w.begin()
	defer w.end()
	looks := 0
	for w.look() {
		if looks++; looks > 1000 {
			t.Fatal("a pending timer hides from the runtime that all goroutines are asleep")
		}
	}
}
