package engine

import (
	"errors"
	"strings"
	"testing"

	"typerace/harness/internal/casetext"
	"typerace/harness/target"
)

func init() {
	target.Register(target.Operation{
		Name: "names", Does: "names of what a package defines",
		Run: func(in *target.Input) (string, error) {
			if in.Object != nil {
				return in.Object.Name(), nil
			}
			if in.Info == nil || len(in.Files) == 0 || len(in.Sources) == 0 {
				return "", errors.New("no syntax")
			}
			if in.Before["scope"] != nil {
				return "before saw " + in.Before["scope"].(string), nil
			}
			in.Keep("scope", in.Package.Path())
			return strings.Join(in.Package.Scope().Names(), " "), nil
		},
	})
	target.Register(target.Operation{
		Name: "refuses", Does: "returns an error", Faulty: true,
		Run: func(*target.Input) (string, error) { return "", errors.New("not today") },
	})
}

const targetCase = `before check lib ; target names lib
go target names lib ; target names lib T ; target refuses lib
go check a ; target names a ; target nobody a ; target names bad
-- lib/lib.go --
package lib

type T int

var V T
-- a/a.go --
package a

import "lib"

var A lib.T
-- bad/bad.go --
package bad

var x string = 1
`

func TestTargets(t *testing.T) {
	reply := run(t, targetCase, 0)
	if n := executedOps(reply)["target names"]; n != 4 {
		t.Errorf("executed %v, skipped %q", executedOps(reply), reply.Skipped)
	}
	var said []string
	for _, answers := range reply.Answers {
		for _, a := range answers {
			if strings.HasPrefix(a.Subject, "target") {
				said = append(said, a.Subject+": "+strings.Join(a.Value, " "))
			}
		}
	}
	want := "target names lib: T V|target names lib: before saw lib|target names lib.T: T|target names a: before saw lib"
	if got := strings.Join(said, "|"); got != want {
		t.Errorf("answers\n%s\nwant\n%s", got, want)
	}
	for _, why := range []string{"not today", "no target registered an operation nobody", errNotSound} {
		if !strings.Contains(strings.Join(reply.Skipped, "\n"), why) {
			t.Errorf("skipped %q, want %s", reply.Skipped, why)
		}
	}
}

func TestTextsAreForTargetsAlone(t *testing.T) {
	req := casetext.Request("go check a\n-- a/a.go --\npackage a\n")
	o, err := readOptions(req)
	if err != nil || targetTexts(req, &o) != nil {
		t.Error("texts for a test case without targets")
	}
}
