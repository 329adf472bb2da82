package standalone

// rotate returns the list starting at its n-th element.
func rotate[T any](list []T, n int) []T {
	if len(list) == 0 {
		return nil
	}
	n %= len(list)
	return append(append([]T{}, list[n:]...), list[:n]...)
}

// last chooses the type that was reached last.
func last(n int) int { return n - 1 }

// shuffle chooses with SplitMix64: one seed always gives the same order.
func shuffle(seed uint64) func(n int) int {
	return func(n int) int {
		seed += 0x9e3779b97f4a7c15
		z := seed
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return int((z ^ z>>31) % uint64(n))
	}
}
