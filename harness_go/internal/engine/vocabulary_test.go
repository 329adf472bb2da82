package engine

import (
	"reflect"
	"strings"
	"testing"

	"typerace/harness/internal/casetext"
	"typerace/harness/internal/clients"
	"typerace/harness/internal/wire"
)

// counts returns what a run executed, by name.
func counts(reply *wire.RunReply) map[string]uint32 {
	got := map[string]uint32{}
	for _, c := range reply.Executed {
		got[c.Name] = c.N
	}
	return got
}

// executedOps returns only its operations, because which meetings take place depends on the race
// detector; see run.
func executedOps(reply *wire.RunReply) map[string]uint32 {
	got := counts(reply)
	for name := range got {
		switch kind, _, _ := strings.Cut(name, " "); kind {
		case "share", "meet":
			delete(got, name)
		case "import":
			if name != "import" {
				delete(got, name)
			}
		}
	}
	return got
}

func TestASyntheticDependencyIsLikeTheOriginal(t *testing.T) {
	likeTheOriginal(t, "synthetic")
}

func TestExportDataGivesTheOriginal(t *testing.T) {
	if !clients.Available {
		t.Skip(clients.Missing)
	}
	likeTheOriginal(t, "export")
}

// likeTheOriginal asks every query of a package that was checked from source and of one that
// reached its importers in another form.
func likeTheOriginal(t *testing.T, mode string) {
	t.Helper()
	var ops []string
	for _, q := range queries {
		if !q.client {
			ops = append(ops, "walk "+q.name+" lib")
		}
	}
	text := "before check lib\ngo check a ; check b\ngo check b ; " + strings.Join(ops, ";") + casetext.Library
	want := run(t, text, 0)
	got := run(t, "import "+mode+"\n"+text, 0)
	if n := counts(got)["import "+mode]; n == 0 || len(got.Skipped) > 0 {
		t.Errorf("delivered %d, skipped %q", n, got.Skipped)
	}
	if !reflect.DeepEqual(got.Verdicts, want.Verdicts) {
		t.Errorf("verdicts %v, want %v", got.Verdicts, want.Verdicts)
	}
	// A walk's order may differ, because embedded types and methods may be sorted. Scopes and objects lose
	// their positions and the content of functions.
	for g := range want.Answers {
		missing := 0
		have := map[string]bool{}
		for _, a := range texts(got.Answers[g]) {
			have[a] = true
		}
		for _, a := range texts(want.Answers[g]) {
			if !have[a] && !strings.HasPrefix(a, "scope") && !strings.HasPrefix(a, "objects") {
				missing++
				t.Logf("no answer %q", a)
			}
		}
		if missing > len(want.Answers[g])/20 {
			t.Errorf("%d of %d answers missing", missing, len(want.Answers[g]))
		}
	}
}

func TestAFaultyDependencyIsDeliveredFromSource(t *testing.T) {
	for _, mode := range []string{"export", "synthetic"} {
		reply := run(t, "import "+mode+"\nbefore check p\ngo walk fields p\n-- p/p.go --\npackage p\n\ntype T struct{ x U }\n", 0)
		if n := counts(reply)["import "+mode]; n != 0 || reply.Verdicts[0].Code != wire.VerdictTypeErrors {
			t.Errorf("%s: delivered %d, verdict %+v", mode, n, reply.Verdicts)
		}
	}
}

func TestSettersAndClients(t *testing.T) {
	text := "before check lib\ngo set lib.List constraint ; set lib.Embeds underlying ; set lib.Embeds method ; set lib.T insert\n" +
		"go set lib.Nosuch constraint ; set lib.Nosuch method\ngo export lib ; ssa lib ; check a ; ssa a ; export a" + casetext.Library
	reply := run(t, text, 0)
	want := map[string]uint32{
		"check": 2, "set constraint": 2, "set underlying": 1, "set method": 2, "set insert": 1,
	}
	if clients.Available {
		want["export"], want["ssa"] = 2, 2
	} else if len(reply.Skipped) != 4 || !strings.Contains(reply.Skipped[0], clients.Missing) {
		t.Errorf("skipped %q", reply.Skipped)
	}
	if got := executedOps(reply); !reflect.DeepEqual(got, want) {
		t.Errorf("executed %v\nwant %v\nskipped %q", got, want, reply.Skipped)
	}
	if len(reply.Resolutions) != 2 {
		t.Errorf("resolutions %q", reply.Resolutions)
	}
	answers := strings.Join(texts(reply.Answers[3]), "\n")
	if clients.Available && !strings.Contains(answers, "ssa lib: (Embeds).Size 1 (*List[T]).Push 6") {
		t.Errorf("answers %q", answers)
	}
	if reply := run(t, "go set p.T underlying ; set p.T constraint ; export p ; ssa p\n-- p/p.go --\npackage p\nvar x = y\n", 0); len(reply.Skipped) != 4 {
		t.Errorf("skipped %q", reply.Skipped)
	}
}
