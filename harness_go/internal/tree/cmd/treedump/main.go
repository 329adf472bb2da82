// Treedump parses Go files and prints their syntax trees as typerace reads
// them. Standard input names the files, one a line; the output has a line for
// each, in the same order:
//
//	name TAB ok TAB JSON
//	name TAB error TAB message
//	name TAB gofmt TAB JSON      with -fmt: gofmt would change the file
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"strings"

	"typerace/harness/internal/tree"
)

func main() {
	check := flag.Bool("fmt", false, "say which files gofmt would change")
	flag.Parse()
	in := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	for in.Scan() {
		status, text := dump(in.Text(), *check)
		fmt.Fprintf(out, "%s\t%s\t%s\n", in.Text(), status, text)
	}
	if err := in.Err(); err != nil {
		fail(err)
	}
	if err := out.Flush(); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "treedump:", err)
	os.Exit(2)
}

// parses says whether gofmt's output parses. gofmt has a fault: it removes the parentheses
// of "for range (T[int]{}) {", and the rest does not parse.
func parses(src []byte) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	return err == nil
}

// dump returns the status and the last column of a file's line.
func dump(name string, check bool) (string, []byte) {
	broken := func(err error) (string, []byte) {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return "error", []byte(first)
	}
	src, err := os.ReadFile(name)
	if err != nil {
		return broken(err)
	}
	f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
	if err != nil {
		return broken(err)
	}
	json, err := tree.Append(nil, f)
	if err != nil {
		return broken(err)
	}
	if check {
		formatted, err := format.Source(src)
		if err != nil {
			return broken(err)
		}
		if !bytes.Equal(formatted, src) && parses(formatted) {
			return "gofmt", json
		}
	}
	return "ok", json
}
