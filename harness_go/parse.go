package main

import (
	"errors"
	"fmt"
	"go/parser"
	"go/scanner"
	"go/token"

	"typerace/harness/internal/tree"
	"typerace/harness/internal/wire"
)

// parse reads a file with go/parser and returns its tree.
func parse(req *wire.ParseRequest) (reply *wire.ParseReply) {
	defer func() {
		if value := recover(); value != nil {
			reply = parseFailure(fmt.Errorf("go/parser panicked: %v", value))
		}
	}()
	file, err := parser.ParseFile(token.NewFileSet(), req.Name, req.Text, parser.SkipObjectResolution|parser.AllErrors)
	if err != nil {
		return parseFailure(err)
	}
	text, err := tree.Append(nil, file)
	if err != nil {
		return parseFailure(err)
	}
	return &wire.ParseReply{OK: true, Tree: string(text)}
}

// parseFailure reports an error; for syntax errors, with their positions.
func parseFailure(err error) *wire.ParseReply {
	const most = 100
	reply := &wire.ParseReply{}
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		reply.Errors = []wire.Diagnostic{{Message: err.Error()}}
	}
	for i, e := range list {
		if i == most {
			break
		}
		reply.Errors = append(reply.Errors, wire.Diagnostic{
			Line: uint32(e.Pos.Line), Column: uint32(e.Pos.Column), Message: e.Msg,
		})
	}
	return reply
}
