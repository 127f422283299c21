package secureaccess

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"strconv"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// activity is a listing of events, one row a request that somebody made.
type activity struct {
	counted Traffic  // what total-requests calls these events; All if it does not count them
	ordered bool     // the listing can be asked for its oldest rows first
	seconds bool     // the times of rows are seconds and no milliseconds
	single  bool     // the listing knows no offset: a window shows one page
	widest  int64    // seconds that a request may span at most; 0: any number
	splits  []filter // by which a second that fills a page can be split, one after the other
}

// filter is a parameter, or a header, each of whose values lets through other rows.
type filter struct {
	name   string
	values []string // nil: those that are found in the rows
}

// verdicts is the filter that most listings have. Rows with another verdict are told from the rest by what they say.
func verdicts() filter { return filter{"verdict", []string{"allowed", "blocked"}} }

// identities is the filter whose values are found in the rows. Rows of several identities are let through by each of them.
func identities() filter { return filter{name: IdentityIDs} }

// recordable is a row of such a listing.
type recordable[T any] interface {
	*T
	checker
	millis() int64
	// side is the value of a filter that lets the row through, or anything else if none does; of identities all that there
	// are, with commas between them.
	side(filter string) string
	// quick compares the fields in which events of one second usually differ.
	quick(*T) int
}

// events reads all events of a window in the order of their times, each once, and compares their number with the API's
// own total. Memory holds some pages, whatever the number of events.
func events[T any, E recordable[T]](ctx context.Context, r request, a activity) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		l, o := listingOf[T, E](r, a), open[T, E]()
		if r.q.Limit > 0 {
			o.try(ctx, r, l, yield)
			return
		}
		whole := true
		var unsettled []string // doubts that the API's own total settles if it is met
		l.doubt = func(format string, args ...any) {
			if whole = false; format == openSecond {
				unsettled = append(unsettled, fmt.Sprintf(format, args...))
				return
			}
			r.p.Unproven(format, args...)
		}
		l.loss = func(format string, args ...any) { whole = false; r.p.Truncated(format, args...) }
		from, to := r.seconds()
		n, more := o.all(l.events(ctx, from, to), yield)
		if !more {
			return
		}
		if whole {
			r.p.Complete("every second of the window was read, and the last page was short: there are %s rows", grouped(n))
		}
		r.aged(n)
		met, err := r.compare(ctx, a, n)
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		for _, doubt := range unsettled {
			if !met {
				r.p.Unproven("%s", doubt)
			}
		}
	}
}

// listingOf tells the slicing what it needs to know about this listing.
func listingOf[T any, E recordable[T]](r request, a activity) listing[event] {
	l := listing[event]{
		second:  func(e *event) int64 { return e.at },
		compare: func(*event, *event) int { return 0 }, // records are put in order when they are made
		limit:   r.size(),
		offset:  maxOffset,
		widest:  a.widest,
		atOnce:  r.c.atOnce,
		warn:    r.p.Warn,
		strange: r.unexpected,
	}
	if a.single {
		l.offset = 0
	}
	for _, f := range a.splits {
		if i := len(l.parts); !r.q.Params.Has(f.name) {
			l.parts = append(l.parts, dimension[event]{f.name, f.values, func(e *event) string { return e.sides[i] }})
		}
	}
	parts := l.parts
	l.fetch = func(ctx context.Context, p page) ([]event, error) {
		r := r.narrowed(p.only)
		list, err := fetchEvents[T, E](ctx, r, r.events(a, p))
		if err != nil {
			return nil, fmt.Errorf("events from %s to %s: %w", clock(p.from), clock(p.to), err)
		}
		if p.to-p.from == 1 {
			open[T, E]().sides(list, parts) // It may be a crowded one.
		}
		return list, nil
	}
	return l
}

// narrowed is the same request for fewer rows.
func (r request) narrowed(only []choice) request {
	if len(only) == 0 {
		return r
	}
	params := maps.Clone(r.q.Params)
	if params == nil {
		params = url.Values{}
	}
	for _, c := range only {
		params.Set(c.name, c.value)
	}
	r.q.Params = params
	return r
}

// events is the query of one page.
func (r request) events(a activity, p page) url.Values {
	query := r.window(p.from, p.to)
	query.Set("limit", strconv.Itoa(p.limit))
	if !a.single {
		query.Set("offset", strconv.Itoa(p.offset))
	}
	if a.ordered {
		query.Set("order", "asc")
	}
	return query
}

// try reads one page, to see whether the listing can be had.
func (o *opening[T, E]) try(ctx context.Context, r request, l listing[event], yield func(T, error) bool) {
	from, to := r.seconds()
	if l.widest > 0 {
		from = max(from, to-l.widest)
	}
	list, err := l.fetch(ctx, page{from: from, to: to, limit: l.limit})
	for _, e := range list {
		var record T
		o.record(e, &record)
		if !yield(record, nil) {
			return
		}
	}
	if err != nil {
		var none T
		yield(none, err)
		return
	}
	r.p.Unproven("no more than %s rows were asked for", grouped(l.limit))
}

// compareEvents puts events in an order that follows from what they say alone, since the API promises none within a
// second. Events that compare as equal are equal.
func compareEvents[T any, E recordable[T]](a, b *T) int {
	if c := cmp.Or(cmp.Compare(E(a).millis(), E(b).millis()), E(a).quick(b)); c != 0 {
		return c
	}
	// Records hold nothing that cannot be encoded.
	left, _ := json.Marshal(a)
	right, _ := json.Marshal(b)
	return bytes.Compare(left, right)
}

// totals are the filters that total-requests has, too: with any other one its number is about something else.
func totals(filter string) bool {
	switch filter {
	case "domains", "urls", "categories", "policycategories", "ip", "ports", "identityids", "identitytypes", "applicationid", "ruleid",
		"verdict", "securityoverridden", "bundleid", "threats", "threattypes", "ampdisposition", "antivirusthreats",
		"datalosspreventionstate", "filternoisydomains", "timezone":
		return true
	}
	return false
}

// comparable tells whether the API's total is about the same events.
func (r request) comparable(a activity) bool {
	for name := range r.q.Params {
		if name != TrafficType && !totals(name) {
			return false
		}
	}
	return a.counted != All
}

// compare holds the number of rows against the API's own total. The pages have proven themselves by then, and a total
// that cannot be had is no loss; one that differs is a reason to doubt them:
//
//   - While requests of the window may still be arriving, the two may differ, and nothing is proven.
//   - One row in a hundred, or more, short of the total is known to be missing.
//   - Any other difference proves nothing: the total comes from another store, which may count a little otherwise.
func (r request) compare(ctx context.Context, a activity, n int) (met bool, err error) {
	if !r.comparable(a) {
		return false, nil
	}
	total, err := r.total(ctx, a.counted)
	if err != nil {
		if ctx.Err() != nil {
			return false, err
		}
		r.p.Warn("the API's total could not be had to compare with: %v", err)
		return false, nil
	}
	switch missing := total - int64(n); {
	case missing == 0:
		r.p.Complete("the API's own total of %s was met", grouped(n))
	case r.moving():
		r.p.Unproven("the API counts %s requests by now, and %s rows were read: the window ended less than an hour before",
			grouped(int(total)), grouped(n))
	case missing > 0 && missing*100 >= total:
		r.p.Truncated("the API counts %s requests, and lists %s of them", grouped(int(total)), grouped(n))
	default:
		r.p.Unproven("the API counts %s requests, and lists %s", grouped(int(total)), grouped(n))
	}
	return total == int64(n), nil
}

// total asks how many requests of a sort there were in the window.
func (r request) total(ctx context.Context, traffic Traffic) (int64, error) {
	q := request{c: r.c, path: "/total-requests/" + traffic, q: r.q, p: r.p}
	answer, err := fetch[TotalRequests](ctx, q, q.window(q.seconds()))
	if err != nil {
		return 0, err
	}
	n, ok := answer.Count.Get()
	if !ok {
		return 0, q.unexpected("data.count: missing")
	}
	return n, nil
}

// moving tells whether requests of the window may still be arriving.
func (r request) moving() bool { return r.q.To.After(r.c.now().Add(-settledAfter)) }

// aged says what it means that a window as old as that is empty.
func (r request) aged(n int) {
	if n == 0 && r.q.lasts() && r.q.To.Before(r.c.now().Add(-retention)) {
		r.p.Unproven("the API keeps requests for 30 days and answers older windows with nothing: an empty one proves nothing")
	}
}

// floorDiv rounds towards the past.
func floorDiv(a, b int64) int64 {
	if a%b < 0 {
		return a/b - 1
	}
	return a / b
}

// instant is a time in milliseconds; nothing if there is none.
func instant(ms rest.Int) time.Time {
	if n, ok := ms.Get(); ok && n != 0 {
		return time.UnixMilli(n)
	}
	return time.Time{}
}
