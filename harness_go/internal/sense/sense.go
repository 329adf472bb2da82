// Package sense sees half of a race in one goroutine: a write to memory that existed before the
// writing operation began, and what other operations do with that memory.
//
// While one goroutine works alone (see ../quiet), the functions that the compiler calls at each
// access append it to a log, unless the memory is on the goroutine's own stack or was allocated
// since the operation began. The instrumentation of package runtime (../../instrument/sense.go)
// does that with a few plain stores. Operations run one after another, with Begin and End around
// each. Then Stop says which places of go/types wrote to such memory, and which operations of other
// goroutines met these writes.
//
// Only the command imports it, because it needs -checklinkname=0.
package sense

import (
	"sort"
	"syscall"
	"unsafe"
)

// log belongs to the instrumentation, which has a struct like it.
//
//go:linkname log runtime.typeraceSense
var log struct {
	// context is that of the goroutine whose accesses are logged; 0 if none are.
	context uintptr
	// next is the place of the next entry, and end that of the first one without a place.
	next, end uintptr
	// heap is where the heap begins, covered how many of its bytes have an age, and ages where
	// their ages are: two bytes for eight.
	heap, covered, ages uintptr
	// epoch is the age of what is allocated now; 0 if ages are not noted.
	epoch uintptr
	// held is the number of mutexes that the goroutine has locked.
	held uintptr
}

// ownContext returns that of the calling goroutine. It is nil in a build without the
// instrumentation.
//
//go:linkname ownContext runtime.typeraceContext
var ownContext func() uintptr

// arenaStart is the address where the heap begins, unless the detector looks away.
//
//go:linkname arenaStart runtime.racearenastart
var arenaStart uintptr

// entry is an access in the log.
type entry struct {
	address uintptr
	// position is a return address in the function that made the access.
	position uintptr
	// age says when the memory was allocated. Higher bits say whether the access was a write, and
	// whether the goroutine held a mutex.
	age uint32
	// size is that of an access to a range; 0 for others.
	size uint32
}

const (
	writeBit  = 1 << 31
	lockedBit = 1 << 30
	ageBits   = 1<<16 - 1
	// capacity is that of the log. What happens when it is full is not seen.
	capacity = 1 << 20
	// maxSteps is how many steps of a run are noted.
	maxSteps = 1 << 18
	// covered is the part of the heap with ages. Nothing beyond it is logged.
	covered = 4 << 30
	// lastEpoch is the greatest age.
	lastEpoch = 1<<16 - 1
)

// Sense is the log with its table of ages.
type Sense struct {
	log, ages []byte
	runs      []run
	// steps are those of the operations; the first marked of them are valid.
	steps  []step
	marked int
	epoch  uint32
	// base is the age of what existed before the first operation. Older runs left smaller ages.
	base  uint32
	sites map[uintptr]*site
}

// run is an operation that ran: its entries, and the age of what it allocated.
type run struct {
	goroutine, operation int
	from, to             int
	epoch                uint32
	// step is the index of its first step, and lastStep that of the one after its last.
	step, lastStep int
}

// New returns a sense, or nil if the build is not instrumented for it. The detector must be
// watching.
func New() *Sense {
	if ownContext == nil || arenaStart == 0 {
		return nil
	}
	s := &Sense{sites: make(map[uintptr]*site)}
	if s.log = memory(capacity * int(unsafe.Sizeof(entry{}))); s.log == nil {
		return nil
	}
	if s.ages = memory(covered / 4); s.ages == nil {
		return nil
	}
	steps := memory(maxSteps * int(unsafe.Sizeof(step{})))
	if steps == nil {
		return nil
	}
	s.steps = unsafe.Slice((*step)(unsafe.Pointer(&steps[0])), maxSteps)
	log.heap, log.covered = arenaStart, covered
	log.ages = uintptr(unsafe.Pointer(&s.ages[0]))
	return s
}

// memory returns zeroed memory outside the heap; nil if there is none. Parts that are never touched
// cost nothing.
func memory(size int) []byte {
	const private = syscall.MAP_ANON | syscall.MAP_PRIVATE | syscall.MAP_NORESERVE
	b, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, private)
	if err != nil {
		return nil
	}
	return b
}

// Start forgets what was logged. What exists now counts as older than all operations.
func (s *Sense) Start() {
	if s.epoch > lastEpoch/2 {
		// Gives the memory back; it reads as zeros from now on.
		if syscall.Madvise(s.ages, syscall.MADV_DONTNEED) == nil {
			s.epoch = 0
		}
	}
	s.runs, s.marked = s.runs[:0], 0
	s.epoch++
	s.base = s.epoch
	log.next = uintptr(unsafe.Pointer(&s.log[0]))
	log.end = log.next + uintptr(len(s.log))
	log.epoch = uintptr(s.epoch)
}

// Begin logs the accesses of the calling goroutine, which is about to run an operation.
func (s *Sense) Begin(goroutine, operation int) {
	if s.epoch >= lastEpoch {
		return
	}
	s.epoch++
	s.runs = append(s.runs, run{goroutine, operation, s.logged(), s.logged(), s.epoch, s.marked, s.marked})
	log.epoch = uintptr(s.epoch)
	log.held = 0
	held = hold
	log.context = ownContext()
}

// hold is called when the number of mutexes that a goroutine holds changes.
func hold(locks int) {
	if ownContext() == log.context {
		log.held += uintptr(locks)
	}
}

// step is a step of an operation: the number of entries before it, and its function plus one.
type step struct {
	logged   uint32
	function uint32
}

// Mark notes a step of the running operation.
//
//go:norace
func (s *Sense) Mark(function uint32) {
	if log.context != 0 && s.marked < len(s.steps) {
		s.steps[s.marked] = step{uint32(s.logged()), function + 1}
		s.marked++
	}
}

// between returns the functions of an operation's last step before an entry and of its first step
// after it, as wire.SharedWrite has them. The entry is an index among all.
func (s *Sense) between(r *run, entry int) uint32 {
	steps := s.steps[r.step:r.lastStep]
	next := sort.Search(len(steps), func(i int) bool { return int(steps[i].logged) > entry })
	if next == len(steps) || steps[next].function > 0xffff {
		return 0
	}
	before := uint32(0)
	if next > 0 {
		before = steps[next-1].function & 0xffff
	}
	return before<<16 | steps[next].function
}

// End ends the operation that began last.
func (s *Sense) End() {
	log.context, held = 0, nil
	if n := len(s.runs); n > 0 {
		s.runs[n-1].to, s.runs[n-1].lastStep = s.logged(), s.marked
	}
}

// logged is the number of entries.
//
//go:norace
func (s *Sense) logged() int {
	return int(log.next-uintptr(unsafe.Pointer(&s.log[0]))) / int(unsafe.Sizeof(entry{}))
}

// entries are those of an operation.
func (s *Sense) entries(r *run) []entry {
	all := unsafe.Slice((*entry)(unsafe.Pointer(&s.log[0])), capacity)
	return all[r.from:r.to]
}
