//go:build race

package engine

import "runtime"

// RaceDetector says whether the program was built with the race detector.
const RaceDetector = true

// raceErrors is the number of races reported since the process started.
func raceErrors() int { return runtime.RaceErrors() }

// inStep is false: the detector does not need accesses at the same moment.
func inStep() bool { return false }

// pressure does nothing: see the build without the race detector.
func pressure() (stop func()) { return func() {} }
