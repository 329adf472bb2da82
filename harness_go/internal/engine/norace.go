//go:build !race

package engine

// RaceDetector says whether the program was built with the race detector.
const RaceDetector = false

// raceErrors is the number of races reported since the process started.
func raceErrors() int { return 0 }
