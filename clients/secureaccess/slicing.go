package secureaccess

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/reportjob/reportjob/clients/rest"
)

// A listing of events gives at most 5,000 rows a page and 15,000 rows a request's window, has no total and no row
// ids, is sorted by time, and promises no order within a second: two pages of one listing may repeat one row of the
// second on their border and skip another. So pages are never joined inside a second. What is trusted is
//
//   - a short page, which holds everything there is between its from and to, and
//   - of a full page, everything but the second in which it ends: the reading goes on at the beginning of that second,
//     with a new window instead of an offset.
//
// A page is thus used but for the rows of one second. The reading follows the direction in which the pages turn out to
// be sorted, and halves its windows where they are not sorted at all. Only a second that fills a page by itself needs
// more, and has crowd.
//
// The window is a list of pieces in the order of time: seconds that wait to be read, seconds that were asked for, and
// rows. Rows leave at the front. Where several requests at once are of use, the first pieces that wait are read side by
// side, each cut to the seconds that should just fit a page (pace.go). All of the list belongs to the goroutine of
// whoever ranges over the events; other goroutines fetch, and send what they got.
//
// With one request at a time, an ascending listing takes the least possible number of them, one for a page of rows and
// one more for the end. Windows that are cut are meant to be nine tenths full, and those that turn out to be too full take
// a second request: that is typically a quarter to two fifths more in all, and little more where the traffic is even. The
// tests hold wild traffic, of bursts of a page's size and of empty hours, to twice as many and a few for each request at
// once: a full page is never read again, what it leaves over is asked for together with the seconds that follow if those
// still wait, and an empty stretch makes the next window eight times as wide.

// page is one request of a listing: seconds from (included) to (not included), and where in it to begin.
type page struct {
	from, to int64 // Unix seconds
	limit    int
	offset   int
	only     []choice // what its rows must be like
}

// choice is one value of a dimension.
type choice struct {
	name, value string
}

// dimension is a filter whose values part the rows of a listing: each row is let through by one of them, or by none.
type dimension[T any] struct {
	name   string
	values []string
	of     func(*T) string // which of the values the row has; anything else if none
}

// listing is what the slicing needs to know about events of type T.
type listing[T any] struct {
	fetch   func(ctx context.Context, p page) ([]T, error) // called by several goroutines
	second  func(*T) int64                                 // Unix second in which it happened
	compare func(a, b *T) int
	parts   []dimension[T] // by which a crowded second is split, one after the other

	limit  int        // rows of a page
	offset int        // the greatest offset there is; 0 if the listing knows none
	widest int64      // seconds that a request may span at most; 0: any number
	atOnce func() int // requests that may be under way at once, at the moment
	// doubt and loss are told of what could not be read for certain, and not at all; warn of what is odd and no more.
	doubt, loss, warn func(format string, args ...any)
	strange           func(format string, args ...any) error // makes the error of an answer that makes no sense
}

// slicer reads the events of a window, each exactly once, in the order of their times. Events of one second come in
// the order of compare, so that the same events are always the same sequence, however they were cut into pages.
//
// Memory holds a page for each request that may be under way and two more (waitingRoom), packed, and a few more of a descending
// listing, where the end of a window that is too full comes before its beginning. Besides, it holds what a crowded second
// needs.
type slicer[T any] struct {
	listing[T]
	pieces   []*piece[T] // what has not left yet, the earliest first
	answers  chan answer[T]
	flying   int  // pieces that were asked for
	leaving  bool // rows of a piece that is not in the list any more are on their way out
	answered int
	unsorted bool // a page was in no order, so that one which looks sorted is so by chance
	cutting  bool // windows are cut even for one request at a time: full pages do not begin at the beginning
	pace     pace
}

// piece is a part of the window.
type piece[T any] struct {
	from, to int64
	state    state
	rows     []T  // of a piece that is done; of a crowded second that waits, its first page
	alone    bool // it is asked for as it is: a second that may fill a page by itself
	crowded  bool // a second that does
}

type state uint8

const (
	waiting state = iota
	asked
	done
)

// answer is what became of a piece.
type answer[T any] struct {
	piece   *piece[T]
	rows    []T
	portion portion[T] // of a crowded second
	err     error
}

// events reads the seconds from (included) to (not included).
func (l listing[T]) events(ctx context.Context, from, to int64) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		s := &slicer[T]{listing: l, answers: make(chan answer[T], 16)}
		s.pieces = s.waiting(from, to)
		s.run(ctx, yield)
	}
}

// run reads all pieces, and hands out their rows.
func (s *slicer[T]) run(ctx context.Context, yield func(T, error) bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer s.end(cancel)
	for len(s.pieces) > 0 {
		more, err := s.deliver(ctx, yield)
		if err != nil {
			var none T
			yield(none, err)
		}
		if !more || err != nil {
			return
		}
	}
}

// end stops what is under way, and waits until it has stopped.
func (s *slicer[T]) end(cancel context.CancelFunc) {
	cancel()
	for ; s.flying > 0; s.flying-- {
		<-s.answers
	}
}

// waiting makes pieces of seconds that are still to be read, none if there are none.
func (s *slicer[T]) waiting(from, to int64) []*piece[T] {
	var list []*piece[T]
	for from < to {
		end := to
		if s.widest > 0 {
			end = min(to, from+s.widest)
		}
		list = append(list, &piece[T]{from: from, to: end})
		from = end
	}
	return list
}

// deliver hands out the rows of the first piece, as soon as they are there. Meanwhile it sees to what comes in.
func (s *slicer[T]) deliver(ctx context.Context, yield func(T, error) bool) (more bool, err error) {
	for {
		s.start(ctx)
		if len(s.pieces) == 0 {
			return true, nil
		}
		if s.pieces[0].state == done {
			break
		}
		if err := s.take(<-s.answers); err != nil {
			return false, err
		}
	}
	head := s.pieces[0]
	s.pieces = slices.Delete(s.pieces, 0, 1)
	s.pace.left(head.from, head.to, len(head.rows), head.crowded)
	s.leaving = true
	for _, row := range s.sorted(head.rows) {
		if !yield(*row, nil) {
			return false, nil
		}
		for len(s.answers) > 0 {
			if err := s.take(<-s.answers); err != nil {
				return false, err
			}
			s.start(ctx)
		}
	}
	s.leaving = false
	return true, nil
}

// sorted are the rows in the order of their times, and of compare within a second.
func (l listing[T]) sorted(rows []T) []*T {
	sorted := make([]*T, len(rows))
	for i := range rows {
		sorted[i] = &rows[i]
	}
	slices.SortFunc(sorted, func(a, b *T) int {
		if c := cmp.Compare(l.second(a), l.second(b)); c != 0 {
			return c
		}
		return l.compare(a, b)
	})
	return sorted
}

// waitingRoom is how many pages may be in memory besides the requests that may be under way. Without it, a window that turns
// out to be too full would hold up all others.
const waitingRoom = 2

// start asks for the earliest pieces that wait, as many as may be under way. Pieces that are done and have not left are
// counted, so that memory stays bounded; but the piece that the output waits for is asked for in any case, since all of
// them wait for it. With one request at a time, that is the only one.
func (s *slicer[T]) start(ctx context.Context) {
	most := max(1, s.atOnce())
	for i := 0; i < len(s.pieces); i++ {
		switch first := i == 0 && !s.leaving; {
		case s.pieces[i].state != waiting:
			continue
		case !first && (s.answered == 0 || most == 1 || s.flying >= most || s.flying+s.held() >= most+waitingRoom):
			return
		}
		s.cut(i, most)
		p := s.pieces[i]
		p.state = asked
		s.flying++
		go func() { s.answers <- s.ask(ctx, p) }()
	}
}

// held is how many pieces are done and have not left. The last piece of the window does not count: in a descending
// listing it is the first one that is read, and all others leave before it.
func (s *slicer[T]) held() int {
	n := 0
	for _, p := range s.pieces[:max(0, len(s.pieces)-1)] {
		if p.state == done {
			n++
		}
	}
	if s.leaving {
		n++
	}
	return n
}

// ask reads a piece. It runs in a goroutine of its own and changes nothing.
func (l listing[T]) ask(ctx context.Context, p *piece[T]) answer[T] {
	a := answer[T]{piece: p}
	a.err = rest.Caught(func() (err error) {
		if p.crowded {
			a.portion, err = l.crowd(ctx, p.from, p.to, p.rows)
		} else {
			a.rows, err = l.fetch(ctx, page{from: p.from, to: p.to, limit: l.limit})
		}
		return err
	})
	return a
}

// take puts what was read in the place of the piece that it was asked for.
func (s *slicer[T]) take(a answer[T]) error {
	s.flying--
	s.answered++
	p := a.piece
	switch {
	case a.err != nil:
		return a.err
	case p.crowded:
		s.judge(p.from, a.portion)
		p.rows, p.state = a.portion.rows, done
		return nil
	}
	if err := s.inside(a.rows, p); err != nil {
		return err
	}
	if len(a.rows) < s.limit {
		p.rows, p.state = a.rows, done
		s.pace.learn(p.from, p.to, len(p.rows))
		return nil
	}
	at := slices.Index(s.pieces, p)
	parts := s.full(p, a.rows)
	if last := len(parts) - 1; at+1 < len(s.pieces) && s.joins(parts[last], s.pieces[at+1]) {
		// One request for what is left over and for what follows.
		s.pieces[at+1].from = parts[last].from
		parts = parts[:last]
	}
	s.pieces = slices.Replace(s.pieces, at, at+1, parts...)
	return nil
}

// joins tells whether two pieces may be asked for as one.
func (s *slicer[T]) joins(p, next *piece[T]) bool {
	return !s.unsorted && p.state == waiting && next.state == waiting && !p.alone && !next.alone && (s.widest == 0 || next.to-p.from <= s.widest)
}

// inside refuses rows of other times than were asked for: with them no window can be cut into parts. A listing that
// fits one page is complete all the same.
func (s *slicer[T]) inside(rows []T, p *piece[T]) error {
	for i := range rows {
		at := s.second(&rows[i])
		if at >= p.from && at < p.to {
			continue
		}
		const text = "data[%d].timestamp: %s is outside the window that was asked for, %s to %s"
		if s.answered > 1 || len(rows) >= s.limit {
			return s.strange(text, i, clock(at), clock(p.from), clock(p.to))
		}
		s.warn(text, i, clock(at), clock(p.from), clock(p.to))
		break
	}
	return nil
}

// full takes from a full page what is certain, and says what is left of its piece.
func (s *slicer[T]) full(p *piece[T], rows []T) []*piece[T] {
	first, last := s.second(&rows[0]), s.second(&rows[len(rows)-1])
	up, down := s.direction(rows)
	s.unsorted = s.unsorted || !up && !down
	switch {
	case p.to-p.from == 1:
		return []*piece[T]{{from: p.from, to: p.to, rows: rows, alone: true, crowded: true}}
	case s.unsorted:
		s.cutting = true
		middle := p.from + (p.to-p.from)/2
		return append(s.waiting(p.from, middle), s.waiting(middle, p.to)...)
	case up && down: // A page full of one second says nothing about the others.
		second := &piece[T]{from: first, to: first + 1, alone: true}
		return slices.Concat(s.waiting(p.from, first), []*piece[T]{second}, s.waiting(first+1, p.to))
	case up:
		certain := &piece[T]{from: p.from, to: last, rows: rows[:s.upTo(rows, last)], state: done}
		s.pace.learn(certain.from, certain.to, len(certain.rows))
		return append([]*piece[T]{certain}, s.waiting(last, p.to)...)
	default:
		s.cutting = true
		certain := &piece[T]{from: last + 1, to: p.to, rows: rows[:s.downTo(rows, last)], state: done}
		s.pace.learn(certain.from, certain.to, len(certain.rows))
		if s.held() > waitingRoom+s.atOnce() {
			// Rows that would wait for too many others are read again when it is their turn.
			*certain = piece[T]{from: certain.from, to: certain.to, alone: true}
		}
		return append(s.waiting(p.from, last+1), certain)
	}
}

// direction tells whether no row is earlier than the one before it, and whether none is later.
func (l listing[T]) direction(rows []T) (up, down bool) {
	up, down = true, true
	for i := 1; i < len(rows); i++ {
		before, at := l.second(&rows[i-1]), l.second(&rows[i])
		up, down = up && before <= at, down && before >= at
	}
	return up, down
}

// upTo is how many rows of an ascending page lie before a second.
func (l listing[T]) upTo(rows []T, second int64) int {
	n, _ := slices.BinarySearchFunc(rows, second, func(r T, at int64) int { return cmp.Compare(l.second(&r), at) })
	return n
}

// downTo is how many rows of a descending page lie behind a second.
func (l listing[T]) downTo(rows []T, second int64) int {
	n, _ := slices.BinarySearchFunc(rows, second, func(r T, at int64) int { return cmp.Compare(at, l.second(&r)) })
	return n
}
