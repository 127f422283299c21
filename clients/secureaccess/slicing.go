package secureaccess

import (
	"cmp"
	"context"
	"iter"
	"slices"
)

// A listing of events gives at most 5,000 rows a page and 15,000 rows a request's window, has no total and no row
// ids, is sorted by time, and promises no order within a second: two pages of one listing may repeat one row of the
// second on their border and skip another. So pages are never joined inside a second. What is trusted is
//
//   - a short page, which holds everything there is between its from and to, and
//   - of a full page, everything but the second in which it ends: the reading goes on at the beginning of that second,
//     with a new window instead of an offset.
//
// A page is thus used but for the rows of one second, and the number of requests is all but the least possible. The
// reading follows the direction in which the pages turn out to be sorted, and cuts its windows where they are not
// sorted at all. Only a second that fills a page by itself needs more, and has crowd.

// page is one request of a listing: seconds from (included) to (not included), and where in it to begin.
type page struct {
	from, to int64 // Unix seconds
	limit    int
	offset   int
	verdict  string // the only verdict that is wanted, all if empty
}

// listing is what the slicing needs to know about events of type T.
type listing[T any] struct {
	fetch   func(ctx context.Context, p page) ([]T, error)
	second  func(*T) int64 // Unix second in which it happened
	compare func(a, b *T) int
	verdict func(*T) string // nil if the listing cannot be filtered by it

	limit  int // rows of a page
	offset int // the greatest offset there is
	// doubt and loss are told of what could not be read for certain, and not at all; warn of what is odd and no more.
	doubt, loss, warn func(format string, args ...any)
	strange           func(format string, args ...any) error // makes the error of an answer that makes no sense
}

// splits are the verdicts that listings can be filtered by. Rows with another one are told from the rest by what they say.
var splits = [...]string{"allowed", "blocked"}

// slicer reads the events of a window, each exactly once, in the order of their times. Events of one second come in
// the order of compare, so that the same events are always the same sequence.
type slicer[T any] struct {
	listing[T]
	todo     []piece[T] // what is left, the earliest last
	width    int64      // seconds that a request should ask for, 0: all of a piece
	unsorted bool       // a page was in no order, so that one which looks sorted is so by chance
	requests int
}

// piece is a part of the window: seconds that are still to be read, or rows that were.
type piece[T any] struct {
	from, to int64
	rows     []T
}

// events reads the seconds from (included) to (not included).
func (l listing[T]) events(ctx context.Context, from, to int64) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		s := &slicer[T]{listing: l}
		s.push(from, to)
		for len(s.todo) > 0 {
			rows, err := s.step(ctx)
			for _, row := range s.sorted(rows) {
				if !yield(*row, nil) {
					return
				}
			}
			if err != nil {
				var none T
				yield(none, err)
				return
			}
		}
	}
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

// direction tells whether no row is earlier than the one before it, and whether none is later.
func (l listing[T]) direction(rows []T) (up, down bool) {
	up, down = true, true
	for i := 1; i < len(rows); i++ {
		before, at := l.second(&rows[i-1]), l.second(&rows[i])
		up, down = up && before <= at, down && before >= at
	}
	return up, down
}

// push puts seconds in front of what is left.
func (s *slicer[T]) push(from, to int64) {
	if from < to {
		s.todo = append(s.todo, piece[T]{from: from, to: to})
	}
}

// pop takes the earliest piece, no wider than a request should be.
func (s *slicer[T]) pop() piece[T] {
	p := s.todo[len(s.todo)-1]
	s.todo = s.todo[:len(s.todo)-1]
	if p.rows == nil && s.width > 0 && p.to-p.from > s.width {
		s.push(p.from+s.width, p.to)
		p.to = p.from + s.width
	}
	return p
}

// step takes the earliest piece and returns its rows, or reads a part of it and puts back what is then left.
func (s *slicer[T]) step(ctx context.Context) ([]T, error) {
	p := s.pop()
	if p.rows != nil {
		return p.rows, nil
	}
	rows, err := s.fetch(ctx, page{from: p.from, to: p.to, limit: s.limit})
	s.requests++
	if err == nil {
		err = s.inside(rows, p)
	}
	if err != nil {
		return nil, err
	}
	if len(rows) < s.limit {
		s.adapt(p.to-p.from, len(rows))
		return rows, nil
	}
	return s.full(ctx, p, rows)
}

// inside refuses rows of other times than were asked for: with them no window can be cut into parts. A listing that
// fits one page is complete all the same.
func (s *slicer[T]) inside(rows []T, p piece[T]) error {
	for i := range rows {
		at := s.second(&rows[i])
		if at >= p.from && at < p.to {
			continue
		}
		const text = "data[%d].timestamp: %s is outside the window that was asked for, %s to %s"
		if s.requests > 1 || len(rows) >= s.limit {
			return s.strange(text, i, clock(at), clock(p.from), clock(p.to))
		}
		s.warn(text, i, clock(at), clock(p.from), clock(p.to))
		break
	}
	return nil
}

// adapt learns from a piece that fitted a page how wide the next ones should be.
func (s *slicer[T]) adapt(seconds int64, rows int) {
	if s.width > 0 {
		s.width = min(4*s.width, max(1, seconds*s.target()/int64(max(rows, 1))))
	}
}

// target is how many rows a request of a width is meant to give: three quarters of a page, since no two hours have
// the same traffic.
func (s *slicer[T]) target() int64 { return max(1, int64(s.limit)*3/4) }

// full takes from a full page what is certain, and puts back the rest.
func (s *slicer[T]) full(ctx context.Context, p piece[T], rows []T) ([]T, error) {
	first, last := s.second(&rows[0]), s.second(&rows[len(rows)-1])
	up, down := s.direction(rows)
	s.unsorted = s.unsorted || !up && !down
	switch {
	case p.to-p.from == 1:
		return s.crowd(ctx, p, rows)
	case s.unsorted:
		middle := p.from + (p.to-p.from)/2
		s.push(middle, p.to)
		s.push(p.from, middle)
		return nil, nil
	case up && down: // A page full of one second says nothing about the others.
		s.push(first+1, p.to)
		s.push(first, first+1)
		s.push(p.from, first)
		return nil, nil
	case up:
		s.push(last, p.to)
		return s.before(rows, last), nil
	default:
		s.todo = append(s.todo, piece[T]{rows: s.after(rows, last)})
		s.width = max(1, (first-last)*s.target()/int64(len(rows)))
		s.push(p.from, last+1)
		return nil, nil
	}
}

// before are the rows of an ascending page up to a second.
func (s *slicer[T]) before(rows []T, second int64) []T {
	n, _ := slices.BinarySearchFunc(rows, second, func(r T, at int64) int { return cmp.Compare(s.second(&r), at) })
	return rows[:n]
}

// after are the rows of a descending page down to a second.
func (s *slicer[T]) after(rows []T, second int64) []T {
	n, _ := slices.BinarySearchFunc(rows, second, func(r T, at int64) int { return cmp.Compare(at, s.second(&r)) })
	return rows[:n]
}
