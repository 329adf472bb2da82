package engine

import "unsafe"

// Stages of a test case, as the parent reads them.
const (
	stageIdle       = 0
	stageSetup      = 1
	stageConcurrent = 2
	stageLast       = 3
)

// Status is what the parent reads while a test case runs. It is in memory that both processes map,
// so the parent can read it even if this process is stuck.
type Status struct {
	// Stage says which limit applies now.
	Stage uint64
	// Over is the size of the heap if it exceeds the cap, otherwise 0.
	Over uint64
}

// StatusSize is the size of a Status in bytes.
const StatusSize = int(unsafe.Sizeof(Status{}))

// NewStatus places a Status in memory that must be aligned to 8 bytes.
func NewStatus(memory []byte) *Status {
	_ = memory[StatusSize-1]
	return (*Status)(unsafe.Pointer(&memory[0]))
}

// enter says which stage begins. Only the goroutine that runs the test case calls it, never those
// of the scenario. It orders nothing.
//
//go:norace
func (s *Status) enter(stage uint64) {
	if s != nil {
		s.Stage = stage
	}
}

//go:norace
func (s *Status) tooLarge(heap uint64) {
	if s != nil {
		s.Over = heap
	}
}
