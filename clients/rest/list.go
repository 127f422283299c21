package rest

import (
	"context"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// Page says where in a listing a Turn stands.
type Page struct {
	Number int         // from 0
	Query  url.Values  // of this page; a copy that may be changed and returned
	Header http.Header // of the answer
}

// Turn reads one page: its items, and the query of the next page, nil at the end.
type Turn[P, T any] func(page *P, at Page) (items []T, next url.Values, err error)

// List walks a listing, page after page. It asks for nothing before its first element is asked for, nor for a page
// before the one before it has been consumed. An error is the last element. A listing whose next page has the query of
// this one would never end; that is an error of Kind Unexpected.
func List[P, T any](ctx context.Context, c *Client, path string, query url.Values, turn Turn[P, T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		for number := 0; query != nil || number == 0; number++ {
			items, next, err := page(ctx, c, path, query, number, turn)
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if err == nil && next != nil && maps.EqualFunc(next, query, slices.Equal[[]string]) {
				err = &Error{API: c.o.API, Path: path, Kind: Unexpected, Text: "the next page would be this page again"}
			}
			if err != nil {
				yield(none, err)
				return
			}
			query = next
		}
	}
}

// page asks for one page and has turn read it.
func page[P, T any](
	ctx context.Context, c *Client, path string, query url.Values, number int, turn Turn[P, T],
) ([]T, url.Values, error) {
	answer, leave, err := c.do(ctx, Request{Path: path, Query: query})
	defer leave()
	if err != nil {
		return nil, nil, err
	}
	var content P
	err = c.Decode(ctx, answer, &content)
	c.release(answer)
	if err != nil {
		return nil, nil, err
	}
	return turn(&content, Page{Number: number, Query: cloneQuery(query), Header: answer.Header})
}

// cloneQuery copies a query; the copy is never nil.
func cloneQuery(query url.Values) url.Values {
	clone := make(url.Values, len(query))
	for name, values := range query {
		clone[name] = slices.Clone(values)
	}
	return clone
}

// NextOffset is the next query of a listing that is walked by limit and offset and ends in a page shorter than limit:
// this page's query with its offset raised by the items that it had, nil at the end.
func NextOffset(at Page, got, limit int) url.Values {
	if got < limit || got == 0 {
		return nil
	}
	offset, _ := strconv.Atoi(at.Query.Get("offset"))
	next := cloneQuery(at.Query)
	next.Set("offset", strconv.Itoa(offset+got))
	return next
}
