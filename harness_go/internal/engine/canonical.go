package engine

import (
	"go/types"
	"sort"
	"strconv"
)

// A type can be spelled in several ways: through an alias, with other parameter names,
// as an embedded interface or as its methods. A types.Context, and so the lazy expansion
// of an instance, keeps one of several identical types: the spelling of an instance
// depends on which goroutine made it first. So answers name types in a spelling that
// identical types share.

const (
	// canonicalDepth and canonicalSteps bound the text of a type. Identical
	// types are cut at the same place.
	canonicalDepth = 12
	canonicalSteps = 600
)

// canonical writes types and objects.
type canonical struct {
	b            []byte
	depth, steps int
}

func canonicalType(t types.Type) string {
	var c canonical
	c.typ(t)
	return string(c.b)
}

func canonicalObject(o types.Object) string {
	var c canonical
	c.object(o)
	return string(c.b)
}

func (c *canonical) str(s string) { c.b = append(c.b, s...) }

func (c *canonical) typ(t types.Type) {
	if c.steps++; c.depth > canonicalDepth || c.steps > canonicalSteps {
		c.str("…")
		return
	}
	c.depth++
	defer func() { c.depth-- }()
	if t == nil {
		c.str("nil")
		return
	}
	switch t := unalias(t).(type) {
	case *types.Basic:
		c.str(types.Typ[t.Kind()].Name()) // byte is uint8
	case *types.Named:
		c.named(t)
	case *types.TypeParam:
		// Identical signatures may name them differently.
		c.str("$" + strconv.Itoa(t.Index()))
	case *types.Pointer:
		c.str("*")
		c.typ(t.Elem())
	case *types.Slice:
		c.str("[]")
		c.typ(t.Elem())
	case *types.Array:
		c.str("[" + strconv.FormatInt(t.Len(), 10) + "]")
		c.typ(t.Elem())
	case *types.Chan:
		c.str([...]string{"chan ", "chan<- ", "<-chan "}[t.Dir()])
		c.typ(t.Elem())
	case *types.Map:
		c.str("map[")
		c.typ(t.Key())
		c.str("]")
		c.typ(t.Elem())
	case *types.Struct:
		c.structure(t)
	case *types.Tuple:
		c.tuple(t)
	case *types.Signature:
		c.str("func")
		c.signature(t)
	case *types.Interface:
		c.iface(t)
	case *types.Union:
		for i := 0; i < t.Len(); i++ {
			if i > 0 {
				c.str("|")
			}
			if t.Term(i).Tilde() {
				c.str("~")
			}
			c.typ(t.Term(i).Type())
		}
	default:
		c.str("a type of another kind")
	}
}

func (c *canonical) named(t *types.Named) {
	obj := t.Origin().Obj()
	c.qualified(obj)
	if pkg := obj.Pkg(); pkg != nil && obj.Parent() != pkg.Scope() {
		c.str(local)
	}
	if args := t.TypeArgs(); args.Len() > 0 {
		c.str("[")
		for i := 0; i < args.Len(); i++ {
			if i > 0 {
				c.str(",")
			}
			c.typ(args.At(i))
		}
		c.str("]")
	}
}

// local marks the name of a type that is declared in a function: other
// types may have the same name.
const local = "·"

func (c *canonical) qualified(o types.Object) {
	if o.Pkg() != nil {
		c.str(o.Pkg().Path() + ".")
	}
	c.str(o.Name())
}

// member writes the name of a field or method; the package is part of the
// identity of one that is not exported.
func (c *canonical) member(o types.Object) {
	if o.Exported() {
		c.str(o.Name())
	} else {
		c.qualified(o)
	}
}

func (c *canonical) structure(t *types.Struct) {
	c.str("struct{")
	for i := 0; i < t.NumFields(); i++ {
		f := t.Field(i)
		if f.Embedded() {
			c.str("embedded ")
		}
		c.member(f)
		c.str(" ")
		c.typ(f.Type())
		if tag := t.Tag(i); tag != "" {
			c.str(" " + strconv.Quote(tag))
		}
		c.str(";")
	}
	c.str("}")
}

func (c *canonical) tuple(t *types.Tuple) {
	c.str("(")
	for i := 0; i < t.Len(); i++ {
		if i > 0 {
			c.str(",")
		}
		c.typ(t.At(i).Type())
	}
	c.str(")")
}

func (c *canonical) signature(t *types.Signature) {
	if params := t.TypeParams(); params.Len() > 0 {
		c.str("[")
		for i := 0; i < params.Len(); i++ {
			c.typ(params.At(i).Constraint())
			c.str(";")
		}
		c.str("]")
	}
	c.tuple(t.Params())
	if t.Variadic() {
		c.str("...")
	}
	c.tuple(t.Results())
}

// iface writes the type set: an embedded interface counts as its methods and types.
func (c *canonical) iface(t *types.Interface) {
	c.str("interface{")
	for i := 0; i < t.NumMethods(); i++ {
		m := t.Method(i)
		c.member(m)
		if sig, ok := m.Type().(*types.Signature); ok {
			c.signature(sig)
		}
		c.str(";")
	}
	if t.IsComparable() {
		c.str("comparable;")
	}
	var terms []string
	c.terms(t, &terms)
	sort.Strings(terms)
	for i, term := range terms {
		if i == 0 || term != terms[i-1] {
			c.str(term + ";")
		}
	}
	c.str("}")
}

func (c *canonical) terms(t *types.Interface, terms *[]string) {
	for i := 0; i < t.NumEmbeddeds(); i++ {
		if c.steps++; c.steps > canonicalSteps {
			return
		}
		part := t.EmbeddedType(i)
		if part == nil {
			continue
		}
		if u, ok := part.Underlying().(*types.Interface); ok {
			c.terms(u, terms)
			continue
		}
		inner := canonical{depth: c.depth, steps: c.steps}
		inner.typ(part)
		c.steps = inner.steps
		*terms = append(*terms, string(inner.b))
	}
}

func (c *canonical) object(o types.Object) {
	switch o := o.(type) {
	case nil:
		c.str("nil")
		return
	case *types.Const:
		c.str("const ")
		c.qualified(o)
		c.str(" = " + o.Val().ExactString())
	case *types.Var:
		if o.IsField() {
			c.str("field ")
			c.member(o)
		} else {
			c.str("var ")
			c.qualified(o)
		}
	case *types.Func:
		c.str("func ")
		c.member(o)
	case *types.TypeName:
		c.str("type ")
		c.qualified(o)
	case *types.PkgName:
		c.str("package " + o.Name() + " " + o.Imported().Path())
		return
	default:
		c.str("object " + o.Name())
		return
	}
	c.str(" ")
	c.typ(o.Type())
}
