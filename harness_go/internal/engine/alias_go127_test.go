//go:build go1.27

package engine

// Since Go 1.27 aliases are represented regardless of GODEBUG.
const hasAliases, aliasesAlways = true, true
