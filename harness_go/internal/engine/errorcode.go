package engine

import (
	"fmt"
	"reflect"
	"unsafe"
)

// hiddenCode is the name of the code of an error of go/types, given as a pointer to it. go/types does
// not export the code but lets tools read it by reflection.
func hiddenCode(err any) string {
	field := reflect.ValueOf(err).Elem().FieldByName("go116code")
	if !field.IsValid() {
		return "error"
	}
	code := reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem().Interface()
	return fmt.Sprint(code)
}
