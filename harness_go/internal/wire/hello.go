package wire

// Version is the protocol's version.
const Version = 8

// Kinds of requests and their replies.
const (
	KindRun    = 1
	KindParse  = 2
	KindFormat = 3
	KindPlant  = 4
	KindHeap   = 5
)

// Hello is the harness's first message.
type Hello struct {
	Version   uint32
	GoVersion string
	// Race says whether the race detector is on.
	Race bool
	// Counters is the size of the coverage map in bytes.
	Counters uint32
	// Sense says whether writes to shared memory can be logged.
	Sense bool
	// Words are the operations and queries that the harness knows, sorted.
	Words []string
	// Checker is the type checker under test.
	Checker string
}

// Encode returns the message's bytes.
func (h *Hello) Encode() []byte {
	var e encoder
	e.u32(h.Version)
	e.str(h.GoVersion)
	e.u8(bit(h.Race))
	e.u32(h.Counters)
	e.u8(bit(h.Sense))
	e.strs(h.Words)
	e.str(h.Checker)
	return e.b
}

// DecodeHello reads the output of Encode.
func DecodeHello(b []byte) (*Hello, error) {
	d := &decoder{b: b}
	h := &Hello{Version: d.u32(), GoVersion: d.str(), Race: d.u8() != 0, Counters: d.u32(), Sense: d.u8() != 0, Words: d.strs(), Checker: d.str()}
	return h, d.done()
}

func bit(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
