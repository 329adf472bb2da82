package counters

import (
	"encoding/binary"
	"go/types"
	"reflect"
	"runtime"
	"unsafe"
)

// Site is where a counter counts.
type Site struct {
	// Function is qualified by its package, for example go/types.(*Scope).Insert.
	Function string `json:"function"`
	// File is an absolute path.
	File string `json:"file"`
	Line int    `json:"line"`
}

// page is a distance at which the ends of the program's text are looked for.
const page = 4096

// Sites returns the place of each counter of Table. The compiler keeps no table of them, so the
// instructions that set a counter are looked up in the program's own text. On other processors
// than amd64 it returns nil. A counter that is not found has an empty Site.
func Sites() []Site {
	counters := Table()
	if runtime.GOARCH != "amd64" || len(counters) == 0 {
		return nil
	}
	base := uintptr(unsafe.Pointer(&counters[0]))
	sites := make([]Site, len(counters))
	text, at := text()
	for i := 0; i+size <= len(text); i++ {
		if text[i] != movb || text[i+1] != relative || text[i+6] != 1 {
			continue
		}
		next := at + uintptr(i+size)
		to := next + uintptr(int32(binary.LittleEndian.Uint32(text[i+2:])))
		if to >= base && to-base < uintptr(len(sites)) {
			sites[to-base] = place(next)
		}
	}
	return sites
}

// A counter that overflows is set to one by MOVB $1, counter(IP), which has this size and begins
// with these bytes.
const (
	size     = 7
	movb     = 0xc6
	relative = 0x05
)

// place returns the place of the instruction that ends at an address.
func place(end uintptr) Site {
	// The innermost function: a counter of an inlined function counts for that one.
	frame, _ := runtime.CallersFrames([]uintptr{end}).Next()
	return Site{frame.Function, frame.File, frame.Line}
}

// text returns the program's text, or all of it but parts of a page at its ends, and its address.
func text() ([]byte, uintptr) {
	first := reflect.ValueOf(types.NewPackage).Pointer() / page * page
	last := first
	for runtime.FuncForPC(first-page) != nil {
		first -= page
	}
	for runtime.FuncForPC(last+page) != nil {
		last += page
	}
	return unsafe.Slice((*byte)(textPointer(first)), int(last-first)), first
}

// textPointer makes a pointer of an address in the text, which the garbage collector ignores.
func textPointer(at uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&at))
}
