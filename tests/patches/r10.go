package main

import "go/types"

// The size of a struct overflows.
func init() {
	roots["r10"] = func() {
		const src = `package p

import "unsafe"

var _ = unsafe.Sizeof(struct {
	x int
	y [9223372036854775807]int8
}{})
`
		check("p", src, types.Config{Importer: importer{"unsafe": types.Unsafe}})
	}
}
