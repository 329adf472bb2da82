//! The functions that a generated program may need. Each is written into it
//! only if something calls it.

/// A function of a generated program.
pub struct Helper {
    /// What calls to it start with, without the parenthesis.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// In the order in which they stand in a program.
pub const HELPERS: &[Helper] = &[
    Helper { name: "underlying", text: "func underlying(t types.Type) { t.Underlying() }\n" },
    Helper {
        name: "unalias",
        text: "\
func unalias(t types.Type) {
	types.Unalias(t)
	if a, ok := t.(*types.Alias); ok {
		a.Rhs()
		a.Origin()
		a.TypeArgs()
	}
}
",
    },
    Helper {
        name: "text",
        text: "\
func text(t types.Type) {
	types.TypeString(t, nil)
	if t, ok := t.(interface{ Obj() *types.TypeName }); ok {
		types.ObjectString(t.Obj(), nil)
	}
}
",
    },
    Helper {
        name: "methodSet",
        text: "\
func methodSet(t types.Type) {
	if _, ok := t.(*types.Tuple); ok {
		return
	}
	for _, t := range []types.Type{t, types.NewPointer(t)} {
		set := types.NewMethodSet(t)
		for i := 0; i < set.Len(); i++ {
			set.At(i).Type()
		}
	}
}
",
    },
    Helper {
        name: "lookup",
        text: "\
func lookup(t types.Type) {
	if _, ok := t.(*types.Tuple); ok {
		return
	}
	var pkg *types.Package
	if t, ok := t.(interface{ Obj() *types.TypeName }); ok {
		pkg = t.Obj().Pkg()
	}
	for _, name := range append(members(t), \"absent\") {
		types.LookupFieldOrMethod(t, false, pkg, name)
		types.LookupFieldOrMethod(t, true, pkg, name)
	}
}
",
    },
    Helper {
        name: "members",
        text: "\
// members are the names of a type's own fields and methods.
func members(t types.Type) (names []string) {
	if n, ok := types.Unalias(t).(*types.Named); ok {
		for i := 0; i < n.NumMethods(); i++ {
			names = append(names, n.Method(i).Name())
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := 0; i < u.NumFields(); i++ {
			names = append(names, u.Field(i).Name())
		}
	case *types.Interface:
		for i := 0; i < u.NumExplicitMethods(); i++ {
			names = append(names, u.ExplicitMethod(i).Name())
		}
	}
	return names
}
",
    },
    Helper {
        name: "methods",
        text: "\
func methods(t types.Type) {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return
	}
	for i := 0; i < n.NumMethods(); i++ {
		n.Method(i).Type()
	}
}
",
    },
    Helper {
        name: "fields",
        text: "\
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
",
    },
    Helper {
        name: "typeParams",
        text: "\
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
",
    },
    Helper {
        name: "typeSet",
        text: "\
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
",
    },
    Helper {
        name: "identical",
        text: "\
func identical(t, u types.Type) {
	types.Identical(t, u)
	types.IdenticalIgnoreTags(t, u)
}
",
    },
    Helper {
        name: "implements",
        text: "\
func implements(t, u types.Type) {
	i, ok := u.Underlying().(*types.Interface)
	if !ok || !askable(t) || !askable(u) {
		return
	}
	types.Implements(t, i)
	types.MissingMethod(t, i, true)
	if v, ok := t.Underlying().(*types.Interface); ok {
		types.AssertableTo(v, u)
	}
}
",
    },
    Helper {
        name: "satisfies",
        text: "\
func satisfies(t, u types.Type) {
	if i, ok := u.Underlying().(*types.Interface); ok && askable(t) && askable(u) {
		types.Satisfies(t, i)
	}
}
",
    },
    Helper {
        name: "assignable",
        text: "\
func assignable(t, u types.Type) {
	if askable(t) && askable(u) {
		types.AssignableTo(t, u)
	}
}
",
    },
    Helper {
        name: "convertible",
        text: "\
func convertible(t, u types.Type) {
	if askable(t) && askable(u) {
		types.ConvertibleTo(t, u)
	}
}
",
    },
    Helper {
        name: "askable",
        text: "\
// askable leaves out what questions about two types leave unspecified: types
// that are no values', and generic types that are no instances.
func askable(t types.Type) bool {
	switch t := t.(type) {
	case *types.Tuple, *types.Union:
		return false
	case *types.Basic:
		return t.Kind() != types.Invalid
	case *types.Signature:
		return t.TypeParams().Len() == 0
	}
	return !generic(t)
}
",
    },
    Helper {
        name: "isComparable",
        text: "func isComparable(t types.Type) { types.Comparable(t) }\n",
    },
    Helper {
        name: "setConstraint",
        text: "\
func setConstraint(t types.Type) {
	p := t.(interface{ TypeParams() *types.TypeParamList }).TypeParams().At(0)
	p.SetConstraint(p.Constraint())
}
",
    },
    Helper {
        name: "addMethod",
        text: "\
func addMethod(t types.Type, name string) {
	n := t.(*types.Named)
	pkg := n.Obj().Pkg()
	sig := types.NewSignatureType(types.NewVar(token.NoPos, pkg, \"\", n), nil, nil, nil, nil, false)
	n.AddMethod(types.NewFunc(token.NoPos, pkg, name, sig))
}
",
    },
    Helper {
        name: "setTypeParams",
        text: "\
func setTypeParams(pkg *types.Package, name string) {
	for _, name := range append([]string{name}, pkg.Scope().Names()...) {
		obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		if a, ok := obj.Type().(*types.Alias); ok && a.Obj() == obj {
			a.SetTypeParams([]*types.TypeParam{newTypeParam()})
			return
		}
	}
}
",
    },
    Helper {
        name: "openAliases",
        text: "\
// openAliases makes aliases whose type parameters are still to be set.
func openAliases(pkg *types.Package) (list []types.Type) {
	for _, name := range pkg.Scope().Names() {
		n, ok := pkg.Scope().Lookup(name).Type().(*types.Named)
		if ok && n.TypeParams().Len() == 0 && len(list) < 8 {
			obj := types.NewTypeName(token.NoPos, pkg, \"Absent\", nil)
			list = append(list, types.NewAlias(obj, types.NewSlice(n)))
		}
	}
	return list
}
",
    },
    Helper {
        name: "completeAliases",
        text: "\
func completeAliases(list []types.Type) {
	for _, t := range list {
		if a, ok := t.(*types.Alias); ok && a.Obj().Name() == \"Absent\" {
			a.SetTypeParams([]*types.TypeParam{newTypeParam()})
		}
	}
}
",
    },
    Helper {
        name: "newTypeParam",
        text: "\
func newTypeParam() *types.TypeParam {
	obj := types.NewTypeName(token.NoPos, nil, \"Absent\", nil)
	return types.NewTypeParam(obj, types.Universe.Lookup(\"any\").Type())
}
",
    },
    Helper {
        name: "insert",
        text: "\
func insert(pkg *types.Package, name string) {
	one := types.NewConst(token.NoPos, pkg, name, types.Typ[types.Int], constant.MakeInt64(1))
	pkg.Scope().Insert(one)
}
",
    },
    Helper {
        name: "sizes",
        text: "\
func sizes(t types.Type) {
	if !sized(t, 0) {
		return
	}
	s := types.SizesFor(\"gc\", \"amd64\")
	s.Sizeof(t)
	s.Alignof(t)
	if u, ok := t.Underlying().(*types.Struct); ok {
		var vars []*types.Var
		for i := 0; i < u.NumFields(); i++ {
			vars = append(vars, u.Field(i))
		}
		s.Offsetsof(vars)
	}
}
",
    },
    Helper {
        name: "sized",
        text: "\
// sized leaves out types without a size.
func sized(t types.Type, depth int) bool {
	if _, ok := t.(*types.TypeParam); ok || generic(t) || depth > 50 {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() != types.Invalid && u.Info()&types.IsUntyped == 0
	case *types.Array:
		return u.Len() >= 0 && sized(u.Elem(), depth+1)
	case *types.Struct:
		for i := 0; i < u.NumFields(); i++ {
			if !sized(u.Field(i).Type(), depth+1) {
				return false
			}
		}
	case *types.Tuple, *types.Union:
		return false
	}
	return true
}
",
    },
    Helper {
        name: "generic",
        text: "\
// generic says whether a type is generic and no instance.
func generic(t types.Type) bool {
	g, ok := t.(interface {
		TypeParams() *types.TypeParamList
		TypeArgs() *types.TypeList
	})
	return ok && g.TypeParams().Len() > 0 && g.TypeArgs().Len() == 0
}
",
    },
    Helper {
        name: "scope",
        text: "\
func scope(s *types.Scope) {
	for _, name := range s.Names() {
		if obj := s.Lookup(name); obj != nil {
			s.LookupParent(name, obj.Pos())
		}
	}
	s.Innermost(s.Pos() + (s.End()-s.Pos())/2)
	s.LookupParent(\"absent\", token.NoPos)
	_ = s.String()
}
",
    },
    Helper {
        name: "objectPath",
        text: "\
func objectPath(t types.Type) {
	var objects []types.Object
	if t, ok := t.(interface{ Obj() *types.TypeName }); ok {
		objects = append(objects, t.Obj())
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		for i := 0; i < n.NumMethods(); i++ {
			objects = append(objects, n.Method(i))
		}
	}
	if u, ok := t.Underlying().(*types.Struct); ok {
		for i := 0; i < u.NumFields(); i++ {
			objects = append(objects, u.Field(i))
		}
	}
	for _, obj := range objects {
		if obj.Pkg() == nil {
			continue
		}
		if path, err := objectpath.For(obj); err == nil {
			objectpath.Object(obj.Pkg(), path)
		}
	}
}
",
    },
    Helper {
        name: "cachedMethodSet",
        text: "\
var methodSets typeutil.MethodSetCache

func cachedMethodSet(t types.Type) {
	if _, ok := t.(*types.Tuple); !ok {
		methodSets.MethodSet(t)
		methodSets.MethodSet(types.NewPointer(t))
	}
}
",
    },
    Helper {
        name: "typeMap",
        text: "\
// typeMap adds types to a map of its own.
func typeMap() func(types.Type) {
	var m typeutil.Map
	return func(t types.Type) {
		if _, ok := t.(*types.Union); !ok {
			m.Set(t, true)
			m.Set(t, true)
		}
	}
}
",
    },
    Helper {
        name: "pairs",
        text: "\
// pairs asks about each type together with the last few before it.
func pairs(ask func(t, u types.Type)) func(types.Type) {
	var recent []types.Type
	return func(t types.Type) {
		ask(t, t)
		for _, u := range recent {
			ask(t, u)
			ask(u, t)
		}
		recent = append(recent, t)
		if len(recent) > 4 {
			recent = recent[1:]
		}
	}
}
",
    },
    Helper {
        name: "openInterfaces",
        text: "\
// openInterfaces makes interfaces and does not complete them.
func openInterfaces(pkg *types.Package) (list []types.Type) {
	sig := types.NewSignatureType(nil, nil, nil, nil, nil, false)
	absent := []*types.Func{types.NewFunc(token.NoPos, pkg, \"Absent\", sig)}
	list = append(list, types.NewInterfaceType(absent, nil))
	for _, name := range pkg.Scope().Names() {
		n, ok := pkg.Scope().Lookup(name).Type().(*types.Named)
		if ok && !generic(n) && types.IsInterface(n) && len(list) < 8 {
			list = append(list, types.NewInterfaceType(absent, []types.Type{n}))
		}
	}
	return list
}
",
    },
    Helper {
        name: "instanceOf",
        text: "\
func instanceOf(generic types.Type, args ...types.Type) types.Type {
	t, err := types.Instantiate(nil, generic, args, true)
	if err != nil {
		return types.Typ[types.Int]
	}
	return t
}
",
    },
    Helper {
        name: "roots",
        text: "\
// roots are the types of a package's objects.
func roots(pkg *types.Package) (list []types.Type) {
	for _, name := range pkg.Scope().Names() {
		list = append(list, pkg.Scope().Lookup(name).Type())
	}
	return list
}
",
    },
    Helper {
        name: "rotate",
        text: "\
func rotate[T any](list []T, n int) []T {
	if len(list) == 0 {
		return nil
	}
	n %= len(list)
	return append(append([]T{}, list[n:]...), list[:n]...)
}
",
    },
    Helper { name: "last", text: "func last(n int) int { return n - 1 }\n" },
    Helper {
        name: "shuffle",
        text: "\
// shuffle chooses by SplitMix64, so that a seed means one order.
func shuffle(seed uint64) func(n int) int {
	return func(n int) int {
		seed += 0x9e3779b97f4a7c15
		z := seed
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return int((z ^ z>>31) % uint64(n))
	}
}
",
    },
    Helper {
        name: "walkScopes",
        text: "\
// walkScopes visits a scope and the scopes inside it.
func walkScopes(s *types.Scope, next func(n int) int, visit func(*types.Scope)) {
	work := []*types.Scope{s}
	for n := 0; n < 200 && len(work) > 0; n++ {
		i := 0
		if next != nil {
			i = next(len(work))
		}
		s := work[i]
		work = append(work[:i:i], work[i+1:]...)
		visit(s)
		for i := 0; i < s.NumChildren(); i++ {
			work = append(work, s.Child(i))
		}
	}
}
",
    },
    Helper {
        name: "buildSSA",
        text: "\
// buildSSA builds SSA code in a program of its own.
func buildSSA(c checked) {
	prog := ssa.NewProgram(c.fset, ssa.InstantiateGenerics|ssa.BuildSerially)
	made := map[*types.Package]bool{c.Package: true}
	var create func(*types.Package)
	create = func(pkg *types.Package) {
		for _, dep := range pkg.Imports() {
			if !made[dep] {
				made[dep] = true
				create(dep)
				prog.CreatePackage(dep, nil, nil, true)
			}
		}
	}
	create(c.Package)
	prog.CreatePackage(c.Package, c.files, c.info, false).Build()
}
",
    },
    Helper {
        name: "exportData",
        text: "\
// exportData writes a package as export data.
func exportData(pkg *types.Package) []byte {
	var out bytes.Buffer
	if err := gcexportdata.Write(&out, fset, pkg); err != nil {
		panic(err)
	}
	return out.Bytes()
}
",
    },
    Helper {
        name: "reimport",
        text: "\
// reimport writes a package as export data and reads it back.
func reimport(pkg *types.Package) *types.Package {
	imports := make(map[string]*types.Package)
	var add func(*types.Package)
	add = func(pkg *types.Package) {
		for _, dep := range pkg.Imports() {
			if imports[dep.Path()] == nil {
				imports[dep.Path()] = dep
				add(dep)
			}
		}
	}
	add(pkg)
	data := bytes.NewReader(exportData(pkg))
	read, err := gcexportdata.Read(data, token.NewFileSet(), imports, pkg.Path())
	if err != nil {
		panic(err)
	}
	return read
}
",
    },
];
