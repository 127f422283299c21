package wizart

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"net/url"
	"strconv"

	"github.com/reportjob/reportjob/clients/rest"
)

// rounds is how often a list that changes while it is read is read again at most.
const rounds = 3

// Progress takes what a reading learns about its completeness.
type Progress interface {
	Complete(format string, args ...any)
	Unproven(format string, args ...any)
	Truncated(format string, args ...any)
}

// Query says which part of a list is wanted.
type Query struct {
	Filter url.Values // as the API takes it, such as locale and q
	Trial  bool       // no more than one page
}

// item is what every record of the API has.
type item[T any] interface {
	*T
	key() string
	// settle checks a record once it is decoded.
	settle() error
}

// list walks a list page by page, by number, on the client's own host and with its own filters: the links of the API
// name other hosts and lose the filters. Records come in the API's order, each of them once.
//
// The list is complete if its pages told one total and that many different records came; otherwise it is read again,
// three times at most. A list that tells no total is read to its end, and nothing is proven. Memory grows by an id with
// every record.
func list[T any, P item[T]](ctx context.Context, c *Client, path string, q Query, p Progress) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		w := &walk[T, P]{path: path, trial: q.Trial, yield: yield}
		if err := w.whole(ctx, c.rest, q.Filter, p); err != nil && !errors.Is(err, errEnough) {
			var none T
			yield(none, err)
		}
	}
}

// errEnough ends a walk whose consumer wants no more.
var errEnough = errors.New("enough")

// walk is one reading of a list.
type walk[T any, P item[T]] struct {
	path  string
	trial bool
	yield func(T, error) bool
	tally rest.Tally
	total bool // the pages tell one
	paged bool // the pages tell which they are
	stuck bool // a page before the last one brought nothing new
}

func (w *walk[T, P]) whole(ctx context.Context, c *rest.Client, filter url.Values, p Progress) error {
	for round := 1; ; round++ {
		if err := w.read(ctx, c, filter); err != nil {
			return err
		}
		if w.trial || !w.total || w.tally.Stands() || round == rounds {
			w.conclude(p)
			return nil
		}
	}
}

func (w *walk[T, P]) read(ctx context.Context, c *rest.Client, filter url.Values) error {
	w.tally.Start()
	w.stuck = false
	for record, err := range rest.List(ctx, c, w.path, maps.Clone(filter), w.turn) {
		if err != nil {
			return err
		}
		if !w.yield(record, nil) {
			return errEnough
		}
	}
	return nil
}

// turn reads one page.
func (w *walk[T, P]) turn(page *answer[T], at rest.Page) ([]T, url.Values, error) {
	if page.Data == nil {
		return nil, nil, unexpected(w.path, "page %d has no data", at.Number+1)
	}
	fresh, progress := make([]T, 0, len(*page.Data)), false
	for i := range *page.Data {
		record := P(&(*page.Data)[i].value)
		if err := settled(record); err != nil {
			return nil, nil, unexpected(w.path, "page %d: data[%d]: %v", at.Number+1, i, err)
		}
		isFresh, isNew := w.tally.Take(record.key())
		progress = progress || isNew
		if isFresh {
			fresh = append(fresh, *record)
		}
	}
	total, ok := page.pages().Total.Get()
	w.total, w.paged = ok, page.paged()
	w.tally.Page(total)
	number := at.Number + 1
	if w.trial || !page.goesOn(number) {
		return fresh, nil, nil
	}
	if !progress || page.pages().CurrentPage.Or(int64(number)) != int64(number) {
		w.stuck = true
		return fresh, nil, nil
	}
	at.Query.Set("page", strconv.Itoa(number+1))
	return fresh, at.Query, nil
}

func settled[P interface {
	key() string
	settle() error
}](record P) error {
	if record.key() == "" {
		return errors.New("no id")
	}
	return record.settle()
}

// conclude says what was proven.
func (w *walk[T, P]) conclude(p Progress) {
	t := &w.tally
	switch {
	case w.trial:
		p.Unproven("a trial: one page of the list")
	case w.stuck && !t.Stands():
		p.Truncated("page %d is not the last one and brought nothing new: only %d rows came", t.Pages(), t.Came())
	case !w.total && w.paged:
		p.Unproven("the last page was reached (pages: %d, rows: %d), and the API tells no total", t.Pages(), t.Came())
	case !w.total:
		p.Unproven("the API gives the list in one answer (rows: %d), and neither a total nor whether there is more", t.Came())
	case t.Stands():
		p.Complete("the API's total of %d was met (pages: %d)", t.Total(), t.Pages())
	case !t.Moved() && t.Came() < t.Total():
		p.Truncated("the API counts %d and gave %d, in each of %d readings", t.Total(), t.Came(), rounds)
	default:
		p.Unproven("the list changed while it was read, in each of %d readings", rounds)
	}
}

// answer is a page in any of the framework's shapes: an object with data, links and meta; an object with data and the
// paging beside it; an object with data alone; a bare list.
type answer[T any] struct {
	Data *[]record[T] `json:"data"`
	Meta *paging      `json:"meta"`
	// Links is an object of addresses beside meta, and a list of buttons where the paging lies beside data.
	Links json.RawMessage `json:"links"`
	paging

	Included rest.Ignored `json:"included"` // the product type of a list of imports, which was asked for by its code
}

// paging says where a page stands. Counts are written as numbers and as text.
type paging struct {
	CurrentPage rest.Int `json:"current_page"`
	LastPage    rest.Int `json:"last_page"`
	Total       rest.Int `json:"total"`
	NextPageURL string   `json:"next_page_url"`

	// What the numbers above tell already, and addresses that name other hosts and lose the filters.
	From     rest.Ignored `json:"from"`
	To       rest.Ignored `json:"to"`
	PerPage  rest.Ignored `json:"per_page"`
	Path     rest.Ignored `json:"path"`
	FirstURL rest.Ignored `json:"first_page_url"`
	LastURL  rest.Ignored `json:"last_page_url"`
	PrevURL  rest.Ignored `json:"prev_page_url"`
}

// UnmarshalJSON takes an object, or a bare list.
func (a *answer[T]) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte("[")) {
		return json.Unmarshal(b, &a.Data)
	}
	type plain answer[T]
	return json.Unmarshal(b, (*plain)(a))
}

func (a *answer[T]) pages() *paging {
	if a.Meta != nil {
		return a.Meta
	}
	return &a.paging
}

// next tells whether there is an address of a next page. It is never asked for itself.
func (a *answer[T]) next() bool {
	var links struct {
		Next string `json:"next"`
	}
	// A list of buttons is no object, and has no next.
	_ = json.Unmarshal(a.Links, &links)
	return links.Next != "" || a.pages().NextPageURL != ""
}

func (a *answer[T]) paged() bool {
	_, ok := a.pages().CurrentPage.Get()
	return ok
}

// goesOn tells whether pages come after this one.
func (a *answer[T]) goesOn(number int) bool {
	if last, ok := a.pages().LastPage.Get(); ok {
		return int64(number) < last
	}
	return a.next()
}

// record is a record with its fields in attributes (JSON:API), as the API 2.1 has them, or flat, as the older one has.
type record[T any] struct{ value T }

// UnmarshalJSON takes both shapes.
func (r *record[T]) UnmarshalJSON(b []byte) error {
	var wrapped struct {
		Attributes json.RawMessage `json:"attributes"`
	}
	if err := json.Unmarshal(b, &wrapped); err != nil {
		return err
	}
	if err := json.Unmarshal(b, &r.value); err != nil || wrapped.Attributes == nil {
		return err
	}
	return json.Unmarshal(wrapped.Attributes, &r.value)
}
