// Package synthetic rebuilds a type-checked package through go/types' API, the
// way importers build packages: NewPackage, NewTypeName, NewNamed, SetUnderlying
// and the rest, without a checker.
package synthetic

import (
	"go/constant"
	"go/types"
)

// Rebuild returns a package with the same path and declarations. Packages that
// it imports are shared with the original. It must have no type errors.
func Rebuild(from *types.Package) *types.Package {
	c := &copier{
		from: from, to: types.NewPackage(from.Path(), from.Name()),
		named: make(map[*types.Named]*types.Named), aliases: make(map[types.Type]types.Type),
		params: make(map[*types.TypeParam]*types.TypeParam),
	}
	scope := from.Scope()
	// Names are sorted, so the order of what follows is always the same.
	for _, name := range scope.Names() {
		if obj := c.object(scope.Lookup(name)); obj != nil && c.to.Scope().Lookup(name) == nil {
			c.to.Scope().Insert(obj)
		}
	}
	c.finish()
	c.to.SetImports(from.Imports())
	c.to.MarkComplete()
	return c.to
}

// copier copies what one package declares.
type copier struct {
	from, to *types.Package

	named   map[*types.Named]*types.Named
	aliases map[types.Type]types.Type
	params  map[*types.TypeParam]*types.TypeParam

	// The parts that can only be filled once the types that they need exist.
	openNamed      []*types.Named
	openParams     []*types.TypeParam
	openInterfaces []*types.Interface
}

// pkg is the package that a copied object belongs to.
func (c *copier) pkg(p *types.Package) *types.Package {
	if p == c.from {
		return c.to
	}
	return p
}

func (c *copier) object(obj types.Object) types.Object {
	switch obj := obj.(type) {
	case *types.Const:
		value := obj.Val()
		if value == nil {
			value = constant.MakeUnknown()
		}
		return types.NewConst(obj.Pos(), c.to, obj.Name(), c.typ(obj.Type()), value)
	case *types.Var:
		return types.NewVar(obj.Pos(), c.to, obj.Name(), c.typ(obj.Type()))
	case *types.Func:
		sig, ok := obj.Type().(*types.Signature)
		if !ok {
			return nil
		}
		return types.NewFunc(obj.Pos(), c.to, obj.Name(), c.signature(sig, nil))
	case *types.TypeName:
		return c.typeName(obj)
	}
	return nil
}

func (c *copier) typeName(obj *types.TypeName) types.Object {
	t := c.typ(obj.Type())
	// A declared type has its name; an alias that is not represented has another.
	if n, ok := t.(*types.Named); ok && !obj.IsAlias() {
		return n.Obj()
	}
	if alias := aliasName(t); alias != nil && alias.Name() == obj.Name() && alias.Pkg() == c.to {
		return alias
	}
	return types.NewTypeName(obj.Pos(), c.to, obj.Name(), t)
}

// finish fills the parts that were left open. Filling one may leave others open.
func (c *copier) finish() {
	for len(c.openNamed) > 0 || len(c.openParams) > 0 {
		// SetConstraint looks into the constraint, so types come first.
		if n := len(c.openNamed); n > 0 {
			old := c.openNamed[n-1]
			c.openNamed = c.openNamed[:n-1]
			c.fill(old)
			continue
		}
		params := c.openParams
		c.openParams = nil
		constraints := make([]types.Type, len(params))
		for i, old := range params {
			constraints[i] = c.typ(old.Constraint())
		}
		c.fillAll()
		for i, old := range params {
			c.params[old].SetConstraint(constraints[i])
		}
	}
	for _, t := range c.openInterfaces {
		t.Complete()
	}
}

func (c *copier) fillAll() {
	for len(c.openNamed) > 0 {
		n := len(c.openNamed) - 1
		old := c.openNamed[n]
		c.openNamed = c.openNamed[:n]
		c.fill(old)
	}
}

// fill gives a declared type what it is declared as, and its methods.
func (c *copier) fill(old *types.Named) {
	named := c.named[old]
	// The underlying type of a named type is never a named type.
	named.SetUnderlying(c.typ(old.Underlying()))
	for i := 0; i < old.NumMethods(); i++ {
		m := old.Method(i)
		if sig, ok := m.Type().(*types.Signature); ok {
			named.AddMethod(types.NewFunc(m.Pos(), c.pkg(m.Pkg()), m.Name(), c.signature(sig, sig.Recv())))
		}
	}
}
