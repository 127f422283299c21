package reports

import (
	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

// Reports of a window in numbers, all in one row.

func secureAccessSummary(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.Summary
	info := jobs.Info{
		Title: "Summary of traffic",
		About: "One row: how many requests there were, and how many different identities, destinations, categories, " +
			"applications and files had a part in them.",
		Parameters: saParameters(saFilters + " ruleid filename"),
		Paging:     saOneAnswer, Limits: saLimits, Scope: saAggregations,
	}
	return saReport(info, "summary", "dns proxy firewall ip", c.Summary, append(
		saSpan(func(s *T) secureaccess.Span { return s.Span }),
		saSummaryCounts("data", func(s *T) *secureaccess.SummaryCounts { return &s.SummaryCounts })...,
	))
}

func secureAccessTotalRequests(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.TotalRequests
	info := jobs.Info{
		Title:      "Total requests",
		About:      "One row: how many requests there were in the window.",
		Parameters: saParameters(saFilters + " ruleid"),
		Paging:     saOneAnswer, Limits: saLimits, Scope: saAggregations,
	}
	return saReport(info, "total-requests", "dns proxy firewall ip", c.TotalRequests, append(
		saSpan(func(t *T) secureaccess.Span { return t.Span }),
		saCount("requests", "All requests.", func(t *T) rest.Int { return t.Count }).From("data.count"),
	))
}

// saSummaryCounts are the columns of requests in numbers, which lie below a field.
func saSummaryCounts[T any](field string, of func(*T) *secureaccess.SummaryCounts) jobs.Columns[T] {
	return jobs.Columns[T]{
		saCount("requests", "All requests.", func(r *T) rest.Int { return of(r).Requests }).From(field + ".requests"),
		saCount("requests_allowed", "Requests that were let through.", func(r *T) rest.Int { return of(r).RequestsAllowed }).From(field + ".requestsallowed"),
		saCount("requests_blocked", "Requests that were blocked.", func(r *T) rest.Int { return of(r).RequestsBlocked }).From(field + ".requestsblocked"),
		saCount("policy_requests", "Requests that a policy decided.", func(r *T) rest.Int { return of(r).PolicyRequests }).From(field + ".policyrequests"),
		saCount("identities", "Different identities.", func(r *T) rest.Int { return of(r).Identities }).From(field + ".identities"),
		saCount("identity_types", "Different types of identities.", func(r *T) rest.Int { return of(r).IdentityTypes }).From(field + ".identitytypes"),
		saCount("domains", "Different domains.", func(r *T) rest.Int { return of(r).Domains }).From(field + ".domains"),
		saCount("categories", "Different categories of destinations.", func(r *T) rest.Int { return of(r).Categories }).From(field + ".categories"),
		saCount("policy_categories", "Different categories that decided about a request.", func(r *T) rest.Int { return of(r).PolicyCategories }).From(field + ".policycategories"),
		saCount("applications", "Different applications.", func(r *T) rest.Int { return of(r).Applications }).From(field + ".applications"),
		saCount("applications_allowed", "Different applications that were let through.", func(r *T) rest.Int { return of(r).ApplicationsAllowed }).From(field + ".applicationsallowed"),
		saCount("applications_blocked", "Different applications that were blocked.", func(r *T) rest.Int { return of(r).ApplicationsBlocked }).From(field + ".applicationsblocked"),
		saCount("files", "Different files.", func(r *T) rest.Int { return of(r).Files }).From(field + ".files"),
		saCount("file_types", "Different types of files.", func(r *T) rest.Int { return of(r).FileTypes }).From(field + ".filetypes"),
	}
}
