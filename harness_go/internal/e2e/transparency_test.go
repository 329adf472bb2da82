package e2e

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"typerace/harness/internal/casetext"
	"typerace/harness/internal/wire"
)

// transparent lists races that are planted (a breach of contract) or known, in the newest Go
// release that has them. Races that a Go release does not show are not compared.
var transparent = map[string]string{
	"two checkers on one Info": "share info\nmeet start\nbefore check lib\ngo check a\ngo check a\n" + casetext.Library,
	// Interfaces that were never completed.
	"open interfaces": "share interface\nmeet start\nbefore check lib\ngo walk typeset instances\ngo walk typeset instances\n" + casetext.Library,
	// golang.org/issue/79035
	"alias instances": "before check lib ; instantiate lib.Set string\ngo walk unalias instances\ngo walk unalias instances\n" +
		"-- lib/lib.go --\npackage lib\n\ntype Set[K comparable] = map[K]struct{}\n",
	// golang.org/issue/81122
	"importers of a generic type": "meet import\nbefore check p\ngo check a\ngo check b\n" +
		"-- p/p.go --\npackage p\n\ntype L[T any] struct{ V T }\n\ntype P[T any] struct{ V T }\n\nfunc (l *L[T]) M() *P[T] { return nil }\n\nvar X *L[int]\n" +
		"-- a/a.go --\npackage a\n\nimport \"p\"\n\nvar a = p.X.V\nvar b = p.X.M().V\n" +
		"-- b/b.go --\npackage b\n\nimport \"p\"\n\nvar a = p.X.V\nvar b = p.X.M().V\n",
	// What came together with an error is marked. Without a meeting, the atomics of go/types that every
	// check touches often order the two checks.
	"a package and an error": "import error\nbefore check p\ngo check a\ngo check a\n" +
		"-- p/p.go --\npackage p\n\ntype T[P any] struct{ X P }\n\nvar X T[int]\n" +
		"-- a/a.go --\npackage a\n\nimport \"p\"\n\nvar X = p.X\n\nfunc F[P any](p P) any { return p }\n",
	"readers of an instance": "before check lib ; instantiate lib.Tree string\ngo walk methods instances\ngo walk lookup instances reversed\n" + casetext.Library,
}

// TestFeedbackHidesNoRace runs each case in many processes, once in each: with a harness without
// counters, and with one with counters. The second must not report the race in fewer processes.
//
// TYPERACE_TRANSPARENCY is the number of processes; `make transparency` uses 50.
func TestFeedbackHidesNoRace(t *testing.T) {
	processes := 6
	if n, err := strconv.Atoi(os.Getenv("TYPERACE_TRANSPARENCY")); err == nil && n > 0 {
		processes = n
	}
	plain := filepath.Join(t.TempDir(), "plain")
	args := []string{"build", "-race", "-o", plain}
	if minor() >= 23 {
		args = append(args, "-ldflags=-checklinkname=0")
	}
	if out, err := exec.Command("go", append(args, "../..")...).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	// A run that dies (of concurrent map writes) counts as a race.
	raced := func(p *process, req *wire.RunRequest) bool {
		reply := p.run(req)
		return reply == nil || reply.Races > 0
	}
	for name, text := range transparent {
		t.Run(name, func(t *testing.T) {
			without, with := 0, 0
			for i := 0; i < processes; i++ {
				p := startBinary(t, plain)
				if p.hello.Counters != 0 {
					t.Fatal("the plain harness has counters")
				}
				if raced(p, casetext.Request(text)) {
					without++
				}
				p.end()
				p = start(t)
				if p.hello.Counters == 0 {
					t.Fatal("the harness has no counters")
				}
				if raced(p, casetext.Request(text)) {
					with++
				}
				p.end()
			}
			t.Logf("%d of %d processes without feedback, %d with it", without, processes, with)
			// A race that shows by chance may also show less often by chance: two and a half
			// standard deviations of the difference are allowed.
			n, rate := float64(processes), float64(without)/float64(processes)
			slack := 0.5 + 2.5*math.Sqrt(2*n*rate*(1-rate))
			if float64(with) < float64(without)-slack {
				t.Errorf("feedback hides the race: %d of %d processes, %d without it", with, processes, without)
			}
		})
	}
}
