package engine

import (
	"runtime"
	"strings"
	"time"
)

// How long goroutines may take to end after the last operation returned, and how far
// apart their stacks are sampled after that.
const (
	yields      = 64
	leakPauses  = 10
	leakPause   = 2 * time.Millisecond
	samples     = 3
	sampleEvery = 30 * time.Millisecond
)

// leftovers are the stacks of goroutines that did not exist when the test case began and
// are still there after every operation has returned. A waiting goroutine counts if it
// has the same stack in every sample, a running one if it is in every sample.
func leftovers(before int) []string {
	// A goroutine signals that it is done a moment before it ends.
	for i := 0; i < yields && runtime.NumGoroutine() > before; i++ {
		runtime.Gosched()
	}
	for i := 0; i < leakPauses && runtime.NumGoroutine() > before; i++ {
		time.Sleep(leakPause)
	}
	if runtime.NumGoroutine() <= before {
		return nil
	}
	left := strangers()
	for i := 1; i < samples && len(left) > 0; i++ {
		time.Sleep(sampleEvery)
		now := strangers()
		for id, stack := range left {
			same := now[id]
			if same == "" || waits(stack) && place(same) != place(stack) {
				delete(left, id)
			}
		}
	}
	stacks := make([]string, 0, len(left))
	for _, stack := range left {
		stacks = append(stacks, stack)
	}
	return stacks
}

// own are words in the stacks of the harness's own goroutines.
var own = [...]string{"engine.(*watch).", "dump.WhenAsked", "os/signal."}

func isOwn(stack string) bool {
	for _, words := range own {
		if strings.Contains(stack, words) {
			return true
		}
	}
	return false
}

// strangers are the stacks of all goroutines but this one and the harness's own, by
// number.
func strangers() map[string]string {
	const most = 16 << 20
	text := make([]byte, 64<<10)
	for {
		n := runtime.Stack(text, true)
		if n < len(text) || n >= most {
			text = text[:n]
			break
		}
		text = make([]byte, 2*len(text))
	}
	found := make(map[string]string)
	// This goroutine comes first.
	for _, stack := range strings.Split(string(text), "\n\n")[1:] {
		id, _, ok := strings.Cut(strings.TrimPrefix(stack, "goroutine "), " [")
		if ok && !isOwn(stack) {
			found[id] = stack
		}
	}
	return found
}

// waits says whether a goroutine neither runs nor is ready to run.
func waits(stack string) bool {
	head, _, _ := strings.Cut(stack, "\n")
	return !strings.Contains(head, "[run") && !strings.Contains(head, "[sleep")
}

// place is a stack without its first line, which has the time it waited.
func place(stack string) string {
	_, frames, _ := strings.Cut(stack, "\n")
	return frames
}
