// Phrases writes the trees of phrases: for NAME.txtar it formats the Go files in it and writes
// NAME.json, an object with the trees by the files' names. It takes a Go release that parses
// everything in them.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"

	"typerace/harness/internal/tree"
)

var marker = regexp.MustCompile(`(?m)^-- (.+) --\n`)

func main() {
	for _, name := range os.Args[1:] {
		if err := convert(name); err != nil {
			fmt.Fprintln(os.Stderr, "phrases:", err)
			os.Exit(1)
		}
	}
}

func convert(name string) error {
	src, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	at := marker.FindAllSubmatchIndex(src, -1)
	if len(at) == 0 {
		return fmt.Errorf("%s: no files in it", name)
	}
	out := bytes.NewBuffer(append([]byte(nil), src[:at[0][0]]...))
	trees := map[string]json.RawMessage{}
	for i, m := range at {
		end := len(src)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		path := string(src[m[2]:m[3]])
		text, err := format.Source(src[m[1]:end])
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if trees[path], err = tree.Append(nil, file); err != nil {
			return err
		}
		fmt.Fprintf(out, "-- %s --\n%s", path, text)
	}
	all, err := json.Marshal(trees)
	if err != nil {
		return err
	}
	if err := os.WriteFile(strings.TrimSuffix(name, ".txtar")+".json", append(all, '\n'), 0o666); err != nil {
		return err
	}
	return os.WriteFile(name, out.Bytes(), 0o666)
}
