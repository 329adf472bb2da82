//go:build !go1.22

package engine

const hasAliases, aliasesAlways = false, false
