// Package stringers is a typical linter: it reports types whose String method has a
// pointer receiver, because fmt does not find it on values.
package stringers

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
)

// Analyzer is the linter.
var Analyzer = &analysis.Analyzer{
	Name:     "stringers",
	Doc:      "report String methods that fmt does not call for values",
	Requires: []*analysis.Analyzer{inspect.Analyzer},
	Run:      run,
}

// stringer is interface{ String() string }, created once for all passes.
var stringer = types.NewInterfaceType([]*types.Func{
	types.NewFunc(0, nil, "String", types.NewSignatureType(nil, nil, nil, nil,
		types.NewTuple(types.NewVar(0, nil, "", types.Typ[types.String])), false)),
}, nil).Complete()

func run(pass *analysis.Pass) (any, error) {
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	in.Preorder([]ast.Node{(*ast.TypeSpec)(nil)}, func(n ast.Node) {
		spec := n.(*ast.TypeSpec)
		obj := pass.TypesInfo.Defs[spec.Name]
		if obj == nil || types.IsInterface(obj.Type()) {
			return
		}
		pointer := types.NewPointer(obj.Type())
		if types.Implements(pointer, stringer) && !types.Implements(obj.Type(), stringer) {
			pass.Reportf(spec.Pos(), "values of %s have no String method", obj.Name())
		}
	})
	return nil, nil
}
