package wire

// Shared says which operations of a sequential run wrote to memory that existed before they began,
// and what other goroutines' operations did with that memory.
type Shared struct {
	// Entries is the number of logged accesses.
	Entries  uint32
	Sites    []Site
	Writes   []SharedWrite
	Meetings []Meeting
}

// Site is a place in go/types.
type Site struct {
	Function, File string
	Line           uint32
}

// Who allocated memory that an operation wrote to.
const (
	// OriginBefore is what ran before the goroutines started.
	OriginBefore = 0
	// OriginOther is an operation of another goroutine.
	OriginOther = 1
	// OriginSame is an earlier operation of the same goroutine.
	OriginSame = 2
)

// SharedWrite is a write by an operation. The site is an index in Sites.
type SharedWrite struct {
	Goroutine, Operation uint32
	Site                 uint32
	Origin               uint8
	// Locked says that the goroutine held a mutex.
	Locked bool
	// Between are the functions of the operation's last step before the write, in the upper 16 bits,
	// and of its first step after it, each plus one (see package schedule). It is 0 if there is none
	// after it.
	Between uint32
}

// Meeting is an access of another goroutine to what a write changed; Write is an index in Writes.
type Meeting struct {
	Write                uint32
	Goroutine, Operation uint32
	Site                 uint32
	IsWrite              bool
	// Locked says that the goroutine held a mutex.
	Locked bool
}

func (e *encoder) shared(s *Shared) {
	e.u32(s.Entries)
	encodeList(e, s.Sites, func(e *encoder, s Site) {
		e.str(s.Function)
		e.str(s.File)
		e.u32(s.Line)
	})
	encodeList(e, s.Writes, func(e *encoder, w SharedWrite) {
		e.u32(w.Goroutine)
		e.u32(w.Operation)
		e.u32(w.Site)
		e.u8(w.Origin)
		e.u8(bit(w.Locked))
		e.u32(w.Between)
	})
	encodeList(e, s.Meetings, func(e *encoder, m Meeting) {
		e.u32(m.Write)
		e.u32(m.Goroutine)
		e.u32(m.Operation)
		e.u32(m.Site)
		e.u8(bit(m.IsWrite))
		e.u8(bit(m.Locked))
	})
}

func (d *decoder) shared() Shared {
	return Shared{
		Entries: d.u32(),
		Sites: decodeList(d, func(d *decoder) Site {
			return Site{Function: d.str(), File: d.str(), Line: d.u32()}
		}),
		Writes: decodeList(d, func(d *decoder) SharedWrite {
			return SharedWrite{Goroutine: d.u32(), Operation: d.u32(), Site: d.u32(), Origin: d.u8(), Locked: d.u8() != 0, Between: d.u32()}
		}),
		Meetings: decodeList(d, func(d *decoder) Meeting {
			return Meeting{
				Write: d.u32(), Goroutine: d.u32(), Operation: d.u32(), Site: d.u32(), IsWrite: d.u8() != 0,
				Locked: d.u8() != 0,
			}
		}),
	}
}
