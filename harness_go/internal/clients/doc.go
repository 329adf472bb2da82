// Package clients uses golang.org/x/tools as other users of go/types do. That module needs a recent
// Go and has to be downloaded, so all of this is behind the build tag xtools. Without the tag
// nothing here works, and Available is false.
package clients

// Missing is the reason for skipping an operation when Available is false.
const Missing = "needs golang.org/x/tools, which needs Go 1.24 or later and a module proxy that can be reached when the harness is built"
