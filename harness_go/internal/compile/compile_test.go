package compile

import (
	"bytes"
	"os"
	"testing"

	"typerace/harness/internal/casetext"
)

const good = `
-- d/d.go --
package d

type T[P any] struct{ X P }
-- lib/lib.go --
package lib

import "d"

var V d.T[int]
-- a/a.go --
package a

import "lib"

var X = lib.V.X
`

func compiler(t *testing.T) *Compiler {
	t.Helper()
	c := New()
	if _, err := os.Stat(c.tool); err != nil {
		t.Skip(err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	return c
}

func TestDependenciesAreCompiledOnce(t *testing.T) {
	c := compiler(t)
	for range [2]int{} {
		archives := c.Archives(casetext.Request(good).Packages)
		for _, path := range []string{"d", "lib"} {
			if !bytes.HasPrefix(archives[path], []byte("!<arch>\n")) {
				t.Errorf("%s: %.20q", path, archives[path])
			}
		}
		if len(archives) != 2 || c.runs != 2 || c.refused != 0 {
			t.Errorf("%d archives after %d runs, %d refused", len(archives), c.runs, c.refused)
		}
	}
	// A changed dependency changes what depends on it.
	changed := casetext.Request(good)
	changed.Packages[0].Files[0].Text += "\nvar Y int\n"
	c.Archives(changed.Packages)
	if c.runs != 4 {
		t.Errorf("%d runs", c.runs)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestWhatDoesNotCompileHasNoArchive(t *testing.T) {
	c := compiler(t)
	wrong := casetext.Request(good)
	wrong.Packages[0].Files[0].Text += "\nvar Y Missing\n"
	if archives := c.Archives(wrong.Packages); len(archives) != 0 || c.runs != 1 || c.refused != 1 {
		t.Errorf("%d archives after %d runs, %d refused", len(archives), c.runs, c.refused)
	}
	cycle := casetext.Request("\n-- x/x.go --\npackage x\n\nimport _ \"y\"\n-- y/y.go --\npackage y\n\nimport _ \"x\"\n")
	if archives := c.Archives(cycle.Packages); len(archives) != 0 {
		t.Errorf("%d archives of a cycle", len(archives))
	}
}

func TestACommandThatHangsIsEnded(t *testing.T) {
	if execute(t.TempDir(), []string{"/bin/sleep", "60"}) {
		t.Error("sleep 60 succeeded")
	}
	if !execute(t.TempDir(), []string{"/bin/true"}) {
		t.Error("true failed")
	}
}
