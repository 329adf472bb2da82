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

// watchEvery is how often the heap is looked at while a test case runs. Most test cases
// end before the first look.
const watchEvery = 20 * time.Millisecond

// idleTicks is the number of looks without an allocation after which watching stops. A
// pending timer keeps the runtime from noticing that all goroutines are asleep. A heap
// that grows after that shows in the process's size, which the parent watches.
const idleTicks = 3

// watch keeps an eye on the heap while a test case runs. It shares nothing with the
// goroutines of the scenario. The race detector does not see it, as it does not see the
// locks of a timer that fires while the detector is turned off (package quiet).
type watch struct {
	// Cap is how many bytes the heap may have above what the harness itself needs;
	// 0 for no cap.
	Cap uint64
	// Profile is called with a heap profile when the heap is over the cap.
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

// read returns a figure of the last metrics.Read; 0 if this Go does not have it.
//
//go:norace
func (w *watch) read(i int) uint64 {
	if w.sample[i].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return w.sample[i].Value.Uint64()
}

// collected is how many bytes a collection leaves.
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

// begin starts watching, end stops it. The lock is between the timer and the
// goroutine that runs the test case; the scenario's goroutines never see it.
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

// look looks at the heap and says whether to look again.
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
	// Most of it may be garbage, as collections are postponed.
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

// heapProfile is a profile as text: `go tool pprof` and people can read it.
func heapProfile() []byte {
	var text bytes.Buffer
	// A heap profile has no goroutine labels, which package schedule uses for
	// pointers of its own.
	if err := pprof.Lookup("heap").WriteTo(&text, 1); err != nil {
		return []byte("no heap profile: " + err.Error() + "\n")
	}
	return text.Bytes()
}

// Heap collects garbage and says how many bytes are left.
func (e *Engine) Heap(req *wire.HeapRequest) *wire.HeapReply {
	if req.Exact {
		runtime.MemProfileRate = 1
	}
	e.watch.mu.Lock()
	defer e.watch.mu.Unlock()
	// Objects with finalizers, and the profile, are one collection late.
	runtime.GC()
	reply := &wire.HeapReply{Live: e.watch.collected()}
	if req.Profile {
		reply.Profile = string(heapProfile())
	}
	return reply
}
