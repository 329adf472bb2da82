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

// transparent are races that are planted (a breach of contract) or known, in the
// newest Go that has them. What a Go does not race on is not compared.
var transparent = map[string]string{
	"two checkers on one Info": "share info\nmeet start\nbefore check lib\ngo check a\ngo check a\n" + casetext.Library,
	// Interfaces that nobody completed.
	"open interfaces": "share interface\nmeet start\nbefore check lib\ngo walk typeset instances\ngo walk typeset instances\n" + casetext.Library,
	// golang.org/issue/79035
	"alias instances": "before check lib ; instantiate lib.Set string\ngo walk unalias instances\ngo walk unalias instances\n" +
		"-- lib/lib.go --\npackage lib\n\ntype Set[K comparable] = map[K]struct{}\n",
	// golang.org/issue/81122
	"importers of a generic type": "meet import\nbefore check p\ngo check a\ngo check b\n" +
		"-- p/p.go --\npackage p\n\ntype L[T any] struct{ V T }\n\ntype P[T any] struct{ V T }\n\nfunc (l *L[T]) M() *P[T] { return nil }\n\nvar X *L[int]\n" +
		"-- a/a.go --\npackage a\n\nimport \"p\"\n\nvar a = p.X.V\nvar b = p.X.M().V\n" +
		"-- b/b.go --\npackage b\n\nimport \"p\"\n\nvar a = p.X.V\nvar b = p.X.M().V\n",
	"readers of an instance": "before check lib ; instantiate lib.Tree string\ngo walk methods instances\ngo walk lookup instances reversed\n" + casetext.Library,
}

// TestFeedbackHidesNoRace runs each in many processes, once in each: by a harness
// without counters that is asked for nothing else, and by one with counters that
// has searched for lazy state before and copies memory around the run. The second
// must not report the race in fewer processes.
//
// TYPERACE_TRANSPARENCY is how many processes; `make transparency` takes 50.
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
	// A run that dies (of concurrent map writes) has raced.
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
				req := casetext.Request(text)
				p.lazy(req)
				req.Flags = wire.FlagRaced
				if raced(p, req) {
					with++
				}
				p.end()
			}
			t.Logf("%d of %d processes without feedback, %d with it", without, processes, with)
			// A race that shows by chance may show less often by chance: two and a half
			// standard deviations of the difference are allowed.
			n, rate := float64(processes), float64(without)/float64(processes)
			slack := 0.5 + 2.5*math.Sqrt(2*n*rate*(1-rate))
			if float64(with) < float64(without)-slack {
				t.Errorf("feedback hides the race: %d of %d processes, %d without it", with, processes, without)
			}
		})
	}
}

// lazy asks what reading changes; nil if the process died.
func (p *process) lazy(req *wire.RunRequest) *wire.LazyReply {
	p.t.Helper()
	thorough := *req
	thorough.Flags = wire.FlagThorough
	// Only what breaks no rule is searched.
	thorough.Share = nil
	frame := p.ask((&wire.LazyRequest{Run: &thorough}).Encode())
	if frame == nil {
		return nil
	}
	reply, err := wire.DecodeLazyReply(frame)
	if err != nil {
		p.t.Fatal(err)
	}
	return reply
}

// TestTheRacedFieldIsNamed: a race's address is found in what packages reach.
func TestTheRacedFieldIsNamed(t *testing.T) {
	p := start(t)
	req := casetext.Request("share alias\nmeet start\nbefore check lib\ngo walk typeparams instances\ngo walk typeparams instances\n" + casetext.Library)
	req.Flags = wire.FlagRaced
	if minor() < 23 {
		t.Skip("no Alias.SetTypeParams")
	}
	for i := 0; i < 10; i++ {
		reply := p.run(req)
		if reply == nil {
			t.Fatal(p.said())
		}
		for _, field := range reply.Raced {
			if field == "Alias.tparams" {
				return
			}
		}
		t.Logf("%d races on %q", reply.Races, reply.Raced)
	}
	t.Errorf("no race was on Alias.tparams:\n%.2000s", p.reports())
}

// TestLazySearchPointsAtKnownRaces: in one goroutine, without luck.
func TestLazySearchPointsAtKnownRaces(t *testing.T) {
	p := start(t)
	for name, want := range map[string][]string{
		"alias instances":             {"Alias.actual by walk unalias instances declared"},
		"importers of a generic type": {"Named.methods by check a", "instance.expandedMethods by check b"},
		"readers of an instance":      {"Named.underlying by walk methodset instances declared"},
	} {
		reply := p.lazy(casetext.Request(transparent[name]))
		if reply == nil {
			t.Fatalf("%s: died: %s", name, p.said())
		}
		got := map[string]bool{}
		for _, c := range reply.Changes {
			text := c.Field + " by"
			for _, word := range c.Operation {
				text += " " + word
			}
			got[text] = true
		}
		for _, w := range want {
			if name == "alias instances" && minor() < 24 {
				continue // no generic aliases
			}
			if !got[w] {
				t.Errorf("%s: no %s among %v", name, w, got)
			}
		}
		t.Logf("%s: %d nodes, %d operations, %d changes, %d µs", name, reply.Nodes, reply.Operations, len(reply.Changes), reply.NS/1000)
	}
}
