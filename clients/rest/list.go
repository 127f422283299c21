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

// List walks a listing, page after page. It asks for nothing before its first element is asked for. While the elements of a page
// are consumed, it asks for the next one, and for no more than that; when the consumer stops, so does the request. Turn
// runs in the consumer's goroutine, for one page after the other. An error is the last element. A listing whose next page
// has the query of this one would never end; that is an error of Kind Unexpected.
func List[P, T any](ctx context.Context, c *Client, path string, query url.Values, turn Turn[P, T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		ahead := ask[P](ctx, c, path, query)
		defer func() {
			cancel()
			if ahead != nil {
				<-ahead
			}
		}()
		for number := 0; ahead != nil; number++ {
			came := <-ahead
			ahead = nil
			var items []T
			var next url.Values
			err := came.err
			if err == nil {
				items, next, err = turn(came.content, Page{Number: number, Query: cloneQuery(query), Header: came.header})
			}
			if err == nil && next != nil {
				if maps.EqualFunc(next, query, slices.Equal[[]string]) {
					err = &Error{API: c.o.API, Path: path, Kind: Unexpected, Text: "the next page would be this page again"}
				} else {
					query = next
					ahead = ask[P](ctx, c, path, query)
				}
			}
			for _, item := range items {
				if !yield(item, nil) {
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

// fetched is a page that was asked for.
type fetched[P any] struct {
	content *P
	header  http.Header
	err     error
}

// ask asks for a page and decodes it, in a goroutine of its own.
func ask[P any](ctx context.Context, c *Client, path string, query url.Values) <-chan fetched[P] {
	came := make(chan fetched[P], 1)
	query = cloneQuery(query) // The caller's may change.
	go func() {
		var page fetched[P]
		page.err = Caught(func() (err error) {
			page.content, page.header, err = getPage[P](ctx, c, path, query)
			return err
		})
		came <- page
	}()
	return came
}

// getPage gets a page.
func getPage[P any](ctx context.Context, c *Client, path string, query url.Values) (*P, http.Header, error) {
	answer, leave, err := c.do(ctx, Request{Path: path, Query: query})
	defer leave()
	if err != nil {
		return nil, nil, err
	}
	defer c.release(answer)
	content := new(P)
	return content, answer.Header, c.Decode(ctx, answer, content)
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
