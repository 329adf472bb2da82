//go:build types2

package clients

// MethodSets holds nothing: types2 has no method sets, and golang.org/x/tools does not use it.
type MethodSets struct{}
