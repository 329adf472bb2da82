package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"typerace/harness/internal/tested"
)

// checker is a type checker that can be under test.
type checker struct {
	// packages have probes. The first one is the checker itself.
	packages []string
	// twin says that the harness must be a package of cmd/compile.
	twin bool
}

var checkers = map[string]checker{
	"go/types": {packages: tested.Packages["go/types"]},
	"types2":   {packages: tested.Packages["types2"], twin: true},
}

// folder is where the go command looks for a package of the Go tree.
func folder(goroot, pkg string) string {
	return filepath.Join(goroot, "src", filepath.FromSlash(pkg))
}

// probes puts probes into the checker's packages, and returns their number.
func (c checker) probes(goroot, out string, result *overlay) (int, error) {
	probes := 0
	for i, pkg := range c.packages {
		to, hook := out, fmt.Sprintf(hookSource, path.Base(pkg))
		if c.twin {
			// Files of different packages may have one name.
			to = filepath.Join(out, path.Base(pkg))
			if err := os.MkdirAll(to, 0o755); err != nil {
				return 0, err
			}
		}
		if i > 0 {
			hook = fmt.Sprintf(otherHookSource, path.Base(pkg), c.packages[0])
		}
		n, err := probePackage(folder(goroot, pkg), to, probes, result)
		if err != nil {
			return 0, err
		}
		probes += n
		files := map[string][]byte{"zz_typerace.go": []byte(hook)}
		if err := result.put(folder(goroot, pkg), to, "", files); err != nil {
			return 0, err
		}
	}
	return probes, nil
}

// probePackage puts a probe into each function of a package that gets one, numbered from first.
func probePackage(dir, out string, first int, result *overlay) (int, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return 0, err
	}
	// An overlay may also add files.
	for path := range result.Replace {
		if filepath.Dir(path) == dir && strings.HasSuffix(path, ".go") && !contains(files, path) {
			files = append(files, path)
		}
	}
	sort.Strings(files)
	pkg, err := load(dir, files, result.Replace)
	if err != nil {
		return 0, err
	}
	probes := 0
	for _, f := range pkg.files {
		text, n := pkg.probe(f, first+probes)
		if text == nil {
			continue
		}
		probes += n
		to := filepath.Join(out, filepath.Base(f.path))
		if err := os.WriteFile(to, text, 0o644); err != nil {
			return 0, err
		}
		result.Replace[f.path] = to
	}
	return probes, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// otherHookSource is added to a package that imports the checker and has probes too.
const otherHookSource = `package %s

import _ "unsafe" // for go:linkname

//go:linkname typeraceProbe %[2]s.typeraceProbe
func typeraceProbe(function uint32)

//go:linkname typeraceQuiet %[2]s.typeraceQuiet
func typeraceQuiet() bool

//go:linkname typeraceLoud %[2]s.typeraceLoud
func typeraceLoud(loud bool)
`
