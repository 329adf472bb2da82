// Package counters gives access to the 8-bit coverage counters of a program
// built with -gcflags=go/types=-d=libfuzzer.
//
// Only the command imports it: a test binary contains internal/fuzz, which defines the same
// symbols, so it would not link.
package counters

import "unsafe"

// The linker puts the counters between these two symbols. Without
// instrumentation both are variables of size zero at one address.
//
//go:linkname first internal/fuzz._counters
//go:linkname end internal/fuzz._ecounters
var first, end [0]byte

// Table returns the counters themselves, not a copy. It is empty in a program
// that is not instrumented.
func Table() []byte {
	from, to := uintptr(unsafe.Pointer(&first)), uintptr(unsafe.Pointer(&end))
	if to <= from {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&first)), int(to-from))
}
