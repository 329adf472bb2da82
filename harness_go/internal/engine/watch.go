package engine

import (
	"bytes"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"sync"
	"time"

	"typerace/harness/internal/wire"
)

// watchEvery is the interval at which the heap is checked while a test case runs. Most test cases
// end before the first check.
const watchEvery = 20 * time.Millisecond

// idleTicks is the number of checks without an allocation after which watching stops. A pending
// timer keeps the runtime from noticing that all goroutines are asleep. If a heap grows after that,
// the process's size shows it, which the parent watches.
const idleTicks = 3

// watch checks the heap while a test case runs. It shares nothing with the goroutines of the
// scenario. The race detector does not see it, because it does not see the locks of a timer that
// fires while the detector is turned off (package quiet).
type watch struct {
	// Cap is the number of bytes that the heap may have above the harness's own needs; 0 for no
	// cap.
	Cap uint64
	// Profile is called with a heap profile when the heap exceeds the cap.
	Profile func([]byte)

	status *Status
	own    uint64

	mu     sync.Mutex
	active bool
	timer  *time.Timer
	sample []metrics.Sample
	allocs uint64
	idle   int
}

const (
	allocated = iota
	objects
	live
)

func (w *watch) init(status *Status) {
	w.status = status
	w.sample = []metrics.Sample{
		{Name: "/gc/heap/allocs:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/heap/live:bytes"},
	}
	w.own = w.collected()
}

// read returns a figure of the last metrics.Read; 0 if this Go release does not have it.
//
//go:norace
func (w *watch) read(i int) uint64 {
	if w.sample[i].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return w.sample[i].Value.Uint64()
}

// collected returns the number of bytes left after a collection.
//
//go:norace
func (w *watch) collected() uint64 {
	runtime.GC()
	metrics.Read(w.sample)
	if n := w.read(live); n > 0 {
		return n
	}
	return w.read(objects)
}

// begin starts watching, and end stops it. The lock is between the timer and the goroutine that
// runs the test case; the scenario's goroutines never see it.
//
//go:norace
func (w *watch) begin() {
	if w.Cap == 0 || w.status == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.allocs, w.idle, w.active = 0, 0, true
	w.status.tooLarge(0)
	if w.timer == nil {
		w.timer = time.AfterFunc(watchEvery, w.tick)
	} else {
		w.timer.Reset(watchEvery)
	}
}

//go:norace
func (w *watch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.active = false
	if w.timer != nil {
		w.timer.Stop()
	}
}

//go:norace
func (w *watch) tick() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.active && w.look() {
		w.timer.Reset(watchEvery)
	}
}

// look checks the heap and reports whether to check again.
//
//go:norace
func (w *watch) look() bool {
	metrics.Read(w.sample)
	n := w.read(allocated)
	if n != w.allocs {
		w.idle = 0
	} else if w.idle++; w.idle >= idleTicks {
		return false
	}
	w.allocs = n
	if w.read(objects) <= w.own+w.Cap {
		return true
	}
	// Most of it may be garbage, because collections are postponed.
	heap := w.collected()
	if heap <= w.own+w.Cap {
		return true
	}
	if w.Profile != nil {
		w.Profile(heapProfile())
	}
	w.status.tooLarge(heap)
	return false
}

// heapProfile returns a profile as text, which people and `go tool pprof` can read.
func heapProfile() []byte {
	var text bytes.Buffer
	// A heap profile has no goroutine labels, in which package schedule stores its own pointers.
	if err := pprof.Lookup("heap").WriteTo(&text, 1); err != nil {
		return []byte("no heap profile: " + err.Error() + "\n")
	}
	return text.Bytes()
}

// Heap collects garbage and returns the number of bytes left.
func (e *Engine) Heap(req *wire.HeapRequest) *wire.HeapReply {
	if req.Exact {
		runtime.MemProfileRate = 1
	}
	e.watch.mu.Lock()
	defer e.watch.mu.Unlock()
	// Objects with finalizers, and the profile, lag one collection behind.
	runtime.GC()
	reply := &wire.HeapReply{Live: e.watch.collected()}
	if req.Profile {
		reply.Profile = string(heapProfile())
	}
	return reply
}
