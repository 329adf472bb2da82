package main

import "go/types"

// One Config for two checkers.
func init() {
	roots["r8"] = func() {
		conf := &types.Config{Error: func(error) {}}
		together(func(int) { checkWith("p", "package p\n", conf) })
	}
}
