package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"typerace/harness/internal/casetext"
	"typerace/harness/internal/wire"
)

// TestGoldenScenarios runs tests/scenarios. Each scenario is named for the element that it must
// execute. A scenario of class contract must race, and every other one must not.
func TestGoldenScenarios(t *testing.T) {
	files, err := filepath.Glob("../../../tests/scenarios/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	contract := func(name string) bool {
		for _, c := range []string{"setter_", "operation_set", "share_importer_unlocked", "share_info", "share_checker",
			"share_package", "share_incomplete", "share_interface", "share_unfinished", "share_alias",
			"reading_blocks", "reading_referrers"} {
			if strings.HasPrefix(name, c) {
				return true
			}
		}
		return false
	}
	p := start(t)
	known := map[string]bool{}
	for _, word := range p.hello.Words {
		known[word] = true
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		kind, word, _ := strings.Cut(strings.ReplaceAll(name, "_", " "), " ")
		if (kind == "operation" || kind == "query") && !known[word] || (strings.HasPrefix(word, "export") || word == "unified" || word == "mixed") && !known["export"] ||
			(kind == "reading" || word == "program" || word == "analyses") && !known["ssa"] {
			t.Logf("%s: this build has no golang.org/x/tools", name)
			continue
		}
		if minor() < 23 && (name == "share_alias" || name == "setter_typeparams") {
			t.Logf("%s: this Go has no Alias.SetTypeParams", name)
			continue
		}
		req := casetext.Request(string(text))
		req.Flags = wire.FlagResolutions
		// On a loaded machine the two sides may run one after the other, ordered by a lock that the
		// first side takes. So a breach gets many runs.
		runs, raced, executed := 10, 0, map[string]uint32{}
		if contract(name) {
			runs = 300
		}
		for i := 0; i < runs && (raced == 0 || !contract(name)); i++ {
			reply := p.run(req)
			if reply == nil {
				if !contract(name) || !strings.Contains(p.said(), "fatal error: concurrent map") {
					t.Errorf("%s: died of\n%s", name, p.said())
				}
				raced++
				p = start(t)
				break
			}
			if reply.Races > 0 {
				raced++
			}
			if len(reply.Skipped) > 0 || len(reply.Panics) > 0 && !contract(name) {
				t.Errorf("%s: skipped %q, panics %+v", name, reply.Skipped, reply.Panics)
			}
			if resolved := name == "resolved_name"; (len(reply.Resolutions) > 0) != resolved {
				t.Errorf("%s: resolutions %q", name, reply.Resolutions)
			}
			if wrong := reply.Verdicts[0].Code == wire.VerdictTypeErrors; wrong != (word == "faulty dependency" || word == "faulty" || word == "unfinished") {
				t.Errorf("%s: verdicts %+v", name, reply.Verdicts)
			}
			for _, c := range reply.Executed {
				executed[c.Name] += c.N
			}
		}
		ran := func(name string) bool { return executed[name] > 0 }
		switch kind {
		case "share", "import", "meet":
			if !ran(kind+" "+word) && raced == 0 {
				t.Errorf("%s: not executed: %v", name, executed)
			}
		case "pattern", "order", "setting":
			if len(executed) == 0 {
				t.Errorf("%s: nothing was executed", name)
			}
		case "config":
			if !ran("configure " + word) {
				t.Errorf("%s: not executed: %v", name, executed)
			}
		case "reading":
			if !ran("ssaread " + word) {
				t.Errorf("%s: not executed: %v", name, executed)
			}
		case "query":
			if !ran("query "+word) || !ran("walk "+word) {
				t.Errorf("%s: not executed: %v", name, executed)
			}
		}
		// A checker writes to its Config, and to a package that comes with an error.
		if unstated := name == "share_config" || name == "import_error" || name == "import_faulty"; (raced > 0) != contract(name) && !unstated {
			t.Errorf("%s: %d runs raced\n%.3000s", name, raced, p.reports())
		}
	}
}
