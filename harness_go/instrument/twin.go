package main

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

const (
	ownModule = "typerace/harness"
	// twinModule is the harness's path as a package of cmd/compile. No such folder is in the Go
	// tree: it exists in the overlay only.
	twinModule = "cmd/compile/internal/typerace"
)

// twin makes the harness a package of cmd/compile: its own files, which import the checker under
// test instead of go/types, unless they import that under a name. Files with the build tag types2
// replace those with !types2.
func twin(c checker, goroot, module, out string, result *overlay) error {
	module, err := filepath.Abs(module)
	if err != nil {
		return err
	}
	to := filepath.Join(out, "twin")
	return filepath.WalkDir(module, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(module, file)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if inside == "instrument" || strings.HasPrefix(d.Name(), ".") && inside != "." || d.Name() == "testdata" {
				return filepath.SkipDir
			}
			return nil
		}
		// The empty assembler files are not needed where no folder exists for the assembler.
		if filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if text, err = twinSource(text, c.packages[0]); err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, inside)), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, inside), text, 0o644); err != nil {
			return err
		}
		result.Replace[filepath.Join(folder(goroot, twinModule), inside)] = filepath.Join(to, inside)
		return nil
	})
}

// linked is a go:linkname to a variable of go/types.
var linked = regexp.MustCompile(`(?m)^(//go:linkname \w+ )go/types\.`)

// twinSource changes what a file imports. Line numbers stay.
func twinSource(text []byte, checker string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	done := 0
	// Imports are in source order.
	for _, spec := range file.Imports {
		old, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		to := ""
		switch {
		case old == "go/types" && spec.Name == nil:
			to = path.Base(old) + " " + strconv.Quote(checker)
		case old == ownModule || strings.HasPrefix(old, ownModule+"/"):
			to = strconv.Quote(twinModule + strings.TrimPrefix(old, ownModule))
		default:
			continue
		}
		at := fset.Position(spec.Path.Pos()).Offset
		out.Write(text[done:at])
		out.WriteString(to)
		done = at + len(spec.Path.Value)
	}
	out.Write(text[done:])
	return linked.ReplaceAll(out.Bytes(), []byte("${1}"+checker+".")), nil
}
