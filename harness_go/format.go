package main

import (
	"fmt"
	"go/format"

	"typerace/harness/internal/wire"
)

// formatSource formats source like gofmt.
func formatSource(req *wire.FormatRequest) (reply *wire.FormatReply) {
	defer func() {
		if value := recover(); value != nil {
			reply = &wire.FormatReply{Text: fmt.Sprint("go/format panicked: ", value)}
		}
	}()
	text, err := format.Source([]byte(req.Text))
	if err != nil {
		return &wire.FormatReply{Text: err.Error()}
	}
	return &wire.FormatReply{OK: true, Text: string(text)}
}
