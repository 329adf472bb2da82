package engine

import (
	"strings"
	"testing"

	"typerace/harness/internal/wire"
)

const withLocals = `
-- p/p.go --
package p

type List[T any] struct{ Elem T }

func (l *List[T]) Push(v, w T) {}

func F[K comparable](k K) any {
	type local struct{ key K }
	push := (&List[local]{}).Push
	expr := (*List[chan bool]).Push
	switch x := any(k).(type) {
	case map[uint8]int:
		return x
	}
	_, _ = push, expr
label:
	for range undeclared {
		break label
	}
	return nil
}
`

// The package has an error. What its check recorded is read all the same.
func TestInfoHasWhatNoScopeLeadsTo(t *testing.T) {
	reply := run(t, "before check p\ngo info underlying p ; info scope p ; info identical p"+withLocals, 0)
	got := strings.Join(texts(reply.Answers[1]), "\n")
	for _, want := range []string{
		"info p: ",
		"underlying p.local·: struct{p.key $0;}",
		"underlying p.List[p.local·]: struct{Elem p.local·;}",
		// A method value, and a method expression.
		"underlying func(p.local·,p.local·)() = func(v p.local, w p.local)",
		"underlying func(*p.List[chan bool],chan bool,chan bool)()",
		"underlying map[uint8]int",
		"scope 0: ", "var p.push func(p.local·,p.local·)()",
		"identical p.List[p.local·], p.List[p.local·]: true",
	} {
		if !strings.Contains(noSpace(got), noSpace(want)) {
			t.Errorf("no answer %q", want)
		}
	}
	if n := counts(reply); n["info underlying"] != 1 || n["info scope"] != 1 || n["info identical"] != 1 {
		t.Errorf("executed %v, skipped %q", n, reply.Skipped)
	}
	if t.Failed() {
		t.Log(got)
	}
	again := run(t, "before check p\ngo info underlying p ; info scope p ; info identical p"+withLocals, 0)
	if got != strings.Join(texts(again.Answers[1]), "\n") {
		t.Error("the order differs from run to run")
	}
}

func TestInfoWantsACheckOfTheGoroutineOrBefore(t *testing.T) {
	text := "share importer\ngo check q ; info fields q\ngo info fields p" + withLocals + "-- q/q.go --\npackage q\n\nimport _ \"p\"\n"
	reply := run(t, text, wire.FlagSequential)
	if n := counts(reply)["info fields"]; n != 1 || len(reply.Skipped) != 1 || !strings.Contains(reply.Skipped[0], "another goroutine checked") {
		t.Errorf("executed %d, skipped %q", n, reply.Skipped)
	}
}
