// Package clients uses golang.org/x/tools as other programs that use go/types do. That
// module needs a recent Go and has to be fetched, so all of this is behind the build tag
// xtools. Without the tag nothing here works, and Available says so.
package clients

// Missing is why an operation is skipped when Available is false.
const Missing = "needs golang.org/x/tools, which needs Go 1.24 or later and a module proxy that can be reached when the harness is built"
