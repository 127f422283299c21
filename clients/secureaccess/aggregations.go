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

// SummaryCounts are requests in numbers: how many there were, and how many different identities, destinations and so
// on were part of them.
type SummaryCounts struct {
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

// Summary is a window in numbers.
type Summary struct {
	Span
	SummaryCounts
}

func (s *Summary) lacks() string { return missing("requests", s.Requests) }

// Summary sums a window up: one record. (GET /reports/v2/summary[/{type}])
func (c *Client) Summary(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[Summary, error] {
	return object[Summary](ctx, c.request("/summary", traffic, q, p), onePage())
}

// onePage is for a report that is one record, and wants to hear of pages all the same.
func onePage() url.Values { return url.Values{"limit": {"1"}, "offset": {"0"}} }

// CategorySummary is a category in numbers.
type CategorySummary struct {
	Category Category      `json:"category"`
	Summary  SummaryCounts `json:"summary"`
}

func (s *CategorySummary) lacks() string { return missing("summary.requests", s.Summary.Requests) }

// SummariesByCategory sums up the requests of a window by the categories of their destinations.
// (GET /reports/v2/summaries-by-category[/{type}])
func (c *Client) SummariesByCategory(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[CategorySummary, error] {
	return rows[CategorySummary](ctx, c.request("/summaries-by-category", traffic, q, p))
}

// DestinationSummary is a destination in numbers.
type DestinationSummary struct {
	Domain  string        `json:"domain"`
	Summary SummaryCounts `json:"summary"`
}

func (s *DestinationSummary) lacks() string { return missing("summary.requests", s.Summary.Requests) }

// SummariesByDestination sums up the requests of a window by their destinations.
// (GET /reports/v2/summaries-by-destination[/{type}])
func (c *Client) SummariesByDestination(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[DestinationSummary, error] {
	return rows[DestinationSummary](ctx, c.request("/summaries-by-destination", traffic, q, p))
}
