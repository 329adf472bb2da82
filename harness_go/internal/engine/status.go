package engine

import "unsafe"

// Stages of a test case, as the parent reads them.
const (
	stageIdle       = 0
	stageSetup      = 1
	stageConcurrent = 2
	stageLast       = 3
)

// Status is what the parent reads while a test case runs. It lies in memory that both
// processes map, so a process that is stuck reports it too.
type Status struct {
	// Stage says which limit applies now.
	Stage uint64
	// Over is the size of the heap once it is over the cap, else 0.
	Over uint64
}

// StatusSize is the size of a Status in bytes.
const StatusSize = int(unsafe.Sizeof(Status{}))

// NewStatus lays a Status over memory, which must be aligned to 8 bytes.
func NewStatus(memory []byte) *Status {
	_ = memory[StatusSize-1]
	return (*Status)(unsafe.Pointer(&memory[0]))
}

// enter says which stage begins. Only the goroutine that runs the test case calls
// it, never those of the scenario: it orders nothing.
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
