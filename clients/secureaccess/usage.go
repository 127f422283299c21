package secureaccess

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// Reports about the use of the service itself: what was transferred through it, and who asked its API. Their windows
// are written as RFC 3339 has them.

// written is the window of a report about usage.
func (q Query) written() url.Values {
	query := cloned(q.Params)
	query.Set("from", q.From.UTC().Format(time.RFC3339))
	query.Set("to", q.To.UTC().Format(time.RFC3339))
	return query
}

// usage is a request about usage, whose window may reach back further than that of traffic.
func (c *Client) usage(path string, q Query, p Progress) request {
	if q.To.After(c.now()) {
		p.Warn("the window ends on %s, and is not over yet", q.To.UTC().Format(time.RFC3339))
	}
	return request{c, path, q, p}
}

// UsageMetric is what a product transferred in one interval.
type UsageMetric struct {
	OrganizationID rest.Int `json:"organization_id"` // some answers write it as 5432871.0
	Product        string   `json:"product"`         // such as "SWG"
	RegisteredAt   Stamp    `json:"registered_at"`
	Items          struct {
		BytesIn  rest.Int `json:"bytes_in_delta"`
		BytesOut rest.Int `json:"bytes_out_delta"`
	} `json:"usage_meter_items"`
}

func (u *UsageMetric) lacks() string {
	switch {
	case u.RegisteredAt.text == "":
		return "registered_at"
	case u.Product == "":
		return "product"
	}
	return cmp.Or(missing("usage_meter_items.bytes_in_delta", u.Items.BytesIn), missing("usage_meter_items.bytes_out_delta", u.Items.BytesOut))
}

func (u *UsageMetric) odd() string { return u.RegisteredAt.odd("registered_at") }

// metering is a page of usage.
type metering struct {
	StatusCode rest.Int `json:"statusCode"` // of another server behind this one; 0 where all is well
	Body       struct {
		Usages *[]UsageMetric `json:"usages"`
	} `json:"body"`
	Next string `json:"next"` // the address of the next page, at a host that need not be the right one
}

// meter reads the pages of usage.
type meter struct {
	r     request
	last  []UsageMetric
	pages int
	read  int
}

// UsageMetrics lists what products transferred, by the interval time_grouping_interval. The organisation is the
// token's if organization_id is not given. (GET /reports/v2/usage/metrics)
func (c *Client) UsageMetrics(ctx context.Context, q Query, p Progress) iter.Seq2[UsageMetric, error] {
	return func(yield func(UsageMetric, error) bool) {
		if q.Params.Get("organization_id") == "" {
			organisation, err := c.organisation(ctx)
			if err == nil && organisation == "" {
				err = &rest.Error{API: api, Path: "/usage/metrics", Kind: rest.Rejected, Text: "the token does not say which organisation it is of",
					Hint: "set SECUREACCESS_ORG_ID, or organization_id in PARAMS_SECUREACCESS_USAGE_METRICS"}
			}
			if err != nil {
				yield(UsageMetric{}, err)
				return
			}
			q = q.with("organization_id", organisation)
		}
		m := &meter{r: c.usage("/usage/metrics", q, p)}
		for metric, err := range rest.List(ctx, c.rest, m.r.path, q.written(), m.turn) {
			if err != nil {
				err = fmt.Errorf("page %d: %w", m.pages+1, err)
			}
			if !yield(metric, err) || err != nil {
				return
			}
		}
		if q.Limit > 0 {
			p.Unproven("no more than one page was asked for")
			return
		}
		p.Complete("page %d names no page after it, so that the listing ends there, with %s rows", m.pages, grouped(m.read))
	}
}

// turn reads a page.
func (m *meter) turn(page *metering, at rest.Page) ([]UsageMetric, url.Values, error) {
	m.r.p.Account(m.r.c.account())
	if status := page.StatusCode.Or(0); status >= http.StatusBadRequest {
		return nil, nil, m.r.unexpected("statusCode: %d in an answer that says that all is well", status)
	}
	if page.Body.Usages == nil {
		return nil, nil, m.r.unexpected("body.usages: missing")
	}
	list := *page.Body.Usages
	for i := range list {
		if err := m.r.sound(fmt.Sprintf("body.usages[%d].", i), &list[i]); err != nil {
			return nil, nil, err
		}
	}
	if len(list) > 0 && slices.Equal(list, m.last) {
		return nil, nil, m.r.unexpected("next: the page that it names is the page before it once more")
	}
	m.last = list
	m.pages++
	m.read += len(list)
	if page.Next == "" || m.r.q.Limit > 0 {
		return list, nil, nil
	}
	next, err := m.next(page.Next, at)
	return list, next, err
}

// next is our own query with the page that an address names, the following one if it names none.
func (m *meter) next(address string, at rest.Page) (url.Values, error) {
	to, err := url.Parse(address)
	if err != nil {
		return nil, m.r.unexpected("next: an address that cannot be read")
	}
	now := max(1, number(at.Query, "page"))
	following := now + 1
	if to.Query().Has("page") {
		if following = number(to.Query(), "page"); following <= now {
			return nil, m.r.unexpected("next: page %d follows page %d", following, now)
		}
	}
	query := maps.Clone(at.Query)
	query.Set("page", strconv.Itoa(following))
	return query, nil
}

// Called is a path of the API with the number of requests to it.
type Called struct {
	Path  string   `json:"path"`
	Verb  string   `json:"verb"`
	Count rest.Int `json:"count"`
}

// APICalls is how often a program, a status or a key had to do with one path. Of an item without any path there is one
// with nothing but its sum.
type APICalls struct {
	From, To string   // as the API says that it counted
	All      rest.Int // all requests of the window
	Item     APIItem
	Called   Called
}

// APIItem is a program, a status or a key, whatever a report is by.
type APIItem struct {
	UserAgent  string    `json:"userAgent"`
	StatusCode rest.ID   `json:"statusCode"`
	KeyName    string    `json:"keyName"`
	KeyID      rest.ID   `json:"keyId"`
	Count      rest.Int  `json:"count"`
	Requests   *[]Called `json:"requests"`
}

type apiUsage struct {
	From  Stamp      `json:"from"`
	To    Stamp      `json:"to"`
	Count rest.Int   `json:"count"`
	Items *[]APIItem `json:"items"`
}

func (a *apiUsage) lacks() string {
	if a.Items == nil {
		return "items"
	}
	for i, item := range *a.Items {
		if item.Requests == nil {
			return fmt.Sprintf("items[%d].requests", i)
		}
		if field := missing("count", item.Count); field != "" {
			return fmt.Sprintf("items[%d].%s", i, field)
		}
	}
	return ""
}

// warn tells if the API counted other days than it was asked about.
func (a *apiUsage) warn(r request) {
	if !r.q.From.Equal(a.From.at) && a.From.text != "" || !r.q.To.Equal(a.To.at) && a.To.text != "" {
		r.p.Warn("the API says that it counted from %.40s to %.40s, which is not quite the window", a.From.text, a.To.text)
	}
}

// APIUsage lists the calls of the API by "requests" (their programs), "responses" (their statuses) or "keys".
// (GET /reports/v2/apiUsage/{requests,responses,keys})
func (c *Client) APIUsage(ctx context.Context, by string, q Query, p Progress) iter.Seq2[APICalls, error] {
	return func(yield func(APICalls, error) bool) {
		r := c.usage("/apiUsage/"+by, q, p)
		answer, err := plain[apiUsage](ctx, r, q.written())
		if err == nil {
			err = r.sound("", answer)
		}
		if err != nil {
			yield(APICalls{}, err)
			return
		}
		answer.warn(r)
		for _, item := range *answer.Items {
			calls := *item.Requests
			if len(calls) == 0 {
				calls = []Called{{}}
			}
			for _, call := range calls {
				if !yield(APICalls{answer.From.text, answer.To.text, answer.Count, item, call}, nil) {
					return
				}
			}
		}
		p.Complete("one answer holds all there is")
	}
}

// APIUsageSummary is how many calls of the API there were.
type APIUsageSummary struct {
	Span
	Successful rest.Int `json:"successfulRequests"`
	Failed     rest.Int `json:"failedRequests"`
	Total      rest.Int `json:"total"`
}

func (s *APIUsageSummary) lacks() string {
	return cmp.Or(missing("total", s.Total), missing("successfulRequests", s.Successful), missing("failedRequests", s.Failed))
}

// APIUsageSummary sums the calls of the API up: one record. (GET /reports/v2/apiUsage/summary)
func (c *Client) APIUsageSummary(ctx context.Context, q Query, p Progress) iter.Seq2[APIUsageSummary, error] {
	return func(yield func(APIUsageSummary, error) bool) {
		r := c.usage("/apiUsage/summary", q, p)
		summary, err := fetch[APIUsageSummary](ctx, r, q.written())
		if err == nil {
			err = r.sound("data.", summary)
		}
		if err != nil {
			yield(APIUsageSummary{}, err)
			return
		}
		summary.setSpan(q.From, q.To)
		p.Complete("one answer holds all there is")
		yield(*summary, nil)
	}
}
