package sipgate

import (
	"context"
	"errors"
	"iter"
	"maps"
	"net/url"
	"strconv"

	"github.com/reportjob/reportjob/clients/rest"
)

const (
	listPage = 250 // rows a page: contacts may hold a picture each
	readings = 3   // how often a list that changes while it is read is read again at most
)

// reading walks a list by limit and offset once, from its first page to its last.
//
// Every page begins with the last row of the page before it. If it does not, rows went while the list was read, and one
// may have slipped through between the pages, even where the number of rows is what the API says it is: when one row
// goes and another one comes. The API may cut a page below the limit; the next offset follows from what came.
type reading[T any] struct {
	path  string
	check func(*T) error
	id    func(*T) string
	once  bool        // one page and no more
	sure  bool        // the API always tells the number of all rows
	tally *rest.Tally // of all readings

	counted bool   // whether every page told the number of all rows
	expect  string // the id with which the next page has to begin; empty where the page before had but one row
	gap     bool   // a page did not begin where the one before it ended
	ended   bool   // the last page showed that nothing follows
	pages   int
	totals  rest.Tally // this reading's
}

// start begins the reading.
func (r *reading[T]) start() {
	r.tally.Start()
	r.counted = true
}

// turn reads one page and gives its rows that did not come in any reading before.
func (r *reading[T]) turn(page *paging[T], at rest.Page) ([]T, url.Values, error) {
	if page.Items == nil {
		return nil, nil, unexpected(r.path, "page %d has no items", at.Number+1)
	}
	total, counted, err := r.count(page, at)
	if err != nil {
		return nil, nil, err
	}
	items, begins := *page.Items, len(*page.Items) == 0 && r.expect == ""
	var kept []T
	progress := false
	for i := range items {
		if err := r.check(&items[i]); err != nil {
			return nil, nil, unexpected(r.path, "page %d: items[%d]: %v", at.Number+1, i, err)
		}
		id := r.id(&items[i])
		fresh, isNew := r.tally.Take(id)
		if i == 0 {
			// Rows that came meanwhile push the others back: then the page begins with a row further in front.
			begins = r.expect == "" || id == r.expect || counted && !isNew
		}
		if progress = progress || isNew; fresh {
			kept = append(kept, items[i])
		}
	}
	r.gap = r.gap || !begins
	offset, err := strconv.Atoi(at.Query.Get("offset"))
	if err != nil {
		return nil, nil, err
	}
	// A total below the rows that came says nothing about where the list ends.
	met := int64(offset+len(items)) >= total && r.tally.Came() <= total
	if r.last(len(items), progress, counted, met) {
		return kept, nil, nil
	}
	offset, r.expect = offset+1, ""
	if len(items) > 1 {
		offset, r.expect = offset+len(items)-2, r.id(&items[len(items)-1])
	}
	at.Query.Set("offset", strconv.Itoa(offset))
	return kept, at.Query, nil
}

// count notes what a page gives as the number of all rows.
func (r *reading[T]) count(page *paging[T], at rest.Page) (total int64, counted bool, err error) {
	total, counted = page.TotalCount.Get()
	switch {
	case r.sure && !counted:
		return 0, false, unexpected(r.path, "page %d has no totalCount", at.Number+1)
	case total < 0:
		return 0, false, unexpected(r.path, "page %d: totalCount: %d", at.Number+1, total)
	}
	r.counted = r.counted && counted
	r.tally.Page(total)
	r.pages++
	return total, counted, nil
}

// last tells whether a page of so many rows is the last one to ask for, and notes whether that is certain. Where the API
// does not count, only a page that has nothing but the row with which it has to begin is.
func (r *reading[T]) last(rows int, progress, counted, met bool) bool {
	if counted {
		r.ended = met
		return met || !progress || r.once
	}
	r.ended = rows == 0 || !progress && rows == 1 && r.expect != ""
	return !progress || r.once
}

// stands tells whether the reading holds every row.
func (r *reading[T]) stands() bool {
	if !r.counted {
		return r.ended && !r.gap
	}
	return r.totals.Stands() && !r.gap
}

// conclude says what the reading proves, the last one of so many as are allowed.
func (r *reading[T]) conclude(what string, p Progress) {
	t := &r.totals
	switch {
	case r.stands() && r.counted:
		p.Complete("%s: the API's total of %d was met (pages: %d)", what, t.Total(), t.Pages())
	case r.stands():
		p.Complete("%s: every page went on where the one before it ended, and nothing followed the last (rows: %d, pages: %d)", what, t.Came(), r.pages)
	case r.counted && !t.Moved() && t.Came() < t.Total():
		p.Truncated("%s: the API counts %d and gave %d, in each of %d readings", what, t.Total(), t.Came(), readings)
	case r.counted && !t.Moved() && t.Came() > t.Total():
		p.Unproven("%s: the API counts %d and gave %d, in each of %d readings: its total is not to be believed, and the list was read on to a page with nothing new",
			what, t.Total(), t.Came(), readings)
	case r.counted:
		p.Unproven("%s: it changed while it was read, in each of %d readings", what, readings)
	default:
		p.Unproven("%s: it changed while it was read, or the API gives one page again and again, in each of %d readings", what, readings)
	}
}

// read walks the list and gives fresh rows to take, until take wants no more.
func (r *reading[T]) read(ctx context.Context, c *Client, query url.Values, take func(T) bool) error {
	r.start()
	for row, err := range rest.List(ctx, c.rest, r.path, query, r.turn) {
		if err != nil {
			return err
		}
		if !take(row) {
			return errEnough
		}
	}
	r.totals = *r.tally
	return nil
}

// errEnough ends a reading whose consumer wants no more.
var errEnough = errors.New("enough")

// paged reads a list that comes page by page. It is read again, three times at most, if it changed meanwhile; only rows
// that did not come before are given. Memory grows by an id with every row.
func paged[T any](ctx context.Context, c *Client, what string, of part, q Query, check func(*T) error, id func(*T) string, p Progress) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		query, limit := maps.Clone(q.Filter), listPage
		if query == nil {
			query = url.Values{}
		}
		if q.Limit > 0 {
			limit = min(limit, q.Limit)
			p.Unproven("a trial: one page of the %s", what)
		}
		query.Set("limit", strconv.Itoa(limit))
		query.Set("offset", "0")
		var tally rest.Tally
		for n := 1; ; n++ {
			r := &reading[T]{path: of.path, check: check, id: id, once: q.Limit > 0, tally: &tally}
			err := r.read(ctx, c, query, func(row T) bool { return yield(row, nil) })
			switch {
			case errors.Is(err, errEnough) || err == nil && q.Limit > 0:
				return
			case err != nil:
				yield(none, c.explain(err, of.scope))
				return
			case r.stands() || n == readings:
				r.conclude(what, p)
				return
			}
		}
	}
}
