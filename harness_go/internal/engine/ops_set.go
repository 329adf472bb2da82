package engine

import (
	"go/constant"
	"go/types"
	"strconv"
)

func init() {
	register(operation{word: "set", operands: []operand{anObject, aSetter}, run: (*goroutine).set})
}

// setter is something that the operation `set` sets. It sets the existing value again, or a new one
// under a name that no program has, so that it changes no answer.
type setter struct {
	name string
	// set sets it. It returns false, after a call of skip, if there is nothing to set it on.
	set func(g *goroutine, path, name string) bool
}

// setters lists all setters.
var setters = []setter{
	{"constraint", setConstraint},
	{"underlying", setUnderlying},
	{"method", addMethod},
	{"typeparams", setTypeParams},
	{"insert", insertObject},
	{"package", setPackage},
}

func findSetter(name string) *setter {
	for i := range setters {
		if setters[i].name == name {
			return &setters[i]
		}
	}
	return nil
}

// set is the operation `set P.T WHAT`: a setter of the API on an object of a package that other
// goroutines read.
func (g *goroutine) set(c *call) bool { return c.setter.set(g, c.path, c.object) }

func setConstraint(g *goroutine, path, name string) bool {
	obj := g.genericObject(path, name)
	if obj == nil {
		return g.skip("the package has nothing generic")
	}
	p := typeParams(obj.Type()).At(0)
	p.SetConstraint(p.Constraint())
	return true
}

const noType = "the package declares no type"

func setUnderlying(g *goroutine, path, name string) bool {
	n := g.declaredType(path, name)
	if n == nil {
		return g.skip(noType)
	}
	n.SetUnderlying(n.Underlying())
	return true
}

func addMethod(g *goroutine, path, name string) bool {
	n := g.declaredType(path, name)
	if n == nil {
		return g.skip(noType)
	}
	recv := types.NewVar(noPos, n.Obj().Pkg(), "", n)
	sig := types.NewSignatureType(recv, nil, nil, nil, nil, false)
	n.AddMethod(types.NewFunc(noPos, n.Obj().Pkg(), g.newName(), sig))
	return true
}

func setTypeParams(g *goroutine, path, name string) bool {
	t := g.declaredAlias(path, name)
	if t == nil || !setAliasTypeParams(t, []*types.TypeParam{newTypeParam(packageOf(t), g.newName())}) {
		return g.skip("the package declares no alias whose type parameters could be set")
	}
	return true
}

func insertObject(g *goroutine, path, _ string) bool {
	pkg := g.typesPackage(g.resolvePackage(path))
	if pkg == nil {
		return g.skip("there is no package to insert into")
	}
	one := constant.MakeInt64(1)
	pkg.Scope().Insert(types.NewConst(noPos, pkg, g.newName(), types.Typ[types.Int], one))
	return true
}

// setPackage sets what the package has.
func setPackage(g *goroutine, path, _ string) bool {
	pkg := g.typesPackage(g.resolvePackage(path))
	if pkg == nil {
		return g.skip("there is no package to set")
	}
	pkg.SetName(pkg.Name())
	pkg.SetImports(pkg.Imports())
	pkg.MarkComplete()
	return true
}

// newName returns a different name for each operation of each goroutine.
func (g *goroutine) newName() string {
	return absent + strconv.Itoa(g.id) + "·" + strconv.Itoa(g.op)
}

// declaredType is the named type, or its substitute; nil if the package declares none.
func (g *goroutine) declaredType(path, name string) *types.Named {
	pkg := g.typesPackage(g.resolvePackage(path))
	if pkg == nil {
		return nil
	}
	if n := declared(pkg.Scope().Lookup(name)); n != nil {
		return n
	}
	var names []string
	for _, n := range pkg.Scope().Names() {
		if declared(pkg.Scope().Lookup(n)) != nil {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return declared(g.standIn(pkg, name, names[hash(name)%uint32(len(names))]))
}

// declared is the type that the object declares, if it declares one.
func declared(obj types.Object) *types.Named {
	if !isTypeName(obj) {
		return nil
	}
	if n, ok := obj.Type().(*types.Named); ok && n.Obj() == obj && n.TypeArgs().Len() == 0 {
		return n
	}
	return nil
}

// openInterfaces are interfaces that embed those of completed packages. They are made by hand and
// not completed, which breaks the rule for sharing them with goroutines.
func (r *round) openInterfaces() []types.Type {
	const most = 8
	var open []types.Type
	add := func(pkg *types.Package, embedded ...types.Type) {
		sig := types.NewSignatureType(nil, nil, nil, nil, nil, false)
		method := types.NewFunc(noPos, pkg, absent, sig)
		open = append(open, types.NewInterfaceType([]*types.Func{method}, embedded))
	}
	for _, pkg := range r.completed {
		if pkg == nil {
			continue
		}
		add(pkg)
		for _, name := range pkg.Scope().Names() {
			n := declared(pkg.Scope().Lookup(name))
			if n != nil && n.TypeParams().Len() == 0 && types.IsInterface(n) && len(open) < most {
				add(pkg, n)
			}
		}
	}
	return open
}

// newTypeParam returns a new type parameter. It has a package, because without one it could not be
// exported.
func newTypeParam(pkg *types.Package, name string) *types.TypeParam {
	obj := types.NewTypeName(noPos, pkg, name, nil)
	return types.NewTypeParam(obj, types.Universe.Lookup("any").Type())
}

// declaredAlias is the alias, or the first one of the package; nil if it declares none.
func (g *goroutine) declaredAlias(path, name string) types.Type {
	pkg := g.typesPackage(g.resolvePackage(path))
	if pkg == nil {
		return nil
	}
	scope := pkg.Scope()
	if obj := scope.Lookup(name); isTypeName(obj) && aliasObject(obj.Type()) == obj {
		return obj.Type()
	}
	for _, to := range scope.Names() {
		if obj := scope.Lookup(to); isTypeName(obj) && aliasObject(obj.Type()) == obj {
			return g.standIn(pkg, name, to).Type()
		}
	}
	return nil
}

// openAliases are aliases made by hand for types of completed packages. Their type parameters are
// not set yet.
func (r *round) openAliases() []types.Type {
	const most = 8
	var open []types.Type
	for _, pkg := range r.completed {
		if pkg == nil {
			continue
		}
		for _, name := range pkg.Scope().Names() {
			n := declared(pkg.Scope().Lookup(name))
			if n == nil || n.TypeParams().Len() > 0 || len(open) >= most {
				continue
			}
			if a := newAlias(types.NewTypeName(noPos, pkg, absent, nil), types.NewSlice(n)); a != nil {
				open = append(open, a)
			}
		}
	}
	return open
}

// completeAliases sets the type parameters of the aliases of `share alias`, which should have been
// set before other goroutines see the aliases.
func (g *goroutine) completeAliases() {
	for _, a := range g.round.aliases {
		g.use(useAlias)
		setAliasTypeParams(a, []*types.TypeParam{newTypeParam(packageOf(a), g.newName())})
	}
}
