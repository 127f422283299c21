package reports

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
)

// The names of pagings in definitions.
const (
	pagingNone   = "none"   // one answer
	pagingSlices = "slices" // pages in the order of time, each beginning where the one before it ended
	pagingOffset = "offset" // limit and offset
	pagingKeyset = "keyset" // limit, and the ids behind the last one
	pagingPage   = "page"   // pages by number
	pagingLink   = "link"   // each page gives the address of the next
)

func describePaging(paging string) string {
	switch paging {
	case pagingSlices:
		return "full pages, each beginning at the second in which the one before it ended, to a short page"
	case pagingOffset:
		return "limit and offset"
	case pagingKeyset:
		return "limit, and ids from the last one on, to a short page"
	case pagingPage:
		return "page by number"
	case pagingLink:
		return "the address of the next page, from each page"
	}
	return "none: one answer"
}

// pagingParams are the parameters that a paging sets. A limit is not among them: it is the size of pages.
func pagingParams(paging string) []string {
	switch paging {
	case pagingSlices:
		return []string{"offset", "order"}
	case pagingOffset:
		return []string{"offset"}
	case pagingKeyset:
		return []string{"offset", "id"}
	case pagingPage, pagingLink:
		return []string{"page"}
	}
	return nil
}

// ownPages says how an API pages.
type ownPages struct {
	api    string
	most   int      // rows of a page
	totals []string // paths of the number of all rows; none if the API has none, or one that is something else
	// short tells that a page below the limit is the last one; else only an empty one is.
	short bool
	// empty tells whether an error is the API's way to say that there is nothing; may be nil.
	empty func(error) bool
}

// walkOwn reads the pages of a call through a client.
func walkOwn(ctx context.Context, client *rest.Client, pages ownPages, call ownCall) iter.Seq2[rest.Record, error] {
	return func(yield func(rest.Record, error) bool) {
		w := &ownWalk{ownPages: pages, call: call, limit: call.PageSize(pageSize(call.Params, pages.most)), total: -1}
		for record, err := range rest.List(ctx, client, call.path, w.first(), w.turn) {
			if err != nil && pages.empty != nil && pages.empty(err) {
				w.ended = "the API says that there is nothing more"
				break
			}
			if err == nil {
				w.came++
			}
			if !yield(record, err) || err != nil {
				return
			}
		}
		w.conclude()
	}
}

// pageSize is the limit that parameters ask for, no more than most.
func pageSize(params url.Values, most int) int {
	if n, err := strconv.Atoi(params.Get("limit")); err == nil && n > 0 {
		return min(n, most)
	}
	return most
}

// ownWalk is one reading of a list.
type ownWalk struct {
	ownPages
	call  ownCall
	limit int

	pages, came int
	total       int64  // -1 if no page told one
	moved       bool   // the total changed while the list was read
	last        []any  // rows of the page before
	ended       string // how the list is known to have ended
	doubt       string // why that is not known
}

func (w *ownWalk) first() url.Values {
	query := maps.Clone(w.call.Params)
	switch w.call.paging {
	case pagingOffset:
		query.Set("offset", "0")
		query.Set("limit", strconv.Itoa(w.limit))
	case pagingKeyset:
		query.Set("limit", strconv.Itoa(w.limit))
	}
	return query
}

// turn reads one page.
func (w *ownWalk) turn(page *rest.Record, at rest.Page) ([]rest.Record, url.Values, error) {
	rows, list, err := w.rowsOf(page.Value)
	if err != nil {
		return nil, nil, err
	}
	w.pages++
	w.count(page.Value)
	records := make([]rest.Record, len(rows))
	for i, row := range rows {
		records[i].Value = row
	}
	if !list {
		w.ended = "the answer is one record"
		return records, nil, nil
	}
	if len(rows) > 0 && w.pages > 1 && reflect.DeepEqual(rows, w.last) {
		w.doubt = "page " + strconv.Itoa(w.pages) + " held the rows of the page before it again: the path seems to have no pages"
		return nil, nil, nil
	}
	w.last = rows
	next, err := w.next(page.Value, rows, at)
	if w.call.Limit > 0 {
		w.doubt, next = "a trial: one page of the list", nil
	}
	return records, next, err
}

// rowsOf finds the list in an answer. An object in its place is a list of one.
func (w *ownWalk) rowsOf(answer any) (rows []any, list bool, err error) {
	found, err := w.call.rows.find(answer)
	switch {
	case err != nil:
		return nil, false, ownUnexpected(w.api, w.call.path, "rows: %v", err)
	case len(found) == 0:
		return nil, false, w.noRows(answer)
	}
	switch v := found[0].(type) {
	case []any:
		return v, true, nil
	case map[string]any:
		return []any{v}, false, nil
	}
	return nil, false, ownUnexpected(w.api, w.call.path, "rows: %s: %s where a list was expected", w.call.rows.text, describeValue(found[0]))
}

// noRows is the error for an answer in which there is nothing where the list should be.
func (w *ownWalk) noRows(answer any) error {
	if null := nullAt(answer, w.call.rows.steps, ""); null != "" {
		return ownUnexpected(w.api, w.call.path, "rows: %s", null)
	}
	return ownUnexpected(w.api, w.call.path, "rows: %s is missing%s", w.call.rows.text, membersOf(answer))
}

// membersOf lists what an answer has instead.
func membersOf(answer any) string {
	members, _ := answer.(map[string]any)
	if len(members) == 0 || len(members) > 20 {
		return ""
	}
	return ": the answer has " + strings.Join(slices.Sorted(maps.Keys(members)), ", ")
}

// count notes what a page gives as the total.
func (w *ownWalk) count(answer any) {
	for _, text := range w.totals {
		path, err := compilePath(text)
		if err != nil {
			continue
		}
		found, err := path.find(answer)
		if err != nil || len(found) == 0 {
			continue
		}
		number, _ := scalarText(found[0])
		if n, err := strconv.ParseInt(number, 10, 64); err == nil {
			w.moved = w.moved || w.total >= 0 && n != w.total
			w.total = n
			return
		}
	}
}

// next is the query of the next page, nil at the end.
func (w *ownWalk) next(answer any, rows []any, at rest.Page) (url.Values, error) {
	switch w.call.paging {
	case pagingOffset:
		return w.nextOffset(rows, at), nil
	case pagingKeyset:
		return w.nextKeys(rows, at)
	case pagingPage:
		return w.nextNumber(answer, rows, at), nil
	case pagingLink:
		return w.nextLink(answer, at)
	}
	return nil, nil
}

func (w *ownWalk) nextOffset(rows []any, at rest.Page) url.Values {
	offset, err := strconv.Atoi(at.Query.Get("offset"))
	if err != nil {
		return nil
	}
	offset += len(rows)
	switch {
	case len(rows) > w.limit:
		w.doubt = "more rows came than were asked for: the path seems to have no pages"
		return nil
	case w.total >= 0 && int64(offset) >= w.total:
		return nil
	case len(rows) == 0 || w.short && len(rows) < w.limit:
		w.endedShort(len(rows))
		return nil
	}
	at.Query.Set("offset", strconv.Itoa(offset))
	return at.Query
}

func (w *ownWalk) endedShort(rows int) {
	w.ended = "page " + strconv.Itoa(w.pages) + " was short (" + strconv.Itoa(rows) + " of " + strconv.Itoa(w.limit) + " rows), so that the list ends there"
}

// nextKeys goes on behind the last id.
func (w *ownWalk) nextKeys(rows []any, at rest.Page) (url.Values, error) {
	if len(rows) < w.limit {
		w.endedShort(len(rows))
		return nil, nil
	}
	record, _ := rows[len(rows)-1].(map[string]any)
	text, _ := scalarText(record["id"])
	last, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, ownUnexpected(w.api, w.call.path, "row %d of page %d has no id that is a number: expected paging=offset", len(rows), w.pages)
	}
	before, _, _ := strings.Cut(strings.TrimPrefix(at.Query.Get("id"), "["), ",")
	if n, err := strconv.ParseInt(before, 10, 64); err == nil && last < n {
		return nil, ownUnexpected(w.api, w.call.path, "page %d: the ids are not in order", w.pages)
	}
	at.Query.Set("id", "["+strconv.FormatInt(last+1, 10)+",]")
	return at.Query, nil
}

// nextNumber goes on until the last page that the answer tells, or else while it gives the address of a next one.
func (w *ownWalk) nextNumber(answer any, rows []any, at rest.Page) url.Values {
	last, err := strconv.Atoi(firstText(answer, "meta.last_page", "last_page"))
	if err == nil && w.pages >= last || err != nil && nextAddress(answer) == "" {
		return nil
	}
	if len(rows) == 0 {
		w.doubt = "page " + strconv.Itoa(w.pages) + " was empty, and not the last one"
		return nil
	}
	at.Query.Set("page", strconv.Itoa(w.pages+1))
	return at.Query
}

// nextLink takes the parameters of the next page's address, and of this page what the address does not say. The address
// itself is never asked: it may name another host.
func (w *ownWalk) nextLink(answer any, at rest.Page) (url.Values, error) {
	address := nextAddress(answer)
	if address == "" {
		w.ended = "the last page names no next one"
		return nil, nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, ownUnexpected(w.api, w.call.path, "page %d: the address of the next page is none", w.pages)
	}
	maps.Copy(at.Query, u.Query())
	return at.Query, nil
}

func nextAddress(answer any) string { return firstText(answer, "links.next", "next_page_url", "next") }

// firstText is the first text or number at one of the paths.
func firstText(answer any, paths ...string) string {
	for _, text := range paths {
		path, err := compilePath(text)
		if err != nil {
			continue
		}
		found, err := path.find(answer)
		if err != nil || len(found) == 0 {
			continue
		}
		switch v := found[0].(type) {
		case string:
			return v
		case json.Number:
			return v.String()
		}
	}
	return ""
}

// conclude says what was proven.
func (w *ownWalk) conclude() {
	p := w.call.Proof
	switch {
	case w.doubt != "":
		p.Unproven("%s (rows: %d)", w.doubt, w.came)
		if w.total > int64(w.came) && w.call.Limit == 0 { // a trial is not meant to give all rows
			w.missed()
		}
	case w.moved:
		p.Unproven("the API's total changed while the list was read (pages: %d, rows: %d)", w.pages, w.came)
	case w.total >= 0 && int64(w.came) == w.total:
		p.Complete("the API's total of %d was met (pages: %d)", w.total, w.pages)
	case w.total > int64(w.came):
		w.missed()
	case w.total >= 0:
		p.Unproven("the API counts %d rows and gave %d (pages: %d)", w.total, w.came, w.pages)
	case w.ended != "":
		p.Complete("%s (rows: %d)", w.ended, w.came)
	default:
		p.Unproven("the list was read to its end (pages: %d, rows: %d), and the API tells no total", w.pages, w.came)
	}
}

// missed says that fewer rows came than the API counts.
func (w *ownWalk) missed() {
	w.call.Proof.Truncated("the API counts %d rows and gave %d (pages: %d)", w.total, w.came, w.pages)
}

// checkLimit refuses a limit that is no size of a page.
func checkLimit(d *ownDefinition, most int) error {
	if !d.params.Has("limit") || d.paging == pagingNone {
		return nil
	}
	if n, err := strconv.Atoi(d.params.Get("limit")); err != nil || n < 1 || n > most {
		return errors.New("limit: expected the number of rows of a page, 1 to " + strconv.Itoa(most))
	}
	return nil
}
