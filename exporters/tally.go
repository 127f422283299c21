package exporters

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"hash/maphash"
	"slices"
	"strings"
	"unicode/utf8"
)

// tally keeps sums by value, for a bounded number of values and in bounded memory. While there are no more values than it
// holds, its sums are exact. Beyond, it forgets the half that may be worth least, and remembers how much a forgotten value
// may have come to: by so much at most the sum of a value that came back may be wrong. That is the method of Misra and
// Gries, in batches; with n rows and room for k values, a count is wrong by no more than 2n/k. What it says depends on
// nothing but the rows and their order.
type tally struct {
	seed    maphash.Seed
	index   []place // by hash
	entries []entry
	text    []byte // the keys
	parts   []sum  // stride for each entry, by their split, the first of which is that of part 1
	stride  int
	doubts  []doubt // of the entries, once there is something to doubt
	room    int
	lost    sum // what any value that was forgotten came to at most
	forgot  bool
	scratch []byte
}

// place says which entry has a hash: its number, and one more; 0 for none.
type place struct {
	hash  uint32
	entry int32
}

// entry is a value. It is kept small, since those of a long list are far apart in memory.
type entry struct {
	hash  uint64
	total sum   // of all rows
	num   int64 // of the label
	at    uint32
	size  uint16 // of the key in the text, which is the label's text but for its kind
	kind  Kind   // of the label
	big   bool   // the label is a number that stands in the key
	cut   bool   // the label's text was too long for the key
}

// doubt is how wrong an entry's sums may be.
type doubt struct {
	missed sum // how much of it may have been forgotten
	below  sum // its amounts below zero, without their sign
}

const (
	tallyRoom = 20_000
	keyLimit  = 256 // bytes of a key; a longer text is known by its beginning and a hash
)

func newTally(room int) *tally {
	return &tally{seed: maphash.MakeSeed(), index: make([]place, 64), room: room}
}

// add adds an amount to a value, and to one of its parts if that is not 0. It returns the value's number, which holds
// until the next call.
func (t *tally) add(label Cell, part int, amount Cell) int {
	i := t.find(label)
	t.addTo(i, part, amount)
	return i
}

// addTo adds an amount to the value of a number.
func (t *tally) addTo(i, part int, amount Cell) {
	t.entries[i].total.add(amount)
	if part > 0 {
		if part > t.stride {
			t.widen(part)
		}
		t.parts[i*t.stride+part-1].add(amount)
	}
	if amount.num < 0 || amount.big() && strings.HasPrefix(amount.str, "-") {
		var s sum
		s.add(amount)
		t.doubt(i).below.merge(s.absolute())
	}
}

// doubt is the one about an entry.
func (t *tally) doubt(i int) *doubt {
	if len(t.doubts) < len(t.entries) {
		t.doubts = append(t.doubts, make([]doubt, len(t.entries)-len(t.doubts))...)
	}
	return &t.doubts[i]
}

// missed is how much of an entry may have been forgotten.
func (t *tally) missed(i int) sum {
	if i >= len(t.doubts) {
		return sum{}
	}
	return t.doubts[i].missed
}

// find is the number of a value, which is new if it was not known.
func (t *tally) find(label Cell) int {
	key, cut := t.key(label)
	hash := maphash.Bytes(t.seed, key)
	at := t.slot(hash, key)
	if n := t.index[at].entry; n > 0 {
		return int(n) - 1
	}
	if len(t.entries) >= t.room {
		t.forget()
		at = t.slot(hash, key)
	}
	if len(t.entries)*2 >= len(t.index) {
		t.rehash(len(t.index) * 2)
		at = t.slot(hash, key)
	}
	t.entries = append(t.entries, entry{
		hash: hash, num: label.num, at: uint32(len(t.text)), size: uint16(len(key)), kind: label.kind, big: label.big(), cut: cut,
	})
	t.text = append(t.text, key...)
	t.parts = slices.Grow(t.parts, t.stride)[:len(t.parts)+t.stride]
	clear(t.parts[len(t.parts)-t.stride:])
	t.index[at] = place{uint32(hash >> 32), int32(len(t.entries))}
	if t.forgot {
		t.doubt(len(t.entries) - 1).missed = t.lost
	}
	return len(t.entries) - 1
}

// key is what tells values apart.
func (t *tally) key(label Cell) (key []byte, cut bool) {
	key = append(t.scratch[:0], byte(label.kind))
	switch {
	case len(label.str) > keyLimit:
		whole := sha256.Sum256([]byte(label.str))
		key = append(append(key, whole[:]...), label.str[:keyLimit-len(whole)]...)
		cut = true
	case label.str != "":
		key = append(key, label.str...)
	default:
		key = binary.LittleEndian.AppendUint64(key, uint64(label.num))
	}
	t.scratch = key
	return key, cut
}

// slot is where the key is in the index, or would be.
func (t *tally) slot(hash uint64, key []byte) int {
	mask := uint64(len(t.index) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		p := t.index[at]
		if p.entry == 0 {
			return int(at)
		}
		if p.hash != uint32(hash>>32) {
			continue
		}
		if e := &t.entries[p.entry-1]; string(t.keyOf(e)) == string(key) {
			return int(at)
		}
	}
}

func (t *tally) keyOf(e *entry) []byte { return t.text[e.at : e.at+uint32(e.size)] }

func (t *tally) rehash(size int) {
	if size == len(t.index) {
		clear(t.index)
	} else {
		t.index = make([]place, size)
	}
	mask := uint64(size - 1)
	for i, e := range t.entries {
		at := e.hash & mask
		for t.index[at].entry != 0 {
			at = (at + 1) & mask
		}
		t.index[at] = place{uint32(e.hash >> 32), int32(i + 1)}
	}
}

// widen makes room for more parts.
func (t *tally) widen(part int) {
	stride := max(t.stride, 1)
	for stride < part {
		stride *= 2
	}
	parts := make([]sum, len(t.entries)*stride)
	for i := range t.entries {
		copy(parts[i*stride:], t.parts[i*t.stride:(i+1)*t.stride])
	}
	t.parts, t.stride = parts, stride
}

// most is what the value may have come to at most, without regard to signs.
func (t *tally) most(i int) sum {
	most := t.entries[i].total
	if i < len(t.doubts) {
		most.merge(t.doubts[i].below)
		most.merge(t.doubts[i].below)
		most.merge(t.doubts[i].missed)
	}
	return most
}

// forget keeps the half of the values that may be worth most.
func (t *tally) forget() {
	t.doubt(len(t.entries) - 1)
	most := make([]sum, len(t.entries))
	byWorth := make([]int, len(t.entries))
	for i := range byWorth {
		most[i], byWorth[i] = t.most(i), i
	}
	slices.SortFunc(byWorth, func(a, b int) int {
		return cmp.Or(most[b].compare(most[a]), cmp.Compare(a, b))
	})
	keep := byWorth[:t.room/2]
	t.lost, t.forgot = most[byWorth[t.room/2]], true
	slices.Sort(keep)
	text := make([]byte, 0, cap(t.text))
	for n, i := range keep {
		e := t.entries[i]
		copy(t.parts[n*t.stride:(n+1)*t.stride], t.parts[i*t.stride:])
		key := t.keyOf(&e)
		e.at = uint32(len(text))
		text = append(text, key...)
		t.entries[n], t.doubts[n] = e, t.doubts[i]
	}
	t.text, t.entries, t.parts, t.doubts = text, t.entries[:len(keep)], t.parts[:len(keep)*t.stride], t.doubts[:len(keep)]
	t.rehash(len(t.index))
}

// merge adds the sums of a value of another tally.
func (t *tally) merge(label Cell, from *tally, i int) {
	n := t.find(label)
	t.entries[n].total.merge(from.part(i, 0))
	for part := 1; part <= from.stride; part++ {
		if part > t.stride {
			t.widen(part)
		}
		t.parts[n*t.stride+part-1].merge(from.part(i, part))
	}
}

// known is the number of a value that was added before.
func (t *tally) known(label Cell) (int, bool) {
	key, _ := t.key(label)
	n := t.index[t.slot(maphash.Bytes(t.seed, key), key)].entry
	return int(n) - 1, n > 0
}

// label is the value of a number as a cell.
func (t *tally) label(i int) Cell {
	e := &t.entries[i]
	label := Cell{kind: e.kind, num: e.num}
	if e.kind != Text && e.kind != Code && e.kind != List && !e.big {
		return label
	}
	key := t.keyOf(e)[1:]
	if e.cut {
		key = key[sha256.Size:]
		for !utf8.Valid(key) {
			key = key[:len(key)-1]
		}
		key = append(slices.Clone(key), "…"...)
	}
	label.str = string(key)
	return label
}

// order orders the labels of two numbers as their cells are ordered. Of texts it makes no cells, since there may be many.
func (t *tally) order(a, b int) int {
	x, y := &t.entries[a], &t.entries[b]
	if x.kind == y.kind && (x.kind == Text || x.kind == Code || x.kind == List) && !x.cut && !y.cut {
		return bytes.Compare(t.keyOf(x), t.keyOf(y))
	}
	return t.label(a).order(t.label(b))
}

// part is a sum of the value of a number: 0 is all of its rows.
func (t *tally) part(i, part int) sum {
	switch {
	case part == 0:
		return t.entries[i].total
	case part > t.stride:
		return sum{}
	}
	return t.parts[i*t.stride+part-1]
}

// order orders cells of one kind: null last, numbers, days and times by their value, text by its letters.
func (c Cell) order(o Cell) int {
	if c.IsNull() || o.IsNull() {
		return cmp.Compare(b2i(c.IsNull()), b2i(o.IsNull()))
	}
	if c.big() || o.big() {
		var a, b sum
		a.add(c)
		b.add(o)
		return a.compare(b)
	}
	return cmp.Or(strings.Compare(c.str, o.str), cmp.Compare(c.num, o.num))
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
