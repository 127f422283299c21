package secureaccess

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// Parameters that the API reads from headers, on every report that knows them.
const (
	TimeRange   = "timerange"      // how long the parts of a time series are: minute, hour or day
	TrafficType = "x-traffic-type" // sorts of traffic, comma-separated
)

// Query is what is asked for.
type Query struct {
	From, To time.Time  // the window [From, To); none if both are zero, for lists of the present
	Params   url.Values // the API's filters, passed on as they are; TimeRange and TrafficType as headers
	Limit    int        // rows that are wanted at most, to try a report out; 0: all
	PageSize int        // rows of a page, if fewer than the Config's are wanted; 0: the Config's
}

// Progress is told what is learnt about completeness while a report is read, by several goroutines at once.
type Progress interface {
	Complete(format string, args ...any)
	Unproven(format string, args ...any)
	Truncated(format string, args ...any)
	Warn(format string, args ...any)
	Account(account string)
}

// Traffic is the {type} at the end of a path that counts one sort of traffic alone, such as "dns"; All is all of them.
type Traffic = string

// All is all sorts of traffic.
const All Traffic = ""

// envelope is around every answer.
type envelope[T any] struct {
	Data *T              `json:"data"`
	Meta json.RawMessage `json:"meta"`
}

// checker is a record that can tell which field it lacks.
type checker interface {
	lacks() string
}

// request is one report that is being read.
type request struct {
	c    *Client
	path string // below the base, such as "/top-identities/dns"
	q    Query
	p    Progress
}

func (c *Client) request(path string, traffic Traffic, q Query, p Progress) request {
	if traffic != All {
		path += "/" + traffic
	}
	if oldest := c.now().Add(-retention); q.lasts() && q.From.Before(oldest) {
		p.Warn("the window begins on %s, and the API keeps requests for 30 days: older ones may be gone", q.From.UTC().Format(time.DateOnly))
	}
	if q.To.After(c.now()) {
		p.Warn("the window ends on %s, and is not over yet", q.To.UTC().Format(time.RFC3339))
	}
	return request{c, path, q, p}
}

// lasts tells whether there is a window.
func (q Query) lasts() bool { return !q.To.IsZero() }

// window is the query of a window, with both ends included: events lie on whole seconds, so that the last millisecond
// of the window's last second is right whether the API counts it in or not.
func (r request) window(from, to int64) url.Values {
	query := url.Values{}
	maps.Copy(query, r.q.Params)
	delete(query, TimeRange)
	delete(query, TrafficType)
	if !r.q.lasts() {
		return query
	}
	query.Set("from", strconv.FormatInt(from*1000, 10))
	query.Set("to", strconv.FormatInt(to*1000-1, 10))
	return query
}

// header holds the parameters that are headers; nil if there are none.
func (r request) header() http.Header {
	var header http.Header
	for _, name := range []string{TimeRange, TrafficType} {
		if values := r.q.Params[name]; len(values) > 0 {
			if header == nil {
				header = http.Header{}
			}
			header[name] = values
		}
	}
	return header
}

// seconds are the window's first second and the one behind its last.
func (r request) seconds() (from, to int64) {
	return firstSecond(r.q.From), firstSecond(r.q.To)
}

// firstSecond is the first whole second that is not before t.
func firstSecond(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

// size is how many rows to ask for in a page.
func (r request) size() int {
	size := r.c.page
	for _, wanted := range []int{r.q.PageSize, r.q.Limit} {
		if wanted > 0 {
			size = min(size, wanted)
		}
	}
	return size
}

// fetch asks for one answer, and says what its meta tells.
func fetch[T any](ctx context.Context, r request, query url.Values) (*T, error) {
	var answer envelope[T]
	if err := r.c.rest.Ask(ctx, r.asking(query), &answer); err != nil {
		return nil, err
	}
	return answer.Data, r.judge(answer.Data != nil, answer.Meta)
}

// asking is what to ask for a query.
func (r request) asking(query url.Values) rest.Request {
	return rest.Request{Path: r.path, Query: query, Header: r.header()}
}

// judge refuses an answer without data, and says what its meta tells.
func (r request) judge(data bool, meta json.RawMessage) error {
	r.p.Account(r.c.account())
	if !data {
		return r.unexpected("data: missing")
	}
	if failed := failedSources(meta); len(failed) > 0 {
		r.p.Truncated("the API could not ask all of its sources: %s failed", strings.Join(failed, ", "))
	}
	return nil
}

// fetchRows asks for one page.
func fetchRows[T any](ctx context.Context, r request, query url.Values) ([]T, error) {
	rows, err := fetch[[]T](ctx, r, query)
	if err != nil {
		return nil, err
	}
	for i := range *rows {
		if c, ok := any(&(*rows)[i]).(checker); ok {
			if field := c.lacks(); field != "" {
				return nil, r.unexpected("data[%d].%s: missing", i, field)
			}
		}
	}
	return *rows, nil
}

// unexpected is the error for an answer that is not what the API documents.
func (r request) unexpected(format string, args ...any) error {
	return &rest.Error{API: api, Path: r.path, Kind: rest.Unexpected, Text: fmt.Sprintf(format, args...)}
}

// failedSources lists what a partial answer says did not work: strings or objects, as it pleases.
func failedSources(meta json.RawMessage) []string {
	var m struct {
		Failed []json.RawMessage `json:"failed"`
	}
	// Usually meta is an empty object, and nothing is promised about it.
	_ = json.Unmarshal(meta, &m)
	names := make([]string, 0, len(m.Failed))
	for _, raw := range m.Failed {
		var name string
		if json.Unmarshal(raw, &name) != nil {
			name = string(raw)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// object reads a report of one record. More is what the API wants to be told besides the window.
func object[T any](ctx context.Context, r request, more url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		query := r.window(r.seconds())
		maps.Copy(query, more)
		record, err := fetch[T](ctx, r, query)
		if err == nil {
			if c, ok := any(record).(checker); ok && c.lacks() != "" {
				err = r.unexpected("data.%s: missing", c.lacks())
			}
		}
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		if s, ok := any(record).(interface{ setSpan(from, to time.Time) }); ok {
			s.setSpan(r.q.From, r.q.To)
		}
		r.p.Complete("one answer holds all there is")
		yield(*record, nil)
	}
}

// defaultRows is how many rows a page has if nobody says how many it should have.
const defaultRows = 100

// whole reads a list that the API gives in one answer, since it documents neither pages nor a limit for it.
func whole[T any](ctx context.Context, r request) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		list, err := fetchRows[T](ctx, r, r.window(r.seconds()))
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		switch {
		case r.q.Limit > 0 && r.q.Limit < len(list):
			list = list[:r.q.Limit]
			r.tried(r.q.Limit)
		case len(list) == defaultRows:
			r.p.Unproven("the answer has %d rows, which is a page of the API where no limit is named, and this list takes none", len(list))
		default:
			r.aged(len(list))
			r.p.Complete("one answer holds all there is, %s rows", grouped(len(list)))
		}
		for i := range list {
			if !yield(list[i], nil) {
				return
			}
		}
	}
}

// unfold makes rows of records that hold several. No more are given than the query wants.
func unfold[B, T any](r request, records iter.Seq2[B, error], rowsOf func(*B) []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		n := 0
		for record, err := range records {
			if err != nil {
				yield(none, err)
				return
			}
			for _, row := range rowsOf(&record) {
				if n++; r.q.Limit > 0 && n > r.q.Limit {
					r.tried(r.q.Limit)
					break
				}
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// tried says that a report was tried out, and not read.
func (r request) tried(rows int) { r.p.Unproven("no more than %s rows were asked for", grouped(rows)) }

// rows reads a report of aggregated rows: pages by limit and offset, to a short one. The API's order is kept.
func rows[T any](ctx context.Context, r request) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var before []T
		for offset, total, page := 0, 0, 1; ; page++ {
			list, err := fetchRows[T](ctx, r, pageQuery(r.window(r.seconds()), r.size(), offset))
			if err == nil {
				err = follows(r, list, before, r.size())
			}
			if err != nil {
				var none T
				yield(none, fmt.Errorf("page %d: %w", page, err))
				return
			}
			for i := range list {
				if !yield(list[i], nil) {
					return
				}
			}
			before, total, offset = list, total+len(list), offset+r.size()
			if r.ended(page, len(list), total, offset) {
				return
			}
		}
	}
}

// follows refuses a page that shows that the API does not mind limit or offset, so that some rows would come several times
// and others not at all: one that is full and the same as the page before it, or one of more rows than were asked for. A
// trial asks for so few that a list which always comes whole has more, and that may be no more than a real page holds.
func follows[T any](r request, list, before []T, limit int) error {
	switch {
	case len(list) > limit && r.q.Limit == 0:
		return r.unexpected("%s rows, where no more than %s were asked for", grouped(len(list)), grouped(limit))
	case len(list) >= limit && repeats(list, before):
		return r.unexpected("the page before it once more")
	}
	return nil
}

// repeats tells whether a page is the one before it once more.
func repeats[T any](list, before []T) bool { return len(before) > 0 && reflect.DeepEqual(list, before) }

// ended tells whether a page was the last one, and says why.
func (r request) ended(page, got, total, next int) bool {
	switch {
	case r.q.Limit > 0:
		r.tried(r.size())
	case got < r.size():
		r.aged(total)
		r.p.Complete("page %d was short (%s of %s rows), so that the listing ends there, with %s rows",
			page, grouped(got), grouped(r.size()), grouped(total))
	case next > maxOffset && !r.q.lasts():
		r.p.Truncated("the API lists no more than %s rows; with a filter there would be fewer", grouped(total))
	case next > maxOffset:
		r.p.Truncated("the API lists no more than %s rows of a window; a shorter window would hold fewer", grouped(total))
	default:
		return false
	}
	return true
}

// clock writes a second for people.
func clock(second int64) string { return time.Unix(second, 0).UTC().Format(time.RFC3339) }
