package reports

import (
	"slices"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

// Reports of what there is, as against what happened: identities, applications, categories.

func secureAccessLookups(c *secureaccess.Client) []jobs.Job {
	return slices.Concat(
		secureAccessDeploymentStatus(c),
		secureAccessApplications(c),
		secureAccessCategories(c),
		secureAccessIdentities(c),
	)
}

// saPresent fills what lists of the present have in common.
func saPresent(info jobs.Info) jobs.Info {
	info.Every, info.Paging, info.Limits, info.Scope = jobs.Now, saWhole, saRate, saUtilities
	return info
}

func secureAccessDeploymentStatus(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.Deployment
	info := jobs.Info{
		Title:      "Deployment status",
		About:      "One row a type of identities: how many there are, and how many of them were active in the window.",
		Parameters: saParameters("threats threattypes"),
		Paging:     saWhole, Limits: saLimits, Scope: saGranularEvents,
	}
	return saReport(info, "deployment-status", "", c.DeploymentStatus, slices.Concat(
		saIdentityType("data[].type", func(d *T) *secureaccess.IdentityType { return &d.Type }),
		jobs.Columns[T]{
			saCount("active", "Identities of the type that were active in the window.", func(d *T) rest.Int { return d.Active }).From("data[].activecount"),
			saCount("identities", "All identities of the type.", func(d *T) rest.Int { return d.Count }).From("data[].count"),
			jobs.Text("label", "The name of the row itself, where the API gives it one.", func(d *T) string { return d.Label }).From("data[].label"),
			jobs.Code("id", "The number of the row itself, where the API gives it one.", func(d *T) string { return string(d.ID) }).From("data[].id"),
		},
	))
}

func secureAccessApplications(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.Application
	info := saPresent(jobs.Info{
		Title:      "Applications",
		About:      "One row an application that can be recognised in traffic, with its category.",
		Parameters: saParameters("application"),
	})
	return saReport(info, "applications", "", c.Applications, jobs.Columns[T]{
		jobs.Text("application", "The application's name.", func(a *T) string { return a.Label }).From("data.applications[].label"),
		jobs.Code("application_id", "The application's number.", func(a *T) string { return string(a.ID) }).From("data.applications[].id"),
		jobs.Text("application_type", "How the application is recognised: NBAR or AVC.", func(a *T) string { return a.Type }).From("data.applications[].type"),
		jobs.Text("category", "The application's category; its name is also looked up in data.categories.", func(a *T) string { return a.Category.Label }).From("data.applications[].category.label"),
		jobs.Code("category_id", "The number of the category.", func(a *T) string { return string(a.Category.ID) }).From("data.applications[].category.id"),
	})
}

func secureAccessCategories(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.KnownCategory
	info := saPresent(jobs.Info{Title: "Categories", About: "One row a category that destinations can have."})
	return saReport(info, "categories", "", c.Categories, append(
		saCategory("data[]", func(k *T) *secureaccess.Category { return &k.Category }),
		jobs.Code("legacy_id", "The number that the category had in older APIs.", func(k *T) string { return string(k.LegacyID) }).From("data[].legacyid"),
	))
}

func secureAccessIdentities(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.KnownIdentity
	info := saPresent(jobs.Info{
		Title: "Identities",
		About: "One row an identity (a person, a machine, a site, a network), also of those that were deleted since.",
		Parameters: append(saParameters("search"), jobs.Parameter{Name: "identitytypes",
			Values: "such as directory_user, anyconnect, site, network; comma-separated", Meaning: "Identities of these types alone."}),
	})
	info.Paging, info.Limits = saPages, "5,000 rows a page, offset to 10,000: 15,000 identities; "+saRate
	return saReport(info, "identities", "", c.Identities, saIdentity("data[]", func(k *T) *secureaccess.Identity { return &k.Identity }))
}

// saIdentity are the columns of one identity.
func saIdentity[T any](field string, of func(*T) *secureaccess.Identity) jobs.Columns[T] {
	return slices.Concat(
		jobs.Columns[T]{
			jobs.Text("identity", "The identity's name.", func(r *T) string { return of(r).Label }).From(field + ".label"),
			jobs.Code("identity_id", "The identity's number.", func(r *T) string { return string(of(r).ID) }).From(field + ".id"),
		},
		saIdentityType(field+".type", func(r *T) *secureaccess.IdentityType { return &of(r).Type }),
		jobs.Columns[T]{
			jobs.Bool("identity_deleted", "Whether the identity was deleted since.", func(r *T) (bool, bool) { return of(r).Deleted.Get() }).From(field + ".deleted"),
		},
	)
}

// saIdentityType are the columns of a type of identities.
func saIdentityType[T any](field string, of func(*T) *secureaccess.IdentityType) jobs.Columns[T] {
	return jobs.Columns[T]{
		jobs.Text("identity_type", "The type of the identity, such as Sites or AD Users.", func(r *T) string { return of(r).Label }).From(field + ".label"),
		jobs.Text("identity_type_code", "The type as the filter identitytypes takes it, such as site.", func(r *T) string { return of(r).Type }).From(field + ".type"),
		jobs.Code("identity_type_id", "The number of the type.", func(r *T) string { return string(of(r).ID) }).From(field + ".id"),
	}
}

// saCategory are the columns of one category.
func saCategory[T any](field string, of func(*T) *secureaccess.Category) jobs.Columns[T] {
	return jobs.Columns[T]{
		jobs.Text("category", "The category's name.", func(r *T) string { return of(r).Label }).From(field + ".label"),
		jobs.Code("category_id", "The category's number.", func(r *T) string { return string(of(r).ID) }).From(field + ".id"),
		jobs.Text("category_type", "The category's type, such as security or content.", func(r *T) string { return of(r).Type }).From(field + ".type"),
		jobs.Bool("category_integration", "Whether the category comes from an integration with another product.", func(r *T) (bool, bool) { return of(r).Integration.Get() }).From(field + ".integration"),
		jobs.Bool("category_deprecated", "Whether the category is a legacy one.", func(r *T) (bool, bool) { return of(r).Deprecated.Get() }).From(field + ".deprecated"),
	}
}
