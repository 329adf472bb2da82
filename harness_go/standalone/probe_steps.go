//go:build go1.23

package standalone

import (
	"fmt"
	"go/types"
)

// A place is a type with the Go expression for it.
type place struct {
	t     types.Type
	to    way
	text  string
	known bool // the expression has a concrete type
}

func (p place) concrete() string {
	if p.known {
		return p.text
	}
	return fmt.Sprintf("%s.(%T)", p.text, p.t)
}

func places(roots []origin) (all []place) {
	seen := make(map[types.Type]bool)
	for i, r := range roots {
		if t := r.get(); !seen[t] {
			seen[t] = true
			all = append(all, place{t, way{i, nil}, r.text, false})
		}
	}
	for i := 0; i < len(all) && len(all) < 96; i++ {
		p := all[i]
		if len(p.to.steps) >= deepest {
			continue
		}
		for _, s := range nextSteps(p.t) {
			t := s.get(p.t)
			if _, basic := t.(*types.Basic); t == nil || basic || seen[t] {
				continue
			}
			seen[t] = true
			text, known := s.text(p)
			to := way{p.to.root, append(append([]step{}, p.to.steps...), s)}
			all = append(all, place{t, to, text, known})
		}
	}
	return all
}

type instanceType interface{ TypeArgs() *types.TypeList }
type genericType interface{ TypeParams() *types.TypeParamList }
type elemType interface{ Elem() types.Type }

func nextSteps(t types.Type) (list []step) {
	many := func(kind string, n int) {
		for i := 0; i < n; i++ {
			list = append(list, step{kind, i})
		}
	}
	switch t := t.(type) {
	case *types.Alias:
		many("Rhs", 1)
		many("Unalias", 1)
		many("AliasOrigin", 1)
	case *types.Named:
		many("Underlying", 1)
		many("Method", t.NumMethods())
		many("Origin", 1)
	case *types.Map:
		many("Key", 1)
		many("Elem", 1)
	case elemType:
		many("Elem", 1)
	case *types.Struct:
		many("Field", t.NumFields())
	case *types.Tuple:
		many("At", t.Len())
	case *types.Signature:
		if t.Recv() != nil {
			many("Recv", 1)
		}
		if t.Params().Len() > 0 {
			many("Params", 1)
		}
		if t.Results().Len() > 0 {
			many("Results", 1)
		}
		many("RecvTypeParams", t.RecvTypeParams().Len())
	case *types.Interface:
		many("EmbeddedType", t.NumEmbeddeds())
		many("ExplicitMethod", t.NumExplicitMethods())
	case *types.Union:
		many("Term", t.Len())
	case *types.TypeParam:
		many("Constraint", 1)
	}
	if t, ok := t.(instanceType); ok {
		many("TypeArgs", t.TypeArgs().Len())
	}
	if t, ok := t.(genericType); ok {
		many("TypeParams", t.TypeParams().Len())
	}
	return list
}

func (s step) get(t types.Type) types.Type {
	switch s.kind {
	case "Rhs":
		return t.(*types.Alias).Rhs()
	case "Unalias":
		return types.Unalias(t)
	case "AliasOrigin":
		return t.(*types.Alias).Origin()
	case "Underlying":
		return t.Underlying()
	case "Method":
		return t.(*types.Named).Method(s.n).Type()
	case "Origin":
		return t.(*types.Named).Origin()
	case "Key":
		return t.(*types.Map).Key()
	case "Elem":
		return t.(elemType).Elem()
	case "Field":
		return t.(*types.Struct).Field(s.n).Type()
	case "At":
		return t.(*types.Tuple).At(s.n).Type()
	case "Recv":
		return t.(*types.Signature).Recv().Type()
	case "Params":
		return t.(*types.Signature).Params()
	case "Results":
		return t.(*types.Signature).Results()
	case "RecvTypeParams":
		return t.(*types.Signature).RecvTypeParams().At(s.n)
	case "EmbeddedType":
		return t.(*types.Interface).EmbeddedType(s.n)
	case "ExplicitMethod":
		return t.(*types.Interface).ExplicitMethod(s.n).Type()
	case "Term":
		return t.(*types.Union).Term(s.n).Type()
	case "Constraint":
		return t.(*types.TypeParam).Constraint()
	case "TypeArgs":
		return t.(instanceType).TypeArgs().At(s.n)
	case "TypeParams":
		return t.(genericType).TypeParams().At(s.n)
	}
	panic(s.kind)
}

// text returns the step in Go, and whether the expression has a concrete type.
func (s step) text(p place) (string, bool) {
	c := p.concrete()
	switch s.kind {
	case "Unalias":
		return "types.Unalias(" + p.text + ")", false
	case "Underlying":
		return p.text + ".Underlying()", false
	case "AliasOrigin":
		return c + ".Origin()", true
	case "Origin", "Params", "Results":
		return c + "." + s.kind + "()", true
	case "Method", "Field", "At", "ExplicitMethod", "Term":
		return fmt.Sprintf("%s.%s(%d).Type()", c, s.kind, s.n), false
	case "Recv":
		return c + ".Recv().Type()", false
	case "EmbeddedType":
		return fmt.Sprintf("%s.%s(%d)", c, s.kind, s.n), false
	case "TypeArgs":
		return fmt.Sprintf("%s.%s().At(%d)", c, s.kind, s.n), false
	case "RecvTypeParams", "TypeParams":
		return fmt.Sprintf("%s.%s().At(%d)", c, s.kind, s.n), true
	}
	return c + "." + s.kind + "()", false
}
