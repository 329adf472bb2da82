//go:build go1.23

package standalone

import (
	"fmt"
	"go/types"
)

func questions(p place) (list []question) {
	add := func(kind string, n int, name string) { list = append(list, question{kind, n, name}) }
	add("Underlying", 0, "")
	switch t := p.t.(type) {
	case *types.Tuple, *types.Union:
		return nil
	case *types.Alias:
		add("Unalias", 0, "")
		add("Rhs", 0, "")
	case *types.Named:
		add("NumMethods", 0, "")
		for i := 0; i < t.NumMethods(); i++ {
			add("Method", i, "")
		}
	case *types.TypeParam:
		add("Constraint", 0, "")
	}
	add("NewMethodSet", 0, "")
	add("NewMethodSetOfPointer", 0, "")
	if u, ok := p.t.Underlying().(*types.Interface); ok {
		for _, q := range []string{"iNumMethods", "iIsComparable", "iIsMethodSet", "iEmpty"} {
			add(q, 0, "")
		}
		for i := 0; i < u.NumMethods(); i++ {
			add("iMethod", i, "")
		}
	}
	add("TypeString", 0, "")
	if _, ok := p.t.(interface{ Obj() *types.TypeName }); ok {
		add("ObjectString", 0, "")
	}
	for _, name := range append(members(p.t), "absent") {
		add("LookupFieldOrMethod", 0, name)
	}
	add("Comparable", 0, "")
	if sized(p.t, 0) {
		add("Sizeof", 0, "")
	}
	if t, ok := p.t.(genericType); ok {
		for i := 0; i < t.TypeParams().Len(); i++ {
			add("ConstraintOf", i, "")
		}
	}
	return list
}

type declaredType interface{ Obj() *types.TypeName }

func (q question) do(t, u types.Type) {
	switch q.kind {
	case "Underlying":
		t.Underlying()
	case "Unalias":
		types.Unalias(t)
	case "Rhs":
		t.(*types.Alias).Rhs()
	case "NumMethods":
		t.(*types.Named).NumMethods()
	case "Method":
		t.(*types.Named).Method(q.n)
	case "Constraint":
		t.(*types.TypeParam).Constraint()
	case "ConstraintOf":
		t.(genericType).TypeParams().At(q.n).Constraint()
	case "NewMethodSet":
		types.NewMethodSet(t)
	case "NewMethodSetOfPointer":
		types.NewMethodSet(types.NewPointer(t))
	case "iNumMethods":
		t.Underlying().(*types.Interface).NumMethods()
	case "iIsComparable":
		t.Underlying().(*types.Interface).IsComparable()
	case "iIsMethodSet":
		t.Underlying().(*types.Interface).IsMethodSet()
	case "iEmpty":
		t.Underlying().(*types.Interface).Empty()
	case "iMethod":
		t.Underlying().(*types.Interface).Method(q.n)
	case "TypeString":
		types.TypeString(t, nil)
	case "ObjectString":
		types.ObjectString(t.(declaredType).Obj(), nil)
	case "LookupFieldOrMethod":
		types.LookupFieldOrMethod(t, true, nil, q.name)
	case "Comparable":
		types.Comparable(t)
	case "Sizeof":
		types.SizesFor("gc", "amd64").Sizeof(t)
	case "Identical":
		types.Identical(t, u)
	case "AssignableTo":
		types.AssignableTo(t, u)
	case "ConvertibleTo":
		types.ConvertibleTo(t, u)
	case "Implements":
		types.Implements(t, u.Underlying().(*types.Interface))
	case "Satisfies":
		types.Satisfies(t, u.Underlying().(*types.Interface))
	case "MissingMethod":
		types.MissingMethod(t, u.Underlying().(*types.Interface), true)
	case "AssertableTo":
		types.AssertableTo(t.Underlying().(*types.Interface), u)
	default:
		panic(q.kind)
	}
}

// text returns the question in Go. $1 and $2 stand for the types.
func (q question) text(p place) string {
	c := "$1"
	if !p.known {
		c = fmt.Sprintf("$1.(%T)", p.t)
	}
	const i = "$1.Underlying().(*types.Interface)."
	const j = "$2.Underlying().(*types.Interface)"
	switch q.kind {
	case "Underlying":
		return "$1.Underlying()"
	case "Method":
		return fmt.Sprintf("%s.Method(%d)", c, q.n)
	case "Rhs", "NumMethods", "Constraint":
		return c + "." + q.kind + "()"
	case "ConstraintOf":
		return fmt.Sprintf("%s.TypeParams().At(%d).Constraint()", c, q.n)
	case "NewMethodSetOfPointer":
		return "types.NewMethodSet(types.NewPointer($1))"
	case "iNumMethods", "iIsComparable", "iIsMethodSet", "iEmpty":
		return i + q.kind[1:] + "()"
	case "iMethod":
		return fmt.Sprintf("%sMethod(%d)", i, q.n)
	case "TypeString":
		return "types.TypeString($1, nil)"
	case "ObjectString":
		return "types.ObjectString(" + c + ".Obj(), nil)"
	case "LookupFieldOrMethod":
		return fmt.Sprintf("types.LookupFieldOrMethod($1, true, nil, %q)", q.name)
	case "Sizeof":
		return "types.SizesFor(\"gc\", \"amd64\").Sizeof($1)"
	case "Identical", "AssignableTo", "ConvertibleTo":
		return "types." + q.kind + "($1, $2)"
	case "Implements", "Satisfies":
		return "types." + q.kind + "($1, " + j + ")"
	case "MissingMethod":
		return "types.MissingMethod($1, " + j + ", true)"
	case "AssertableTo":
		return "types.AssertableTo(" + i[:len(i)-1] + ", $2)"
	}
	return "types." + q.kind + "($1)"
}
