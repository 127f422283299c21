package rest

import (
	"reflect"
	"strings"
	"unsafe"
)

// run is one decoding of one answer. It is used for one after the other, because it learns in which order members come.
//
// Strings and lists of a page are cut from chunks, a few kilobytes each, so that a row costs no allocation for each of
// its texts. A text that lives keeps its chunk alive: whoever keeps some of a page's texts for long clones them.
type run struct {
	text  []byte // with a zero byte at its end
	depth int    // objects and lists around the place
	next  []uint16
	lists []slab
	maps  []pair
	chars []byte            // what is left of a chunk for texts
	plain []byte            // room for texts that are escaped
	names map[string]string // of members whose names are data
	sizes [8]int            // of the last object of no type, by depth
	trail *trail            // nil: unknown fields are of no interest
	// packing is where each Packed goes, and records where it lies until then. Meanwhile what is lent need not be kept.
	packing *packing
	records []reflect.Value
	lent    bool
}

// chunk is how many bytes texts and short lists are cut from. More of them would save little, and a text that is kept
// would hold on to more than is its own.
const chunk = 4 << 10

// keep copies a text out of the answer, whose memory is used again.
func (r *run) keep(text []byte) string { return keep(&r.chars, text) }

// keep copies a text into what is left of a chunk, or into a new one.
func keep(chars *[]byte, text []byte) string {
	n := len(text)
	switch {
	case n == 0:
		return ""
	case n > chunk/4:
		return string(text)
	case n > len(*chars):
		*chars = make([]byte, chunk)
	}
	copy(*chars, text)
	// These bytes are written once, here, and given away once.
	kept := unsafe.String(unsafe.SliceData(*chars), n)
	*chars = (*chars)[n:]
	return kept
}

// part is a text as it stands in the answer.
func (r *run) part(from, to int) string {
	if r.lent && to > from {
		return unsafe.String(&r.text[from], to-from)
	}
	return r.keep(r.text[from:to])
}

// reuse has the lists that were cut so far given away once more, as soon as a chunk of them is half used up.
func (r *run) reuse() {
	for i := range r.lists {
		if s := &r.lists[i]; s.used > s.size/2 && !s.busy {
			reflect.SliceAt(s.of, s.data, s.used).Clear()
			s.used = 0
		}
	}
}

// string reads a string, from its quote on.
func (r *run) string(at int) (string, int) {
	end, plain := closing(r.text, at)
	if plain {
		return r.part(at+1, end-1), end
	}
	if end == wrong {
		return "", wrong
	}
	r.plain = appendPlain(r.plain[:0], r.text[at+1:end-1])
	return r.keep(r.plain), end
}

// name reads the name of a member, and passes over the colon behind it. It is valid until the next one is read.
func (r *run) name(at int) ([]byte, int) {
	if r.text[at] != '"' {
		return nil, wrong
	}
	end, plain := closing(r.text, at)
	if end == wrong {
		return nil, wrong
	}
	name := r.text[at+1 : end-1]
	if !plain {
		r.plain = appendPlain(r.plain[:0], name)
		name = r.plain
	}
	if at = space(r.text, end); r.text[at] != ':' {
		return nil, wrong
	}
	return name, at + 1
}

// mostNames is how many names that are data are remembered, and longestName how long those are.
const (
	mostNames   = 1000
	longestName = 32
)

// shared is a text that is likely to come again.
func (r *run) shared(text []byte) string {
	if len(text) > longestName {
		return r.keep(text)
	}
	if known, ok := r.names[string(text)]; ok {
		return known
	}
	if len(r.names) >= mostNames {
		return r.keep(text)
	}
	name := string(text)
	if r.names == nil {
		r.names = map[string]string{}
	}
	r.names[name] = name
	return name
}

// null passes over a null that changes nothing; anything else is wrong.
func (r *run) null(at int) int { return literal(r.text, at, "null") }

// enter goes into an object or a list.
func (r *run) enter() bool {
	r.depth++
	return r.depth <= deepest
}

// forget makes a run ready for the next answer: chunks that live on in this one are not cut from any further.
func (r *run) forget() {
	clear(r.lists)
	for i := range r.maps {
		r.maps[i].clear()
	}
	r.text, r.chars, r.trail, r.packing, r.depth = nil, nil, nil, nil, 0
}

// lead notes that the way leads into a list, or out of it.
func (r *run) lead(lists int) {
	if r.trail == nil {
		return
	}
	if n := len(r.trail.steps); n > 0 {
		r.trail.steps[n-1].lists += lists
	}
}

// trail is the way to a value, for the names of unknown fields.
type trail struct {
	steps []step
	room  []byte
	known map[string]bool
	found []string
}

// step is a member on the way, and the lists in it that lie around the value.
type step struct {
	from, to int // its name as it stands in the text, without quotes; -1 where names are data
	lists    int
}

func (t *trail) enter(from, to int) { t.steps = append(t.steps, step{from: from, to: to}) }
func (t *trail) leave()             { t.steps = t.steps[:len(t.steps)-1] }

// append writes the way as the beginning of a path.
func (t *trail) append(path, text []byte) []byte {
	for _, s := range t.steps {
		if s.from < 0 {
			path = append(path, '*')
		} else {
			path = append(path, text[s.from:s.to]...)
		}
		for range s.lists {
			path = append(path, "[]"...)
		}
		path = append(path, '.')
	}
	return path
}

// unknown notes a member that no type takes. The same one comes with every row.
func (t *trail) unknown(text, name []byte) {
	t.room = append(t.append(t.room[:0], text), name...)
	t.note(t.room)
}

func (t *trail) note(path []byte) {
	if t.known[string(path)] || len(t.found) >= mostUnknown {
		return
	}
	if t.known == nil {
		t.known = map[string]bool{}
	}
	field := strings.Clone(string(path))
	t.known[field] = true
	t.found = append(t.found, field)
}
