package engine

import (
	"runtime"
	"sync"
)

// slotLife is the number of points of synchronization that a slot of the detector lasts for.
const slotLife = 1<<14 - 1

// Plant makes races until the detector reports one, and returns the number of reports: 0 only if
// the detector is silent.
//
// One race is not enough. The detector gives every new goroutine one of 255 slots. When all of
// them are almost used up, and before it starts afresh, two goroutines can get the same slot, and
// to the detector they are one: dozens of races in a row are missed. So Plant uses up a slot
// before it tries again.
func Plant() int {
	before := raceErrors()
	plantedRace()
	for i := 0; i < 8 && raceErrors() == before; i++ {
		var mu sync.Mutex
		for j := 0; j < slotLife; j++ {
			mu.Lock()
			mu.Unlock()
		}
		plantedRace()
	}
	return raceErrors() - before
}

// plantedRace is a race on purpose: two goroutines write a new variable, and nothing that the
// detector knows of orders the writes. The WaitGroup only orders each of them before the return.
//
// In fact they come one after the other. The detector checks an access and notes it down in two
// steps: two accesses at the same moment can miss each other (3 in 5 million), or be reported twice.
func plantedRace() {
	var wg sync.WaitGroup
	planted := new(int)
	writes := new(turn)
	for i := 0; i < 2; i++ {
		wg.Add(1)
		go func(i int) {
			writes.wait(i)
			*planted++
			writes.pass()
			wg.Done()
		}(i)
	}
	wg.Wait()
}

// turn puts goroutines in an order without the detector's knowledge.
type turn struct{ n int }

// wait returns when it is the turn of goroutine i.
//
//go:norace
func (t *turn) wait(i int) {
	for t.n != i {
		runtime.Gosched()
	}
}

//go:norace
func (t *turn) pass() { t.n++ }

// PlantShared reports whether a sense works: whether it logs a write to an object that is older than
// the operation, and none to a new one or to the stack.
func PlantShared(detector Detector, sense Sense) bool {
	detector.Quiet()
	defer detector.Loud()
	heap = new(planted)
	old := heap
	log := func(operation func()) uint32 {
		sense.Start()
		sense.Begin(1, 0)
		operation()
		sense.End()
		return sense.Stop().Entries
	}
	writes := log(func() { old.write() })
	fresh := log(func() { heap = new(planted); heap.write() })
	stack := log(func() { new(planted).write() })
	// The variable heap, which is written and read, is older than the operation.
	return writes == 1 && fresh == 2 && stack == 0
}

// planted is written to see whether that is logged.
type planted struct{ n [8]int }

// heap keeps an object off the stack.
var heap *planted

//go:noinline
func (p *planted) write() { p.n[0] = 1 }
