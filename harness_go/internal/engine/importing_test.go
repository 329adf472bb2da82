package engine

import (
	"testing"

	"typerace/harness/internal/clients"
	"typerace/harness/internal/wire"
)

const twoPackages = `
-- lib/lib.go --
package lib

type T[P any] struct{ X P }

var V T[int]
-- lib2/lib.go --
package lib

type T[P any] struct{ X P }

var V T[int]
-- a/a.go --
package a

import (
	"lib"
	other "lib2"
)

var X lib.T[int] = other.V
`

// verdictOf returns the verdict on a package and its first error.
func verdictOf(reply *wire.RunReply, i int) (uint8, string) {
	return reply.Verdicts[i].Code, reply.Verdicts[i].Error
}

func TestOnePackageUnderTwoPaths(t *testing.T) {
	text := "before check lib ; check lib2\ngo check a\ngo check a" + twoPackages
	if code, _ := verdictOf(run(t, text, 0), 2); code != wire.VerdictTypeErrors {
		t.Error("types of two packages are identical")
	}
	for _, more := range []string{"", "share importer\n", "import from\n"} {
		reply := run(t, "import twice\n"+more+text, 0)
		if code, why := verdictOf(reply, 2); code != wire.VerdictValid || counts(reply)["import twice"] != 2 {
			t.Errorf("%q: verdict %d, %s, counts %v", more, code, why, counts(reply))
		}
	}
}

func TestTheFirstImportFails(t *testing.T) {
	text := "import flaky\nbefore check lib\ngo check a\ngo check a" +
		"\n-- lib/lib.go --\npackage lib\n\nvar X int\n-- a/a.go --\npackage a\n\nimport \"lib\"\n\nvar Y = lib.X\n"
	reply := run(t, text, 0)
	if code, why := verdictOf(reply, 1); code != wire.VerdictValid {
		t.Errorf("the program is blamed: verdict %d, %s", code, why)
	}
	for _, a := range reply.Answers[1] {
		if a.Subject == "errors a" && len(a.Value) != 1 {
			t.Errorf("errors %q: %s", a.Value, a.Note)
		}
	}
	if n := counts(reply)["import flaky"]; n != 2 {
		t.Errorf("%d imports failed", n)
	}
}

// Waiting importers end even if packages import one another.
func TestWaitingImportersEndCycles(t *testing.T) {
	text := "share importer parallel\nmeet start\ngo import x ; import z\ngo import y ; import x\ngo import z ; import y" +
		"\n-- x/x.go --\npackage x\n\nimport _ \"y\"\n-- y/y.go --\npackage y\n\nimport _ \"z\"\n-- z/z.go --\npackage z\n\nimport _ \"x\"\n"
	for i := 0; i < 50; i++ {
		reply := run(t, text, 0)
		if n := counts(reply)["import"]; n != 6 || len(reply.Panics) > 0 {
			t.Fatalf("%d imports, panics %v", n, reply.Panics)
		}
	}
}

func TestConfigurations(t *testing.T) {
	body := "\n-- a/a.go --\npackage a\n\nimport \"unsafe\"\n\nimport . \"lib\"\n\nconst S = unsafe.Sizeof(uintptr(0))\n\nvar X [S]int = [4]int{}\n\nfunc f() { undefined() }\n" +
		"-- lib/lib.go --\npackage lib\n\nconst Unused = 0\n"
	for _, c := range []struct {
		settings string
		errors   int
	}{
		{"configure default", 3},
		{"configure sizes 386", 2},
		// Without bodies, unused imports are not reported.
		{"configure nobodies", 1},
		{"configure unusedimports", 2},
		{"configure noinfo", 3},
		{"configure sizes 386 ; configure nobodies ; configure unusedimports", 0},
		{"configure sizes 386 ; configure nobodies ; configure unusedimports ; configure silent", 0},
		{"configure sizes 386 ; configure default", 3},
		{"configure silent", 3},
		{"configure goversion 20", 3},
	} {
		reply := run(t, "before check lib\ngo "+c.settings+" ; check a\ngo check a"+body, 0)
		for _, a := range reply.Answers[1] {
			if a.Subject == "errors a" && len(a.Value) != c.errors {
				t.Errorf("%s: %d errors, want %d: %s", c.settings, len(a.Value), c.errors, a.Note)
			}
		}
		if len(reply.Skipped) > 0 {
			t.Errorf("%s: %q", c.settings, reply.Skipped)
		}
	}
	for _, version := range []string{"goversion", "fileversion"} {
		// Per-file versions count from Go 1.21 on.
		text := "before check lib\ngo configure goversion 21 ; configure " + version + " 21 ; check a\ngo check a\n-- a/a.go --\npackage a\n\ntype A[P any] = P\n-- lib/lib.go --\npackage lib\n"
		reply := run(t, text, 0)
		if code, why := verdictOf(reply, 0); code != wire.VerdictTypeErrors {
			t.Errorf("%s: a generic alias is allowed in Go 1.21: %s", version, why)
		}
	}
	info := "before check lib\ngo check a ; info string a\ngo configure noinfo ; check a ; info string a" + body
	if reply := run(t, info, 0); len(reply.Skipped) != 1 {
		t.Errorf("without an Info, what it records is read: %q", reply.Skipped)
	}
	if reply := run(t, "go configure colour ; configure goversion x\n-- a/a.go --\npackage a\n", 0); len(reply.Skipped) != 2 {
		t.Errorf("skipped %q", reply.Skipped)
	}
}

func TestExportDataOfTheCompiler(t *testing.T) {
	if !clients.Available {
		t.Skip(clients.Missing)
	}
	for _, mode := range []string{"unified", "mixed"} {
		likeTheOriginal(t, mode)
	}
	// What does not compile comes from source.
	text := "import unified\nbefore check p\ngo check a ; walk fields p\ngo check a" +
		"\n-- p/p.go --\npackage p\n\ntype T struct{ x U }\n-- a/a.go --\npackage a\n\nimport \"p\"\n\nvar X p.T\n"
	if got := counts(run(t, text, 0)); got["import unified"] != 0 || got["import source"] == 0 {
		t.Errorf("counts %v", got)
	}
}
