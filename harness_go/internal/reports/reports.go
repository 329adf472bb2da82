// Package reports bounds how many races the detector reports in a run.
//
// A report costs about a millisecond: the detector replays a goroutine's history to find
// the stack of the other side, and looks up the name of every frame. A test case that
// breaks a documented rule races in hundreds of places. All these reports would take more
// time than a hundred other test cases and say no more than the first ones.
//
// The detector has a flag, report_bugs, that it looks at before all that work. This
// package finds the flag in the detector's memory, and hooks in packages runtime and
// go/types (see ../../instrument) clear it soon after a run has had its reports. A few
// more may come. To the detector, none of this is synchronization.
//
// Only the command imports it, as it needs -checklinkname=0.
package reports

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"strings"
	"unsafe"
)

// made counts reports and limit is their number at which the flag is cleared; both
// are the hook's.
//
//go:linkname made runtime.typeraceReports
var made uint32

//go:linkname limit runtime.typeraceReportLimit
var limit uint32

//go:linkname flag runtime.typeraceReportFlag
var flag *byte

// pending says that the flag is to be cleared.
//
//go:linkname pending runtime.typeracePending
var pending bool

// Limiter bounds reports.
type Limiter struct{}

// New finds the detector's flag. plant makes a race and says how many reports it caused:
// the flag is the right one if there is none while it is clear. If it is not found, New
// returns nil, and reports are not bounded, which only costs time.
func New(plant func() int) *Limiter {
	candidates := candidates()
	if len(candidates) == 0 || plant() != 1 {
		return nil
	}
	for _, at := range candidates {
		set(at, 0)
		silent := plant() == 0
		set(at, 1)
		if silent && plant() == 1 {
			flag = at
			return &Limiter{}
		}
	}
	return nil
}

// Limit lets the detector report at most n races from now on; 0 is no bound. No goroutine
// may race during the call.
func (*Limiter) Limit(n uint32) {
	made, limit, pending = 0, n, false
	set(flag, 1)
}

//go:norace
func set(at *byte, value byte) { *at = value }

// marker is the value that GORACE must give flush_symbolizer_ms, which does nothing
// in Go programs: the flags are where it is.
const marker = 1951350895

// window is how far in front of the marker a flag may be.
const window = 32

// Marked says whether the parent set the marker. Such a parent ignores the races that the
// harness makes on purpose before its hello.
func Marked() bool {
	return strings.Contains(os.Getenv("GORACE"), "flush_symbolizer_ms=1951350895")
}

// candidates are the bytes that may be the flag: those that are 1 among the flags.
//
//go:norace
func candidates() []*byte {
	if !Marked() {
		return nil
	}
	state, size := symbol("_ZN6__tsanL15ctx_placeholderE")
	// From the end, as the flags lie behind megabytes of untouched memory.
	for at := size &^ 3; at >= window+4; {
		at -= 4
		if *(*uint32)(unsafe.Add(state, at)) != marker {
			continue
		}
		var found []*byte
		for flag := at - window; flag < at; flag++ {
			if p := (*byte)(unsafe.Add(state, flag)); *p == 1 {
				found = append(found, p)
			}
		}
		return found
	}
	return nil
}

// symbol is the address and size of a variable of this program; nil if it has none, or
// was loaded to another address than it was linked for.
func symbol(name string) (at unsafe.Pointer, size uintptr) {
	f, err := elf.Open("/proc/self/exe")
	if err != nil {
		return nil, 0
	}
	defer f.Close()
	table := f.Section(".symtab")
	if f.Type != elf.ET_EXEC || f.Class != elf.ELFCLASS64 || table == nil || int(table.Link) >= len(f.Sections) {
		return nil, 0
	}
	// elf.File.Symbols makes a struct of each, which takes long.
	names, err := f.Sections[table.Link].Data()
	if err != nil {
		return nil, 0
	}
	symbols, err := table.Data()
	if err != nil {
		return nil, 0
	}
	if at := bytes.Index(names, []byte("\x00"+name+"\x00")); at >= 0 {
		return find(symbols, uint32(at+1), f.ByteOrder)
	}
	return nil, 0
}

//go:norace
func find(symbols []byte, name uint32, order binary.ByteOrder) (at unsafe.Pointer, size uintptr) {
	for ; len(symbols) >= elf.Sym64Size; symbols = symbols[elf.Sym64Size:] {
		if order.Uint32(symbols) == name {
			address := uintptr(order.Uint64(symbols[8:]))
			// This is memory of the detector, not a Go object, so it does not move.
			return *(*unsafe.Pointer)(unsafe.Pointer(&address)), uintptr(order.Uint64(symbols[16:]))
		}
	}
	return nil, 0
}
