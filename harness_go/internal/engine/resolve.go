package engine

import "go/types"

// instancesName is the name with which a walk selects the instances.
const instancesName = "instances"

// hash is FNV-1a. It chooses the substitute for a name that does not exist.
func hash(s string) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// packageIndex is the package with this name, or its substitute; -1 if there is no package at all.
func (r *round) packageIndex(name string) int {
	if i, ok := r.index[name]; ok {
		return i
	}
	if len(r.sources) == 0 {
		return -1
	}
	return int(hash(name) % uint32(len(r.sources)))
}

// resolvePackage is packageIndex for the running operation.
func (g *goroutine) resolvePackage(name string) int {
	i := g.packageIndex(name)
	if i >= 0 && g.resolve && g.req.Packages[i].Path != name {
		g.resolution(name, g.req.Packages[i].Path)
	}
	return i
}

func (g *goroutine) resolution(from, to string) {
	g.resolved = append(g.resolved, note{g.op, from + " is " + to})
}

// typesPackage is the package that a query sees: the completed one, or the goroutine's own latest
// one, or else the one that its importer returns.
func (g *goroutine) typesPackage(i int) *types.Package {
	if i < 0 {
		return nil
	}
	if pkg := g.completed[i]; pkg != nil {
		g.use(useUnfinished)
		return pkg
	}
	if pkg := g.latest[i]; pkg != nil {
		return pkg
	}
	// There may be a package even if there is an error.
	pkg, _ := g.importer(nil).Import(g.req.Packages[i].Path)
	return pkg
}

// object is the named object in a package's scope, or its substitute; nil if there is none.
func (g *goroutine) object(path, name string) types.Object {
	i := g.resolvePackage(path)
	pkg := g.typesPackage(i)
	if pkg == nil {
		return nil
	}
	scope := pkg.Scope()
	if obj := scope.Lookup(name); obj != nil {
		return obj
	}
	all := names(scope)
	if len(all) == 0 {
		return nil
	}
	return g.standIn(pkg, name, all[hash(name)%uint32(len(all))])
}

// genericObject is object for a generic type or function. For names that do not exist, types are
// substituted before functions.
func (g *goroutine) genericObject(path, name string) types.Object {
	pkg := g.typesPackage(g.resolvePackage(path))
	if pkg == nil {
		return nil
	}
	scope := pkg.Scope()
	if obj := scope.Lookup(name); isGeneric(obj) {
		return obj
	}
	var typeNames, funcs []string
	for _, n := range names(scope) {
		switch obj := scope.Lookup(n); {
		case !isGeneric(obj):
		case isTypeName(obj):
			typeNames = append(typeNames, n)
		default:
			funcs = append(funcs, n)
		}
	}
	if len(typeNames) == 0 {
		typeNames = funcs
	}
	if len(typeNames) == 0 {
		return nil
	}
	return g.standIn(pkg, name, typeNames[hash(name)%uint32(len(typeNames))])
}

func (g *goroutine) standIn(pkg *types.Package, from, to string) types.Object {
	if g.resolve {
		g.resolution(pkg.Path()+"."+from, pkg.Path()+"."+to)
	}
	return pkg.Scope().Lookup(to)
}

func isTypeName(obj types.Object) bool {
	_, ok := obj.(*types.TypeName)
	return ok
}

func isGeneric(obj types.Object) bool {
	switch obj.(type) {
	case *types.TypeName, *types.Func:
		return obj.Type() != nil && typeParams(obj.Type()).Len() > 0 && typeArgs(obj.Type()).Len() == 0
	}
	return false
}
