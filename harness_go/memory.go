package main

import (
	"os"
	"strconv"
)

// heapCap is how many bytes the heap may have above the harness's own; 0 if the
// parent does not say.
func heapCap() uint64 {
	n, err := strconv.ParseUint(os.Getenv("TYPERACE_HEAP_CAP"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// writeProfile writes a heap profile where the parent looks for it. The parent then kills
// this process, so an error cannot be reported.
func writeProfile(text []byte) {
	if path := os.Getenv("TYPERACE_HEAP_PROFILE"); path != "" {
		_ = os.WriteFile(path, text, 0o600)
	}
}
