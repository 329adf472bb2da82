package synthetic

import "go/types"

// typ returns the copy of a type.
func (c *copier) typ(t types.Type) types.Type {
	if copied, ok := c.alias(t); ok {
		return copied
	}
	switch t := t.(type) {
	case *types.Named:
		return c.namedType(t)
	case *types.TypeParam:
		if p := c.params[t]; p != nil {
			return p
		}
		return t
	case *types.Pointer:
		return types.NewPointer(c.typ(t.Elem()))
	case *types.Slice:
		return types.NewSlice(c.typ(t.Elem()))
	case *types.Array:
		return types.NewArray(c.typ(t.Elem()), t.Len())
	case *types.Chan:
		return types.NewChan(t.Dir(), c.typ(t.Elem()))
	case *types.Map:
		return types.NewMap(c.typ(t.Key()), c.typ(t.Elem()))
	case *types.Signature:
		return c.signature(t, nil)
	case *types.Tuple:
		return c.tuple(t)
	case *types.Struct:
		return c.structType(t)
	case *types.Interface:
		return c.interfaceType(t)
	case *types.Union:
		terms := make([]*types.Term, t.Len())
		for i := range terms {
			terms[i] = types.NewTerm(t.Term(i).Tilde(), c.typ(t.Term(i).Type()))
		}
		return types.NewUnion(terms)
	}
	// All packages share the basic types.
	return t
}

// namedType declares the copy of a type of the package, or makes an instance.
func (c *copier) namedType(t *types.Named) types.Type {
	if args := t.TypeArgs(); args.Len() > 0 {
		return instance(c.typ(t.Origin()), c.list(args))
	}
	if t.Obj().Pkg() != c.from {
		return t
	}
	if copied := c.named[t]; copied != nil {
		return copied
	}
	name := types.NewTypeName(t.Obj().Pos(), c.to, t.Obj().Name(), nil)
	copied := types.NewNamed(name, nil, nil)
	c.named[t] = copied
	copied.SetTypeParams(c.typeParams(t.TypeParams()))
	c.openNamed = append(c.openNamed, t)
	return copied
}

// instance is an instance of a generic type whose arguments are known to fit.
func instance(origin types.Type, args []types.Type) types.Type {
	t, err := types.Instantiate(nil, origin, args, false)
	if err != nil {
		// It fails only for validation or a wrong number of arguments.
		return origin
	}
	return t
}

func (c *copier) list(list *types.TypeList) []types.Type {
	out := make([]types.Type, list.Len())
	for i := range out {
		out[i] = c.typ(list.At(i))
	}
	return out
}

// typeParams declares the copies of type parameters. Their constraints, which
// may mention them, come later.
func (c *copier) typeParams(list *types.TypeParamList) []*types.TypeParam {
	var out []*types.TypeParam
	for i := 0; i < list.Len(); i++ {
		old := list.At(i)
		copied := c.params[old]
		if copied == nil {
			name := types.NewTypeName(old.Obj().Pos(), c.pkg(old.Obj().Pkg()), old.Obj().Name(), nil)
			copied = types.NewTypeParam(name, nil)
			c.params[old] = copied
			c.openParams = append(c.openParams, old)
		}
		out = append(out, copied)
	}
	return out
}

func (c *copier) signature(t *types.Signature, recv *types.Var) *types.Signature {
	var recvParams []*types.TypeParam
	if recv != nil {
		recvParams = c.typeParams(t.RecvTypeParams())
	}
	params := c.typeParams(t.TypeParams())
	if recv != nil {
		recv = types.NewVar(recv.Pos(), c.to, recv.Name(), c.typ(recv.Type()))
	}
	return types.NewSignatureType(recv, recvParams, params, c.tuple(t.Params()), c.tuple(t.Results()), t.Variadic())
}

func (c *copier) tuple(t *types.Tuple) *types.Tuple {
	var vars []*types.Var
	for i := 0; i < t.Len(); i++ {
		v := t.At(i)
		vars = append(vars, types.NewParam(v.Pos(), c.pkg(v.Pkg()), v.Name(), c.typ(v.Type())))
	}
	return types.NewTuple(vars...)
}

func (c *copier) structType(t *types.Struct) types.Type {
	fields, tags := make([]*types.Var, t.NumFields()), make([]string, t.NumFields())
	for i := range fields {
		f := t.Field(i)
		fields[i] = types.NewField(f.Pos(), c.pkg(f.Pkg()), f.Name(), c.typ(f.Type()), f.Embedded())
		tags[i] = t.Tag(i)
	}
	return types.NewStruct(fields, tags)
}

func (c *copier) interfaceType(t *types.Interface) types.Type {
	// Where aliases are not represented, `any` is an interface that is printed so.
	if any := types.Universe.Lookup("any").Type(); types.Type(t) == any {
		return any
	}
	var methods []*types.Func
	for i := 0; i < t.NumExplicitMethods(); i++ {
		m := t.ExplicitMethod(i)
		if sig, ok := m.Type().(*types.Signature); ok {
			methods = append(methods, types.NewFunc(m.Pos(), c.pkg(m.Pkg()), m.Name(), c.signature(sig, nil)))
		}
	}
	var embedded []types.Type
	for i := 0; i < t.NumEmbeddeds(); i++ {
		embedded = append(embedded, c.typ(t.EmbeddedType(i)))
	}
	copied := types.NewInterfaceType(methods, embedded)
	if t.IsImplicit() {
		copied.MarkImplicit()
	}
	c.openInterfaces = append(c.openInterfaces, copied)
	return copied
}
