// Package tree writes syntax trees as the JSON that typerace reads: an object
// with one field, the go/ast name of a node, whose value holds the node's
// parts under their go/ast names. Positions and comments are left out, and so
// are parts that are empty. src/goast/node.rs is the other end.
package tree

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"strconv"
	"unicode/utf8"
)

// MaxDepth is how many nodes may contain one another. A visit of a tree uses
// the stack, on this side and on the other.
const MaxDepth = 500

// ErrTooDeep is the error for a tree that is deeper than MaxDepth.
var ErrTooDeep = errors.New("the syntax tree is more than " + strconv.Itoa(MaxDepth) + " nodes deep")

// Append appends the JSON of a file that was parsed without errors.
func Append(dst []byte, f *ast.File) ([]byte, error) {
	w := writer{out: dst}
	w.file(f)
	if w.err != nil {
		return nil, w.err
	}
	return w.out, nil
}

// writer appends JSON. Its output is useless after the first error.
type writer struct {
	out   []byte
	depth int
	err   error
}

// enter is called for every node that can contain itself; false means that
// the tree is not written any further.
func (w *writer) enter() bool {
	w.depth++
	if w.depth > MaxDepth && w.err == nil {
		w.err = ErrTooDeep
	}
	return w.err == nil
}

func (w *writer) leave() { w.depth-- }

func (w *writer) unknown(n ast.Node) {
	if w.err == nil {
		w.err = fmt.Errorf("no tree for %T", n)
	}
}

func (w *writer) put(s string) { w.out = append(w.out, s...) }

// key starts a part: a comma if it is not the first, and its name.
func (w *writer) key(name string) {
	w.comma()
	w.out = append(w.out, '"')
	w.put(name)
	w.put(`":`)
}

// comma separates an element from the one before it, if there is one.
func (w *writer) comma() {
	if c := w.out[len(w.out)-1]; c != '{' && c != '[' {
		w.out = append(w.out, ',')
	}
}

// node writes {"name":{…}}.
func (w *writer) node(name string, parts func()) {
	w.put(`{"`)
	w.put(name)
	w.put(`":{`)
	parts()
	w.put("}}")
}

// list writes a part that is a list, unless it is empty.
func list[T any](w *writer, name string, items []T, one func(T)) {
	if len(items) == 0 {
		return
	}
	w.key(name)
	elements(w, items, one)
}

func elements[T any](w *writer, items []T, one func(T)) {
	w.out = append(w.out, '[')
	for _, x := range items {
		w.comma()
		one(x)
	}
	w.out = append(w.out, ']')
}

// flag writes a part that is true, and nothing for false.
func (w *writer) flag(name string, on bool) {
	if on {
		w.key(name)
		w.put("true")
	}
}

func (w *writer) tok(name string, tok token.Token) {
	w.key(name)
	w.str(tok.String())
}

func (w *writer) ident(x *ast.Ident) { w.str(x.Name) }

// optIdent writes a name that may be missing.
func (w *writer) optIdent(name string, x *ast.Ident) {
	if x != nil {
		w.key(name)
		w.ident(x)
	}
}

const hex = "0123456789abcdef"

// str writes a JSON string. Source that parses is UTF-8; anything else is replaced, so
// that the result is always JSON.
func (w *writer) str(s string) {
	w.out = append(w.out, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			w.out = append(w.out, '\\', c)
		case c < 0x20:
			w.out = append(w.out, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
		case c < utf8.RuneSelf:
			w.out = append(w.out, c)
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			w.out = utf8.AppendRune(w.out, r)
			i += n
			continue
		}
		i++
	}
	w.out = append(w.out, '"')
}
