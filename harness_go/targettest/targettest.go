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
	"time"

	"typerace/harness/internal/casetext"
	"typerace/harness/internal/engine"
	"typerace/harness/internal/wire"
	"typerace/harness/target"
)

// Attempts is how often a test case is run, unless it fails before or the Budget is used up.
const Attempts = 200

// Budget is the time after which a test case is not run again. A run that began ends, and there is
// always one. A test case with many rounds would otherwise run into the time limit of go test.
const Budget = 20 * time.Second

// A process has one engine.
var runs = sync.OnceValue(func() *engine.Engine { return engine.New(nil, nil) })

// Run runs a test case, the text of a testcase.txtar, until the race detector reports a race or an
// operation panics. Either makes the test fail. It runs at most Attempts times, and not again after
// Budget.
//
// The operations of a target are those of the packages that the test imports. If the test case
// names another one, the test fails at once: it would pass without testing anything. Without -race,
// only panics are seen.
func Run(t *testing.T, testcase string) {
	t.Helper()
	request := casetext.Request(testcase)
	if missing := unregistered(request); len(missing) > 0 {
		t.Fatalf("no target registered the operation %s; the packages of this test have: %s",
			strings.Join(missing, ", "), registered())
	}
	repeat(t, request, Budget)
	if !engine.RaceDetector && !t.Failed() {
		t.Skip("races are seen only with go test -race")
	}
}

// repeat runs a test case until it fails, and returns how often it ran.
func repeat(t *testing.T, request *wire.RunRequest, budget time.Duration) (ran int) {
	t.Helper()
	end := time.Now().Add(budget)
	for ran < Attempts && !t.Failed() && (ran == 0 || time.Now().Before(end)) {
		reply, err := runs().Run(request)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range reply.Panics {
			t.Errorf("panic: %s\n%s", p.Value, p.Stack)
		}
		if ran == 0 && len(reply.Skipped) > 0 {
			t.Logf("not run: %s", strings.Join(reply.Skipped, "; "))
		}
		ran++
	}
	return ran
}

// unregistered returns the operations of a target in a test case that no package registered.
func unregistered(request *wire.RunRequest) []string {
	seen := make(map[string]bool)
	var missing []string
	for _, ops := range append([][]string{request.Before}, request.Go...) {
		for _, op := range ops {
			words := strings.Fields(op)
			if len(words) < 2 || words[0] != "target" || seen[words[1]] {
				continue
			}
			seen[words[1]] = true
			if target.Find(words[1]) == nil {
				missing = append(missing, words[1])
			}
		}
	}
	return missing
}

// registered returns the names of the operations that there are.
func registered() string {
	all := target.All()
	if len(all) == 0 {
		return "none"
	}
	names := make([]string, len(all))
	for i, op := range all {
		names[i] = op.Name
	}
	return strings.Join(names, ", ")
}
