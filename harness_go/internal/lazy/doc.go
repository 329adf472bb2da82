// Package lazy finds what reading changes: it copies the memory reachable from
// completed packages, and says later which fields are others.
//
// It knows go/types by reflection alone, unexported fields included, so that it
// works with every release: no field is named here. Memory that is not of
// go/types (file sets, syntax, constants) is not entered, and neither is a
// checker: what both readers and writers of a package reach is wanted.
//
// One goroutine uses all of it, while no other one uses the packages.
package lazy
