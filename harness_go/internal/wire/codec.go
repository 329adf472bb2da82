// Package wire is the harness's end of the protocol in docs/PROTOCOL.md: the
// encoding of fields, frames, and one Go type for each message.
package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// MaxFrame is the size of the largest frame.
const MaxFrame = 64 << 20

// ErrMalformed is in every error about bytes that do not decode.
var ErrMalformed = errors.New("malformed message")

// ReadFrame reads one frame. The error is io.EOF only before its first byte.
func ReadFrame(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n > MaxFrame {
		return nil, fmt.Errorf("%w: frame of %d bytes", ErrMalformed, n)
	}
	frame := make([]byte, n)
	if _, err := io.ReadFull(r, frame); err != nil {
		return nil, fmt.Errorf("%w: frame of %d bytes is cut off", ErrMalformed, n)
	}
	return frame, nil
}

// WriteFrame writes one frame.
func WriteFrame(w io.Writer, frame []byte) error {
	if len(frame) > MaxFrame {
		return fmt.Errorf("%w: frame of %d bytes", ErrMalformed, len(frame))
	}
	// One write a frame, so that the parent is woken once.
	out := make([]byte, 4, 4+len(frame))
	binary.LittleEndian.PutUint32(out, uint32(len(frame)))
	_, err := w.Write(append(out, frame...))
	return err
}

// encoder appends fields.
type encoder struct{ b []byte }

func (e *encoder) u8(v uint8)   { e.b = append(e.b, v) }
func (e *encoder) u32(v uint32) { e.b = binary.LittleEndian.AppendUint32(e.b, v) }
func (e *encoder) u64(v uint64) { e.b = binary.LittleEndian.AppendUint64(e.b, v) }
func (e *encoder) str(s string) {
	e.u32(uint32(len(s)))
	e.b = append(e.b, s...)
}

func encodeList[T any](e *encoder, list []T, one func(*encoder, T)) {
	e.u32(uint32(len(list)))
	for _, v := range list {
		one(e, v)
	}
}

func (e *encoder) strs(list []string) {
	encodeList(e, list, (*encoder).str)
}

// decoder takes fields off the front. After the first error every field is zero, so
// callers check for an error once, at the end.
type decoder struct {
	b   []byte
	err error
}

func (d *decoder) fail(what string) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", ErrMalformed, what)
	}
	d.b = nil
}

func (d *decoder) take(n int) []byte {
	if d.err != nil || n > len(d.b) {
		d.fail("it is cut off")
		return nil
	}
	head := d.b[:n]
	d.b = d.b[n:]
	return head
}

func (d *decoder) u8() uint8 {
	if b := d.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (d *decoder) u32() uint32 {
	if b := d.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (d *decoder) u64() uint64 {
	if b := d.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (d *decoder) str() string {
	n := d.u32()
	if uint64(n) > uint64(len(d.b)) {
		d.fail("a string is cut off")
		return ""
	}
	return string(d.take(int(n)))
}

func decodeList[T any](d *decoder, one func(*decoder) T) []T {
	n := d.u32()
	// Every element has at least one byte. A greater count is false, and believing it
	// would allocate memory for it.
	if uint64(n) > uint64(len(d.b)) {
		d.fail("a list is cut off")
		return nil
	}
	if n == 0 {
		return nil
	}
	list := make([]T, 0, min(int(n), 1024))
	for i := uint32(0); i < n && d.err == nil; i++ {
		list = append(list, one(d))
	}
	return list
}

func (d *decoder) strs() []string {
	return decodeList(d, (*decoder).str)
}

// done is the decoder's error, or one for bytes that are left.
func (d *decoder) done() error {
	if d.err == nil && len(d.b) != 0 {
		d.fail(fmt.Sprintf("%d bytes too many", len(d.b)))
	}
	return d.err
}
