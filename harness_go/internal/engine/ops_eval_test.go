package engine

import (
	"strings"
	"testing"
)

const bodies = `
-- lib/lib.go --
package lib

type List[T any] struct{ Elem T }

func Map[T, U any](list []T, f func(T) U) []U {
	type pair struct {
		from T
		to   U
	}
	var out []U
	for _, v := range list {
		p := pair{v, f(v)}
		out = append(out, p.to)
	}
	return out
}

var Lengths = Map[string, int](nil, func(s string) int { return len(s) })
`

// answersOf returns the answers of `before`, one a line.
func answersOf(t *testing.T, before string) string {
	t.Helper()
	reply := run(t, "before check lib ; "+before+"\ngo walk fields lib"+bodies, 0)
	if len(reply.Skipped) > 0 || len(reply.Panics) > 0 {
		t.Errorf("%s: skipped %q, panics %v", before, reply.Skipped, reply.Panics)
	}
	return strings.Join(texts(reply.Answers[0]), "\n")
}

// Names of a body are visible at its end, and nowhere else. Blocks are counted round.
func TestExpressionsSeeTheirPlace(t *testing.T) {
	for op, want := range map[string]string{
		"eval lib p":                                      "eval p: error UndeclaredName",
		"eval lib at 0 p":                                 "eval p: error UndeclaredName",
		"eval lib at 1 p":                                 "eval p: lib.pair",
		"checkexpr lib at 4 pair{}.to":                    "checkexpr pair{}.to: $1",
		"checkexpr lib at 2 s":                            "checkexpr s: string",
		"eval lib func(x int) { _ = x; _ = Map }":         "eval func(x int) { _ = x; _ = Map }: error WrongTypeArgCount",
		"eval lib List[struct{ f int; g bool }]{}.Elem.g": "eval List[struct{ f int; g bool }]{}.Elem.g: bool",
	} {
		if got := answersOf(t, op); !strings.Contains(got, want) {
			t.Errorf("%s: %s", op, got)
		}
	}
}

// Every node of the syntax can be checked again; the call of Map loses its type arguments, which
// are inferred.
func TestNodesAreCheckedAgain(t *testing.T) {
	var ops []string
	for n := 0; n < 60; n++ {
		ops = append(ops, "checknode lib "+string([]byte{byte('0' + n/10), byte('0' + n%10)}))
	}
	all := answersOf(t, strings.Join(ops, " ; "))
	if n := strings.Count(all, ": error"); n > 20 {
		t.Errorf("%d of 60 with errors: %s", n, all)
	}
	for _, want := range []string{": []int", ": func(string)(int)", ": lib.pair"} {
		if !strings.Contains(all, want) {
			t.Errorf("no node has %q: %s", want, all)
		}
	}
	reply := run(t, "before check lib\ngo checknode lib x"+bodies, 0)
	if len(reply.Skipped) != 1 || !strings.Contains(reply.Skipped[0], "by its number") {
		t.Errorf("skipped %q", reply.Skipped)
	}
}

func TestTheUniverseIsAsked(t *testing.T) {
	all := answersOf(t, "universe methods ; universe typeset ; universe objects ; universe scope")
	for _, want := range []string{"typeset comparable", "objects const true", "scope universe", "objects object append"} {
		if !strings.Contains(all, want) {
			t.Errorf("no answer has %q: %s", want, all)
		}
	}
}
