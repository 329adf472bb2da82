//go:build go1.24 && !types2

package engine

import "go/types"

func init() {
	iterate = iterateSequences
	children = func(s *types.Scope, f func(*types.Scope)) {
		for child := range s.Children() {
			f(child)
		}
	}
}

// iterateSequences is iterate with the iterators of Go 1.24.
func iterateSequences(t types.Type, typ func(types.Type), obj func(types.Object)) {
	for arg := range typeArgs(t).Types() {
		typ(arg)
	}
	for param := range typeParams(t).TypeParams() {
		typ(param)
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		for m := range n.Methods() {
			obj(m)
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for f := range u.Fields() {
			obj(f)
		}
	case *types.Tuple:
		for v := range u.Variables() {
			obj(v)
		}
	case *types.Union:
		for term := range u.Terms() {
			typ(term.Type())
		}
	case *types.Signature:
		for param := range u.RecvTypeParams().TypeParams() {
			typ(param)
		}
		for v := range u.Params().Variables() {
			obj(v)
		}
	case *types.Interface:
		for m := range u.ExplicitMethods() {
			obj(m)
		}
		for e := range u.EmbeddedTypes() {
			typ(e)
		}
		for m := range u.Methods() {
			obj(m)
		}
	}
	if _, ok := t.(*types.Tuple); ok {
		return
	}
	for selection := range types.NewMethodSet(t).Methods() {
		obj(selection.Obj())
	}
}
