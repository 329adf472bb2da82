package e2e

import (
	"strings"
	"testing"

	"typerace/harness/internal/casetext"
)

// TestAliasInstanceRaces: go/types computes the type of an alias instance when it is first
// asked, and several goroutines are the first to ask an instance that was made after type
// checking. golang.org/issue/79035.
func TestAliasInstanceRaces(t *testing.T) {
	if n := minor(); n < 24 || n > 27 {
		t.Skipf("generic aliases came with Go 1.24, and the race is known until 1.27; this is 1.%d", n)
	}
	const text = "\n-- lib/lib.go --\npackage lib\n\ntype L[P any] struct{ f P }\n\ntype A[P any] = L[[]P]\n\n" +
		"type B[P any] struct{}\n\nfunc (B[P]) M() A[P] { panic(0) }\n\nvar X *B[int]\n"
	const runs = 60
	for _, c := range []struct {
		name, scenario string
		want           int
	}{
		{"instantiate", "meet start\nbefore check lib ; instantiate lib.A int\ngo walk unalias instances\ngo walk unalias instances", runs * 9 / 10},
		// Expansion of a method takes a lock, which orders some runs.
		{"substitution", "meet start\nbefore check lib\ngo walk methods lib\ngo walk unalias lib reversed", 1},
	} {
		p := start(t)
		raced := 0
		for i := 0; i < runs; i++ {
			if p.run(casetext.Request(c.scenario+text)).Races > 0 {
				raced++
			}
		}
		t.Logf("%s: %d of %d runs raced", c.name, raced, runs)
		if report := p.reports(); raced < c.want || !strings.Contains(report, "go/types.unalias") {
			t.Errorf("%s: %d of %d runs raced\n%.2000s", c.name, raced, runs, report)
		}
	}
}
