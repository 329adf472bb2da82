// Package casetext reads test cases as people write them, for the tests of the harness and of
// targets (package targettest), and for the command errorcodes. In normal operation typerace reads
// them; this reader is lenient.
package casetext

import (
	"strconv"
	"strings"

	"typerace/harness/internal/wire"
)

// Request reads a txtar of Go files with a scenario as its comment.
func Request(text string) *wire.RunRequest {
	req := &wire.RunRequest{Rounds: 1, Import: "source"}
	var body *string
	for _, line := range strings.SplitAfter(text, "\n") {
		name, ok := strings.CutPrefix(strings.TrimSpace(line), "-- ")
		switch {
		case ok:
			body = file(req, strings.TrimSuffix(name, " --"))
		case body != nil:
			*body += line
		default:
			directive(req, strings.TrimSpace(line))
		}
	}
	return req
}

// file adds a file and returns its text.
func file(req *wire.RunRequest, name string) *string {
	i := strings.LastIndexByte(name, '/')
	path, base := name[:i], name[i+1:]
	for k := range req.Packages {
		if p := &req.Packages[k]; p.Path == path {
			p.Files = append(p.Files, wire.File{Name: base})
			return &p.Files[len(p.Files)-1].Text
		}
	}
	req.Packages = append(req.Packages, wire.Package{Path: path, Files: []wire.File{{Name: base}}})
	return &req.Packages[len(req.Packages)-1].Files[0].Text
}

func directive(req *wire.RunRequest, line string) {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	number := func() uint32 {
		n, _ := strconv.ParseUint(rest, 10, 32)
		return uint32(n)
	}
	switch word {
	case "share":
		req.Share = append(req.Share, rest)
	case "meet":
		req.Meet = append(req.Meet, strings.Fields(rest)...)
	case "import":
		req.Import += " " + rest
	case "procs":
		req.Procs = number()
	case "rounds":
		req.Rounds = number()
	case "schedule":
		seed, err := strconv.ParseUint(strings.TrimPrefix(rest, "seed "), 10, 64)
		req.Seeded, req.Schedule = err == nil, seed
	case "godebug":
		req.Godebug = strings.Join(strings.Fields(rest), ",")
	case "before":
		req.Before = append(req.Before, operations(rest)...)
	case "go":
		req.Go = append(req.Go, operations(rest))
	}
}

func operations(text string) []string {
	var ops []string
	add := func(op string) {
		if op = strings.TrimSpace(op); op != "" {
			ops = append(ops, op)
		}
	}
	// An expression may have semicolons inside its brackets.
	depth, start := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ';':
			if depth == 0 {
				add(text[start:i])
				start = i + 1
			}
		}
	}
	add(text[start:])
	return ops
}
