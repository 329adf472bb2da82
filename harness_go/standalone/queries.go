package standalone

import (
	"bytes"
	"go/types"
)

func underlying(t types.Type) { t.Underlying() }

func typeText(t types.Type) {
	types.TypeString(t, nil)
	var text bytes.Buffer
	types.WriteType(&text, t, nil)
	if t, ok := t.(interface{ Obj() *types.TypeName }); ok {
		types.ObjectString(t.Obj(), nil)
	}
}

func methodSet(t types.Type) {
	if _, ok := t.(*types.Tuple); ok {
		return
	}
	for _, t := range []types.Type{t, types.NewPointer(t)} {
		set := types.NewMethodSet(t)
		for i := 0; i < set.Len(); i++ {
			set.At(i).Type()
			_ = set.At(i).String()
		}
	}
}

func lookup(t types.Type) {
	if _, ok := t.(*types.Tuple); ok {
		return
	}
	var pkg *types.Package
	if t, ok := t.(interface{ Obj() *types.TypeName }); ok {
		pkg = t.Obj().Pkg()
	}
	for _, name := range append(members(t), "absent") {
		types.LookupFieldOrMethod(t, false, pkg, name)
		types.LookupFieldOrMethod(t, true, pkg, name)
	}
}

func fields(t types.Type) {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := 0; i < u.NumFields(); i++ {
			u.Field(i).Type()
		}
	case *types.Signature:
		u.Params()
		u.Results()
	case *types.Interface:
		for i := 0; i < u.NumEmbeddeds(); i++ {
			u.EmbeddedType(i)
		}
		for i := 0; i < u.NumExplicitMethods(); i++ {
			u.ExplicitMethod(i)
		}
	case *types.Union:
		for i := 0; i < u.Len(); i++ {
			u.Term(i).Type()
		}
	}
}

func typeParams(t types.Type) {
	if g, ok := t.(interface{ TypeParams() *types.TypeParamList }); ok {
		for i := 0; i < g.TypeParams().Len(); i++ {
			g.TypeParams().At(i).Constraint()
		}
	}
	if g, ok := t.(interface{ TypeArgs() *types.TypeList }); ok {
		for i := 0; i < g.TypeArgs().Len(); i++ {
			g.TypeArgs().At(i)
		}
	}
	switch t := t.(type) {
	case *types.Named:
		t.Origin()
	case *types.TypeParam:
		t.Constraint()
		t.Underlying()
	}
}

func typeSet(t types.Type) {
	u, ok := t.Underlying().(*types.Interface)
	if !ok {
		return
	}
	u.NumMethods()
	u.IsComparable()
	u.IsMethodSet()
	u.Empty()
	for i := 0; i < u.NumMethods(); i++ {
		u.Method(i)
	}
}

func isComparable(t types.Type) { types.Comparable(t) }
