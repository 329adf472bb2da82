package engine

import (
	"os"
	"strings"
)

// godebug sets $GODEBUG, which go/types reads when a check begins.
type godebug struct {
	base    string
	current string
}

// init takes what the environment says and makes gotypesalias explicit: this
// module's go line would turn it off without a word.
func (g *godebug) init() {
	g.base = os.Getenv("GODEBUG")
	if !strings.Contains(g.base, "gotypesalias=") {
		g.base = join(g.base, "gotypesalias=1")
	}
	g.current = "unset"
	g.set("")
}

// set adds settings to the base ones; of two for one name the later counts.
func (g *godebug) set(settings string) {
	want := join(g.base, settings)
	if want == g.current {
		return
	}
	// Setenv fails for names and values with a NUL or a bad name only, and
	// then the old settings stay.
	if os.Setenv("GODEBUG", want) == nil {
		g.current = want
	}
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "," + b
}
