package main

import "go/types"

// The size of an instance is asked for while its generic type is being declared.
func init() {
	roots["r9"] = func() {
		const src = `package p

import "unsafe"

type L[T, P any] struct {
	Next [unsafe.Sizeof(<-make(chan L[uint, string]))]**int64
}
`
		check("p", src, types.Config{Importer: importer{"unsafe": types.Unsafe}, Sizes: types.SizesFor("gc", "amd64")})
	}
}
