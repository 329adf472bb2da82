//go:build !types2

package tested

var packages = [...]string{"go/types"}
