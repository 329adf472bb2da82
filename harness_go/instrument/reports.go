package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// countReports adds a file to package runtime that silences the race detector when a run has
// reached its number of reports. It counts them where the detector asks for a report's data.
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
	// Since Go 1.22, the function that stops the world returns a value for restarting it.
	stop, start := "stopTheWorld(stwGOMAXPROCS)", "startTheWorld()"
	if strings.Contains(scheduler, "\nfunc stopTheWorld(reason stwReason) worldStop {") {
		stop, start = "stopped := "+stop, "startTheWorld(stopped)"
	} else if !strings.Contains(scheduler, "\nfunc stopTheWorld(reason stwReason) {") {
		return fmt.Errorf("%s: proc.go does not stop the world as this instrumentation knows", dir)
	}
	return result.put(dir, out, "runtime_", map[string][]byte{
		// On the same line, so that line numbers do not change.
		"race.go":               []byte(strings.Replace(race, call, call+" typeraceReported()", 1)),
		"zz_typerace_race.go":   []byte(fmt.Sprintf(reportsSource, stop, start)),
		"zz_typerace_norace.go": []byte(noReportsSource),
	})
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

// noReportsSource is for a harness without the race detector, which has no reports to silence.
const noReportsSource = `//go:build !race

package runtime

import _ "unsafe"

//go:linkname typeraceSilence
func typeraceSilence() {}
`
