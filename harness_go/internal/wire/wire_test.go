package wire

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"testing"
)

var full = &RunRequest{
	ID: 1<<40 + 7, Flags: FlagAnswers | FlagResolutions, Procs: 2, Rounds: 3,
	Godebug: "gotypesalias=0", Import: "source", Share: []string{"fset", "importer unlocked"}, Meet: []string{"start"},
	Before: []string{"check lib"}, Go: [][]string{{"check a", "walk methods lib"}, nil},
	Packages: []Package{{Path: "lib", Files: []File{{Name: "x.go", Text: "package lib\xff"}}}, {Path: "empty"}},
}

var reply = &RunReply{
	ID: 9, Races: 2, SetupNS: 3, ConcurrentNS: 4, Verdicts: []Verdict{{Code: VerdictValid}, {Code: VerdictSyntax, Error: "e"}},
	Panics: []Panic{{Goroutine: 1, Operation: 2, Value: "v", Stack: "s"}}, Executed: []Count{{"walk methods", 5}},
	Skipped: []string{"x"}, Answers: [][]Answer{{{Operation: 2, Subject: "a", Value: []string{"b", "c"}, Note: "n"}, {}}, nil}, Resolutions: []string{"r"},
	Leaks: []string{"goroutine 7"}, Heap: 6, Changed: []string{"ast.Field.Doc in p"},
	Shared: Shared{
		Entries: 7, Sites: []Site{{Function: "go/types.f", File: "a.go", Line: 3}},
		Writes:   []SharedWrite{{Goroutine: 1, Operation: 2, Site: 0, Origin: OriginSame, Locked: true, Between: 7}},
		Meetings: []Meeting{{Write: 0, Goroutine: 2, Operation: 1, Site: 0, IsWrite: true, Locked: true}},
	},
}

func TestMessagesRoundTrip(t *testing.T) {
	hello := &Hello{Version: Version, GoVersion: "go1.27.3", Race: true, Counters: 8921, Sense: true, Words: []string{"check"}, Checker: "types2"}
	tree := &ParseReply{OK: true, Tree: "{}"}
	diagnostics := &ParseReply{Errors: []Diagnostic{{Line: 1, Column: 2, Message: "m"}}}
	request := func(b []byte) (any, error) { return DecodeRequest(b) }
	for _, c := range []struct {
		message any
		bytes   []byte
		decode  func([]byte) (any, error)
	}{
		{full, full.Encode(), request},
		{&ParseRequest{"n", "t"}, (&ParseRequest{"n", "t"}).Encode(), request},
		{&FormatRequest{"t"}, (&FormatRequest{"t"}).Encode(), request},
		{&PlantRequest{}, new(PlantRequest).Encode(), request},
		{hello, hello.Encode(), func(b []byte) (any, error) { return DecodeHello(b) }},
		{reply, reply.Encode(), func(b []byte) (any, error) { return DecodeRunReply(b) }},
		{tree, tree.Encode(), func(b []byte) (any, error) { return DecodeParseReply(b) }},
		{diagnostics, diagnostics.Encode(), func(b []byte) (any, error) { return DecodeParseReply(b) }},
		{&FormatReply{true, "t"}, (&FormatReply{true, "t"}).Encode(), func(b []byte) (any, error) { return DecodeFormatReply(b) }},
		{&HeapRequest{true, true}, (&HeapRequest{true, true}).Encode(), request},
		{&HeapReply{5, "p"}, (&HeapReply{5, "p"}).Encode(), func(b []byte) (any, error) { return DecodeHeapReply(b) }},
		{&PlantReply{3}, (&PlantReply{3}).Encode(), func(b []byte) (any, error) { return DecodePlantReply(b) }},
	} {
		got, err := c.decode(c.bytes)
		if err != nil || !reflect.DeepEqual(got, c.message) {
			t.Errorf("%T: got %+v, %v; want %+v", c.message, got, err, c.message)
		}
		// No prefix of a message is a message, and nothing may follow one.
		for n := range c.bytes {
			if _, err := c.decode(c.bytes[:n]); !errors.Is(err, ErrMalformed) {
				t.Errorf("%T cut to %d bytes: %v", c.message, n, err)
			}
		}
		if _, err := c.decode(append(c.bytes[:len(c.bytes):len(c.bytes)], 0)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%T with a byte more: %v", c.message, err)
		}
	}
}

// This compares the bytes themselves, so that the test fails even if both sides change in the same
// way.
func TestBytes(t *testing.T) {
	got := (&ParseRequest{Name: "ab", Text: "c"}).Encode()
	if want := []byte{2, 2, 0, 0, 0, 'a', 'b', 1, 0, 0, 0, 'c'}; !bytes.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestALyingCountAllocatesNothing(t *testing.T) {
	b := append(full.Encode()[:1+8+4+4+4], 0xff, 0xff, 0xff, 0xff)
	if _, err := DecodeRequest(b); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
	d := &decoder{b: []byte{0xff, 0xff, 0xff, 0xff, 1}}
	if got := decodeList(d, (*decoder).u64); got != nil || d.err == nil {
		t.Errorf("%v, %v", got, d.err)
	}
}

func TestFrames(t *testing.T) {
	var pipe bytes.Buffer
	for _, frame := range []string{"one", "", "three"} {
		if err := WriteFrame(&pipe, []byte(frame)); err != nil {
			t.Fatal(err)
		}
	}
	whole := bytes.Clone(pipe.Bytes())
	for _, want := range []string{"one", "", "three"} {
		if got, err := ReadFrame(&pipe); err != nil || string(got) != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
	if _, err := ReadFrame(&pipe); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	if _, err := ReadFrame(bytes.NewReader(whole[:5])); !errors.Is(err, ErrMalformed) {
		t.Errorf("cut off: %v", err)
	}
	if _, err := ReadFrame(bytes.NewReader([]byte{0, 0, 0, 255})); !errors.Is(err, ErrMalformed) {
		t.Errorf("too large: %v", err)
	}
}
