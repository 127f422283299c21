package secureaccess

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
)

// App Discovery has another way of paging than the other reports: limit up to 100, and a header Link that names the
// next page. Of that address only the query counts, since the request goes to the client's own base. Newer answers say
// besides how many items there are.

// mostFound is the most that a page of App Discovery holds.
const mostFound = 100

// found is a page of App Discovery.
type found[T any] struct {
	Items       *[]T         `json:"items"`
	ItemsCount  rest.Int     `json:"itemsCount"`  // on all pages; newer answers alone
	CurrentPage rest.Ignored `json:"currentPage"` // the offset says it, too
	TotalPages  rest.Ignored `json:"totalPages"`  // follows from itemsCount
}

// keyed is an item with something that no other one has.
type keyed interface{ key() string }

// finding is a list of App Discovery that is being read.
type finding[T any] struct {
	r     request
	query url.Values // our own filters
	once  once
	pages int
	read  int // items, repeated ones left out
	total rest.Int
	moved bool // two pages gave different totals
}

// discover reads a list to its end, and says how the end was known.
func discover[T any](ctx context.Context, r request, filters url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		query := pageQuery(cloned(filters), r.found(), 0)
		f := &finding[T]{r: r, query: query}
		for item, err := range rest.List(ctx, r.c.rest, r.path, query, f.turn) {
			if err != nil {
				err = fmt.Errorf("page %d: %w", f.pages+1, err)
			}
			if !yield(item, err) || err != nil {
				return
			}
		}
		f.conclude()
	}
}

func cloned(query url.Values) url.Values {
	if query == nil {
		return url.Values{}
	}
	return maps.Clone(query)
}

// found is how many items to ask for in a page of App Discovery.
func (r request) found() int { return min(r.size(), mostFound) }

// turn reads a page.
func (f *finding[T]) turn(page *found[T], at rest.Page) ([]T, url.Values, error) {
	f.r.p.Account(f.r.c.account())
	if page.Items == nil {
		return nil, nil, f.r.unexpected("items: missing")
	}
	var fresh []T
	for i := range *page.Items {
		item := &(*page.Items)[i]
		if err := f.r.sound(fmt.Sprintf("items[%d].", i), item); err != nil {
			return nil, nil, err
		}
		if k, ok := any(item).(keyed); !ok || f.once.fresh(k.key()) {
			fresh = append(fresh, *item)
		}
	}
	f.read += len(fresh)
	f.pages++
	if total, ok := page.ItemsCount.Get(); ok {
		f.moved = f.moved || f.pages > 1 && f.total.Or(total) != total
		f.total = page.ItemsCount
	}
	if f.r.q.Limit > 0 {
		return fresh, nil, nil
	}
	next, err := f.next(at, len(*page.Items))
	if err == nil && next != nil && len(fresh) == 0 { // There would be a next page for ever.
		err = f.r.unexpected("items: nothing that did not come before, and a page after it")
	}
	return fresh, next, err
}

// next is the query of the next page: the one that the header names, or else the one at the next offset, as long as
// there are more items, by their total or by a full page.
func (f *finding[T]) next(at rest.Page, got int) (url.Values, error) {
	offset := number(at.Query, "offset")
	if link, ok := linkNext(at.Header); ok {
		to, err := url.Parse(link)
		if err != nil {
			return nil, f.r.unexpected("header Link: an address that cannot be read")
		}
		next := to.Query()
		if next.Has("offset") && number(next, "offset") <= offset {
			return nil, f.r.unexpected("header Link: the next page begins at %d, and this one at %d", number(next, "offset"), offset)
		}
		for name, values := range f.query {
			if name != "offset" {
				next[name] = values
			}
		}
		return next, nil
	}
	more := got >= f.r.found()
	if total, ok := f.total.Get(); ok {
		more = int64(offset+got) < total
	}
	if got == 0 || !more {
		return nil, nil
	}
	return pageQuery(cloned(f.query), f.r.found(), offset+got), nil
}

// linkNext is the address of the next page in a header as RFC 8288 has it: <https://…>; rel="next".
func linkNext(h http.Header) (string, bool) {
	for _, line := range h.Values("Link") {
		for line != "" {
			_, rest, ok := strings.Cut(line, "<")
			address, rest, closed := strings.Cut(rest, ">")
			if !ok || !closed {
				break
			}
			parameters, following, _ := strings.Cut(rest, "<")
			for p := range strings.SplitSeq(strings.TrimRight(parameters, ", \t"), ";") {
				name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
				if strings.EqualFold(strings.TrimSpace(name), "rel") && strings.EqualFold(strings.Trim(value, "\" "), "next") {
					return address, true
				}
			}
			if following == "" {
				break
			}
			line = "<" + following
		}
	}
	return "", false
}

// conclude says whether the list is complete.
func (f *finding[T]) conclude() {
	p := f.r.p
	total, known := f.total.Get()
	switch n := int64(f.read); {
	case f.r.q.Limit > 0:
		p.Unproven("no more than %s items were asked for", grouped(f.r.found()))
	case known && n == total:
		p.Complete("the API's own total of %s was met", grouped(f.read))
	case known && !f.moved && n < total:
		p.Truncated("the API counts %s items, and lists %s of them", grouped(int(total)), grouped(f.read))
	case known:
		p.Unproven("the API counts %s items, and listed %s: the list changed while it was read", grouped(int(total)), grouped(f.read))
	case f.once.repeated > 0:
		p.Unproven("items that came twice: %s; the list changed while it was read", grouped(f.once.repeated))
	default:
		p.Complete("page %d names no page after it, so that the listing ends there, with %s items", f.pages, grouped(f.read))
	}
}

// sorted is a list's query for its oldest items first, so that one that is new comes last and shifts no page.
func (q Query) sorted() url.Values {
	query := cloned(q.Params)
	query.Set("sort", "firstDetected")
	query.Set("order", "asc")
	return query
}

// discovery is a request to App Discovery, which keeps more than traffic reports do.
func (c *Client) discovery(path string, q Query, p Progress) request {
	return request{c, "/appDiscovery/" + path, q, p}
}

// each joins what belongs to one item to the items of a list. It says at the end that all were read.
func each[T, R any](items iter.Seq2[T, error], p Progress, what string, read func(*T, Progress) iter.Seq2[R, error], name func(*T) string) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		n := 0
		for item, err := range items {
			if err != nil {
				failing[R](err)(yield)
				return
			}
			n++
			part := parts{p, name(&item)}
			for row, err := range read(&item, part) {
				if gone(err) {
					p.Warn("%s: the API lists it and has no %s of it", part.name, what)
					break
				}
				if err != nil {
					err = fmt.Errorf("%s: %w", part.name, err)
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
		p.Complete("the %s of all %s that are listed were read to their ends", what, grouped(n))
	}
}
