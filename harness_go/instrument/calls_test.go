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
	if changed := bytes.Replace(original, []byte("\tCALL\tAX\n"), []byte("\tCALL\tBX\n"), -1); direct(changed, true) != nil {
		t.Error("what is not as expected is changed")
	}
}
