package standalone

import "go/types"

// askObjects asks about the name, the methods and the fields of a type.
func askObjects(t types.Type) {
	if named, ok := t.(interface{ Obj() *types.TypeName }); ok {
		askObject(named.Obj())
	}
	if n, ok := t.(*types.Named); ok {
		for i := 0; i < n.NumMethods(); i++ {
			askObject(n.Method(i))
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := 0; i < u.NumFields(); i++ {
			askObject(u.Field(i))
		}
	case *types.Interface:
		for i := 0; i < u.NumExplicitMethods(); i++ {
			askObject(u.ExplicitMethod(i))
		}
	case *types.Signature:
		for i := 0; i < u.Params().Len(); i++ {
			askObject(u.Params().At(i))
		}
	}
}

func askObject(obj types.Object) {
	_ = obj.String()
	obj.Id()
	obj.Parent()
	switch obj := obj.(type) {
	case *types.Func:
		obj.FullName()
		obj.Origin()
		obj.Scope()
		obj.Type()
	case *types.Var:
		obj.Origin()
		obj.IsField()
	case *types.TypeName:
		obj.IsAlias()
	}
}

// askPackage asks about the package that declares a type.
func askPackage(t types.Type) {
	named, ok := t.(interface{ Obj() *types.TypeName })
	if !ok || named.Obj().Pkg() == nil {
		return
	}
	p := named.Obj().Pkg()
	p.Name()
	p.Path()
	p.Imports()
	p.Complete()
	p.GoVersion()
	_ = p.String()
}

// setPackage sets what the package has.
func setPackage(pkg *types.Package) {
	pkg.SetName(pkg.Name())
	pkg.SetImports(pkg.Imports())
	pkg.MarkComplete()
}
