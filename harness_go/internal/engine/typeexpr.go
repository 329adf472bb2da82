package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// typeBuilder makes types from Go type expressions without a checker. Invalid parts of an
// expression become int.
type typeBuilder struct {
	g   *goroutine
	pkg *types.Package // in whose scope names are looked up
}

func (b *typeBuilder) build(expr ast.Expr, depth int) types.Type {
	const deepest = 20
	if t := b.form(expr, depth+1); t != nil && depth < deepest {
		return t
	}
	return types.Typ[types.Int]
}

func (b *typeBuilder) form(expr ast.Expr, depth int) types.Type {
	if depth > 20 {
		return nil
	}
	switch e := expr.(type) {
	case *ast.Ident:
		return b.complete(b.generic(e))
	case *ast.SelectorExpr, *ast.BinaryExpr:
		return b.complete(b.generic(e))
	case *ast.ParenExpr:
		return b.build(e.X, depth)
	case *ast.StarExpr:
		return types.NewPointer(b.build(e.X, depth))
	case *ast.ArrayType:
		elem := b.build(e.Elt, depth)
		if e.Len == nil {
			return types.NewSlice(elem)
		}
		return types.NewArray(elem, arrayLen(e.Len))
	case *ast.MapType:
		return types.NewMap(b.build(e.Key, depth), b.build(e.Value, depth))
	case *ast.ChanType:
		return types.NewChan(chanDir(e.Dir), b.build(e.Value, depth))
	case *ast.FuncType:
		return b.signature(e, depth)
	case *ast.StructType:
		return b.structType(e, depth)
	case *ast.InterfaceType:
		return b.interfaceType(e, depth)
	case *ast.IndexExpr:
		return b.instance(e.X, []ast.Expr{e.Index}, depth)
	case *ast.IndexListExpr:
		return b.instance(e.X, e.Indices, depth)
	}
	return nil
}

// generic is the type that a name stands for, generic or not; nil if there is none.
func (b *typeBuilder) generic(expr ast.Expr) types.Type {
	switch e := expr.(type) {
	case *ast.Ident:
		if obj, ok := b.pkg.Scope().Lookup(e.Name).(*types.TypeName); ok {
			return obj.Type()
		}
		if obj, ok := types.Universe.Lookup(e.Name).(*types.TypeName); ok {
			return obj.Type()
		}
	case *ast.SelectorExpr, *ast.BinaryExpr:
		path, name := qualified(e)
		if obj, ok := b.g.object(path, name).(*types.TypeName); ok && path != "" {
			return obj.Type()
		}
	}
	return nil
}

// qualified splits `lib.T`. The parser reads the path in `x/lib.T` as a division.
func qualified(expr ast.Expr) (path, name string) {
	switch e := expr.(type) {
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return x.Name, e.Sel.Name
		}
	case *ast.BinaryExpr:
		if y, name := qualified(e.Y); e.Op == token.QUO && y != "" {
			if x := slashed(e.X); x != "" {
				return x + "/" + y, name
			}
		}
	}
	return "", ""
}

func slashed(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.BinaryExpr:
		if x, y := slashed(e.X), slashed(e.Y); e.Op == token.QUO && x != "" && y != "" {
			return x + "/" + y
		}
	}
	return ""
}

// complete instantiates a generic type that has no arguments, because such a type cannot itself be
// an argument. It also replaces constraints, which cannot be arguments either.
func (b *typeBuilder) complete(t types.Type) types.Type {
	if t == nil || !uninstantiated(t) {
		return t
	}
	targs := make([]types.Type, typeParams(t).Len())
	for i := range targs {
		targs[i] = types.Typ[types.Int]
	}
	return instantiated(t, targs)
}

func (b *typeBuilder) instance(generic ast.Expr, args []ast.Expr, depth int) types.Type {
	t := b.generic(generic)
	if t == nil || !uninstantiated(t) {
		return b.complete(t)
	}
	targs := make([]types.Type, typeParams(t).Len())
	for i := range targs {
		targs[i] = types.Typ[types.Int]
		if i < len(args) {
			targs[i] = b.build(args[i], depth)
		}
	}
	return instantiated(t, targs)
}

func instantiated(t types.Type, targs []types.Type) types.Type {
	if instance, err := types.Instantiate(nil, t, targs, true); err == nil {
		return instance
	}
	return nil
}

func arrayLen(expr ast.Expr) int64 {
	const longest = 1 << 20
	if lit, ok := expr.(*ast.BasicLit); ok && lit.Kind == token.INT {
		if n, err := strconv.ParseInt(lit.Value, 0, 64); err == nil && n <= longest {
			return n
		}
	}
	return 1
}

func chanDir(dir ast.ChanDir) types.ChanDir {
	switch dir {
	case ast.SEND:
		return types.SendOnly
	case ast.RECV:
		return types.RecvOnly
	}
	return types.SendRecv
}

func (b *typeBuilder) signature(e *ast.FuncType, depth int) *types.Signature {
	params, variadic := b.tuple(e.Params, depth)
	results, _ := b.tuple(e.Results, depth)
	return types.NewSignatureType(nil, nil, nil, params, results, variadic)
}

func (b *typeBuilder) tuple(fields *ast.FieldList, depth int) (tuple *types.Tuple, variadic bool) {
	if fields == nil {
		return nil, false
	}
	var vars []*types.Var
	for _, f := range fields.List {
		expr := f.Type
		dots, isVariadic := expr.(*ast.Ellipsis)
		if isVariadic {
			expr = dots.Elt
		}
		t := b.build(expr, depth)
		// `...` is only valid on the last one; elsewhere it is ignored.
		variadic = isVariadic
		if isVariadic {
			t = types.NewSlice(t)
		}
		for i := 0; i < max(1, len(f.Names)); i++ {
			vars = append(vars, types.NewParam(noPos, b.pkg, "", t))
		}
	}
	return types.NewTuple(vars...), variadic
}

func (b *typeBuilder) structType(e *ast.StructType, depth int) types.Type {
	var fields []*types.Var
	names := make(map[string]bool)
	for _, f := range e.Fields.List {
		t := b.build(f.Type, depth)
		for _, name := range f.Names {
			if !names[name.Name] {
				names[name.Name] = name.Name != "_"
				fields = append(fields, types.NewField(noPos, b.pkg, name.Name, t, false))
			}
		}
		if obj := typeName(t); len(f.Names) == 0 && obj != nil && !names[obj.Name()] {
			names[obj.Name()] = true
			fields = append(fields, types.NewField(noPos, b.pkg, obj.Name(), t, true))
		}
	}
	return types.NewStruct(fields, nil)
}

func (b *typeBuilder) interfaceType(e *ast.InterfaceType, depth int) types.Type {
	var methods []*types.Func
	var embedded []types.Type
	names := make(map[string]bool)
	for _, f := range e.Methods.List {
		sig, ok := f.Type.(*ast.FuncType)
		if ok && len(f.Names) == 1 && !names[f.Names[0].Name] {
			names[f.Names[0].Name] = true
			methods = append(methods, types.NewFunc(noPos, b.pkg, f.Names[0].Name, b.signature(sig, depth)))
		} else if t := b.build(f.Type, depth); types.IsInterface(t) {
			embedded = append(embedded, t)
		}
	}
	// As documented, an interface made by hand must be completed before it is shared.
	return completed(types.NewInterfaceType(methods, embedded))
}
