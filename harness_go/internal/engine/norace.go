//go:build !race

package engine

// RaceDetector says whether the program was built with the race detector.
const RaceDetector = false

// raceErrors is how many races were reported since the process started.
func raceErrors() int { return 0 }
