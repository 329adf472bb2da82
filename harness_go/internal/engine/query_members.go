package engine

import "go/types"

// Queries on methods and fields.

func init() {
	registerQueries(
		query{name: "methodset", ask: askMethodset},
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

func askMethodset(a *asker, t, _ types.Type) {
	if _, ok := t.(*types.Tuple); ok {
		return
	}
	for _, t := range [...]types.Type{t, types.NewPointer(t)} {
		set := types.NewMethodSet(t)
		for i := 0; i < set.Len(); i++ {
			selection := set.At(i)
			a.obj(selection.Obj())
			a.bool(selection.Indirect())
			a.selection(selection)
			obj := selection.Obj()
			a.bool(set.Lookup(obj.Pkg(), obj.Name()) != nil)
		}
		a.bool(set.String() != "")
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

const (
	// mostMembers bounds the names that a type is asked for, and the embedded types of a level.
	// Structs have up to 60 fields.
	mostMembers = 80
	// deepest is how many embedded types a promoted name is looked for in.
	deepest = 3
)

// eachMember calls f once with each name of the type's own fields and methods, and of those of its
// embedded types. Whether such a name is promoted, hidden or ambiguous is for the lookup to say.
func eachMember(t types.Type, f func(name string)) {
	seen := make(map[string]bool)
	level := []types.Type{t}
	for depth := 0; depth <= deepest; depth++ {
		var next []types.Type
		for _, t := range level {
			names, embedded := members(t)
			next = append(next, embedded...)
			for _, name := range names {
				if !seen[name] && len(seen) < mostMembers {
					seen[name] = true
					f(name)
				}
			}
		}
		level = next[:min(len(next), mostMembers)]
	}
}

// members returns the names of a type's own fields and methods, and the types that it embeds.
func members(t types.Type) (names []string, embedded []types.Type) {
	t = unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		for i := 0; i < n.NumMethods(); i++ {
			names = append(names, n.Method(i).Name())
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := 0; i < u.NumFields(); i++ {
			field := u.Field(i)
			names = append(names, field.Name())
			if field.Embedded() {
				embedded = append(embedded, field.Type())
			}
		}
	case *types.Interface:
		for i := 0; i < u.NumExplicitMethods(); i++ {
			names = append(names, u.ExplicitMethod(i).Name())
		}
		for i := 0; i < u.NumEmbeddeds(); i++ {
			embedded = append(embedded, u.EmbeddedType(i))
		}
	}
	return names, embedded
}
