package secureaccess

import (
	"math"
	"slices"
)

// pace is what was learnt about how many rows come in a second, from every page that was read. Traffic has a rhythm,
// bursts and quiet nights: what a page says of its own seconds holds for about half as long again, and after that what
// the last pages say together.
type pace struct {
	rows, seconds float64 // of the last pages, older ones counting less
	last          stretch // what has left at the front
}

// stretch is how many rows there are in some seconds.
type stretch struct{ rows, seconds float64 }

// learn notes how many rows there are between two seconds.
func (p *pace) learn(from, to int64, rows int) {
	if to <= from {
		return
	}
	const older = 0.6
	p.rows, p.seconds = older*p.rows+float64(rows), older*p.seconds+float64(to-from)
}

// left notes what has left. A crowded second says nothing about its neighbours.
func (p *pace) left(from, to int64, rows int, crowded bool) {
	if !crowded && to > from {
		p.last = stretch{float64(rows), float64(to - from)}
	}
}

// expected is how many rows there should be in some seconds near a stretch.
func (p *pace) expected(near stretch, seconds float64) float64 {
	held := min(seconds, near.seconds/2)
	return held*near.rows/near.seconds + (seconds-held)*p.rows/p.seconds
}

// width is how many seconds near a stretch should hold some rows. After an empty stretch there may be anything, and it
// grows by degrees.
func (p *pace) width(near stretch, rows float64) float64 {
	local, mean, held := near.rows/near.seconds, p.rows/p.seconds, near.seconds/2
	width := rows / local
	if width > held {
		width = held + (rows-local*held)/mean
	}
	return max(1, min(width, 8*near.seconds))
}

// cut makes a piece that waits as wide as a request should be, and leaves the rest waiting behind it. A request that is
// the only one at a time is not cut, since a full page in ascending order wastes nothing.
func (s *slicer[T]) cut(at, most int) {
	p := s.pieces[at]
	near, ok := s.near(at)
	if p.alone || most == 1 && !s.cutting || !ok {
		return
	}
	seconds := float64(p.to - p.from)
	target := float64(s.limit) * 9 / 10
	width := s.pace.width(near, target)
	// The last few are of one size, so that none of them is a little one.
	if parts := max(1, math.Ceil(s.pace.expected(near, seconds)/target-0.08)); parts <= 3 {
		width = seconds / parts
	}
	end := p.from + int64(math.Ceil(width))
	if end >= p.to {
		return
	}
	rest := &piece[T]{from: end, to: p.to}
	p.to = end
	s.pieces = slices.Insert(s.pieces, at+1, rest)
}

// near is what is known of the seconds nearest to a piece, before it or behind it.
func (s *slicer[T]) near(at int) (stretch, bool) {
	for away := 1; away <= len(s.pieces); away++ {
		for _, i := range []int{at - away, at + away} {
			if i == -1 && s.pace.last.seconds > 0 {
				return s.pace.last, true
			}
			if i < 0 || i >= len(s.pieces) {
				continue
			}
			if known, ok := s.pieces[i].known(); ok {
				return known, true
			}
		}
	}
	return stretch{}, false
}

// known is what a piece that was read tells.
func (p *piece[T]) known() (stretch, bool) {
	if p.state != done || p.crowded {
		return stretch{}, false
	}
	return stretch{float64(len(p.rows)), float64(p.to - p.from)}, true
}
