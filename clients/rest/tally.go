package rest

import "strings"

// Tally proves listings whose API says how many records there are. Records that come or go while pages are read shift
// the later pages, so that one comes twice and another not at all; a tally notices, the listing is read again, and what
// came before is not given again.
//
// The zero Tally is ready for use. Its memory grows by one entry with every record. It is used by one goroutine.
type Tally struct {
	seen    map[string]int // the last reading in which a record came
	reading int
	came    int64
	total   int64
	pages   int
	moved   bool
}

// Start begins a reading of a listing from its first page.
func (t *Tally) Start() {
	t.reading++
	t.came, t.total, t.pages, t.moved = 0, 0, 0, false
}

// Page notes what a page of this reading gives as the total.
func (t *Tally) Page(total int64) {
	t.moved = t.moved || t.pages > 0 && total != t.total
	t.total = total
	t.pages++
}

// Take notes a record. It is fresh if it did not come before in any reading, and new if it did not come before in this
// one.
func (t *Tally) Take(id string) (fresh, new bool) {
	if t.seen == nil {
		t.seen = map[string]int{}
	}
	last, known := t.seen[id]
	if !known {
		id = strings.Clone(id) // which is cut from a chunk of its page
	}
	t.seen[id] = t.reading
	if known && last == t.reading {
		return false, false
	}
	t.came++
	return !known, true
}

// Stands tells whether this reading holds every record: each page gave the same total, and as many different records
// came.
func (t *Tally) Stands() bool { return t.pages > 0 && !t.moved && t.came == t.total }

// Moved tells whether the total changed while this reading went on.
func (t *Tally) Moved() bool { return t.moved }

// Came is the number of different records in this reading.
func (t *Tally) Came() int64 { return t.came }

// Total is what the last page of this reading gave as the total.
func (t *Tally) Total() int64 { return t.total }

// Pages is the number of pages in this reading.
func (t *Tally) Pages() int { return t.pages }
