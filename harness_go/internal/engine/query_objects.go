package engine

import "go/types"

// Queries on objects and packages.

func init() {
	registerQueries(
		query{name: "objects", ask: askObjects, object: askObject},
		query{name: "package", ask: askPackage, object: func(a *asker, o types.Object) {
			a.packageOf(o.Pkg())
		}},
	)
}

// askObjects asks about the objects of a type: its name, its methods and its fields.
func askObjects(a *asker, t, _ types.Type) {
	if obj := typeName(t); obj != nil {
		askObject(a, obj)
	}
	switch u := unalias(t).(type) {
	case *types.Named:
		for i := 0; i < u.NumMethods(); i++ {
			askObject(a, u.Method(i))
		}
	case *types.Signature:
		if u.Recv() != nil {
			askObject(a, u.Recv())
		}
		for _, tuple := range [...]*types.Tuple{u.Params(), u.Results()} {
			for i := 0; i < tuple.Len(); i++ {
				askObject(a, tuple.At(i))
			}
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := 0; i < u.NumFields(); i++ {
			askObject(a, u.Field(i))
		}
	case *types.Interface:
		for i := 0; i < u.NumExplicitMethods(); i++ {
			askObject(a, u.ExplicitMethod(i))
		}
	}
}

// askObject asks an object everything that it knows. Spelled types are no answers, as in askString.
func askObject(a *asker, o types.Object) {
	a.str(o.Name())
	a.str(o.Id())
	a.str(types.Id(o.Pkg(), o.Name()))
	a.bool(o.Exported())
	a.bool(o.Pkg() != nil)
	a.bool(o.Parent() != nil)
	a.bool(o.Pos() != noPos)
	a.bool(o.String() != "")
	a.bool(types.ObjectString(o, types.RelativeTo(a.pkg)) != "")
	switch o := o.(type) {
	case *types.Func:
		a.bool(o.FullName() != "")
		a.obj(o.Origin())
		a.bool(o.Scope() != nil)
		a.typ(signature(o))
	case *types.Var:
		a.obj(o.Origin())
		a.bool(o.IsField())
		a.bool(o.Embedded())
		a.bool(o.Anonymous())
		a.str(varKind(o))
	case *types.TypeName:
		a.bool(o.IsAlias())
	case *types.Const:
		a.str(o.Val().ExactString())
	case *types.PkgName:
		a.str(o.Imported().Path())
	}
}

func askPackage(a *asker, t, _ types.Type) { a.packageOf(packageOf(t)) }

func (a *asker) packageOf(pkg *types.Package) {
	if pkg == nil {
		return
	}
	a.str(pkg.Path())
	a.str(pkg.Name())
	a.bool(pkg.Complete())
	a.str(goVersion(pkg))
	a.bool(pkg.String() != "")
	a.bool(pkg.Scope() != nil)
	for _, dep := range pkg.Imports() {
		a.str(dep.Path())
	}
}

// What came with later releases: object_go1NN.go set these.
var (
	// goVersion is Package.GoVersion of Go 1.21.
	goVersion = (*types.Package).GoVersion
	// signature is Func.Signature of Go 1.23.
	signature = func(f *types.Func) types.Type { return f.Type() }
	// varKind is Var.Kind of Go 1.25.
	varKind = func(*types.Var) string { return "" }
	// lookupSelection is LookupSelection of Go 1.25.
	lookupSelection func(t types.Type, addressable bool, pkg *types.Package, name string) (types.Selection, bool)
)
