// Instrument writes a `go build -overlay` file that puts a probe at the entry of
// every function of go/types.
//
//	go run ./instrument -goroot $(go env GOROOT) -out DIR [-overlay USER.json]
//
// The probe is inserted right behind the opening brace, so line numbers stay. It
// calls a hook that the harness sets; see ../schedule.go for what that does. A
// user's overlay is carried over, and files of go/types that it replaces are
// instrumented too.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

// overlay is the file format of go build -overlay.
type overlay struct {
	Replace map[string]string
}

func main() {
	goroot := flag.String("goroot", "", "root of the Go tree under test")
	out := flag.String("out", "", "folder for the overlay and its files")
	user := flag.String("overlay", "", "an overlay to carry over")
	flag.Parse()
	n, err := instrument(*goroot, *out, *user)
	if err != nil {
		fmt.Fprintln(os.Stderr, "instrument:", err)
		os.Exit(1)
	}
	fmt.Println(n)
}

// instrument writes the overlay and returns the number of probes.
func instrument(goroot, out, user string) (int, error) {
	result := overlay{Replace: map[string]string{}}
	if user != "" {
		text, err := os.ReadFile(user)
		if err != nil {
			return 0, err
		}
		if err := json.Unmarshal(text, &result); err != nil {
			return 0, fmt.Errorf("%s: %w", user, err)
		}
	}
	dir := filepath.Join(goroot, "src", "go", "types")
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return 0, err
	}
	// An overlay may add files of its own.
	for path := range result.Replace {
		if filepath.Dir(path) == dir && strings.HasSuffix(path, ".go") && !contains(files, path) {
			files = append(files, path)
		}
	}
	sort.Strings(files)
	probes := 0
	for _, path := range files {
		source := path
		if replaced, ok := result.Replace[path]; ok {
			if replaced == "" {
				continue // deleted by the user's overlay
			}
			source = replaced
		}
		text, n, err := probe(path, source, probes)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			continue
		}
		probes += n
		to := filepath.Join(out, filepath.Base(path))
		if err := os.WriteFile(to, text, 0o644); err != nil {
			return 0, err
		}
		result.Replace[path] = to
	}
	hook := filepath.Join(out, "zz_typerace.go")
	if err := os.WriteFile(hook, []byte(hookSource), 0o644); err != nil {
		return 0, err
	}
	result.Replace[filepath.Join(dir, "zz_typerace.go")] = hook
	if err := reseed(goroot, out, &result); err != nil {
		return 0, err
	}
	if err := countReports(goroot, out, &result); err != nil {
		return 0, err
	}
	text, err := json.MarshalIndent(result, "", "\t")
	if err != nil {
		return 0, err
	}
	return probes, os.WriteFile(filepath.Join(out, "overlay.json"), text, 0o644)
}

// probe returns the text of a file with a probe in each function, numbered from
// first, and how many there are. Files that are no part of the package have none.
func probe(path, source string, first int) ([]byte, int, error) {
	text, err := os.ReadFile(source)
	if err != nil {
		return nil, 0, err
	}
	if strings.HasSuffix(path, "_test.go") {
		return nil, 0, nil
	}
	context := build.Default
	context.OpenFile = nil
	if match, err := context.MatchFile(filepath.Dir(source), filepath.Base(source)); err != nil || !match {
		return nil, 0, err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, 0, err
	}
	var at []int
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil && f.Name.Name != "init" {
			at = append(at, fset.Position(f.Body.Lbrace).Offset+1)
		}
	}
	var result []byte
	done := 0
	for i, offset := range at {
		result = append(result, text[done:offset]...)
		result = append(result, fmt.Sprintf("typeraceProbe(%d);", first+i)...)
		done = offset
	}
	return append(result, text[done:]...), len(at), nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// reseed adds a file to package runtime that sets the random state of the running
// thread: the order of map iterations, which go/types has some of, comes from it.
func reseed(goroot, out string, result *overlay) error {
	dir := filepath.Join(goroot, "src", "runtime")
	text, err := os.ReadFile(filepath.Join(dir, "runtime2.go"))
	if err != nil {
		return err
	}
	// Fields of runtime.m: fastrand until Go 1.21, then chacha8 and cheaprand, of a
	// type that changed.
	field := regexp.MustCompile(`(?m)^\t(fastrand|cheaprand)\s+(uint32|uint64)\b`).FindSubmatch(text)
	if field == nil {
		return fmt.Errorf("%s has no random state that this instrumentation knows", dir)
	}
	body := fmt.Sprintf("\tmp.%s = %s(seed | 1)\n", field[1], field[2])
	if regexp.MustCompile(`(?m)^\tchacha8\s+chacha8rand\.State`).Match(text) {
		body += "\tmp.chacha8.Init64([4]uint64{seed, seed + 1, seed + 2, seed + 3})\n"
	}
	path := filepath.Join(out, "zz_typerace_runtime.go")
	result.Replace[filepath.Join(dir, "zz_typerace.go")] = path
	return os.WriteFile(path, []byte(fmt.Sprintf(reseedSource, body)), 0o644)
}

const reseedSource = `package runtime

import _ "unsafe"

//go:linkname typeraceSeed
var typeraceSeed = typeraceReseed

func typeraceReseed(seed uint64) {
	mp := acquirem()
%s	releasem(mp)
}
`

// countReports adds a file to package runtime that silences the race detector when a
// run had its reports, and counts them where the detector asks for a report's data.
func countReports(goroot, out string, result *overlay) error {
	dir := filepath.Join(goroot, "src", "runtime")
	original := func(name string) (string, error) {
		path := filepath.Join(dir, name)
		if replaced := result.Replace[path]; replaced != "" {
			path = replaced
		}
		text, err := os.ReadFile(path)
		return string(text), err
	}
	race, err := original("race.go")
	if err != nil {
		return err
	}
	const call = "\tcase raceSymbolizeDataCmd:"
	if strings.Count(race, call+"\n") != 1 {
		return fmt.Errorf("%s: race.go does not ask for a report's data where this instrumentation knows", dir)
	}
	scheduler, err := original("proc.go")
	if err != nil {
		return err
	}
	// From Go 1.22 on, what stops the world gives what starts it again.
	stop, start := "stopTheWorld(stwGOMAXPROCS)", "startTheWorld()"
	if strings.Contains(scheduler, "\nfunc stopTheWorld(reason stwReason) worldStop {") {
		stop, start = "stopped := "+stop, "startTheWorld(stopped)"
	} else if !strings.Contains(scheduler, "\nfunc stopTheWorld(reason stwReason) {") {
		return fmt.Errorf("%s: proc.go does not stop the world as this instrumentation knows", dir)
	}
	for name, content := range map[string]string{
		// On the same line: line numbers stay.
		"race.go":             strings.Replace(race, call, call+" typeraceReported()", 1),
		"zz_typerace_race.go": fmt.Sprintf(reportsSource, stop, start),
	} {
		path := filepath.Join(out, "runtime_"+name)
		result.Replace[filepath.Join(dir, name)] = path
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

const reportsSource = `//go:build race

package runtime

import _ "unsafe"

//go:linkname typeraceReports
var typeraceReports uint32

//go:linkname typeraceReportLimit
var typeraceReportLimit uint32

//go:linkname typeraceReportFlag
var typeraceReportFlag *byte

//go:linkname typeracePending
var typeracePending bool

// typeraceReported is called once for each report, under the detector's lock.
//
//go:nosplit
func typeraceReported() {
	typeraceReports++
	if typeraceReports == typeraceReportLimit && typeraceReportFlag != nil {
		typeracePending = true
	}
}

// typeraceSilence clears the flag. The detector looks at it when a report begins and
// insists that it has not changed when it is printed: no goroutine may be in between,
// and while the world is stopped none is in the detector. Stopping it orders nothing
// in the detector's eyes.
//
//go:linkname typeraceSilence
func typeraceSilence() {
	%s
	if typeracePending {
		typeracePending = false
		*typeraceReportFlag = 0
	}
	%s
}
`

// hookSource is added to go/types. The probe must not be seen by the race
// detector: it and the hook are norace functions, which are never inlined.
const hookSource = `package types

import _ "unsafe"

//go:linkname typeraceHook
var typeraceHook func(function uint32)

//go:linkname typeracePending runtime.typeracePending
var typeracePending bool

//go:linkname typeraceSilence runtime.typeraceSilence
func typeraceSilence()

//go:norace
func typeraceProbe(function uint32) {
	if typeraceHook != nil {
		typeraceHook(function)
	}
	if typeracePending {
		typeraceSilence()
	}
}
`
