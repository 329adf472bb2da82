//go:build types2

package tested

// Checker is the word for the checker under test.
const Checker = "types2"
