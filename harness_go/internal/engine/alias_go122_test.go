//go:build go1.22 && !go1.27

package engine

// From Go 1.22 to 1.26 gotypesalias decides.
const hasAliases, aliasesAlways = true, false
