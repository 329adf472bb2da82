//go:build !types2

package engine

import (
	"go/ast"
	"go/token"
	"go/types"
)

// noPos is the position of what has none.
const noPos = token.NoPos

// newChecker returns a checker of a package.
func newChecker(config *types.Config, fset *token.FileSet, pkg *types.Package, info *types.Info) *types.Checker {
	return types.NewChecker(config, fset, pkg, info)
}

// names are the names in a scope that a program can use.
func names(s *types.Scope) []string { return s.Names() }

// objectsOf are a scope's objects in the order of their names. The order of a walk does not matter.
func objectsOf(scope *types.Scope, _ order) []types.Object {
	var objects []types.Object
	for _, name := range scope.Names() {
		if obj := scope.Lookup(name); obj != nil {
			objects = append(objects, obj)
		}
	}
	return objects
}

// completed completes an interface made by hand.
func completed(t *types.Interface) *types.Interface { return t.Complete() }

// asCompiled sets what the compiler sets in every Config; go/types has no such thing.
func asCompiled(*types.Config) {}

// newInfo returns an Info with every map that a checker fills.
func newInfo() *types.Info {
	info := &types.Info{
		Types:      make(map[ast.Expr]types.TypeAndValue),
		Instances:  make(map[*ast.Ident]types.Instance),
		Defs:       make(map[*ast.Ident]types.Object),
		Uses:       make(map[*ast.Ident]types.Object),
		Implicits:  make(map[ast.Node]types.Object),
		Selections: make(map[*ast.SelectorExpr]*types.Selection),
		Scopes:     make(map[ast.Node]*types.Scope),
	}
	addFileVersions(info)
	return info
}
