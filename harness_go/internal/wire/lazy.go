package wire

// LazyRequest is a test case whose packages are read by one goroutine, to see
// what reading changes.
type LazyRequest struct{ Run *RunRequest }

// LazyChange is a field that an operation changed.
type LazyChange struct {
	// Field is the field, `Named.underlying`.
	Field string
	// Operation is what changed it.
	Operation []string
	// Object is what has the field, for people.
	Object string
	// Guard is a lock or atomic in the same struct; "" if there is none.
	Guard string
}

// LazyReply is what came of a LazyRequest.
type LazyReply struct {
	// Nodes is how many values were compared.
	Nodes uint32
	// Operations is how many operations were tried.
	Operations uint32
	NS         uint64
	Changes    []LazyChange
}

// Encode returns the message's bytes, its kind first.
func (r *LazyRequest) Encode() []byte {
	b := r.Run.Encode()
	b[0] = KindLazy
	return b
}

// Encode returns the message's bytes, its kind first.
func (r *LazyReply) Encode() []byte {
	var e encoder
	e.u8(KindLazy)
	e.u32(r.Nodes)
	e.u32(r.Operations)
	e.u64(r.NS)
	encodeList(&e, r.Changes, func(e *encoder, c LazyChange) {
		e.str(c.Field)
		e.strs(c.Operation)
		e.str(c.Object)
		e.str(c.Guard)
	})
	return e.b
}

// DecodeLazyReply reads what LazyReply.Encode made.
func DecodeLazyReply(b []byte) (*LazyReply, error) {
	d := &decoder{b: b}
	d.kind(KindLazy)
	r := &LazyReply{Nodes: d.u32(), Operations: d.u32(), NS: d.u64(), Changes: decodeList(d, func(d *decoder) LazyChange {
		return LazyChange{Field: d.str(), Operation: d.strs(), Object: d.str(), Guard: d.str()}
	})}
	return r, d.done()
}
