package engine

import (
	"go/types"
	"strconv"
)

// configuration is what a goroutine's later checks have in their Config.
type configuration struct {
	ignoreFuncBodies, fakeImportC, disableUnusedImportCheck bool
	// silent leaves Error nil, as long as the check finds no error.
	silent bool
	// version is GoVersion, and fileVersion that of every file, as from a line //go:build go1.N.
	version, fileVersion string
	sizes                types.Sizes
}

// unset is the configuration of a goroutine that says nothing.
var unset = configuration{sizes: sizes}

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
		return func(c *configuration) { c.ignoreFuncBodies = true }
	case "fakeimportc":
		return func(c *configuration) { c.fakeImportC = true }
	case "unusedimports":
		return func(c *configuration) { c.disableUnusedImportCheck = true }
	case "silent":
		return func(c *configuration) { c.silent = true }
	case "goversion", "fileversion":
		n, err := strconv.ParseUint(value, 10, 8)
		version := "go1." + strconv.FormatUint(n, 10)
		switch {
		case err != nil:
			return nil
		case word == "goversion":
			return func(c *configuration) { c.version = version }
		}
		return func(c *configuration) { c.fileVersion = version }
	case "sizes":
		sizes := types.SizesFor("gc", value)
		if sizes == nil && value != "nil" {
			return nil
		}
		return func(c *configuration) { c.sizes = sizes }
	}
	return nil
}

// configure is the operation `configure SETTING`.
func (g *goroutine) configure(c *call) bool {
	c.configure(&g.configuration)
	return true
}

// apply copies the settings to a Config.
func (c *configuration) apply(to *types.Config) {
	to.IgnoreFuncBodies = c.ignoreFuncBodies
	to.FakeImportC = c.fakeImportC
	to.DisableUnusedImportCheck = c.disableUnusedImportCheck
	to.GoVersion = c.version
	to.Sizes = c.sizes
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
