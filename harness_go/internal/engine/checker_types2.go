//go:build types2

package engine

import (
	"cmd/compile/internal/syntax"
	"go/token"
	"go/types"
	"slices"
	"sort"
	"strings"
)

// noPos is the position of what has none.
var noPos syntax.Pos

// newChecker returns a checker of a package. Syntax trees have their positions themselves.
func newChecker(config *types.Config, _ *token.FileSet, pkg *types.Package, info *types.Info) *types.Checker {
	return types.NewChecker(config, pkg, info)
}

// names are the names in a scope that a program can use. The scope of an imported package also has
// types that are declared in functions (T·1) and generic methods (T.M). The importer cannot load
// those, and the compiler never asks for them.
func names(s *types.Scope) []string {
	return slices.DeleteFunc(s.Names(), func(name string) bool { return strings.ContainsAny(name, local+".") })
}

// objectsOf are a scope's objects in the order of their names. They are looked up in the order of a
// walk, because the importer loads them then.
func objectsOf(scope *types.Scope, o order) []types.Object {
	all := names(scope)
	objects := make([]types.Object, 0, len(all))
	for left := rotate(o, all); len(left) > 0; {
		var name string
		name, left = takeFrom(&o, left)
		if obj := scope.Lookup(name); obj != nil {
			objects = append(objects, obj)
		}
	}
	sort.Slice(objects, func(i, j int) bool { return objects[i].Name() < objects[j].Name() })
	return objects
}

// completed completes an interface made by hand: types2 computes its type set when asked for it.
func completed(t *types.Interface) *types.Interface {
	t.NumMethods()
	return t
}

// asCompiled sets what the compiler sets in every Config.
func asCompiled(config *types.Config) {
	config.IgnoreBranchErrors = true // the parser finds them
	enableAlias(config)
}

// newInfo returns an Info with every map that a checker fills.
func newInfo() *types.Info {
	info := &types.Info{
		StoreTypesInSyntax: true, // as the compiler does
		Types:              make(map[syntax.Expr]types.TypeAndValue),
		Instances:          make(map[*syntax.Name]types.Instance),
		Defs:               make(map[*syntax.Name]types.Object),
		Uses:               make(map[*syntax.Name]types.Object),
		Implicits:          make(map[syntax.Node]types.Object),
		Selections:         make(map[*syntax.SelectorExpr]*types.Selection),
		Scopes:             make(map[syntax.Node]*types.Scope),
	}
	addFileVersions(info)
	return info
}
