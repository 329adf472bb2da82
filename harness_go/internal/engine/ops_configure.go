package engine

import (
	"go/types"
	"strconv"
)

// configuration is what a goroutine's later checks have in their Config.
type configuration struct {
	types.Config
	// noInfo leaves the Info nil.
	noInfo bool
	// silent leaves Error nil, as long as the check finds no error.
	silent bool
	// fileVersion is the version of every file, as from a line //go:build go1.N.
	fileVersion string
}

// unset is the configuration of a goroutine that says nothing.
var unset = configuration{Config: types.Config{Sizes: sizes}}

func init() {
	register(operation{word: "configure", operands: []operand{aSetting}, run: (*goroutine).configure})
}

// aSetting reads `nobodies`, `goversion 20` or `sizes 386`.
func aSetting(c *call, words []string) []string {
	if len(words) == 0 {
		c.fail("an operand is missing")
		return nil
	}
	word, value, words := words[0], "", words[1:]
	if len(words) > 0 {
		value, words = words[0], words[1:]
	}
	c.name += " " + word
	if c.configure = settingOf(word, value); c.configure == nil {
		c.fail("not a setting that this harness knows")
	}
	return words
}

// settingOf returns a function that makes a setting; nil if there is no such setting.
func settingOf(word, value string) func(*configuration) {
	switch word {
	case "default":
		return func(c *configuration) { *c = unset }
	case "nobodies":
		return func(c *configuration) { c.IgnoreFuncBodies = true }
	case "noinfo":
		return func(c *configuration) { c.noInfo = true }
	case "fakeimportc":
		return func(c *configuration) { c.FakeImportC = true }
	case "unusedimports":
		return func(c *configuration) { c.DisableUnusedImportCheck = true }
	case "silent":
		return func(c *configuration) { c.silent = true }
	case "goversion", "fileversion":
		n, err := strconv.ParseUint(value, 10, 8)
		if err != nil {
			return nil
		}
		version := "go1." + strconv.FormatUint(n, 10)
		if word == "goversion" {
			return func(c *configuration) { c.GoVersion = version }
		}
		return func(c *configuration) { c.fileVersion = version }
	case "sizes":
		sizes := types.SizesFor("gc", value)
		if sizes == nil && value != "nil" {
			return nil
		}
		return func(c *configuration) { c.Sizes = sizes }
	}
	return nil
}

// configure is the operation `configure SETTING`.
func (g *goroutine) configure(c *call) bool {
	c.configure(&g.configuration)
	return true
}

// maySayNothing reports whether a check begins without Config.Error. What a check that stops early
// leaves in a shared Context, Package or Config would reach others.
func (g *goroutine) maySayNothing(with checkWith, shares bool) bool {
	s := &g.share
	return g.configuration.silent && !with.base && !s.context &&
		!(shares && (s.config || s.checker || s.packages || s.incomplete))
}

// withVersions gives every file the version that the goroutine configured, and returns a function
// that undoes it.
func (g *goroutine) withVersions(files []*tree) func() {
	if g.configuration.fileVersion == "" || g.share.ast {
		return func() {}
	}
	old := make([]string, len(files))
	for i, f := range files {
		old[i], f.GoVersion = f.GoVersion, g.configuration.fileVersion
	}
	return func() {
		for i, f := range files {
			f.GoVersion = old[i]
		}
	}
}
