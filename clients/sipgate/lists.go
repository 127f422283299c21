package sipgate

import (
	"context"
	"fmt"
	"net/url"

	"github.com/reportjob/reportjob/clients/rest"
)

// Lists come in three ways: whole, in one answer (list); page by page (paged); or piece by piece, an answer for each of
// their owners and one for each thing that is worth knowing besides (owned).

// part is what to ask for.
type part struct {
	path, scope string
	query       url.Values
	envelope    string // the member that holds the list; "items" if empty
}

// envelopes are the members that hold a list in the answers of this API.
type envelopes[T any] struct {
	Items       *[]T `json:"items"`
	Data        *[]T `json:"data"`
	Contingents *[]T `json:"contingents"`
}

// list asks for a list that comes whole, in one answer. check says what an item lacks, if anything: the answer is then
// not what the API documents.
func list[T any](ctx context.Context, c *Client, p part, check func(*T) error) ([]T, error) {
	var answer envelopes[T]
	if err := c.get(ctx, p.path, p.scope, p.query, &answer); err != nil {
		return nil, err
	}
	rows, name := answer.Items, "items"
	switch p.envelope {
	case "data":
		rows, name = answer.Data, "data"
	case "contingents":
		rows, name = answer.Contingents, "contingents"
	}
	if rows == nil {
		return nil, unexpected(p.path, "the answer has no %s", name)
	}
	for i := range *rows {
		if err := check(&(*rows)[i]); err != nil {
			return nil, unexpected(p.path, "%s[%d]: %v", name, i, err)
		}
	}
	return *rows, nil
}

// need says that a field is missing which is always there.
func need[S ~string](field string, value S) error {
	if value == "" {
		return fmt.Errorf("no %s", field)
	}
	return nil
}

// anything takes items that have nothing by which they could be told apart.
func anything[T any](*T) error { return nil }

// Query says which part of a list is wanted.
type Query struct {
	Filter url.Values // parameters of the API, as it takes them
	Limit  int        // 0: everything. Otherwise a trial: as little as there is, in one request behind those that are needed to make it
}

// paging is a page of a list, with the number of all its rows if the API tells it.
type paging[T any] struct {
	Items      *[]T     `json:"items"`
	TotalCount rest.Int `json:"totalCount"`
}
