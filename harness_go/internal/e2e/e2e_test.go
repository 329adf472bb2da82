package e2e

import (
	"strings"
	"testing"
	"time"

	"typerace/harness/internal/casetext"
	"typerace/harness/internal/wire"
)

// dependency is a completed package on which two legal importers race in Go 1.27: one unpacks a
// type while the other asks whether it is complete.
const dependency = `
meet import
before check p
go check a
go check b
-- p/p.go --
package p

type L[T any] struct{ V T }

type K[T any] struct{ V T }

func (l *L[T]) M() *K[T] { return nil }

var X *L[int]
-- a/a.go --
package a

import "p"

var a = p.X.V
var b = p.X.M().V
-- b/b.go --
package b

import "p"

var a = p.X.V
var b = p.X.M().V
`

func TestHello(t *testing.T) {
	p := start(t)
	if h := p.hello; h.Version != wire.Version || !h.Race || h.Counters < 5000 || h.Counters > 1<<20 {
		t.Errorf("hello: %+v", h)
	}
	if words := strings.Join(p.hello.Words, " "); !strings.Contains(words, " check checkexpr ") {
		t.Errorf("words: %s", words)
	}
	if code := p.end(); code != 0 {
		t.Errorf("exit code %d at the end of requests:\n%s", code, p.said())
	}
}

func TestMalformedRequestEndsTheProcess(t *testing.T) {
	for _, request := range [][]byte{{}, {9}, {wire.KindRun, 1, 2}, append(new(wire.PlantRequest).Encode(), 0)} {
		p := start(t)
		if reply := p.ask(request); reply != nil {
			t.Errorf("request %v got a reply", request)
		}
		if code := p.end(); code != 3 || !strings.Contains(p.said(), "malformed message") {
			t.Errorf("request %v: exit code %d, output %q", request, code, p.said())
		}
	}
}

func TestPlantedRaceIsReportedEveryTime(t *testing.T) {
	p := start(t)
	for i := 0; i < 20; i++ {
		reply, err := wire.DecodePlantReply(p.ask(new(wire.PlantRequest).Encode()))
		if err != nil || reply.Races != 1 {
			t.Fatalf("plant %d: %+v, %v", i, reply, err)
		}
	}
	if report := p.reports(); strings.Count(report, "plantedRace") < 40 || !strings.Contains(report, "plant.go") {
		t.Errorf("report:\n%s", report)
	}
}

func TestCoverageIsOfTheRun(t *testing.T) {
	p := start(t)
	if n := p.covered(); n != 0 {
		t.Errorf("%d counters before any run", n)
	}
	p.run(casetext.Request(dependency))
	large := p.covered()
	p.run(casetext.Request("go check a\n-- a/a.go --\npackage a\n"))
	small := p.covered()
	if small < 50 || large < small*3/2 {
		t.Errorf("%d counters of a large run, %d of a small one", large, small)
	}
}

// TestNothingOrdersGoroutines checks the property on which everything depends: the harness's own
// work between goroutines must not hide the race from the detector.
func TestNothingOrdersGoroutines(t *testing.T) {
	if n := minor(); n != 27 {
		t.Skipf("the race is known in Go 1.27, this is 1.%d", n)
	}
	const processes = 20
	seen := 0
	for i := 0; i < processes; i++ {
		p := start(t)
		reply := p.run(casetext.Request(dependency))
		if reply == nil {
			t.Fatal(p.said())
		}
		for _, v := range reply.Verdicts {
			if v.Code != wire.VerdictValid {
				t.Fatalf("verdicts: %+v", reply.Verdicts)
			}
		}
		if reply.Races > 0 {
			seen++
			if harnessOnly(p.reports()) {
				t.Errorf("report without go/types:\n%s", p.reports())
			}
		}
		if code := p.end(); code != 0 && code != 66 {
			t.Errorf("exit code %d", code)
		}
	}
	if seen != processes {
		t.Errorf("%d of %d processes reported the race", seen, processes)
	}
}

func TestRaceIsCountedInEveryRun(t *testing.T) {
	if n := minor(); n != 27 {
		t.Skipf("the race is known in Go 1.27, this is 1.%d", n)
	}
	p := start(t)
	req, seen := casetext.Request(dependency), 0
	for i := 0; i < 100; i++ {
		if p.run(req).Races > 0 {
			seen++
		}
	}
	t.Logf("%d of 100 runs in one process raced", seen)
	if seen < 95 {
		t.Errorf("%d of 100 runs in one process raced", seen)
	}
	req.Flags = wire.FlagSequential
	for i := 0; i < 20; i++ {
		if n := p.run(req).Races; n != 0 {
			t.Errorf("a sequential run raced %d times", n)
		}
	}
}

func TestSharedInfoRaces(t *testing.T) {
	p := start(t)
	req := casetext.Request("share info\nmeet import\nbefore check p\ngo check a\ngo check b\n" +
		dependency[strings.Index(dependency, "-- p/p.go"):])
	for i := 0; i < 10; i++ {
		reply := p.run(req)
		if reply == nil {
			if !strings.Contains(p.said(), "concurrent map") {
				t.Errorf("died of:\n%s", p.said())
			}
			return
		}
		if reply.Races == 0 {
			t.Error("no race reported")
		}
	}
}

// TestSpeed prints the cost of a run. It fails only if something waits for a time-out in every run.
func TestSpeed(t *testing.T) {
	const runs = 500
	for _, c := range []struct{ name, text string }{
		{"two goroutines, 5 lines", "meet start\nbefore check p\ngo walk methods p\ngo walk methods p reversed\n" +
			"-- p/p.go --\npackage p\n\ntype L[T any] struct{ V T }\n\nfunc (l *L[T]) M() *L[T] { return nil }\n\nvar X *L[int]\n"},
		{"two importers", dependency},
	} {
		p := start(t)
		req := casetext.Request(c.text)
		for i := 0; i < 20; i++ {
			p.run(req)
		}
		began := time.Now()
		for i := 0; i < runs; i++ {
			if p.run(req) == nil {
				t.Fatal(p.said())
			}
		}
		each := time.Since(began) / runs
		t.Logf("%s: %v a run", c.name, each)
		if each > 20*time.Millisecond {
			t.Errorf("%s: %v a run", c.name, each)
		}
	}
}
