package engine

import (
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"typerace/harness/internal/tested"
)

// A call that the documentation of go/types forbids is a fault of this harness and not a finding: a
// call with nil, or with arguments that a constructor refuses. Both end the process with a line
// that typerace recognizes (src/harness/misuse.rs).

// misuse is the value of a panic that reports a misuse.
type misuse string

// given panics if the harness is about to pass nil to go/types where a value is required. It is not
// for values that go/types itself returned: those may be nil because two goroutines raced, which is
// what this program searches for.
func given(there bool, what string) {
	if !there {
		panic(misuse("nil as " + what))
	}
}

// refused lists the panics with which the API refuses arguments, where the harness makes these
// arguments. It does not include "underlying type must not be nil" and "nil constraint", because
// the operation `set` passes on what go/types returned.
var refused = []string{
	"variadic function must have at least one parameter",
	"function with receiver type parameters must have a receiver",
	"function with type parameters cannot have a receiver",
	"multiple fields with the same name",
	"more tags than fields",
	"empty union",
	"type parameter bound more than once",
	"LookupFieldOrMethod on nil type",
}

// misused reports whether a panic that is being recovered is a misuse, and which one. A deferred
// function calls it.
func misused(value any) (string, bool) {
	switch v := value.(type) {
	case misuse:
		return string(v), true
	case string:
		for _, text := range refused {
			if strings.HasPrefix(v, text) && calledByHarness() {
				return v, true
			}
		}
	}
	return "", false
}

// calledByHarness reports whether the harness itself, and not go/types, called the function of
// go/types that panicked first.
func calledByHarness() bool {
	var pcs [128]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	var after []string // the functions below the panic
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		if frame.Function == "runtime.gopanic" {
			// The last one is the first panic: the others raised it again.
			after = after[:0]
			continue
		}
		after = append(after, frame.Function)
	}
	i := 0
	// A constructor may do its work in other functions.
	for i < len(after) && tested.Has(after[i]) && i < refusalDepth {
		i++
	}
	return i > 0 && i < len(after) && strings.HasPrefix(after[i], harness)
}

// harness is how the names of this module's functions begin.
var harness = strings.TrimSuffix(reflect.TypeOf(Engine{}).PkgPath(), "internal/engine")

// refusalDepth is how deep in the API a refusal can be.
const refusalDepth = 2

// onMisuse ends the process. In tests it fails the test instead.
var onMisuse = func(what string) {
	text := append([]byte("typerace harness: misuse of go/types: "+what+"\n"), debug.Stack()...)
	// As in goroutine.recover: os.Stderr has a lock.
	_, _ = syscall.Write(2, text)
	os.Exit(3)
}
