package schedule

import (
	"go/types"
	"reflect"
)

// pairBits is the size of the interleaving map, as a power of two.
const pairBits = 14

// Pairs is the size of the interleaving map in bytes.
const Pairs = 1 << pairBits

// tableBits is the size of the table of objects: many more than a test case's
// goroutines have in common, as those that share a slot hide each other.
const tableBits = 12

// touches is interleaving coverage: which function of one goroutine worked on an
// object, and which function of another did next.
type touches struct {
	table [1 << tableBits]touch
	// run tells the entries of this run from older ones; it is never 0.
	run   uint32
	pairs [Pairs]byte
}

// touch is the last work on an object. Small, as the table is in every probe's way.
type touch struct {
	object uintptr
	run    uint32
	// function is a probe's number, or everybody.
	function uint16
	// index is the goroutine's, modulo 2^16: scenarios have a handful.
	index uint16
}

// everybody is the function of entries that are not looked at: numbers of probes,
// fewer than a thousand, are below.
const everybody = 1<<16 - 1

// universe are the objects and types that everything has in common: what is done
// to them says nothing.
var universe = func() map[uintptr]bool {
	found := make(map[uintptr]bool)
	for _, name := range types.Universe.Names() {
		obj := types.Universe.Lookup(name)
		found[reflect.ValueOf(obj).Pointer()] = true
		if t := obj.Type(); t != nil {
			found[reflect.ValueOf(t).Pointer()] = true
		}
	}
	for _, t := range types.Typ {
		found[reflect.ValueOf(t).Pointer()] = true
	}
	return found
}()

func (t *touches) clear() {
	if t.run++; t.run == 0 {
		t.run++
	}
	t.pairs = [Pairs]byte{}
	for object := range universe {
		t.table[slotOf(object)] = touch{object: object, run: t.run, function: everybody}
	}
}

//go:norace
func (t *touches) add(object uintptr, function uint32, index int) {
	last := &t.table[slotOf(object)]
	if last.run == t.run {
		if last.function == everybody {
			return
		}
		if last.object == object && last.index != uint16(index) {
			t.pairs[pairOf(uint32(last.function), function)] = 1
		}
	}
	*last = touch{object, t.run, uint16(function), uint16(index)}
}

//go:norace
func slotOf(object uintptr) uintptr {
	return uintptr(uint64(object) * 0x9e3779b97f4a7c15 >> (64 - tableBits))
}

//go:norace
func pairOf(a, b uint32) uint32 {
	return (a*0x9e3779b1 ^ b*0x85ebca6b) >> (32 - pairBits)
}
