package engine

import (
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// TestPlantIsAlwaysReported makes planted races until the detector has used up its slots at least
// once: a single race goes unreported there.
func TestPlantIsAlwaysReported(t *testing.T) {
	if !RaceDetector {
		t.Skip("needs -race")
	}
	if os.Getenv("TYPERACE_PLANTS") == "" {
		run := exec.Command(os.Args[0], "-test.run=^TestPlantIsAlwaysReported$", "-test.v")
		run.Env = append(os.Environ(), "TYPERACE_PLANTS=1",
			"GORACE=suppress_equal_stacks=0 suppress_equal_addresses=0 exitcode=0")
		output, err := run.Output()
		if err != nil {
			// The testing package fails a test during which races are reported.
			t.Log(err)
		}
		const all = "every planted race was reported"
		if !strings.Contains(string(output), all) {
			t.Fatalf("%.2000s", output)
		}
		return
	}
	// All 255 slots, and some more.
	var mu sync.Mutex
	alone := 0
	for i := 0; i < 260*16; i++ {
		for range [slotLife / 16]struct{}{} {
			mu.Lock()
			mu.Unlock()
		}
		before := raceErrors()
		plantedRace()
		if raceErrors() > before {
			continue
		}
		alone++
		if n := Plant(); n != 1 {
			t.Fatalf("single race %d was not reported, and then Plant returned %d", i, n)
		}
	}
	t.Logf("every planted race was reported; %d single ones were not", alone)
}
