package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
	"testing"

	"typerace/harness/internal/casetext"
	"typerace/harness/internal/wire"
)

// instrumented builds the harness with the instrumentation, as campaigns use it.
var instrumented = sync.OnceValues(func() (string, error) {
	path, err := build()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(filepath.Dir(path), "instrumented")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	path = filepath.Join(dir, "harness")
	args := []string{
		"build", "-race", "-gcflags=go/types=-d=libfuzzer", "-gcflags=go/parser=-race=false",
		"-gcflags=go/scanner=-race=false", "-gcflags=typerace/harness/internal/sense=-race=false",
		"-overlay", filepath.Join(dir, "overlay.json"), "-o", path,
	}
	if minor() >= 23 {
		args = append(args, "-ldflags=-checklinkname=0")
	}
	for _, args := range [][]string{
		{"run", "../../instrument", "-goroot", runtime.GOROOT(), "-out", dir}, append(args, "../.."),
	} {
		cmd := exec.Command("go", args...)
		if minor() >= 27 && args[0] == "build" {
			cmd.Env = append(os.Environ(), "GOEXPERIMENT=nosizespecializedmalloc")
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("go %s: %v\n%s", args[0], err, out)
		}
	}
	return path, nil
})

// startSense starts an instrumented harness whose sense works.
func startSense(t *testing.T) *process {
	t.Helper()
	if runtime.GOARCH != "amd64" {
		t.Skip("the sense is for amd64")
	}
	path, err := instrumented()
	if err != nil {
		t.Fatal(err)
	}
	// As typerace starts it: without this, the detector always watches.
	p := startBinary(t, path, "flush_symbolizer_ms=1951350895")
	if !p.hello.Sense {
		t.Fatal("the sense does not work")
	}
	return p
}

// sense runs a test case sequentially and returns what the sense saw, one line for each:
// `1.0 (*Scope).Insert before` is a write, `1.0 (*Scope).Insert - 2.0 (*Scope).Lookup` a meeting.
func (p *process) sense(text string) string {
	p.t.Helper()
	req := casetext.Request(text)
	req.Flags = wire.FlagSequential | wire.FlagSense
	reply := p.run(req)
	if reply == nil {
		p.t.Fatal(p.said())
	}
	shared := &reply.Shared
	name := func(site uint32) string { return strings.TrimPrefix(shared.Sites[site].Function, "go/types.") }
	write := func(w wire.SharedWrite) string {
		return fmt.Sprintf("%d.%d %s", w.Goroutine, w.Operation, name(w.Site))
	}
	lines := map[string]bool{}
	for _, w := range shared.Writes {
		line := write(w) + []string{" before", " other", " same"}[w.Origin]
		if w.Locked {
			line += " locked"
		}
		lines[line] = true
	}
	for _, m := range shared.Meetings {
		lines[fmt.Sprintf("%s - %d.%d %s", write(shared.Writes[m.Write]), m.Goroutine, m.Operation, name(m.Site))] = true
	}
	sorted := make([]string, 0, len(lines))
	for line := range lines {
		sorted = append(sorted, line)
	}
	sort.Strings(sorted)
	p.t.Logf("%d accesses in the log, %d sites, %d writes, %d meetings", shared.Entries, len(shared.Sites), len(shared.Writes), len(shared.Meetings))
	return strings.Join(sorted, "\n") + "\n"
}

// TestSenseSeesSharedWrites: Eval adds scopes to a completed package, and a walk reads them.
func TestSenseSeesSharedWrites(t *testing.T) {
	p := startSense(t)
	seen := p.sense("before check lib\ngo eval lib func(int)\ngo walk scope lib" + casetext.Library)
	for _, want := range []string{"1.0 NewScope before\n", "1.0 NewScope - 2.0 (*Scope)."} {
		if !strings.Contains(seen, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

// TestSenseSeesNothingFresh: what a check allocates itself is not shared, and neither is its stack.
// What it writes to packages that were there before, it writes under a mutex.
func TestSenseSeesNothingFresh(t *testing.T) {
	p := startSense(t)
	if seen := p.sense("go check lib\ngo check lib" + casetext.Library); strings.Contains(seen, "before") {
		t.Errorf("two checks that share nothing:\n%s", seen)
	}
	seen := p.sense("before check lib\ngo check a\ngo check b ; walk string lib" + casetext.Library)
	if minor() >= 27 && strings.Count(seen, "before\n") != 0 {
		t.Errorf("two importers:\n%s", seen)
	}
	if !strings.Contains(seen, "before locked\n") {
		t.Errorf("no write under a mutex:\n%s", seen)
	}
}

// TestSenseSeesKnownState: the state of go/types that is written after checking without a guard.
func TestSenseSeesKnownState(t *testing.T) {
	if n := minor(); n != 27 {
		t.Skipf("the state is known in Go 1.27, this is 1.%d", n)
	}
	p := startSense(t)
	for name, want := range map[string]string{
		"alias instances":        "1.0 unalias - 2.0 unalias\n1.0 unalias before\n",
		"a package and an error": "1.0 (*Checker).importPackage - 2.0 (*Checker).collectObjects.func1\n",
		"open interfaces":        "1.0 computeInterfaceTypeSet before\n",
		"readers of an instance": "1.0 (*Named).unpack before locked\n",
	} {
		if seen := p.sense(transparent[name]); !strings.Contains(seen, want) {
			t.Errorf("%s: %q is missing in\n%s", name, want, seen)
		}
	}
}

// TestSenseKeepsUp runs more operations than there are ages.
func TestSenseKeepsUp(t *testing.T) {
	p := startSense(t)
	req := casetext.Request("before check lib\ngo string lib.T" + strings.Repeat(" ; string lib.T", 999) +
		"\ngo eval lib func(int)\n-- lib/lib.go --\npackage lib\n\ntype T int\n")
	req.Flags = wire.FlagSequential | wire.FlagSense
	for i := 0; i < 70; i++ {
		reply := p.run(req)
		if reply == nil {
			t.Fatal(p.said())
		}
		if n := len(reply.Shared.Writes); n != 1 {
			t.Fatalf("run %d: %d writes: %+v", i, n, reply.Shared)
		}
	}
}
