package exporters

import (
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
	index   []int32 // by hash: the number of an entry, and one more
	entries []entry
	text    []byte // the keys
	sums    []sum  // stride for each entry: all of its rows, and then those by their split
	stride  int
	room    int
	lost    sum // what any value that was forgotten came to at most
	forgot  bool
	scratch []byte
}

// entry is a value.
type entry struct {
	hash   uint64
	label  Cell // without its text, which is in the key
	at     int  // of the key in the text
	size   int
	cut    bool // the label's text was too long for the key
	missed sum  // how much of it may have been forgotten
	sure   sum  // what was added without regard to signs
}

const (
	tallyRoom = 20_000
	keyLimit  = 256 // bytes of a key; a longer text is known by its beginning and a hash
)

func newTally(room int) *tally {
	return &tally{seed: maphash.MakeSeed(), index: make([]int32, 64), stride: 1, room: room}
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
	if part >= t.stride {
		t.widen(part)
	}
	sums := t.sums[i*t.stride:]
	sums[0].add(amount)
	if part > 0 {
		sums[part].add(amount)
	}
	if amount.num < 0 || amount.big { // nearly all amounts are the same with and without their sign
		var s sum
		s.add(amount)
		t.entries[i].sure.merge(s.absolute())
		return
	}
	t.entries[i].sure.add(amount)
}

// find is the number of a value, which is new if it was not known.
func (t *tally) find(label Cell) int {
	key, cut := t.key(label)
	hash := maphash.Bytes(t.seed, key)
	at := t.slot(hash, key)
	if n := t.index[at]; n > 0 {
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
	label.str = ""
	t.entries = append(t.entries, entry{hash: hash, label: label, at: len(t.text), size: len(key), cut: cut, missed: t.lost})
	t.text = append(t.text, key...)
	t.sums = slices.Grow(t.sums, t.stride)[:len(t.sums)+t.stride]
	clear(t.sums[len(t.sums)-t.stride:])
	t.index[at] = int32(len(t.entries))
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
		n := t.index[at]
		if n == 0 {
			return int(at)
		}
		if e := &t.entries[n-1]; e.hash == hash && string(t.text[e.at:e.at+e.size]) == string(key) {
			return int(at)
		}
	}
}

func (t *tally) rehash(size int) {
	if size == len(t.index) {
		clear(t.index)
	} else {
		t.index = make([]int32, size)
	}
	mask := uint64(size - 1)
	for i, e := range t.entries {
		at := e.hash & mask
		for t.index[at] != 0 {
			at = (at + 1) & mask
		}
		t.index[at] = int32(i + 1)
	}
}

// widen makes room for more parts.
func (t *tally) widen(part int) {
	stride := t.stride
	for stride <= part {
		stride *= 2
	}
	sums := make([]sum, len(t.entries)*stride)
	for i := range t.entries {
		copy(sums[i*stride:], t.sums[i*t.stride:(i+1)*t.stride])
	}
	t.sums, t.stride = sums, stride
}

// most is what the value may have come to at most, without regard to signs.
func (t *tally) most(i int) sum {
	most := t.entries[i].sure
	most.merge(t.entries[i].missed)
	return most
}

// forget keeps the half of the values that may be worth most.
func (t *tally) forget() {
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
		copy(t.sums[n*t.stride:(n+1)*t.stride], t.sums[i*t.stride:])
		key := t.text[e.at : e.at+e.size]
		e.at = len(text)
		text = append(text, key...)
		t.entries[n] = e
	}
	t.text, t.entries, t.sums = text, t.entries[:len(keep)], t.sums[:len(keep)*t.stride]
	t.rehash(len(t.index))
}

// merge adds the sums of a value of another tally.
func (t *tally) merge(label Cell, from *tally, i int) {
	n := t.find(label)
	for part := range from.stride {
		if part >= t.stride {
			t.widen(part)
		}
		t.sums[n*t.stride+part].merge(from.part(i, part))
	}
	t.entries[n].sure.merge(from.entries[i].sure)
}

// known is the number of a value that was added before.
func (t *tally) known(label Cell) (int, bool) {
	key, _ := t.key(label)
	n := t.index[t.slot(maphash.Bytes(t.seed, key), key)]
	return int(n) - 1, n > 0
}

// label is the value of a number as a cell.
func (t *tally) label(i int) Cell {
	e := t.entries[i]
	if e.label.kind != Text && e.label.kind != Code && e.label.kind != List && !e.label.big {
		return e.label
	}
	key := t.text[e.at+1 : e.at+e.size]
	if e.cut {
		key = key[sha256.Size:]
		for !utf8.Valid(key) {
			key = key[:len(key)-1]
		}
		e.label.str = string(key) + "…"
		return e.label
	}
	e.label.str = string(key)
	return e.label
}

// part is a sum of the value of a number: 0 is all of its rows.
func (t *tally) part(i, part int) sum {
	if part >= t.stride {
		return sum{}
	}
	return t.sums[i*t.stride+part]
}

// order orders cells of one kind: null last, numbers, days and times by their value, text by its letters.
func (c Cell) order(o Cell) int {
	if c.IsNull() || o.IsNull() {
		return cmp.Compare(b2i(c.IsNull()), b2i(o.IsNull()))
	}
	if c.big || o.big {
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
