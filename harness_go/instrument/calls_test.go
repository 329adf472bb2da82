package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestDirectCalls checks that each function calls the detector itself and has no frame, which would
// be mistaken for the place from which it was called.
func TestDirectCalls(t *testing.T) {
	original, err := os.ReadFile(filepath.Join(runtime.GOROOT(), "src", "runtime", "race_amd64.s"))
	if err != nil {
		t.Fatal(err)
	}
	text := direct(original, true)
	if text == nil {
		t.Fatal("race_amd64.s is not as expected")
	}
	for _, name := range []string{
		"read", "read_pc", "read_range", "write", "write_pc", "write_range", "func_enter", "func_exit",
	} {
		call := []byte("\tCALL\t__tsan_" + name + "(SB)\n")
		if bytes.Count(text, call) == 0 || bytes.Contains(original, call) {
			t.Errorf("no call of __tsan_%s", name)
		}
		before, _, _ := bytes.Cut(text, call)
		line := before[bytes.LastIndex(before, []byte("\nTEXT\t")):]
		line, _, _ = bytes.Cut(line[1:], []byte("\n"))
		if !bytes.Contains(line, []byte("NOFRAME")) {
			t.Errorf("%s calls and has a frame", line)
		}
	}
	if bytes.Contains(text, []byte("JMP\tracecalladdr<>")) {
		t.Error("an access still goes through a register")
	}
	if n := bytes.Count(text, []byte("runtime·typeraceAlone(SB)")); n != 2 {
		t.Errorf("%d looks at who is alone", n)
	}
	// Each of the eight kinds of access can be logged, and nothing that is watched passes there.
	if n := bytes.Count(text, []byte("\ndata:\n\tCMPQ\tRARG0, runtime·typeraceSense+0(SB)\n\tJNE\tunlogged\n")); n != 8 {
		t.Errorf("%d kinds of access can be logged", n)
	}
	if bytes.Contains(direct(original, false), []byte("typeraceSense")) {
		t.Error("accesses are logged although ages are unknown")
	}
	if changed := bytes.Replace(original, []byte("\tCALL\tAX\n"), []byte("\tCALL\tBX\n"), -1); direct(changed, true) != nil {
		t.Error("what is not as expected is changed")
	}
}

// TestAges checks that a runtime with another way of telling the detector of allocations stays
// unchanged: the sense is then off.
func TestAges(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join(dir, "src", "runtime")
	if err := os.MkdirAll(source, 0o755); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"package runtime\n" + allocation + "}\n":               true,
		"package runtime\n\nfunc racemalloc(p uintptr) {\n}\n": false,
	} {
		if err := os.WriteFile(filepath.Join(source, "race.go"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		result := overlay{Replace: map[string]string{}}
		if fits, err := ages(dir, dir, &result); err != nil || fits != want || (len(result.Replace) > 0) != want {
			t.Errorf("%q: %v, %v, %v", text, fits, err, result)
		}
	}
}
