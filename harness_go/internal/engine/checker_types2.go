//go:build types2

package engine

import (
	"cmd/compile/internal/syntax"
	"go/token"
	"go/types"
)

// noPos is the position of what has none.
var noPos syntax.Pos

// newChecker returns a checker of a package. Syntax trees have their positions themselves.
func newChecker(config *types.Config, _ *token.FileSet, pkg *types.Package, info *types.Info) *types.Checker {
	return types.NewChecker(config, pkg, info)
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
