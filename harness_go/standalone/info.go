package standalone

import (
	"go/ast"
	"go/types"
)

// recordedTypes returns the types that a check recorded, in the order of the source. Those
// of instances, method values and method expressions come first.
func recordedTypes(c checked) []types.Type {
	var special, declared, expressions []types.Type
	add := func(obj types.Object) {
		if obj == nil {
			return
		}
		if f, ok := obj.(*types.Func); ok {
			_ = f.FullName()
		}
		declared = append(declared, obj.Type())
	}
	for _, init := range c.info.InitOrder {
		for _, v := range init.Lhs {
			add(v)
		}
	}
	inspect(c, func(n ast.Node) {
		add(c.info.Implicits[n])
		if id, ok := n.(*ast.Ident); ok {
			c.info.ObjectOf(id)
		}
		if expr, ok := n.(ast.Expr); ok && c.info.Types[expr].Type != nil {
			expressions = append(expressions, c.info.Types[expr].Type)
		}
		switch n := n.(type) {
		case *ast.Ident:
			add(c.info.Defs[n])
			add(c.info.Uses[n])
			if inst := c.info.Instances[n]; inst.Type != nil {
				special = append(special, inst.Type)
				for i := 0; i < inst.TypeArgs.Len(); i++ {
					special = append(special, inst.TypeArgs.At(i))
				}
			}
		case *ast.SelectorExpr:
			if s := c.info.Selections[n]; s != nil {
				special = append(special, s.Type(), s.Recv())
				_ = s.String()
				add(s.Obj())
			}
		}
	})
	return append(append(special, declared...), expressions...)
}

// recordedScopes returns the scopes that a check recorded, in the order of the source.
func recordedScopes(c checked) (list []*types.Scope) {
	inspect(c, func(n ast.Node) {
		if s := c.info.Scopes[n]; s != nil && len(list) < 200 {
			list = append(list, s)
		}
	})
	return list
}

// inspect calls f with the nodes of a package's syntax.
func inspect(c checked, f func(ast.Node)) {
	for _, file := range c.files {
		ast.Inspect(file, func(n ast.Node) bool {
			if n != nil {
				f(n)
			}
			return true
		})
	}
}
