package reports

import (
	"slices"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// Reports of who and what there was most of.

func secureAccessTops(c *secureaccess.Client) []jobs.Job {
	return slices.Concat(
		secureAccessIdentityDistribution(c),
		secureAccessTopResources(c),
		secureAccessTopURLs(c),
		secureAccessTopCategories(c),
		secureAccessTopFiles(c),
		secureAccessTopIPs(c),
		secureAccessTopEventTypes(c),
		secureAccessTopQueryTypes(c),
	)
}

func secureAccessTopIdentities(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.TopIdentity
	info := jobs.Info{
		Title:      "Top identities",
		About:      "One row an identity (a person, a machine, a site, a network), those with the most requests first.",
		Parameters: saParameters(saTopFilters),
		Paging:     saPages, Limits: saPageLimits, Scope: saAggregations,
		Summary: saFirst("identity"),
	}
	return saReport(info, "top-identities", "dns proxy firewall ip ztna remote-access", c.TopIdentities, slices.Concat(
		jobs.Columns[T]{
			saCount("rank", "The place in the list; 1 has the most requests.", func(t *T) rest.Int { return t.Rank }).From("data[].rank"),
		},
		saIdentity("data[].identity", func(t *T) *secureaccess.Identity { return &t.Identity }),
		jobs.Columns[T]{
			saCount("requests", "All requests of the identity.", func(t *T) rest.Int { return t.Requests }).From("data[].requests"),
			saCount("bandwidth", "What was transferred; empty for traffic that is not measured.", func(t *T) rest.Int { return t.Bandwidth }).In("bytes").From("data[].bandwidth"),
		},
		saCounts(func(t *T) *secureaccess.Counts { return &t.Counts }),
	))
}

func secureAccessTopDestinations(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.TopDestination
	info := jobs.Info{
		Title:      "Top destinations",
		About:      "One row a destination (a domain), those with the most requests first.",
		Parameters: saParameters(saTopFilters),
		Paging:     saPages, Limits: saPageLimits, Scope: saAggregations,
		Summary: saFirst("domain"),
	}
	return saReport(info, "top-destinations", "dns proxy firewall ip", c.TopDestinations, slices.Concat(
		jobs.Columns[T]{
			saCount("rank", "The place in the list; 1 has the most requests.", func(t *T) rest.Int { return t.Rank }).From("data[].rank"),
			jobs.Text("domain", "The destination.", func(t *T) string { return t.Domain }).From("data[].domain"),
			saCount("requests", "All requests for the destination.", func(t *T) rest.Int { return t.Count }).From("data[].count"),
			saCount("bandwidth", "What was transferred; empty for traffic that is not measured.", func(t *T) rest.Int { return t.Bandwidth }).In("bytes").From("data[].bandwidth"),
		},
		saCounts(func(t *T) *secureaccess.Counts { return &t.Counts })[:3], // Destinations have no connections.
		saCategories("categories", "category", "of the destination", "data[].categories[]", func(t *T) []secureaccess.Category { return t.Categories }),
		saCategories("policy_categories", "policy_category", "that decided about requests for it", "data[].policycategories[]",
			func(t *T) []secureaccess.Category { return t.PolicyCategories }),
	))
}

func secureAccessIdentityDistribution(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.IdentityShare
	info := jobs.Info{
		Title:      "Identity distribution",
		About:      "One row a type of identities: how many requests they made, and how many of them made any.",
		Parameters: saParameters(saTopFilters),
		Paging:     saPages, Limits: saPageLimits, Scope: saAggregations,
	}
	return saReport(info, "identity-distribution", "dns proxy", c.IdentityDistribution, slices.Concat(
		saIdentityType("data[].identitytype", func(s *T) *secureaccess.IdentityType { return &s.Type }),
		jobs.Columns[T]{
			saCount("requests", "All requests of identities of the type.", func(s *T) rest.Int { return s.Requests }).From("data[].requests"),
			saCount("identities", "Different identities of the type that made them.", func(s *T) rest.Int { return s.Identities }).From("data[].unique_identity_count"),
		},
		saCounts(func(s *T) *secureaccess.Counts { return &s.Counts })[:3], // Types have no connections.
	))
}

func secureAccessTopResources(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.TopResource
	info := jobs.Info{
		Title:      "Top resources",
		Summary:    []exporters.Block{total("Connections", "connections"), most("Resources with the most connections", "resource", "", "connections")},
		About:      "One row a private resource, those that were connected to most often first.",
		Parameters: saParameters("ip identityids identitytypes verdict filternoisydomains"),
		Paging:     saPages, Limits: saPageLimits, Scope: saPrivate,
	}
	return saReport(info, "top-resources", "firewall ztna", c.TopResources, jobs.Columns[T]{
		saCount("rank", "The place in the list; 1 has the most connections.", func(t *T) rest.Int { return t.Rank }).From("data[].rank"),
		jobs.Text("resource", "The resource's name.", func(t *T) string { return t.Application.Label }).From("data[].application.label"),
		jobs.Code("resource_id", "The resource's number.", func(t *T) string { return string(t.Application.ID) }).From("data[].application.id"),
		jobs.Text("resource_category", "What the resource is, such as Private Application.", func(t *T) string { return string(t.Application.Category) }).From("data[].application.category"),
		saCount("connections", "How often somebody connected to the resource.", func(t *T) rest.Int { return t.Count }).From("data[].count"),
	})
}

func secureAccessTopURLs(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.TopURL
	info := jobs.Info{
		Title:      "Top URLs",
		Summary:    []exporters.Block{total("Requests", "requests"), most("Paths with the most requests", "path", "", "requests")},
		About:      "One row a path of an address, those with the most requests first. The parameter domains says whose paths.",
		Parameters: saParameters("domains sha256 securityoverridden bundleid ampdisposition antivirusthreats datalosspreventionstate filternoisydomains"),
		Paging:     saPages, Limits: saPageLimits, Scope: saAggregations,
	}
	return saReport(info, "top-urls", "", c.TopURLs, append(
		jobs.Columns[T]{
			saCount("rank", "The place in the list; 1 has the most requests.", func(t *T) rest.Int { return t.Rank }).From("data[].rank"),
			jobs.Text("path", "The path of the address; that of a start page is empty.", func(t *T) string { return t.Path }).From("data[].path"),
			saCount("requests", "All requests for the path.", func(t *T) rest.Int { return t.Count }).From("data[].count"),
		},
		saCategories("categories", "category", "of the address", "data[].categories[]", func(t *T) []secureaccess.Category { return t.Categories })...,
	))
}

func secureAccessTopCategories(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.TopCategory
	info := jobs.Info{
		Title:      "Top categories",
		Summary:    []exporters.Block{most("Categories with the most requests", "category", "", "requests")},
		About:      "One row a category of destinations, those with the most requests first.",
		Parameters: saParameters(saCategoryFilters + " sha256"),
		Paging:     saPages, Limits: saPageLimits, Scope: saAggregations,
	}
	return saReport(info, "top-categories", "dns proxy ip", c.TopCategories, slices.Concat(
		jobs.Columns[T]{
			saCount("rank", "The place in the list; 1 has the most requests.", func(t *T) rest.Int { return t.Rank }).From("data[].rank"),
		},
		saCategory("data[].category", func(t *T) *secureaccess.Category { return &t.Category }),
		jobs.Columns[T]{
			saCount("requests", "Requests for destinations of the category.", func(t *T) rest.Int { return t.Count }).From("data[].count"),
			saCount("bandwidth", "What was transferred; empty for traffic that is not measured.", func(t *T) rest.Int { return t.Bandwidth }).In("bytes").From("data[].bandwidth"),
		},
	))
}

// saFirst is the summary of a list of who or what there was most of.
func saFirst(by string) []exporters.Block {
	return []exporters.Block{
		{Title: "Requests", Sum: "requests"},
		{Title: "Requests that were blocked", Sum: "requests_blocked"},
		{Title: "The ten with the most requests", By: by, Sum: "requests", Top: 10, Chart: exporters.Bars},
		{Title: "The ten with the most requests that were blocked", By: by, Sum: "requests_blocked", Top: 10, Chart: exporters.Bars},
	}
}

// saCategories are the columns of a list of categories: their names, numbers and types, and those that are special.
func saCategories[T any](plural, singular, which, field string, of func(*T) []secureaccess.Category) jobs.Columns[T] {
	return jobs.Columns[T]{
		saJoined(plural, "The categories "+which+".", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r), func(c *secureaccess.Category) string { return c.Label })
		}).From(field + ".label"),
		saJoined(singular+"_ids", "The numbers of the categories "+which+".", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r), func(c *secureaccess.Category) rest.ID { return c.ID })
		}).From(field + ".id"),
		saJoined(singular+"_types", "The types of the categories "+which+", such as security or content.", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r), func(c *secureaccess.Category) string { return c.Type })
		}).From(field + ".type"),
		saJoined(plural+"_integration", "Those of the categories "+which+" that come from an integration with another product.", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r), func(c *secureaccess.Category) string { return saIf(c.Integration, c.Label) })
		}).From(field + ".integration"),
		saJoined(plural+"_deprecated", "Those of the categories "+which+" that are legacy ones.", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r), func(c *secureaccess.Category) string { return saIf(c.Deprecated, c.Label) })
		}).From(field + ".deprecated"),
	}
}

// saIf is a label if something is true of what it names.
func saIf(flag rest.Bool, label string) string {
	if yes, _ := flag.Get(); yes {
		return label
	}
	return ""
}
