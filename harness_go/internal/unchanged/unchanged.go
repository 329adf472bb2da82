// Package unchanged tells whether syntax trees are as they were. No analyzer may change the syntax
// that it gets (golang.org/issue/68735). Standalone programs contain this file.
package unchanged

import (
	"go/ast"
	"reflect"
)

// Watch records trees as they are. The function that it returns names, for each tree that is no
// longer so, the field of a node that differs first.
func Watch(packages ...[]*ast.File) func() []string {
	var files []*ast.File
	for _, p := range packages {
		files = append(files, p...)
	}
	before := make([][]uint64, len(files))
	for i, file := range files {
		readSyntax(file, func(word uint64, _ reflect.Type, _ int) bool {
			before[i] = append(before[i], word)
			return true
		})
	}
	return func() (changed []string) {
		for i, file := range files {
			n := 0
			readSyntax(file, func(word uint64, owner reflect.Type, field int) bool {
				if n < len(before[i]) && before[i][n] == word {
					n++
					return true
				}
				changed = append(changed, owner.String()+"."+owner.Field(field).Name)
				return false
			})
		}
		return changed
	}
}

// readSyntax calls f with the words of a tree, in order, and the field that has each, until f
// returns false. The addresses of nodes count: a copy in a node's place is a change.
func readSyntax(file *ast.File, f func(word uint64, owner reflect.Type, field int) bool) {
	r := syntaxReader{f: f, more: true, seen: make(map[uintptr]bool)}
	r.value(reflect.ValueOf(file), reflect.TypeOf(*file), 0)
}

type syntaxReader struct {
	f    func(uint64, reflect.Type, int) bool
	more bool
	seen map[uintptr]bool
}

func (r *syntaxReader) value(v reflect.Value, owner reflect.Type, field int) {
	if !r.more {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		r.pointer(v, owner, field)
	case reflect.Interface:
		if v.IsNil() {
			r.word(0, owner, field)
		} else {
			r.value(v.Elem(), owner, field)
		}
	case reflect.Slice:
		r.word(uint64(v.Len()), owner, field)
		for i := 0; i < v.Len(); i++ {
			r.value(v.Index(i), owner, field)
		}
	case reflect.Struct:
		for i := 0; i < v.NumField(); i++ {
			r.value(v.Field(i), v.Type(), i)
		}
	case reflect.String:
		sum := uint64(v.Len())
		for _, b := range []byte(v.String()) {
			sum = sum*31 + uint64(b)
		}
		r.word(sum, owner, field)
	case reflect.Bool:
		word := uint64(0)
		if v.Bool() {
			word = 1
		}
		r.word(word, owner, field)
	default:
		r.word(uint64(v.Int()), owner, field)
	}
}

func (r *syntaxReader) pointer(v reflect.Value, owner reflect.Type, field int) {
	switch v.Interface().(type) {
	case *ast.Object, *ast.Scope:
		return // they refer back to nodes, and the parser left them out
	}
	at := v.Pointer()
	r.word(uint64(at), owner, field)
	if at != 0 && !r.seen[at] {
		r.seen[at] = true
		r.value(v.Elem(), owner, field)
	}
}

func (r *syntaxReader) word(word uint64, owner reflect.Type, field int) {
	r.more = r.more && r.f(word, owner, field)
}
