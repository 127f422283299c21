package secureaccess

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// portion is what could be read of the rows of one second.
type portion[T any] struct {
	rows    []T
	whole   bool // there are no more rows than these, as far as is known
	certain bool // and these are the ones
	open    bool // there may be others that no filter lets through; only the API's total can tell
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
		return portion[T]{rows: all, whole: whole, certain: true}, err
	}
	together := portion[T]{rows: all, whole: whole}
	for i, d := range parts {
		left := parts[i+1:]
		if d.values == nil { // Many identities at once can be split once more.
			left = parts[i:]
		}
		split, won, err := l.split(ctx, p, together, d, left)
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
	values, sides := d.values, d.side
	if values == nil {
		values, sides = d.found(all.rows, p.chosen(d.name), l.limit)
	}
	if len(values) < 2 {
		return split, false, nil
	}
	rows := slices.DeleteFunc(slices.Clone(all.rows), func(r T) bool { return len(sides(&r)) > 0 })
	certain, cut := len(rows) == 0, !all.whole && len(rows) > 0
	for i, value := range values {
		q := p
		q.only = append(slices.Clone(p.only), choice{d.name, value})
		first, err := l.fetch(ctx, q)
		if err != nil {
			return split, false, err
		}
		if slices.ContainsFunc(first, func(r T) bool { return !slices.Contains(sides(&r), i) }) {
			return split, false, nil // The filter does nothing.
		}
		part, err := l.portion(ctx, q, first, left)
		if err != nil {
			return split, false, err
		}
		certain, cut = certain && part.certain, cut || !part.whole
		for _, row := range part.rows {
			if s := sides(&row); len(s) > 0 && s[0] == i { // not let through by a value before this one as well
				rows = append(rows, row)
			}
		}
	}
	switch {
	case all.whole && len(rows) != len(all.rows):
		return split, false, nil
	case all.whole:
		return portion[T]{rows: rows, whole: true, certain: certain}, true, nil
	}
	return portion[T]{rows: rows, whole: !cut, certain: certain, open: true}, true, nil
}

// side is the place of the value that lets a row through, none if no value does.
func (d dimension[T]) side(row *T) []int {
	if i := slices.Index(d.values, d.of(row)); i >= 0 {
		return []int{i}
	}
	return nil
}

// fullness is how full of the rows that were seen a page for some identities is meant to be. In a second that is read in no
// order, some rows are seen twice, and others not at all.
const fullness = 0.8

// longest is how many bytes the identities in one request may have: addresses beyond some eight thousand are refused.
const longest = 4000

// found makes values for a dimension that has none of its own, of the identities that rows were seen with: lists of as many as should just fit a page. Of a row the
// first identity counts, which is the most specific one: further ones, such as the site, may be those of all. sides are the
// places of the values that let a row through. within are the identities that were asked for; if it is nil, all were.
func (d dimension[T]) found(rows []T, within []string, limit int) (values []string, sides func(*T) []int) {
	counts := map[string]int{}
	for i := range rows {
		for id := range strings.SplitSeq(d.of(&rows[i]), ",") {
			if id != "" && (within == nil || slices.Contains(within, id)) {
				counts[id]++
				break
			}
		}
	}
	most, place := int(fullness*float64(limit)), map[string]int{}
	seen := 0 // of the value that is being made
	for _, id := range slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) }) {
		last := len(values) - 1
		if last < 0 || seen+counts[id] > most || len(values[last])+len(id) > longest {
			values, last, seen = append(values, id), last+1, 0
		} else {
			values[last] += "," + id
		}
		seen, place[id] = seen+counts[id], last
	}
	return values, func(row *T) (list []int) {
		for id := range strings.SplitSeq(d.of(row), ",") {
			if i, ok := place[id]; ok && !slices.Contains(list, i) {
				list = append(list, i)
			}
		}
		slices.Sort(list)
		return list
	}
}

// chosen is the identities that a page is asked for, nil if it is not asked for any.
func (p page) chosen(name string) []string {
	for _, c := range slices.Backward(p.only) {
		if c.name == name {
			return strings.Split(c.value, ",")
		}
	}
	return nil
}

// openSecond is the doubt that a total of the API settles: if the numbers are the same, there are no others.
const openSecond = "the second %s has more rows than the API lists: %s came by filters, and nothing tells whether there are others that " +
	"no filter lets through"

// judge says what a crowded second is worth.
func (s *slicer[T]) judge(second int64, p portion[T]) {
	switch {
	case !p.whole:
		s.loss("the second %s has more rows than the API lists: %s could be read", clock(second), grouped(len(p.rows)))
	case !p.certain:
		s.doubt("the second %s has %s rows, more than a page, and the API lists them in no order: "+
			"some may be there twice, and others not at all", clock(second), grouped(len(p.rows)))
	case p.open:
		s.doubt(openSecond, clock(second), grouped(len(p.rows)))
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
