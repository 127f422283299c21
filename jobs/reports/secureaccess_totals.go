package reports

import (
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

// Reports of numbers: what happened in a window, together or by the hour.

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
		saCount("requests", "All requests.", func(s *T) rest.Int { return s.Requests }).From("data.requests"),
		saCount("requests_allowed", "Requests that were let through.", func(s *T) rest.Int { return s.RequestsAllowed }).From("data.requestsallowed"),
		saCount("requests_blocked", "Requests that were blocked.", func(s *T) rest.Int { return s.RequestsBlocked }).From("data.requestsblocked"),
		saCount("policy_requests", "Requests that a policy decided.", func(s *T) rest.Int { return s.PolicyRequests }).From("data.policyrequests"),
		saCount("identities", "Different identities.", func(s *T) rest.Int { return s.Identities }).From("data.identities"),
		saCount("identity_types", "Different types of identities.", func(s *T) rest.Int { return s.IdentityTypes }).From("data.identitytypes"),
		saCount("domains", "Different domains.", func(s *T) rest.Int { return s.Domains }).From("data.domains"),
		saCount("categories", "Different categories of destinations.", func(s *T) rest.Int { return s.Categories }).From("data.categories"),
		saCount("policy_categories", "Different categories that decided about a request.", func(s *T) rest.Int { return s.PolicyCategories }).From("data.policycategories"),
		saCount("applications", "Different applications.", func(s *T) rest.Int { return s.Applications }).From("data.applications"),
		saCount("applications_allowed", "Different applications that were let through.", func(s *T) rest.Int { return s.ApplicationsAllowed }).From("data.applicationsallowed"),
		saCount("applications_blocked", "Different applications that were blocked.", func(s *T) rest.Int { return s.ApplicationsBlocked }).From("data.applicationsblocked"),
		saCount("files", "Different files.", func(s *T) rest.Int { return s.Files }).From("data.files"),
		saCount("file_types", "Different types of files.", func(s *T) rest.Int { return s.FileTypes }).From("data.filetypes"),
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

func secureAccessRequestsByHour(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.RequestsByHour
	info := jobs.Info{
		Title:      "Requests by hour",
		About:      "One row an hour: how many requests there were, and what became of them.",
		Parameters: saParameters(saTopFilters),
		Paging:     saPages, Limits: saPageLimits, Scope: saGranularEvents,
	}
	columns := jobs.Columns[T]{
		jobs.Time("hour", "The beginning of the hour.", func(h *T) time.Time { return h.Start() }).From("data[].timestamp"),
		saCount("requests", "All requests of the hour.", func(h *T) rest.Int { return h.Count }).From("data[].count"),
	}
	return saReport(info, "requests-by-hour", "dns proxy firewall intrusion ip remote-access ztna", c.RequestsByHour,
		append(columns, saCounts(func(h *T) *secureaccess.Counts { return &h.Counts })...))
}

// saCounts are the columns of requests by what became of them.
func saCounts[T any](of func(*T) *secureaccess.Counts) jobs.Columns[T] {
	return jobs.Columns[T]{
		saCount("requests_counted", "The requests that were either allowed or blocked, as the API counts them for the columns beside this one.",
			func(r *T) rest.Int { return of(r).Requests }).From("data[].counts.requests"),
		saCount("requests_allowed", "Requests that were let through.", func(r *T) rest.Int { return of(r).AllowedRequests }).From("data[].counts.allowedrequests"),
		saCount("requests_blocked", "Requests that were blocked.", func(r *T) rest.Int { return of(r).BlockedRequests }).From("data[].counts.blockedrequests"),
		jobs.Int("connections_made", "Remote access connections that were made.",
			func(r *T) (int64, bool) { return of(r).Connected() }).From("data[].counts.connectedevents"),
		jobs.Int("connections_ended", "Remote access connections that ended.",
			func(r *T) (int64, bool) { return of(r).Disconnected() }).From("data[].counts.disconnectedevents"),
	}
}
