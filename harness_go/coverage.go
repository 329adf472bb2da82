package main

import (
	"fmt"
	"os"
	"syscall"
)

// mapCoverage maps the file that the parent reads coverage from: as many bytes
// as there are counters, then the interleaving map.
func mapCoverage(fd, counters, pairs int) ([]byte, error) {
	size := counters + pairs
	var stat syscall.Stat_t
	if err := syscall.Fstat(fd, &stat); err != nil {
		return nil, fmt.Errorf("coverage map on descriptor %d: %w", fd, err)
	}
	if stat.Size < int64(size) {
		return nil, fmt.Errorf("coverage map has %d bytes, %d are needed", stat.Size, size)
	}
	page := os.Getpagesize()
	length := (size + page - 1) / page * page
	coverage, err := syscall.Mmap(fd, 0, length, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("coverage map: %w", err)
	}
	return coverage[:size], nil
}
