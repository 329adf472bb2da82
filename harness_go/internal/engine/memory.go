package engine

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// collectAfter is how much a process may allocate between collections. The cost of a collection
	// grows with the garbage, so rare collections are no cheaper than frequent ones. Memory that is
	// soon reused is still in the caches, together with the detector's shadow of it.
	collectAfter = 16 << 20
	// softLimit is the heap size at which the collector starts on its own, for a test case that
	// allocates that much by itself.
	softLimit = 256 << 20
)

// memory collects garbage between test cases instead of during them, except in a build without the
// race detector, which is to run like a user's program: while the collector works, a write to an
// interface variable takes longer, and a reader is more likely to see half of it. A collection during
// a test case costs time on every goroutine and changes where they are preempted.
type memory struct {
	sample    []metrics.Sample
	collected uint64
	// left is the number of bytes after the last collection.
	left uint64
}

func (m *memory) init() {
	m.sample = []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/heap/live:bytes"}}
	if RaceDetector {
		debug.SetGCPercent(-1)
		debug.SetMemoryLimit(softLimit)
	}
}

// collect runs the collector if there is enough to collect.
func (m *memory) collect() {
	metrics.Read(m.sample)
	if m.sample[0].Value.Kind() != metrics.KindUint64 {
		return
	}
	if now := m.sample[0].Value.Uint64(); now-m.collected > collectAfter {
		m.collected = now
		runtime.GC()
		metrics.Read(m.sample)
		if m.sample[1].Value.Kind() == metrics.KindUint64 {
			m.left = m.sample[1].Value.Uint64()
		}
	}
}

// live is the number of bytes after the last collection; 0 before the first.
func (m *memory) live() uint64 { return m.left }
