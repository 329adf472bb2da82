package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// directCalls makes the calls that the compiler adds to each access and each function call go
// directly to the race detector. In package runtime they all jump to one place that calls through a
// register, where the processor cannot predict the next function; and a goroutine that works alone
// (see ../internal/quiet) also reports its functions to the detector. Without these changes, as on
// another processor or after a change of that file, everything works as before but costs more.
func directCalls(goroot, out string, result *overlay) error {
	dir := filepath.Join(goroot, "src", "runtime")
	path := filepath.Join(dir, "race_amd64.s")
	if _, ok := result.Replace[path]; ok {
		return nil // the user's
	}
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	sense, err := ages(goroot, out, result)
	if err != nil {
		return err
	}
	if text = direct(text, sense); text == nil {
		return nil
	}
	return result.put(dir, out, "runtime_", map[string][]byte{
		"race_amd64.s": text, "zz_typerace_alone.go": []byte(aloneSource),
	})
}

var (
	// access is a function that reports an access: its first line, its action, and its end, which
	// goes elsewhere.
	access = regexp.MustCompile(`(TEXT\t[^,\n]+, NOSPLIT)(, \$0-\d+\n(?:\t.*\n)*)\tMOVQ\t\$(__tsan_\w+)\(SB\), AX\n\tJMP\tracecalladdr<>\(SB\)\n`)
	// enter and exit are the same for racefuncenter and racefuncexit.
	enter   = regexp.MustCompile(`\tMOVQ\t\$(__tsan_func_enter)\(SB\), AX\n(?:\t//.*\n)*\tCALL\tracecall<>\(SB\)\n`)
	exit    = regexp.MustCompile(`(TEXT\t[^,\n]+, NOSPLIT)(, \$0-\d+\n(?:\t.*\n)*)\tMOVQ\t\$(__tsan_func_exit)\(SB\), AX\n\tJMP\tracecall<>\(SB\)\n`)
	label   = regexp.MustCompile(`(?m)^(\w+:)`)
	toLabel = regexp.MustCompile(`(?m)^(\tJ\w+\t)(\w+\b)`)
	toCall  = regexp.MustCompile(`(?:\tMOVQ\tAX, AX\b.*\n)?\tJMP\tracecall<>\(SB\)\n`)
)

// alone makes the calling goroutine, whose context is in RARG0, return early if it works alone.
const alone = "\tCMPQ\tRARG0, runtime·typeraceAlone(SB)\n\tJEQ\talone\n"

// calledAlone is the same for a function's entry, and notes its caller.
const calledAlone = "\tCMPQ\tRARG0, runtime·typeraceAlone(SB)\n\tJNE\twatched\n" +
	"\tMOVQ\tR11, runtime·typeraceCaller(SB)\n\tJMP\talone\nwatched:\n"

// direct returns race_amd64.s with direct calls and, for the sense, a log of accesses; nil if the
// file is not as expected.
func direct(text []byte, sense bool) []byte {
	call := body(text, "racecall<>(SB)")
	address := body(text, "racecalladdr<>(SB)")
	if call == nil || address == nil || !bytes.Contains(address, []byte("\ndata:\n")) || bytes.Count(call, []byte("\tCALL\tAX\n")) != 1 ||
		len(access.FindAll(text, -1)) < 8 ||
		len(enter.FindAll(text, -1)) != 1 || len(exit.FindAll(text, -1)) != 1 {
		return nil
	}
	// Labels belong to a function, so where both parts are in one function they must differ.
	call = label.ReplaceAll(call, []byte("switch_$1"))
	call = toLabel.ReplaceAll(call, []byte("${1}switch_$2"))
	to := func(function []byte) []byte {
		return bytes.Replace(call, []byte("\tCALL\tAX\n"), []byte("\tCALL\t"+string(function)+"(SB)\n"), 1)
	}
	if len(toCall.FindAll(address, -1)) != 1 {
		return nil
	}
	replace := func(re *regexp.Regexp, with func(call []byte, head, function string) string) {
		text = re.ReplaceAllFunc(text, func(m []byte) []byte {
			parts := re.FindSubmatch(m)
			function := parts[len(parts)-1]
			new := []byte(with(to(function), string(parts[1]), string(function)))
			if len(parts) == 2 {
				return new
			}
			// A function with calls would keep a frame, and its caller's position would be
			// elsewhere.
			return bytes.Join([][]byte{parts[1], []byte("|NOFRAME"), parts[2], new}, nil)
		})
	}
	replace(access, func(call []byte, head, function string) string {
		text := string(toCall.ReplaceAllLiteral(address, append(call, "\tRET\n"...)))
		if sense {
			text = strings.Replace(text, "\ndata:\n", "\ndata:\n"+logging(head, function), 1)
		}
		return text
	})
	replace(enter, func(call []byte, _, _ string) string { return calledAlone + string(call) + "alone:\n" })
	replace(exit, func(call []byte, _, _ string) string { return alone + string(call) + "alone:\n\tRET\n" })
	// Compiled code reaches these two through a wrapper, which passes arguments on the stack.
	for old, new := range map[string]string{
		"·racefuncenter(SB), NOSPLIT, $0-8\n\tMOVQ\tcallpc+0(FP), R11\n": "·racefuncenter<ABIInternal>(SB), NOSPLIT, $0-8\n\tMOVQ\tAX, R11\n",
		"·racefuncexit(SB), NOSPLIT|":                                    "·racefuncexit<ABIInternal>(SB), NOSPLIT|",
	} {
		text = bytes.Replace(text, []byte(old), []byte(new), 1)
	}
	return text
}

// body is the text of an assembler function without its last RET; nil if there is none.
func body(text []byte, name string) []byte {
	_, rest, found := strings.Cut(string(text), "\nTEXT\t"+name+",")
	if !found {
		return nil
	}
	_, rest, _ = strings.Cut(rest, "\n")
	rest, _, _ = strings.Cut(rest, "\nTEXT\t")
	end := strings.LastIndex(rest, "\tRET\n")
	if end < 0 {
		return nil
	}
	if name == "racecalladdr<>(SB)" {
		end += len("\tRET\n") // it ends in a way out of its own
	}
	return []byte(rest[:end])
}

const aloneSource = `//go:build race

package runtime

import _ "unsafe"

// typeraceAlone is the context of the goroutine that works alone, 0 if none does.
//
//go:linkname typeraceAlone
var typeraceAlone uintptr

// typeraceCaller is where the goroutine that works alone called its latest function.
var typeraceCaller uintptr

//go:linkname typeraceWorkAlone
var typeraceWorkAlone = typeraceSetAlone

func typeraceSetAlone(alone bool) {
	typeraceAlone = 0
	if alone {
		typeraceAlone = getg().racectx
	}
}
`
