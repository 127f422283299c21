package secureaccess

import (
	"context"
	"fmt"
	"slices"
)

// crowd reads one second that fills a page by itself. Its pages together tell how many rows there are, but not which:
// each may be in another order. Its verdicts apart, each in a page of its own, are certain if their numbers add up.
// Memory holds that second, at most the rows of two readings.
func (s *slicer[T]) crowd(ctx context.Context, p piece[T], rows []T) ([]T, error) {
	all, whole, err := s.pages(ctx, page{from: p.from, to: p.to, limit: s.limit}, rows)
	if err != nil {
		return nil, err
	}
	if s.verdict == nil {
		s.judge(p.from, all, whole, false)
		return all, nil
	}
	return s.split(ctx, p, all, whole)
}

// pages reads all pages of one second that there are. Whole tells whether the last one was short.
func (s *slicer[T]) pages(ctx context.Context, p page, first []T) (rows []T, whole bool, err error) {
	rows = first
	for n := len(first); n == s.limit; {
		p.offset += s.limit
		if p.offset > s.offset {
			return rows, false, nil
		}
		more, err := s.fetch(ctx, p)
		if err != nil {
			return nil, false, err
		}
		s.requests++
		rows, n = append(rows, more...), len(more)
	}
	return rows, true, nil
}

// split reads the verdicts of a second apart. What all pages of the second together held is what it is measured by.
func (s *slicer[T]) split(ctx context.Context, p piece[T], all []T, whole bool) ([]T, error) {
	rows := slices.Clone(all)
	rows = slices.DeleteFunc(rows, func(r T) bool { return slices.Contains(splits[:], s.verdict(&r)) })
	certain, cut := len(rows) == 0, !whole && len(rows) > 0
	for _, verdict := range splits {
		q := page{from: p.from, to: p.to, limit: s.limit, verdict: verdict}
		first, err := s.fetch(ctx, q)
		if err != nil {
			return nil, err
		}
		s.requests++
		if slices.ContainsFunc(first, func(r T) bool { return s.verdict(&r) != verdict }) {
			s.judge(p.from, all, whole, false) // The filter does nothing.
			return all, nil
		}
		part, partWhole, err := s.pages(ctx, q, first)
		if err != nil {
			return nil, err
		}
		certain = certain && len(part) < s.limit
		cut = cut || !partWhole
		rows = append(rows, part...)
	}
	switch {
	case whole && len(rows) != len(all):
		s.judge(p.from, all, true, false)
		return all, nil
	case whole:
		s.judge(p.from, rows, true, certain)
	default:
		s.judge(p.from, rows, !cut, false)
	}
	return rows, nil
}

// judge says what a crowded second is worth.
func (s *slicer[T]) judge(second int64, rows []T, whole, certain bool) {
	switch {
	case !whole:
		s.loss("the second %s has more rows than the API lists: %s could be read", clock(second), grouped(len(rows)))
	case !certain:
		s.doubt("the second %s has %s rows, more than a page, and the API lists them in no order: "+
			"some may be there twice, and others not at all", clock(second), grouped(len(rows)))
	}
}

// grouped writes a number for people: 15,000.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
