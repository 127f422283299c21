package reports

import (
	"slices"

	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

// Reports of a window in numbers, one row a category or destination.

func secureAccessSummaries(c *secureaccess.Client) []jobs.Job {
	return slices.Concat(secureAccessSummariesByCategory(c), secureAccessSummariesByDestination(c))
}

func secureAccessSummariesByCategory(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.CategorySummary
	info := jobs.Info{
		Title: "Summaries by category",
		About: "One row a category of destinations: how many requests there were, and how many different identities, " +
			"destinations, applications and files had a part in them.",
		Parameters: saParameters(saSummaryFilters),
		Paging:     saPages, Limits: saPageLimits, Scope: saAggregations,
	}
	return saReport(info, "summaries-by-category", "dns proxy ip", c.SummariesByCategory, slices.Concat(
		saCategory("data[].category", func(s *T) *secureaccess.Category { return &s.Category }),
		saSummaryCounts("data[].summary", func(s *T) *secureaccess.SummaryCounts { return &s.Summary }),
	))
}

func secureAccessSummariesByDestination(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.DestinationSummary
	info := jobs.Info{
		Title: "Summaries by destination",
		About: "One row a destination (a domain): how many requests there were, and how many different identities, " +
			"categories, applications and files had a part in them.",
		Parameters: saParameters(saSummaryFilters),
		Paging:     saPages, Limits: saPageLimits, Scope: saAggregations,
	}
	return saReport(info, "summaries-by-destination", "dns proxy", c.SummariesByDestination, append(
		jobs.Columns[T]{
			jobs.Text("domain", "The destination.", func(s *T) string { return s.Domain }).From("data[].domain"),
		},
		saSummaryCounts("data[].summary", func(s *T) *secureaccess.SummaryCounts { return &s.Summary })...,
	))
}
