package engine

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// waitsFor has a name that stacks show.
func waitsFor(c chan bool) { <-c }

func TestLeftovers(t *testing.T) {
	// A goroutine of an earlier test that ends meanwhile would hide one that is left.
	before := runtime.NumGoroutine()
	for same := 0; same < 10; same++ {
		time.Sleep(10 * time.Millisecond)
		if now := runtime.NumGoroutine(); now != before {
			before, same = now, 0
		}
	}
	if got := leftovers(before); got != nil {
		t.Fatalf("nothing was left, got %q", got)
	}
	short := make(chan bool)
	go waitsFor(short)
	go func() { time.Sleep(5 * time.Millisecond); short <- true }()
	if got := leftovers(before); len(got) != 0 {
		t.Errorf("what ends soon is no leak, got %q", got)
	}
	long := make(chan bool)
	go waitsFor(long)
	got := leftovers(before)
	found := false
	// The test framework itself waits too.
	for _, stack := range got {
		found = found || strings.Contains(stack, "engine.waitsFor(") && strings.Contains(stack, "chan receive")
	}
	if !found {
		t.Errorf("one goroutine was left, got %q", got)
	}
	long <- true
}
