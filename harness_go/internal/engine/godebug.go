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

// init reads the environment and makes gotypesalias explicit: this module's go line
// would silently turn it off.
func (g *godebug) init() {
	g.base = os.Getenv("GODEBUG")
	if !strings.Contains(g.base, "gotypesalias=") {
		g.base = join(g.base, "gotypesalias=1")
	}
	g.current = "unset"
	g.set("")
}

// set adds settings to the base ones. Of two settings with one name the later counts.
func (g *godebug) set(settings string) {
	want := join(g.base, settings)
	if want == g.current {
		return
	}
	// Setenv fails only for a bad name or a NUL, and then the old settings stay.
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
