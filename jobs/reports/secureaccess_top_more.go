package reports

import (
	"slices"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// Reports of which files, addresses and sorts of events there were most of.

func secureAccessTopFiles(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.TopFile
	name := func(n *secureaccess.Name) secureaccess.Name { return *n }
	info := jobs.Info{
		Title:      "Top files",
		About:      "One row a file that came through the secure web gateway, those with the most requests first. Other traffic has no files.",
		Parameters: saParameters(saWebFilters + " sha256"),
		Paging:     saPages, Limits: saPageLimits, Scope: saAggregations,
	}
	return saReport(info, "top-files", "", c.TopFiles, append(
		jobs.Columns[T]{
			jobs.Code("sha256", "The SHA-256 hash of the file.", func(t *T) string { return t.SHA256 }).From("data[].sha256"),
			saCount("requests", "All requests for the file.", func(t *T) rest.Int { return t.Requests }).From("data[].requests"),
			saCount("identities", "Different identities that asked for it.", func(t *T) rest.Int { return t.Identities }).From("data[].identitycount"),
			saJoined("file_names", "The names under which it came.", func(t *T) exporters.Cell { return exporters.ListOf(t.Names, name) }).From("data[].filenames"),
			saJoined("file_types", "The types that it was taken for.", func(t *T) exporters.Cell { return exporters.ListOf(t.Types, name) }).From("data[].filetypes"),
		},
		saCategories("categories", "category", "of the destinations that it came from", "data[].categories[]", func(t *T) []secureaccess.Category { return t.Categories })...,
	))
}

func secureAccessTopIPs(c *secureaccess.Client) []jobs.Job {
	info := jobs.Info{
		Title:      "Top IP addresses",
		About:      "One row an address that requests came from, those with the most requests first.",
		Parameters: saParameters(saThreatFilters),
		Paging:     saWhole, Limits: saLimits, Scope: saAggregations,
	}
	internal := info
	internal.Title = "Top internal IP addresses"
	internal.About = "One row an address inside the organisation's networks that requests came from, those with the most requests first."
	return slices.Concat(
		saReport(info, "top-ips", "", c.TopIPs, saIPColumns()),
		saReport(internal, "top-ips/internal", "", c.TopInternalIPs, saIPColumns()),
	)
}

func saIPColumns() jobs.Columns[secureaccess.TopIP] {
	type T = secureaccess.TopIP
	return jobs.Columns[T]{
		jobs.Code("ip", "The IP address.", func(t *T) string { return t.IP }).From("data[].ip"),
		saCount("requests", "All requests that came from the address.", func(t *T) rest.Int { return t.Count }).From("data[].count"),
	}
}

func secureAccessTopEventTypes(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.TopEventType
	info := jobs.Info{
		Title:      "Top event types",
		About:      "One row a sort of security events, the most frequent first.",
		Parameters: saParameters(saCategoryFilters),
		Paging:     saWhole, Limits: saLimits, Scope: saAggregations,
	}
	return saReport(info, "top-eventtypes", "", c.TopEventTypes, jobs.Columns[T]{
		jobs.Text("event_type", "The sort of events: domain_security, domain_integration, url_security, url_integration, cisco_amp or antivirus.", func(t *T) string { return t.EventType }).From("data[].eventtype"),
		saCount("requests", "Requests with such an event.", func(t *T) rest.Int { return t.Count }).From("data[].count"),
	})
}

func secureAccessTopQueryTypes(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.TopQueryType
	info := jobs.Info{
		Title:      "Top DNS query types",
		About:      "One row a type of DNS requests, the most frequent first.",
		Parameters: saParameters(saThreatFilters + " order"),
		Paging:     saPages, Limits: saPageLimits, Scope: saAggregations,
	}
	return saReport(info, "top-dns-query-types", "", c.TopQueryTypes, jobs.Columns[T]{
		jobs.Text("query_type", "The type of DNS requests, such as A or MX.", func(t *T) string { return t.QueryType }).From("data[].querytype"),
		saCount("requests", "All requests of the type.", func(t *T) rest.Int { return t.Requests }).From("data[].requests"),
	})
}
