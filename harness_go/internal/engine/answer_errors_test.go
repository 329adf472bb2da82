package engine

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"testing"
)

// Which of several cycles of instances go/types reports is random, so the answer has no place.
func TestCyclesOfInstancesHaveNoPlace(t *testing.T) {
	const src = `package p

func f[T any]() { f[*T](); g[*T]() }
func g[T any]() { f[[]T](); g[[]T]() }
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	var errs []types.Error
	conf := types.Config{Error: func(err error) { errs = append(errs, err.(types.Error)) }}
	conf.Check("p", fset, []*ast.File{file}, nil)
	texts, note := errorTexts(errs)
	if want := []string{"InvalidInstanceCycle"}; !reflect.DeepEqual(texts, want) || note == "" {
		t.Errorf("%q, want %q:\n%s", texts, want, note)
	}
}
