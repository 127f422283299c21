package secureaccess

import (
	"context"
	"fmt"
	"slices"
)

// portion is what could be read of the rows of one second.
type portion[T any] struct {
	rows    []T
	whole   bool // there are no more rows than these
	certain bool // and these are the ones
}

// crowd reads one second that fills a page by itself. Its pages together tell how many rows there are, but not which:
// each may be in another order. Its parts, each in a page of its own, are certain if their numbers add up.
// Memory holds that second, at most the rows of two readings for each dimension that it is split by.
func (l listing[T]) crowd(ctx context.Context, from, to int64, first []T) (portion[T], error) {
	return l.portion(ctx, page{from: from, to: to, limit: l.limit}, first, l.parts)
}

// portion reads what one second has of one choice, and splits it by the dimensions that are left if that fills a page.
func (l listing[T]) portion(ctx context.Context, p page, first []T, parts []dimension[T]) (portion[T], error) {
	all, whole, err := l.pages(ctx, p, first)
	if err != nil || whole && len(all) <= l.limit {
		return portion[T]{all, whole, true}, err
	}
	together := portion[T]{rows: all, whole: whole}
	for i, d := range parts {
		split, won, err := l.split(ctx, p, together, d, parts[i+1:])
		if err != nil || won {
			return split, err
		}
	}
	return together, nil
}

// pages reads all pages of one second that there are. Whole tells whether the last one was short.
func (l listing[T]) pages(ctx context.Context, p page, first []T) (rows []T, whole bool, err error) {
	rows = first
	for n := len(first); n == l.limit; {
		p.offset += l.limit
		if p.offset > l.offset {
			return rows, false, nil
		}
		more, err := l.fetch(ctx, p)
		if err != nil {
			return nil, false, err
		}
		rows, n = append(rows, more...), len(more)
	}
	return rows, true, nil
}

// split reads the values of a dimension apart. What all pages of the second together held is what it is measured by;
// rows that none of the values lets through are taken from there. Nothing is won by a dimension whose filter does nothing, or
// whose parts do not add up.
func (l listing[T]) split(
	ctx context.Context, p page, all portion[T], d dimension[T], left []dimension[T],
) (split portion[T], won bool, err error) {
	rows := slices.DeleteFunc(slices.Clone(all.rows), func(r T) bool { return slices.Contains(d.values, d.of(&r)) })
	certain, cut := len(rows) == 0, !all.whole && len(rows) > 0
	for _, value := range d.values {
		q := p
		q.only = append(slices.Clone(p.only), choice{d.name, value})
		first, err := l.fetch(ctx, q)
		if err != nil {
			return split, false, err
		}
		if slices.ContainsFunc(first, func(r T) bool { return d.of(&r) != value }) {
			return split, false, nil // The filter does nothing.
		}
		part, err := l.portion(ctx, q, first, left)
		if err != nil {
			return split, false, err
		}
		certain, cut = certain && part.certain, cut || !part.whole
		rows = append(rows, part.rows...)
	}
	switch {
	case all.whole && len(rows) != len(all.rows):
		return split, false, nil
	case all.whole:
		return portion[T]{rows, true, certain}, true, nil
	}
	// Nothing tells whether there are more rows that none of the values lets through.
	return portion[T]{rows, !cut, false}, true, nil
}

// judge says what a crowded second is worth.
func (s *slicer[T]) judge(second int64, p portion[T]) {
	switch {
	case !p.whole:
		s.loss("the second %s has more rows than the API lists: %s could be read", clock(second), grouped(len(p.rows)))
	case !p.certain:
		s.doubt("the second %s has %s rows, more than a page, and the API lists them in no order: "+
			"some may be there twice, and others not at all", clock(second), grouped(len(p.rows)))
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
