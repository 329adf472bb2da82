package engine

import "go/types"

// Queries on methods and fields.

func init() {
	registerQueries(
		query{name: "lookup", ask: askLookup},
		query{name: "methods", ask: askMethods},
	)
}

func askMethods(a *asker, t, _ types.Type) {
	n, ok := unalias(t).(*types.Named)
	if !ok {
		return
	}
	for i := 0; i < n.NumMethods(); i++ {
		m := n.Method(i)
		sig, ok := m.Type().(*types.Signature)
		if !ok {
			continue
		}
		a.str(m.Name())
		a.typ(sig)
		if recv := sig.Recv(); recv != nil {
			a.typ(recv.Type())
		}
		askTuple(a, sig.Params())
		askTuple(a, sig.Results())
	}
}

// selection asks a selection.
func (a *asker) selection(s *types.Selection) {
	a.int(int64(s.Kind()))
	a.typ(s.Recv())
	a.typ(s.Type())
	a.int(int64(len(s.Index())))
}

// absent is a name that no type has.
const absent = "Absent·"

func askLookup(a *asker, t, _ types.Type) {
	if _, ok := t.(*types.Tuple); ok {
		return
	}
	pkg := a.pkg
	if p := packageOf(t); p != nil {
		pkg = p
	}
	eachMember(t, func(name string) {
		for _, addressable := range [...]bool{false, true} {
			obj, index, indirect := types.LookupFieldOrMethod(t, addressable, pkg, name)
			a.obj(obj)
			a.int(int64(len(index)))
			a.bool(indirect)
		}
		if lookupSelection != nil {
			if s, ok := lookupSelection(t, true, pkg, name); ok {
				a.selection(&s)
				a.bool(types.SelectionString(&s, types.RelativeTo(pkg)) != "")
			}
		}
	})
	obj, _, _ := types.LookupFieldOrMethod(t, true, pkg, absent)
	a.obj(obj)
}

// eachMember calls f with the names of the type's own fields and methods.
func eachMember(t types.Type, f func(name string)) {
	t = unalias(t)
	if n, ok := t.(*types.Named); ok {
		for i := 0; i < n.NumMethods(); i++ {
			f(n.Method(i).Name())
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := 0; i < u.NumFields(); i++ {
			f(u.Field(i).Name())
		}
	case *types.Interface:
		for i := 0; i < u.NumExplicitMethods(); i++ {
			f(u.ExplicitMethod(i).Name())
		}
	}
}
