package wire

// HeapRequest asks for the content of the heap after a collection.
type HeapRequest struct {
	// Exact requests that every later allocation is profiled, instead of one in 512 KiB.
	Exact bool
	// Profile asks for a profile, which takes a while.
	Profile bool
}

// HeapReply describes the content of the heap.
type HeapReply struct {
	// Live is the number of bytes left after the collection.
	Live uint64
	// Profile is a heap profile as text, as `go tool pprof` reads it.
	Profile string
}

// Encode returns the message's bytes, its kind first.
func (r *HeapRequest) Encode() []byte {
	var e encoder
	e.u8(KindHeap)
	e.u8(bit(r.Exact))
	e.u8(bit(r.Profile))
	return e.b
}

// Encode returns the message's bytes, its kind first.
func (r *HeapReply) Encode() []byte {
	var e encoder
	e.u8(KindHeap)
	e.u64(r.Live)
	e.str(r.Profile)
	return e.b
}

// DecodeHeapReply reads the output of HeapReply.Encode.
func DecodeHeapReply(b []byte) (*HeapReply, error) {
	d := &decoder{b: b}
	d.kind(KindHeap)
	r := &HeapReply{Live: d.u64(), Profile: d.str()}
	return r, d.done()
}
