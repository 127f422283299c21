package secureaccess

import (
	"context"
	"iter"
	"net/url"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// Span is the window that the numbers of a record are about: From is part of it, To is not.
type Span struct {
	From time.Time `json:"-"`
	To   time.Time `json:"-"`
}

func (s *Span) setSpan(from, to time.Time) { s.From, s.To = from, to }

// TotalRequests is how many requests there were.
type TotalRequests struct {
	Span
	Count rest.Int `json:"count"`
}

func (t *TotalRequests) lacks() string { return missing("count", t.Count) }

// TotalRequests counts the requests of a window: one record. (GET /reports/v2/total-requests[/{type}])
func (c *Client) TotalRequests(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[TotalRequests, error] {
	return object[TotalRequests](ctx, c.request("/total-requests", traffic, q, p), nil)
}

// Summary is a window in numbers: how many requests there were, and how many different identities, destinations and
// so on were part of them.
type Summary struct {
	Span
	Requests            rest.Int `json:"requests"`
	RequestsAllowed     rest.Int `json:"requestsallowed"`
	RequestsBlocked     rest.Int `json:"requestsblocked"`
	PolicyRequests      rest.Int `json:"policyrequests"`
	Identities          rest.Int `json:"identities"`
	IdentityTypes       rest.Int `json:"identitytypes"`
	Domains             rest.Int `json:"domains"`
	Categories          rest.Int `json:"categories"`
	PolicyCategories    rest.Int `json:"policycategories"`
	Applications        rest.Int `json:"applications"`
	ApplicationsAllowed rest.Int `json:"applicationsallowed"`
	ApplicationsBlocked rest.Int `json:"applicationsblocked"`
	Files               rest.Int `json:"files"`
	FileTypes           rest.Int `json:"filetypes"`
}

func (s *Summary) lacks() string { return missing("requests", s.Requests) }

// Summary sums a window up: one record. (GET /reports/v2/summary[/{type}])
func (c *Client) Summary(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[Summary, error] {
	return object[Summary](ctx, c.request("/summary", traffic, q, p), onePage())
}

// onePage is for a report that is one record, and wants to hear of pages all the same.
func onePage() url.Values { return url.Values{"limit": {"1"}, "offset": {"0"}} }

// TopIdentity is an identity with what it asked for in the window.
type TopIdentity struct {
	Rank      rest.Int `json:"rank"`
	Identity  Identity `json:"identity"`
	Requests  rest.Int `json:"requests"`
	Bandwidth rest.Int `json:"bandwidth"` // bytes
	Counts    Counts   `json:"counts"`
}

func (t *TopIdentity) lacks() string { return missing("requests", t.Requests) }

// TopIdentities lists the identities of a window, those with the most requests first.
// (GET /reports/v2/top-identities[/{type}])
func (c *Client) TopIdentities(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[TopIdentity, error] {
	return rows[TopIdentity](ctx, c.request("/top-identities", traffic, q, p))
}

// TopDestination is a destination with what was asked of it in the window.
type TopDestination struct {
	Rank             rest.Int   `json:"rank"`
	Domain           string     `json:"domain"`
	Count            rest.Int   `json:"count"`
	Bandwidth        rest.Int   `json:"bandwidth"` // bytes
	Counts           Counts     `json:"counts"`
	Categories       []Category `json:"categories"`
	PolicyCategories []Category `json:"policycategories"`
}

func (t *TopDestination) lacks() string { return missing("count", t.Count) }

// TopDestinations lists the destinations of a window, those with the most requests first.
// (GET /reports/v2/top-destinations[/{type}])
func (c *Client) TopDestinations(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[TopDestination, error] {
	return rows[TopDestination](ctx, c.request("/top-destinations", traffic, q, p))
}

// Bucket is when a part of a time series begins.
type Bucket struct {
	Timestamp rest.Int `json:"timestamp"` // milliseconds since 1970
}

// Start is when the bucket begins.
func (b Bucket) Start() time.Time { return instant(b.Timestamp) }

func (b *Bucket) lacks() string { return missing("timestamp", b.Timestamp) }

// RequestsByHour is an hour with its requests.
type RequestsByHour struct {
	Bucket
	Count  rest.Int `json:"count"`
	Counts Counts   `json:"counts"`
}

// RequestsByHour counts the requests of a window by the hour. (GET /reports/v2/requests-by-hour[/{type}])
func (c *Client) RequestsByHour(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[RequestsByHour, error] {
	return rows[RequestsByHour](ctx, c.request("/requests-by-hour", traffic, q, p))
}
