package main

import (
	"fmt"
	"os"
	"syscall"

	"typerace/harness/internal/engine"
)

// mapCoverage maps the file that the parent reads coverage from: as many bytes
// as there are counters; and, from the next multiple of 8 on, the status.
func mapCoverage(fd, counters int) ([]byte, *engine.Status, error) {
	at := (counters + 7) / 8 * 8
	size := at + engine.StatusSize
	var stat syscall.Stat_t
	if err := syscall.Fstat(fd, &stat); err != nil {
		return nil, nil, fmt.Errorf("coverage map on descriptor %d: %w", fd, err)
	}
	if stat.Size < int64(size) {
		return nil, nil, fmt.Errorf("coverage map has %d bytes, %d are needed", stat.Size, size)
	}
	page := os.Getpagesize()
	length := (size + page - 1) / page * page
	coverage, err := syscall.Mmap(fd, 0, length, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return nil, nil, fmt.Errorf("coverage map: %w", err)
	}
	return coverage[:counters], engine.NewStatus(coverage[at:size]), nil
}
