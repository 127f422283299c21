package secureaccess

import (
	"context"
	"iter"
	"net/url"
	"slices"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
)

// Pages that wait for their turn, because several are read side by side, wait packed: a page of 5,000 rows that is 10 MB as
// JSON or as records takes 2 MB then. The slicing works with events, which know their time and where they are packed; they
// become records a second at a time, when that second leaves.

// event is a row of a page that waits.
type event struct {
	rest.Span
	at    int64 // Unix second
	page  *rest.Pack
	sides []string // of a row of a crowded second: its value of each dimension by which that may be split, empty if it has none
}

// note is what is to be known of a row while it waits.
type note[T any, E recordable[T]] struct {
	at    int64
	lacks string
}

// Of looks at a row.
func (n *note[T, E]) Of(record *T) {
	n.at, n.lacks = floorDiv(E(record).millis(), 1000), E(record).lacks()
}

// fetchEvents asks for one page.
func fetchEvents[T any, E recordable[T]](ctx context.Context, r request, query url.Values) ([]event, error) {
	var answer envelope[[]rest.Packed[T, note[T, E]]]
	pack, err := r.c.rest.Pack(ctx, r.asking(query), &answer, new(envelope[[]T]))
	if err != nil {
		return nil, err
	}
	if err := r.judge(answer.Data != nil, answer.Meta); err != nil {
		return nil, err
	}
	events := make([]event, len(*answer.Data))
	for i, row := range *answer.Data {
		if row.Note.lacks != "" {
			return nil, r.unexpected("data[%d].%s: missing", i, row.Note.lacks)
		}
		events[i] = event{Span: row.Span, at: row.Note.at, page: pack}
	}
	return events, nil
}

// opening makes records of events. It belongs to one goroutine.
type opening[T any, E recordable[T]] struct {
	unpacker *rest.Unpacker[T]
	events   []event // of the second
	records  []T
	sorted   []*T
	last     *rest.Pack // the page of the last second, if that second had no other
}

func open[T any, E recordable[T]]() *opening[T, E] {
	return &opening[T, E]{unpacker: rest.NewUnpacker[T]()}
}

// record makes an event the record that it is.
func (o *opening[T, E]) record(e event, into *T) { o.unpacker.Unpack(e.page, e.Span, into) }

// sides notes by which values of the dimensions events are let through.
func (o *opening[T, E]) sides(events []event, parts []dimension[event]) {
	for i := range events {
		var record T
		o.record(events[i], &record)
		events[i].sides = make([]string, len(parts))
		for k, d := range parts {
			// The text of the record would hold on to others.
			side := E(&record).side(d.name)
			if at := slices.Index(d.values, side); at >= 0 {
				events[i].sides[k] = d.values[at]
			} else if d.values == nil { // its values are those that the rows have
				events[i].sides[k] = strings.Clone(side)
			}
		}
	}
}

// all makes records of events that come in the order of their seconds, and hands them out. Records of one second come in the
// order of compareEvents. It tells how many there were, and whether the reader wants what may follow, which is nothing after
// an error.
func (o *opening[T, E]) all(events iter.Seq2[event, error], yield func(T, error) bool) (n int, more bool) {
	second := func() bool {
		n += len(o.events)
		return o.second(yield)
	}
	for e, err := range events {
		if len(o.events) > 0 && (err != nil || e.at != o.events[0].at) && !second() {
			return n, false
		}
		if err != nil {
			var none T
			yield(none, err)
			return n, false
		}
		o.events = append(o.events, e)
	}
	return n, len(o.events) == 0 || second()
}

// second hands out the records of the second.
func (o *opening[T, E]) second(yield func(T, error) bool) (more bool) {
	o.records = slices.Grow(o.records[:0], len(o.events))[:len(o.events)]
	o.sorted = o.sorted[:0]
	for i, e := range o.events {
		o.record(e, &o.records[i])
		o.sorted = append(o.sorted, &o.records[i])
	}
	o.release()
	slices.SortFunc(o.sorted, compareEvents[T, E])
	for _, record := range o.sorted {
		if !yield(*record, nil) {
			return false
		}
	}
	if clear(o.records); len(o.events) > maxRows {
		*o = opening[T, E]{unpacker: o.unpacker} // A crowded second is an exception, whose room is not needed again.
	}
	o.events = o.events[:0]
	return true
}

// release gives back the page before that of this second. A page whose last second has left has no events any more that are
// still to come, since a second never leaves in parts. Those of a crowded second, which are several, are left to the garbage
// collector.
func (o *opening[T, E]) release() {
	of := o.events[0].page
	if o.last != nil && o.last != of {
		o.last.Release()
	}
	o.last = of
	if slices.ContainsFunc(o.events, func(e event) bool { return e.page != of }) {
		o.last = nil
	}
}
