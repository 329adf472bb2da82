//go:build go1.23

package standalone

import (
	"go/parser"
	"strings"
	"testing"
)

// What a probe lists is Go, and asking it does not panic.
func TestCandidatesCanBeAsked(t *testing.T) {
	lib := library(t)
	roots := scopeRoots("lib", lib)
	all := candidates(roots, true)
	if len(all) < 500 {
		t.Fatalf("%d candidates", len(all))
	}
	for _, c := range all {
		text := strings.NewReplacer("$1", c.value, "$2", c.second).Replace(c.q)
		if _, err := parser.ParseExpr(text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		picks[0] = pick{true, true, c}
		prepare(0, roots)
		askOne(0, c.pair, roots, func() { t.Error("the general form was asked") })
	}
}
