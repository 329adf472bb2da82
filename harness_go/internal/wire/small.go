package wire

import "fmt"

// ParseRequest is a file to import.
type ParseRequest struct{ Name, Text string }

// Diagnostic is a syntax error.
type Diagnostic struct {
	Line, Column uint32
	Message      string
}

// ParseReply is a file's tree as JSON, or why there is none.
type ParseReply struct {
	OK     bool
	Tree   string
	Errors []Diagnostic
}

// FormatRequest is Go source to format.
type FormatRequest struct{ Text string }

// FormatReply is formatted source, or a message.
type FormatReply struct {
	OK   bool
	Text string
}

// PlantRequest asks for a race on purpose.
type PlantRequest struct{}

// PlantReply says how many races were reported.
type PlantReply struct{ Races uint32 }

// DecodeRequest reads a request of any kind: a *RunRequest, *ParseRequest,
// *FormatRequest, *PlantRequest or *HeapRequest.
func DecodeRequest(b []byte) (any, error) {
	d := &decoder{b: b}
	var r any
	switch kind := d.u8(); kind {
	case KindRun:
		r = d.runRequest()
	case KindParse:
		r = &ParseRequest{Name: d.str(), Text: d.str()}
	case KindFormat:
		r = &FormatRequest{Text: d.str()}
	case KindPlant:
		r = &PlantRequest{}
	case KindHeap:
		r = &HeapRequest{Exact: d.u8() != 0, Profile: d.u8() != 0}
	default:
		d.fail(fmt.Sprintf("request of kind %d", kind))
	}
	return r, d.done()
}

// Encode returns the message's bytes, its kind first.
func (r *ParseRequest) Encode() []byte {
	var e encoder
	e.u8(KindParse)
	e.str(r.Name)
	e.str(r.Text)
	return e.b
}

// Encode returns the message's bytes, its kind first.
func (r *ParseReply) Encode() []byte {
	var e encoder
	e.u8(KindParse)
	e.u8(bit(r.OK))
	if r.OK {
		e.str(r.Tree)
	} else {
		encodeList(&e, r.Errors, func(e *encoder, d Diagnostic) {
			e.u32(d.Line)
			e.u32(d.Column)
			e.str(d.Message)
		})
	}
	return e.b
}

// DecodeParseReply reads what ParseReply.Encode made.
func DecodeParseReply(b []byte) (*ParseReply, error) {
	d := &decoder{b: b}
	d.kind(KindParse)
	r := &ParseReply{OK: d.u8() != 0}
	if r.OK {
		r.Tree = d.str()
	} else {
		r.Errors = decodeList(d, func(d *decoder) Diagnostic {
			return Diagnostic{Line: d.u32(), Column: d.u32(), Message: d.str()}
		})
	}
	return r, d.done()
}

// Encode returns the message's bytes, its kind first.
func (r *FormatRequest) Encode() []byte {
	var e encoder
	e.u8(KindFormat)
	e.str(r.Text)
	return e.b
}

// Encode returns the message's bytes, its kind first.
func (r *FormatReply) Encode() []byte {
	var e encoder
	e.u8(KindFormat)
	e.u8(bit(r.OK))
	e.str(r.Text)
	return e.b
}

// DecodeFormatReply reads what FormatReply.Encode made.
func DecodeFormatReply(b []byte) (*FormatReply, error) {
	d := &decoder{b: b}
	d.kind(KindFormat)
	r := &FormatReply{OK: d.u8() != 0, Text: d.str()}
	return r, d.done()
}

// Encode returns the message's bytes: its kind.
func (*PlantRequest) Encode() []byte { return []byte{KindPlant} }

// Encode returns the message's bytes, its kind first.
func (r *PlantReply) Encode() []byte {
	var e encoder
	e.u8(KindPlant)
	e.u32(r.Races)
	return e.b
}

// DecodePlantReply reads what PlantReply.Encode made.
func DecodePlantReply(b []byte) (*PlantReply, error) {
	d := &decoder{b: b}
	d.kind(KindPlant)
	r := &PlantReply{Races: d.u32()}
	return r, d.done()
}
