package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// withoutChance replaces the atomic counters that every check touches. To the race detector, an
// atomic orders the goroutines that use it, so two checks that do not overlap are ordered by chance
// and their races stay hidden. The replacements do the same atomic operations in package runtime,
// where the detector does not see them: identifiers stay unique, and nothing is ordered.
//
// Neither counter protects other memory. lastID numbers type parameters, and _aliasAny (until Go
// 1.26) says how Scope.Lookup answers for "any".
func withoutChance(dir, out string, result *overlay) error {
	for name, texts := range map[string][]string{
		"typeparam.go": {
			"uint64(lastID.Add(1))", "uint64(typeraceAdd(&typeraceLastID, 1))",
			// Until Go 1.21.
			"uint64(atomic.AddUint32(&lastID, 1))", "uint64(typeraceAdd(&typeraceLastID, 1))",
		},
		"check.go": {
			"atomic.AddInt32(&_aliasAny, ", "typeraceAdd(&_aliasAny, ",
			"atomic.LoadInt32(&_aliasAny)", "typeraceAdd(&_aliasAny, 0)",
		},
	} {
		path := filepath.Join(dir, name)
		from, ok := result.Replace[path]
		if !ok {
			from = path
		}
		if from == "" {
			continue // deleted by the user's overlay
		}
		old, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		text := strings.NewReplacer(texts...).Replace(string(old))
		// A release without the counter, or a changed go/types, keeps what it has.
		if text == string(old) {
			continue
		}
		// The import may have no other use. On the last line, so that line numbers do not change.
		text = strings.TrimRight(text, "\n") + "; var _ = atomic.LoadInt32\n"
		if err := result.put(dir, out, "chance_", map[string][]byte{name: []byte(text)}); err != nil {
			return err
		}
	}
	return nil
}

// adder adds the replacement of atomic additions to package runtime, whose own atomics are in a
// package that moved in Go 1.23.
func adder(goroot, out string, result *overlay) error {
	dir := filepath.Join(goroot, "src", "runtime")
	text, err := os.ReadFile(filepath.Join(dir, "runtime2.go"))
	if err != nil {
		return err
	}
	atomics := regexp.MustCompile(`(?m)^\t("(?:internal/runtime|runtime/internal)/atomic")$`).FindSubmatch(text)
	if atomics == nil {
		return fmt.Errorf("%s has no atomics that this instrumentation knows", dir)
	}
	return result.put(dir, out, "runtime_", map[string][]byte{
		"zz_typerace_add.go": []byte(fmt.Sprintf(addSource, atomics[1])),
	})
}

const addSource = `package runtime

import (
	%s
	"unsafe"
)

//go:linkname typeraceAdd
var typeraceAdd = typeraceAddInt32

func typeraceAddInt32(p *int32, n int32) int32 {
	return int32(atomic.Xadd((*uint32)(unsafe.Pointer(p)), n))
}
`
