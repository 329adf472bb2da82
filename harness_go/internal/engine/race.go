//go:build race

package engine

import "runtime"

// RaceDetector says whether the program was built with the race detector.
const RaceDetector = true

// raceErrors is how many races were reported since the process started.
func raceErrors() int { return runtime.RaceErrors() }
