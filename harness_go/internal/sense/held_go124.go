//go:build go1.24

package sense

import _ "unsafe" // for go:linkname

// held is called with 1 by Lock and with -1 by Unlock of a mutex; nil while nothing is logged.
//
//go:linkname held internal/sync.typeraceHeld
var held func(locks int)
