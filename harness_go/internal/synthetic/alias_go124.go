//go:build go1.24

package synthetic

import "go/types"

// alias copies an alias, declared by the package or an instance.
func (c *copier) alias(t types.Type) (types.Type, bool) {
	a, ok := t.(*types.Alias)
	if !ok {
		return nil, false
	}
	if a.TypeArgs().Len() > 0 {
		return instance(c.typ(a.Origin()), c.list(a.TypeArgs())), true
	}
	if a.Obj().Pkg() != c.from {
		return t, true
	}
	if copied := c.aliases[a]; copied != nil {
		return copied, true
	}
	params := c.typeParams(a.TypeParams())
	copied := types.NewAlias(types.NewTypeName(a.Obj().Pos(), c.to, a.Obj().Name(), nil), c.typ(a.Rhs()))
	copied.SetTypeParams(params)
	c.aliases[a] = copied
	return copied, true
}

func aliasName(t types.Type) *types.TypeName {
	if a, ok := t.(*types.Alias); ok {
		return a.Obj()
	}
	return nil
}
