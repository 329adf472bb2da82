//go:build !types2

package engine

import (
	"fmt"
	"go/types"
	"reflect"
	"unsafe"
)

// errorPlace is the file, line and column of an error.
func errorPlace(err types.Error) string { return err.Fset.Position(err.Pos).String() }

// errorCode is the name of an error's code, which go/types does not export but lets tools read by
// reflection.
func errorCode(err types.Error) string {
	field := reflect.ValueOf(&err).Elem().FieldByName("go116code")
	if !field.IsValid() {
		return "error"
	}
	code := reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem().Interface()
	return fmt.Sprint(code)
}
