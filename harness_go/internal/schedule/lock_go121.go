//go:build !go1.24

package schedule

import _ "unsafe" // for go:linkname

// typeraceBlock is called by a goroutine that fails to lock a sync.Mutex. It reports whether to try
// again or to block.
//
//go:linkname typeraceBlock sync.typeraceBlock
var typeraceBlock func() bool
