package engine

import "sync"

// Plant makes a race and returns how many races the detector reported.
func Plant() int {
	races := raceErrors()
	plantedRace()
	return raceErrors() - races
}

// plantedRace is a race on purpose: two goroutines write a new variable, and nothing orders the
// writes. The WaitGroup only orders each of them before the return.
func plantedRace() {
	var wg sync.WaitGroup
	planted := new(int)
	for i := 0; i < 2; i++ {
		wg.Add(1)
		go func() {
			*planted++
			wg.Done()
		}()
	}
	wg.Wait()
}
