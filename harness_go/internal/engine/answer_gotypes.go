//go:build !types2

package engine

import "go/types"

// errorPlace is the file, line and column of an error.
func errorPlace(err types.Error) string { return err.Fset.Position(err.Pos).String() }

// errorCode is the name of an error's code.
func errorCode(err types.Error) string { return hiddenCode(&err) }
