// Package targettest runs a test case of typerace as a Go test of a target: what typerace found
// becomes a test that can be kept.
//
// typerace writes such a test as target_test.go into the crash directory of each finding of a
// target. docs/TARGETS.md in typerace's repository says how to run it.
package targettest

import (
	"strings"
	"sync"
	"testing"

	"typerace/harness/internal/casetext"
	"typerace/harness/internal/engine"
)

// Attempts is how often a test case is run, unless it fails before.
const Attempts = 200

// A process has one engine.
var runs = sync.OnceValue(func() *engine.Engine { return engine.New(nil, nil) })

// Run runs a test case, the text of a testcase.txtar, until the race detector reports a race or an
// operation panics. Either makes the test fail. It runs at most Attempts times.
//
// The operations of a target are those of the packages that the test imports. Without -race, only
// panics are seen.
func Run(t *testing.T, testcase string) {
	t.Helper()
	request := casetext.Request(testcase)
	for i := 0; i < Attempts && !t.Failed(); i++ {
		reply, err := runs().Run(request)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range reply.Panics {
			t.Errorf("panic: %s\n%s", p.Value, p.Stack)
		}
		if i == 0 && len(reply.Skipped) > 0 {
			t.Logf("not run: %s", strings.Join(reply.Skipped, "; "))
		}
	}
	if !engine.RaceDetector && !t.Failed() {
		t.Skip("races are seen only with go test -race")
	}
}
