package casetext

// Library is a package with something for every query, and two packages that import it.
const Library = `
-- lib/lib.go --
package lib

import "unsafe"

type (
	List[T any] struct {
		Next *List[T]
		Elem T
	}
	Pair[K comparable, V any] struct {
		Key K
		Val V
	}
	Tree[T any] struct {
		Left, Right *Tree[T]
		Kids        map[string][]*Pair[string, T]
	}
	Number interface {
		~int | ~float64
	}
	Shower interface {
		Show(f func(int, ...string) bool) (error, chan<- int)
	}
	Both interface {
		Shower
		Size() uintptr
	}
	Embeds struct {
		*List[int]
		Shower ` + "`tag`" + `
	}
	Name  = List[string]
	Array [4]Pair[int, string]
)

func (l *List[T]) Push(v T) *List[T]          { return &List[T]{l, v} }
func (l *List[T]) Zip() *Pair[string, *Tree[T]] { return nil }
func (Embeds) Size() uintptr                  { return unsafe.Sizeof(0) }

func Map[T Number, U any](in []T, f func(T) U) []U {
	var out []U
	for _, v := range in {
		out = append(out, f(v))
	}
	return out
}

const Answer = 6 * 7

var X *List[[2]int]
-- a/a.go --
package a

import "lib"

var P = lib.X.Push([2]int{}).Zip()

type Mine struct{ lib.Embeds }

var _ lib.Both = Mine{}
-- b/b.go --
package b

import (
	"a"
	"lib"
)

var Q = lib.Map([]int{1}, func(i int) *lib.Tree[int] { return nil })

var R = a.P
`
