package main

import (
	"os"
	"path/filepath"
	"strings"
)

// The sense for shared writes (../internal/sense) stands where accesses and allocations pass by
// anyway. While a goroutine works alone, the detector does not look at its accesses, and they end in
// the same place as those of memory that the detector never watches. There, a few instructions
// append an access to a log, with plain stores: to memory that is neither on the goroutine's stack
// nor younger than the running operation. Nothing is added to accesses that the detector watches.

// allocation is the beginning of the function that tells the detector of an allocation.
const allocation = "\nfunc racemalloc(p unsafe.Pointer, sz uintptr) {\n"

// ages makes package runtime note the age of each allocation. It returns false, and changes
// nothing, if the function that does so is not as expected.
func ages(goroot, out string, result *overlay) (bool, error) {
	dir := filepath.Join(goroot, "src", "runtime")
	path := filepath.Join(dir, "race.go")
	from := path
	if replaced, ok := result.Replace[path]; ok {
		from = replaced
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return false, err
	}
	if strings.Count(string(text), allocation) != 1 {
		return false, nil
	}
	// On the same line, so that line numbers do not change.
	with := strings.TrimSuffix(allocation, "\n") + " typeraceAllocated(uintptr(p), sz);\n"
	return true, result.put(dir, out, "runtime_", map[string][]byte{
		"race.go":                    []byte(strings.Replace(string(text), allocation, with, 1)),
		"zz_typerace_sense.go":       []byte(senseSource),
		"zz_typerace_sense_other.go": []byte(noSenseSource),
	})
}

// logging is the code that appends an access to the log. It is inserted where accesses arrive that
// the detector does not watch. The function is the detector's, and head is the beginning of the
// runtime's function, which says where the position and the size are.
func logging(head, function string) string {
	position, size := "RARG2", ""
	if strings.HasSuffix(function, "_range") {
		position, size = "RARG3", "\tMOVL\tRARG2, 20(R9)\n"
		if strings.Contains(head, "pc1(SB)") {
			// The position is in package runtime. The caller's was reported just before.
			position = "caller"
		}
	}
	var b strings.Builder
	b.WriteString(filter)
	b.WriteString("\tMOVQ\tRARG1, 0(R9)\n")
	if position == "caller" {
		b.WriteString("\tMOVQ\truntime·typeraceCaller(SB), R10\n")
		position = "R10"
	}
	b.WriteString("\tMOVQ\t" + position + ", 8(R9)\n")
	if strings.Contains(function, "write") {
		b.WriteString("\tORL\t$0x80000000, R8\n")
	}
	b.WriteString("\tCMPQ\truntime·typeraceSense+56(SB), $0\n\tJEQ\tunlocked\n" +
		"\tORL\t$0x40000000, R8\nunlocked:\n")
	b.WriteString("\tMOVQ\tR8, 16(R9)\n" + size)
	b.WriteString("\tADDQ\t$24, R9\n\tMOVQ\tR9, runtime·typeraceSense+8(SB)\nunlogged:\n")
	return b.String()
}

// filter jumps over the log unless an access belongs there. It leaves the memory's age in R8, and
// the place for the entry in R9. No compiled code expects these registers to survive a call.
const filter = `	CMPQ	RARG0, runtime·typeraceSense+0(SB)
	JNE	unlogged
	CMPQ	RARG1, (g_stack+stack_lo)(R14)
	JB	elsewhere
	CMPQ	RARG1, (g_stack+stack_hi)(R14)
	JB	unlogged
elsewhere:
	XORL	R8, R8
	MOVQ	RARG1, R9
	SUBQ	runtime·typeraceSense+24(SB), R9
	CMPQ	R9, runtime·typeraceSense+32(SB)
	JAE	global
	SHRQ	$3, R9
	ADDQ	R9, R9
	ADDQ	runtime·typeraceSense+40(SB), R9
	MOVWLZX	(R9), R8
	CMPQ	R8, runtime·typeraceSense+48(SB)
	JEQ	unlogged
	JMP	log
global:
	CMPQ	RARG1, runtime·racedatastart(SB)
	JB	unlogged
	CMPQ	RARG1, runtime·racedataend(SB)
	JAE	unlogged
log:
	MOVQ	runtime·typeraceSense+8(SB), R9
	CMPQ	R9, runtime·typeraceSense+16(SB)
	JAE	unlogged
`

const senseSource = `//go:build race && amd64

package runtime

import "unsafe"

// typeraceSense is described in the package that sets it, internal/sense of the harness, which
// declares the same fields. The assembly code knows their offsets.
//
//go:linkname typeraceSense
var typeraceSense struct {
	context, next, end, heap, covered, ages, epoch, held uintptr
}

//go:linkname typeraceContext
var typeraceContext = typeraceOwnContext

func typeraceOwnContext() uintptr { return getg().racectx }

// typeraceAllocated notes that memory is as old as the running operation.
//
//go:nosplit
func typeraceAllocated(p, size uintptr) {
	epoch := typeraceSense.epoch
	if epoch == 0 {
		return
	}
	from := p - typeraceSense.heap
	if from >= typeraceSense.covered || size > typeraceSense.covered-from {
		return
	}
	for i := from / 8; i < (from+size+7)/8; i++ {
		*(*uint16)(unsafe.Pointer(typeraceSense.ages + 2*i)) = uint16(epoch)
	}
}
`

const noSenseSource = `//go:build race && !amd64

package runtime

func typeraceAllocated(p, size uintptr) {}
`
