package reports

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

// Reports about the use of the service: what was transferred through it, and who asked its API.

func secureAccessUsage(c *secureaccess.Client) []jobs.Job {
	program := jobs.Columns[secureaccess.APICalls]{
		jobs.Text("program", "The program that asked, as it calls itself.", func(a *saCalls) string { return a.Item.UserAgent }).From("items[].userAgent"),
		saCount("program_requests", "All requests of the program.", func(a *saCalls) rest.Int { return a.Item.Count }).From("items[].count"),
	}
	status := jobs.Columns[secureaccess.APICalls]{
		jobs.Code("status", "The HTTP status of the answers, such as 401.", func(a *saCalls) string { return string(a.Item.StatusCode) }).From("items[].statusCode"),
		saCount("status_responses", "All answers with the status.", func(a *saCalls) rest.Int { return a.Item.Count }).From("items[].count"),
	}
	key := jobs.Columns[secureaccess.APICalls]{
		jobs.Text("key", "The name of the API key.", func(a *saCalls) string { return a.Item.KeyName }).From("items[].keyName"),
		jobs.Code("key_id", "The id of the API key, which is no secret.", func(a *saCalls) string { return string(a.Item.KeyID) }).From("items[].keyId"),
		saCount("key_requests", "All requests with the key.", func(a *saCalls) rest.Int { return a.Item.Count }).From("items[].count"),
	}
	return slices.Concat(
		secureAccessUsageMetrics(c),
		saAPICalls(c, "requests", "API requests by program", "One row a program, path and verb: how often the organisation's API was asked.", program),
		saAPICalls(c, "responses", "API responses by status", "One row a status, path and verb: how the organisation's API answered.", status),
		saAPICalls(c, "keys", "API requests by key", "One row an API key, path and verb: how often the organisation's API was asked.", key),
		secureAccessAPISummary(c),
	)
}

type saCalls = secureaccess.APICalls

// saMostHours is the longest window whose usage is by the hour: a day, with an hour that is there twice.
const saMostHours = 25 * time.Hour

func secureAccessUsageMetrics(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.UsageMetric
	info := jobs.Info{
		Title: "Usage of products",
		About: "One row a product and interval: what was transferred, added up by the API. A window of up to a day is by the hour and a longer one " +
			"by the day, unless time_grouping_interval says otherwise.",
		Parameters: []jobs.Parameter{
			{Name: "organization_id", Values: "the organisation's number", Meaning: "Whose usage; SECUREACCESS_ORG_ID, or the organisation of the token, unless it is set."},
			{Name: "product_id", Values: "such as SWG, RAVPN, CHNE; 0 unless it is set", Meaning: "This product alone; 0 is all of them."},
			{Name: "time_grouping_interval", Values: "HOUR, DAY, WEEK, MONTH", Meaning: "How long an interval is."},
		},
		Paging: "page, as the answer's next says, to the page without one", Limits: "1,000 records a page; the API names no rate", Scope: saUsageMetrics,
	}
	interval := func(r jobs.Request, q *secureaccess.Query) error {
		each := "DAY"
		if r.Window.To.Sub(r.Window.From) <= saMostHours {
			each = "HOUR"
		}
		return saDefault("time_grouping_interval", each)(r, q)
	}
	return saSpecial(info, "usage/metrics", c.UsageMetrics, jobs.Columns[T]{
		jobs.Code("organisation", "The number of the organisation.", func(u *T) string { return saDigits(u.OrganizationID) }).From("body.usages[].organization_id"),
		jobs.Text("product", "The product, such as SWG.", func(u *T) string { return u.Product }).From("body.usages[].product"),
		jobs.Time("registered", "When the usage was recorded.", func(u *T) time.Time { return u.RegisteredAt.Time() }).From("body.usages[].registered_at"),
		saCount("received", "What was received in the interval.", func(u *T) rest.Int { return u.Items.BytesIn }).In("bytes").From("body.usages[].usage_meter_items.bytes_in_delta"),
		saCount("sent", "What was sent in the interval.", func(u *T) rest.Int { return u.Items.BytesOut }).In("bytes").From("body.usages[].usage_meter_items.bytes_out_delta"),
	}, saDefault("product_id", "0"), saOneOf("time_grouping_interval", "HOUR", "DAY", "WEEK", "MONTH"), interval)
}

// saDigits writes a number that is an id.
func saDigits(n rest.Int) string {
	if id, ok := n.Get(); ok {
		return strconv.FormatInt(id, 10)
	}
	return ""
}

const saAPILimits = "2,000 requests a minute and 6,000 an hour for a key"

func saAPIFilters() []jobs.Parameter {
	return []jobs.Parameter{
		{Name: "apiKeys", Values: "ids of keys, comma-separated", Meaning: "Requests with these keys alone."},
		{Name: "paths", Values: "paths, comma-separated", Meaning: "Requests for these paths alone."},
		{Name: "verbs", Values: "such as GET,POST", Meaning: "Requests with these verbs alone, in capitals."},
		{Name: "statusCodes", Values: "such as 200,429", Meaning: "Requests that were answered so."},
		{Name: "userAgents", Values: "names of programs, comma-separated", Meaning: "Requests of these programs alone."},
	}
}

func saAPICalls(c *secureaccess.Client, by, title, about string, item jobs.Columns[saCalls]) []jobs.Job {
	info := jobs.Info{
		Title: title, About: about + " The API may count whole days: counted_from and counted_to are what it says.",
		Parameters: saAPIFilters(), Paging: "none: one answer", Limits: saAPILimits, Scope: saAPIUsage,
	}
	list := func(ctx context.Context, q secureaccess.Query, p secureaccess.Progress) iter.Seq2[saCalls, error] {
		return c.APIUsage(ctx, by, q, p)
	}
	return saSpecial(info, "apiUsage/"+by, list, slices.Concat(item, jobs.Columns[saCalls]{
		jobs.Text("verb", "The verb of the requests, such as GET.", func(a *saCalls) string { return a.Called.Verb }).From("items[].requests[].verb"),
		jobs.Text("path", "The path of the requests.", func(a *saCalls) string { return a.Called.Path }).From("items[].requests[].path"),
		saCount("requests", "How many there were.", func(a *saCalls) rest.Int { return a.Called.Count }).From("items[].requests[].count"),
		saCount("all_requests", "The number of all requests, as the answer gives it.", func(a *saCalls) rest.Int { return a.All }).From("count"),
		jobs.Text("counted_from", "From when on the API counted.", func(a *saCalls) string { return a.From }).From("from"),
		jobs.Text("counted_to", "Until when the API counted.", func(a *saCalls) string { return a.To }).From("to"),
	}))
}

func secureAccessAPISummary(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.APIUsageSummary
	info := jobs.Info{
		Title: "Summary of API requests", About: "One row: how often the organisation's API was asked in the window, and how often that failed.",
		Parameters: saAPIFilters(), Paging: saOneAnswer, Limits: saAPILimits, Scope: saAPIUsage,
	}
	return saSpecial(info, "apiUsage/summary", c.APIUsageSummary, append(
		saSpan(func(s *T) secureaccess.Span { return s.Span }),
		saCount("requests", "All requests.", func(s *T) rest.Int { return s.Total }).From("data.total"),
		saCount("requests_successful", "Requests that succeeded.", func(s *T) rest.Int { return s.Successful }).From("data.successfulRequests"),
		saCount("requests_failed", "Requests that failed.", func(s *T) rest.Int { return s.Failed }).From("data.failedRequests"),
	))
}
