package reports

import (
	"slices"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

// Reports of who and what there was most of.

func secureAccessTopIdentities(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.TopIdentity
	info := jobs.Info{
		Title:      "Top identities",
		About:      "One row an identity (a person, a machine, a site, a network), those with the most requests first.",
		Parameters: saParameters(saTopFilters),
		Paging:     saPages, Limits: saPageLimits, Scope: saAggregations,
	}
	return saReport(info, "top-identities", "dns proxy firewall ip ztna remote-access", c.TopIdentities, slices.Concat(
		jobs.Columns[T]{
			saCount("rank", "The place in the list; 1 has the most requests.", func(t *T) rest.Int { return t.Rank }).From("data[].rank"),
			jobs.Text("identity", "The identity's name.", func(t *T) string { return t.Identity.Label }).From("data[].identity.label"),
			jobs.Code("identity_id", "The identity's number.", func(t *T) string { return string(t.Identity.ID) }).From("data[].identity.id"),
			jobs.Text("identity_type", "The type of the identity, such as Sites or AD Users.", func(t *T) string { return t.Identity.Type.Label }).From("data[].identity.type.label"),
			jobs.Text("identity_type_code", "The type as the filter identitytypes takes it, such as site.", func(t *T) string { return t.Identity.Type.Type }).From("data[].identity.type.type"),
			jobs.Code("identity_type_id", "The number of the type.", func(t *T) string { return string(t.Identity.Type.ID) }).From("data[].identity.type.id"),
			jobs.Bool("identity_deleted", "Whether the identity was deleted since.", func(t *T) (bool, bool) { return t.Identity.Deleted.Get() }).From("data[].identity.deleted"),
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

// saCategories are the columns of a list of categories: their names, numbers and types.
func saCategories[T any](plural, singular, which, field string, of func(*T) []secureaccess.Category) jobs.Columns[T] {
	return jobs.Columns[T]{
		jobs.List(plural, "The categories "+which+".", func(r *T) []string {
			return saLabels(of(r), func(c *secureaccess.Category) string { return c.Label })
		}).From(field + ".label"),
		jobs.List(singular+"_ids", "The numbers of the categories "+which+".", func(r *T) []string {
			return saLabels(of(r), func(c *secureaccess.Category) rest.ID { return c.ID })
		}).From(field + ".id"),
		jobs.List(singular+"_types", "The types of the categories "+which+", such as security or content.", func(r *T) []string {
			return saLabels(of(r), func(c *secureaccess.Category) string { return c.Type })
		}).From(field + ".type"),
		jobs.List(plural+"_integration", "Those of the categories "+which+" that come from an integration with another product.", func(r *T) []string {
			return saLabels(of(r), func(c *secureaccess.Category) string { return saIf(c.Integration, c.Label) })
		}).From(field + ".integration"),
		jobs.List(plural+"_deprecated", "Those of the categories "+which+" that are legacy ones.", func(r *T) []string {
			return saLabels(of(r), func(c *secureaccess.Category) string { return saIf(c.Deprecated, c.Label) })
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
