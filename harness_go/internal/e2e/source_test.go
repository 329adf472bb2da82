package e2e

import (
	"strings"
	"testing"

	"typerace/harness/internal/wire"
)

func TestParse(t *testing.T) {
	p := start(t)
	parse := func(text string) *wire.ParseReply {
		reply, err := wire.DecodeParseReply(p.ask((&wire.ParseRequest{Name: "x.go", Text: text}).Encode()))
		if err != nil {
			t.Fatal(err, p.said())
		}
		return reply
	}
	if r := parse("package p\n\nvar X = 1\n"); !r.OK || !strings.Contains(r.Tree, `"Name":"p"`) || !strings.Contains(r.Tree, `"GenDecl"`) {
		t.Errorf("%+v", r)
	}
	r := parse("package p\n\nvar = 1\n")
	if r.OK || len(r.Errors) == 0 || r.Errors[0].Line != 3 || r.Errors[0].Column == 0 || r.Errors[0].Message == "" {
		t.Errorf("%+v", r)
	}
	deep := "package p\n\nvar X " + strings.Repeat("*", 2000) + "int\n"
	if r := parse(deep); r.OK || !strings.Contains(r.Errors[0].Message, "deep") {
		t.Errorf("deep tree: %v, %+v", r.OK, r.Errors)
	}
}

func TestFormat(t *testing.T) {
	p := start(t)
	for _, c := range []struct {
		text, want string
		ok         bool
	}{
		{"package p\nvar  x=1", "package p\n\nvar x = 1\n", true},
		{"package", "expected", false},
	} {
		reply, err := wire.DecodeFormatReply(p.ask((&wire.FormatRequest{Text: c.text}).Encode()))
		if err != nil || reply.OK != c.ok || !strings.Contains(reply.Text, c.want) {
			t.Errorf("%q: %+v, %v", c.text, reply, err)
		}
	}
}
