package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// reseed adds a file to package runtime that sets the random state of the running thread. The order
// of map iterations, some of which are in go/types, depends on it.
func reseed(goroot, out string, result *overlay) error {
	dir := filepath.Join(goroot, "src", "runtime")
	text, err := os.ReadFile(filepath.Join(dir, "runtime2.go"))
	if err != nil {
		return err
	}
	// Fields of runtime.m: fastrand until Go 1.21, then chacha8 and cheaprand, with a type that
	// changed.
	field := regexp.MustCompile(`(?m)^\t(fastrand|cheaprand)\s+(uint32|uint64)\b`).FindSubmatch(text)
	if field == nil {
		return fmt.Errorf("%s has no random state that this instrumentation knows", dir)
	}
	body := fmt.Sprintf("\tmp.%s = %s(seed | 1)\n", field[1], field[2])
	if regexp.MustCompile(`(?m)^\tchacha8\s+chacha8rand\.State`).Match(text) {
		body += "\tmp.chacha8.Init64([4]uint64{seed, seed + 1, seed + 2, seed + 3})\n"
	}
	path := filepath.Join(out, "zz_typerace_runtime.go")
	result.Replace[filepath.Join(dir, "zz_typerace.go")] = path
	return os.WriteFile(path, []byte(fmt.Sprintf(reseedSource, body)), 0o644)
}

const reseedSource = `package runtime

import _ "unsafe"

//go:linkname typeraceSeed
var typeraceSeed = typeraceReseed

func typeraceReseed(seed uint64) {
	mp := acquirem()
%s	releasem(mp)
}
`

// locks puts a hook into sync.Mutex.Lock. Under a seeded schedule, a goroutine that fails to get a
// lock gives up its turn instead of blocking. Otherwise the clock decides which goroutine gets a
// lock first: a mutex is handed to a goroutine that has waited for a millisecond.
func locks(goroot, out string, result *overlay) error {
	for _, pkg := range []string{"internal/sync", "sync"} { // since, and until, Go 1.24
		path := filepath.Join(goroot, "src", filepath.FromSlash(pkg), "mutex.go")
		text, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return err
		}
		if _, ok := result.Replace[path]; ok {
			return nil // the user's; locks are then the runtime's
		}
		const head = "\nfunc (m *Mutex) Lock() {\n"
		at := bytes.Index(text, []byte(head))
		if at < 0 || !bytes.Contains(text, []byte("\nfunc (m *Mutex) TryLock() bool {")) {
			return fmt.Errorf("%s has no Lock that this instrumentation knows", path)
		}
		at += len(head) - 1
		patched := append([]byte{}, text[:at]...)
		patched = append(patched, " if typeraceBlock != nil && m.typeraceLock() { return };"...)
		patched = append(patched, held(1)...)
		patched = append(patched, text[at:]...)
		const tail = "\nfunc (m *Mutex) Unlock() {"
		patched = bytes.Replace(patched, []byte(tail), []byte(tail+held(-1)), 1)
		return result.put(filepath.Dir(path), out, "zz_sync_", map[string][]byte{
			"mutex.go": patched, "zz_typerace.go": []byte(lockSource),
		})
	}
	return fmt.Errorf("%s has no sync.Mutex that this instrumentation knows", goroot)
}

// held is a statement that tells the sense how many more locks a goroutine holds. Under a seeded
// schedule, which the sense never sees, Lock returns before it.
func held(locks int) string {
	return fmt.Sprintf(" if typeraceHeld != nil { typeraceHeld(%d) };", locks)
}

// lockSource is added to the package of the mutex. To the race detector, TryLock is the same as
// Lock; while it fails, the detector sees nothing.
const lockSource = `package sync

import _ "unsafe"

//go:linkname typeraceBlock
var typeraceBlock func() bool

//go:linkname typeraceHeld
var typeraceHeld func(locks int)

func (m *Mutex) typeraceLock() bool {
	for !m.TryLock() {
		if !typeraceBlock() {
			return false
		}
	}
	return true
}
`
