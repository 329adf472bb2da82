package engine

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"testing"
)

// TestCyclesOfInstancesHaveNoPlace checks a program with two cycles of instances many times: go/types
// reports one of them at random, and the answer must be the same each time.
func TestCyclesOfInstancesHaveNoPlace(t *testing.T) {
	const src = `package p

func f[T any]() { g[*T]() }
func g[T any]() { f[T](); h[T]() }
func h[T any]() { g[[]T]() }
`
	seen := make(map[string]bool)
	for i := 0; i < 200; i++ {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "p.go", src, 0)
		if err != nil {
			t.Fatal(err)
		}
		var errs []types.Error
		conf := types.Config{Error: func(err error) { errs = append(errs, err.(types.Error)) }}
		conf.Check("p", fset, []*ast.File{file}, nil)
		texts, note := errorTexts(errs)
		want := []string{"InvalidInstanceCycle"}
		if !reflect.DeepEqual(texts, want) {
			t.Fatalf("%q, want %q:\n%s", texts, want, note)
		}
		seen[note] = true
	}
	t.Logf("%d different reports", len(seen))
}
