package e2e

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"typerace/harness/internal/casetext"
	"typerace/harness/internal/wire"
)

func TestEveryMeetEnds(t *testing.T) {
	p := start(t)
	for _, meet := range []string{"start", "import", "error", "operation", "start import error operation"} {
		for _, share := range []string{"", "share config\n", "share importer\n"} {
			text := share + "meet " + meet + "\nbefore check lib\ngo check a\ngo check b ; check wrong\ngo walk methods lib ; check wrong" +
				casetext.Library + "-- wrong/w.go --\npackage wrong\n\nimport \"nowhere\"\n\nvar x int = \"\"\n"
			began := time.Now()
			reply := p.run(casetext.Request(text))
			if reply == nil {
				t.Fatal(p.said())
			}
			if spent := time.Since(began); spent > 5*time.Second {
				t.Errorf("meet %s took %v", meet, spent)
			}
			if v := reply.Verdicts[3]; v.Code != wire.VerdictTypeErrors || !strings.Contains(v.Error, "nowhere") {
				t.Errorf("verdict %+v", v)
			}
		}
	}
}

// TestSequentialAnswersAreTheConcurrentOnes: questions have the same answers whether
// goroutines ask one after another or at the same time.
func TestSequentialAnswersAreTheConcurrentOnes(t *testing.T) {
	p := start(t)
	const text = "meet start\nbefore check lib\ngo check a ; walk methods lib ; walk string lib\ngo check b ; walk lookup lib reversed" + casetext.Library
	req := casetext.Request(text)
	req.Flags = wire.FlagAnswers | wire.FlagSequential
	sequential := p.run(req)
	req.Flags = wire.FlagAnswers
	for i := 0; i < 10; i++ {
		if got := p.run(req); !reflect.DeepEqual(got.Answers, sequential.Answers) {
			t.Fatalf("concurrent answers %v\nsequential %v", got.Answers, sequential.Answers)
		}
	}
}

const work = "before check lib ; instantiate lib.List lib.Array context\n" +
	"go check a ; check b ; walk methods lib ; walk string instances\n" +
	"go check b ; check a ; walk methods lib reversed ; eval lib Answer ; instantiate lib.Tree int context\n"

// Each of these is documented or stated to be safe, or at least must not
// change what is answered.
func TestSharingChangesNoAnswer(t *testing.T) {
	p := start(t)
	answers := func(text string) [][]wire.Answer {
		t.Helper()
		req := casetext.Request(text + work + casetext.Library)
		req.Flags = wire.FlagAnswers
		reply := p.run(req)
		if reply == nil {
			t.Fatal(p.said())
		}
		if len(reply.Panics) > 0 || len(reply.Skipped) > 0 {
			t.Errorf("%s: panics %v, skipped %v", text, reply.Panics, reply.Skipped)
		}
		for _, v := range reply.Verdicts {
			if v.Code != wire.VerdictValid {
				t.Errorf("%s: %+v", text, reply.Verdicts)
			}
		}
		return reply.Answers
	}
	want := answers("meet import\n")
	if len(want) != 3 || len(want[1]) < 10 {
		t.Fatalf("answers %v", want)
	}
	for _, share := range []string{"fset", "context", "config", "ast", "importer"} {
		if got := answers("meet import\nshare " + share + "\n"); !reflect.DeepEqual(got, want) {
			t.Errorf("share %s: %v\nwant %v", share, got, want)
		}
	}
}

// TestBreachesRace: every breach that a scenario can name races, and the run ends.
func TestBreachesRace(t *testing.T) {
	for share, scenario := range map[string]string{
		"info":              "go check a\ngo check b\n",
		"checker":           "go check a\ngo check a\n",
		"package":           "go check a\ngo check a\n",
		"importer unlocked": "go check b\ngo check b\n",
		"incomplete":        "go check lib ; check a\ngo check b\n",
	} {
		p := start(t)
		before := "meet start import\nbefore check lib\n"
		if share == "importer unlocked" || share == "incomplete" {
			before = "meet start import operation\n"
		}
		req := casetext.Request("share " + share + "\n" + before + scenario + casetext.Library)
		raced, died := 0, false
		for i := 0; i < 10 && !died; i++ {
			reply := p.run(req)
			if died = reply == nil; !died && reply.Races > 0 {
				raced++
			}
		}
		if died && !strings.Contains(p.said(), "fatal error: concurrent map") {
			t.Errorf("share %s: died of\n%s", share, p.said())
		}
		t.Logf("share %s: %d runs raced, died: %v", share, raced, died)
		if raced == 0 && !died {
			t.Errorf("share %s: no race", share)
		}
	}
}
