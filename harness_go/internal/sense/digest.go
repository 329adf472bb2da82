package sense

import (
	"path/filepath"
	"runtime"

	"typerace/harness/internal/tested"
	"typerace/harness/internal/wire"
)

// site is a place in go/types.
type site struct {
	wire.Site
	// index is that in the result; -1 if it is not there yet.
	index int
}

// write is what is known of a logged write: its operation's run, and its index in the result.
type write struct {
	address, size uintptr
	age           uint32
	run           int
	index         uint32
}

// granule is the number of bytes that are looked up together.
const granule = 8

// maxGranules limits how much of a range is looked at. go/types has no greater structs.
const maxGranules = 32

// digest finds writes and what meets them.
type digest struct {
	sense  *Sense
	result wire.Shared
	listed []*site
	writes map[uintptr][]write
	// seen has the writes and meetings in the result.
	seenWrites   map[wire.SharedWrite]uint32
	seenMeetings map[wire.Meeting]bool
	// maybe is a filter for the keys of writes.
	maybe [1 << 12]uint64
}

// Limits of a result. A run that reaches them has told enough.
const (
	maxWrites   = 1 << 10
	maxMeetings = 1 << 11
)

// Stop stops the log and returns what it shows.
func (s *Sense) Stop() wire.Shared {
	log.context, log.epoch = 0, 0
	d := &digest{
		sense: s, writes: make(map[uintptr][]write), seenWrites: make(map[wire.SharedWrite]uint32),
		seenMeetings: make(map[wire.Meeting]bool),
	}
	d.result.Entries = uint32(s.logged())
	for i := range s.runs {
		entries := s.entries(&s.runs[i])
		for j := range entries {
			if e := &entries[j]; e.age&writeBit != 0 {
				d.addWrite(i, j, e)
			}
		}
	}
	if len(d.writes) > 0 {
		for i := range s.runs {
			entries := s.entries(&s.runs[i])
			for j := range entries {
				d.meet(i, &entries[j])
			}
		}
	}
	for _, site := range d.listed {
		site.index = -1
	}
	return d.result
}

// addWrite adds a write by go/types, the entry with this index among the run's.
func (d *digest) addWrite(run, entry int, e *entry) {
	if len(d.seenWrites) >= maxWrites {
		return
	}
	site := d.site(e.position)
	if site == nil {
		return
	}
	r := &d.sense.runs[run]
	age := e.age & ageBits
	shared := wire.SharedWrite{
		Goroutine: uint32(r.goroutine), Operation: uint32(r.operation), Site: d.list(site),
		Origin: d.origin(age, r), Locked: e.age&lockedBit != 0,
	}
	index, ok := d.seenWrites[shared]
	if !ok {
		index = uint32(len(d.result.Writes))
		d.seenWrites[shared] = index
		shared.Between = d.sense.between(r, r.from+entry)
		d.result.Writes = append(d.result.Writes, shared)
	}
	w := write{e.address, max(uintptr(e.size), 1), age, run, index}
	w.each(func(key uintptr) {
		known := d.writes[key]
		for _, k := range known {
			if k == w {
				return
			}
		}
		d.writes[key] = append(known, w)
		d.maybe[key>>6%uintptr(len(d.maybe))] |= 1 << (key & 63)
	})
}

// each calls f for the granules of a write.
func (w *write) each(f func(key uintptr)) {
	first, last := w.address/granule, (w.address+w.size-1)/granule
	for key := first; key <= last && key < first+maxGranules; key++ {
		f(key)
	}
}

// meet adds what an access has to do with the writes of other goroutines.
func (d *digest) meet(run int, e *entry) {
	access := write{address: e.address, size: max(uintptr(e.size), 1), age: e.age & ageBits}
	access.each(func(key uintptr) {
		if d.maybe[key>>6%uintptr(len(d.maybe))]&(1<<(key&63)) == 0 {
			return
		}
		for _, w := range d.writes[key] {
			if w.age != access.age || w.address >= access.address+access.size || access.address >= w.address+w.size {
				continue
			}
			r := &d.sense.runs[run]
			if r.goroutine != d.sense.runs[w.run].goroutine {
				d.addMeeting(w.index, r, e)
			}
		}
	})
}

func (d *digest) addMeeting(index uint32, r *run, e *entry) {
	if len(d.seenMeetings) >= maxMeetings {
		return
	}
	site := d.site(e.position)
	if site == nil {
		return
	}
	m := wire.Meeting{
		Write: index, Goroutine: uint32(r.goroutine), Operation: uint32(r.operation),
		Site: d.list(site), IsWrite: e.age&writeBit != 0, Locked: e.age&lockedBit != 0,
	}
	if !d.seenMeetings[m] {
		d.seenMeetings[m] = true
		d.result.Meetings = append(d.result.Meetings, m)
	}
}

// origin says who allocated memory that an operation wrote to.
func (d *digest) origin(age uint32, writer *run) uint8 {
	for i := range d.sense.runs {
		if r := &d.sense.runs[i]; r.epoch == age {
			if r.goroutine == writer.goroutine {
				return wire.OriginSame
			}
			return wire.OriginOther
		}
	}
	return wire.OriginBefore
}

// list returns a site's index in the result.
func (d *digest) list(s *site) uint32 {
	if s.index < 0 {
		s.index = len(d.result.Sites)
		d.result.Sites = append(d.result.Sites, s.Site)
		d.listed = append(d.listed, s)
	}
	return uint32(s.index)
}

// site returns the place of an access; nil if it is not in go/types.
func (d *digest) site(position uintptr) *site {
	known, ok := d.sense.sites[position]
	if !ok {
		known = resolve(position)
		d.sense.sites[position] = known
	}
	return known
}

// resolve looks up a place. Functions of other packages may be inlined there.
func resolve(position uintptr) *site {
	frames := runtime.CallersFrames([]uintptr{position})
	for {
		frame, more := frames.Next()
		if tested.Has(frame.Function) {
			return &site{wire.Site{
				Function: frame.Function, File: filepath.Base(frame.File), Line: uint32(frame.Line),
			}, -1}
		}
		if !more {
			return nil
		}
	}
}
