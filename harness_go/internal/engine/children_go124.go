//go:build go1.24

package engine

import "go/types"

func init() {
	children = func(s *types.Scope, f func(*types.Scope)) {
		for child := range s.Children() {
			f(child)
		}
	}
}
