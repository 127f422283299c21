package reports

import (
	"slices"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

// Reports about private resources: what is reached through the organisation's own connectors.

// saLookedUp says what happens without ids.
const saLookedUp = " Without ids the report asks for all private resources that somebody asked for in the window."

func secureAccessPrivate(c *secureaccess.Client) []jobs.Job {
	return slices.Concat(
		secureAccessUniqueResources(c),
		secureAccessResourceSummaries(c),
		secureAccessResourceStats(c),
		secureAccessResourceIdentities(c),
		secureAccessRulesActivity(c),
	)
}

func secureAccessUniqueResources(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.TotalRequests
	info := jobs.Info{
		Title: "Unique resources",
		About: "One row: how many different resources somebody asked for in the window.",
		Parameters: []jobs.Parameter{{Name: "exists", Values: "such as privateapplicationid, applicationid, destinationlistids; comma-separated",
			Meaning: "Requests that have these fields alone."}},
		Paging: saOneAnswer, Limits: saLimits, Scope: saPrivate,
	}
	return saReport(info, "unique-resources", "", c.UniqueResources, append(
		saSpan(func(t *T) secureaccess.Span { return t.Span }),
		saCount("resources", "Different resources.", func(t *T) rest.Int { return t.Count }).From("data.count"),
	))
}

func saResourceIDs(name, values string) jobs.Parameter {
	return jobs.Parameter{Name: name, Values: values, Meaning: "These private resources alone. Their numbers are in secureaccess-top-resources, and in the dashboard under Resources > Private Resources."}
}

func secureAccessResourceSummaries(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.ResourceSummary
	info := jobs.Info{
		Title:      "Private resources",
		About:      "One row a private resource: how often it was asked for, by how many, and when last." + saLookedUp,
		Parameters: []jobs.Parameter{saResourceIDs("privateresourceids", "numbers of private resources, comma-separated")},
		Paging:     saPages, Limits: saPageLimits, Scope: saPrivate, Requests: 2,
	}
	return saSpecial(info, "private-resources/summary-stats", c.ResourceSummaries, jobs.Columns[T]{
		jobs.Code("resource_id", "The number of the private resource.", func(r *T) string { return string(r.ID) }).From("data[].privateresourceid"),
		jobs.Text("resource", "The name of the private resource; empty if its number was given.", func(r *T) string { return r.Name }).From("/top-resources data[].application.label"),
		saCount("identities", "How many identities asked for it.", func(r *T) rest.Int { return r.Identities }).From("data[].idscount"),
		saCount("requests", "How often it was asked for.", func(r *T) rest.Int { return r.Hits }).From("data[].hitscount"),
		jobs.Time("last_request", "When it was asked for last.", func(r *T) time.Time { return r.Last() }).From("data[].lasteventat"),
	})
}

// saResource are the columns of a private resource.
func saResource[T any](of func(*T) secureaccess.PrivateResource) jobs.Columns[T] {
	return jobs.Columns[T]{
		jobs.Code("resource_id", "The number of the private resource.", func(r *T) string { return string(of(r).ID) }).From("data.privateresourceid"),
		jobs.Text("resource", "The name of the private resource; empty if its number was given.", func(r *T) string { return of(r).Name }).From("/top-resources data[].application.label"),
	}
}

const saEachResource = "A run makes one request for every private resource that was asked for in the window, or more."

func secureAccessResourceStats(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.ResourceBucket
	info := jobs.Info{
		Title: "Private resources by the hour",
		About: "One row a private resource and hour: how often it was asked for and what became of that, beside the sums of the whole window. " +
			"A resource without any hour is one row with its sums." + saLookedUp,
		Parameters: []jobs.Parameter{saResourceIDs("privateresourceid", "numbers of private resources, comma-separated; one request each"), saBuckets, saTimezone},
		Paging:     "none: one answer a private resource", Limits: saLimits, Scope: saPrivate,
		Requests: 2, Costly: saEachResource,
	}
	return saSpecial(info, "private-resources/detailed-stats-timerange", c.ResourceStats, slices.Concat(
		saResource(func(r *T) secureaccess.PrivateResource { return r.Resource }),
		jobs.Columns[T]{
			jobs.Time("bucket_start", "The beginning of the hour, or whatever timerange says.", func(r *T) time.Time { return r.Bucket.Start() }).From("data.timeSeriesHitsCount[].timestamp"),
			saCount("requests", "How often it was asked for in the bucket.", func(r *T) rest.Int { return r.Bucket.Hits }).From("data.timeSeriesHitsCount[].hitscount"),
			saCount("requests_allowed", "How often somebody was let through in the bucket.", func(r *T) rest.Int { return r.Bucket.Success }).From("data.timeSeriesHitsCount[].success"),
			saCount("requests_blocked", "How often somebody was blocked in the bucket.", func(r *T) rest.Int { return r.Bucket.Blocked }).From("data.timeSeriesHitsCount[].blocked"),
			saCount("window_requests", "How often it was asked for in the whole window.", func(r *T) rest.Int { return r.Total.Total }).From("data.totalHitsCount.total"),
			saCount("window_requests_allowed", "How often somebody was let through in the whole window.", func(r *T) rest.Int { return r.Total.Success }).From("data.totalHitsCount.success"),
			saCount("window_requests_blocked", "How often somebody was blocked in the whole window.", func(r *T) rest.Int { return r.Total.Blocked }).From("data.totalHitsCount.blocked"),
		},
	), saBucketed())
}

// saTimezone changes what the API writes into fields that reports leave out.
var saTimezone = jobs.Parameter{Name: "timezone", Values: "such as Europe/Berlin", Meaning: "The zone of the API's own date and time texts, which the report leaves out; instants do not change."}

func secureAccessResourceIdentities(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.ResourceIdentity
	info := jobs.Info{
		Title:      "Identities of private resources",
		About:      "One row a private resource and identity: who asked for it, how often, and what became of that." + saLookedUp,
		Parameters: []jobs.Parameter{saResourceIDs("privateresourceid", "numbers of private resources, comma-separated; one listing each"), saTimezone},
		Paging:     saPages, Limits: saPageLimits, Scope: saPrivate,
		Requests: 2, Costly: saEachResource,
	}
	return saSpecial(info, "private-resources/detailed-stats-identities", c.ResourceIdentities, slices.Concat(
		saResource(func(i *T) secureaccess.PrivateResource { return i.Resource }),
		jobs.Columns[T]{
			jobs.Text("identity", "The identity's name.", func(i *T) string { return i.Label }).From("data.identities[].label"),
			jobs.Code("identity_id", "The identity's number.", func(i *T) string { return string(i.ID) }).From("data.identities[].id"),
			jobs.Text("identity_type", "The type of the identity, such as Sites or AD Users.", func(i *T) string { return i.Type.Label }).From("data.identities[].type.label"),
			jobs.Text("identity_type_code", "The type as filters take it, such as site.", func(i *T) string { return i.Type.Type }).From("data.identities[].type.type"),
			jobs.Code("identity_type_id", "The number of the type.", func(i *T) string { return string(i.Type.ID) }).From("data.identities[].type.id"),
			jobs.Bool("identity_deleted", "Whether the identity was deleted since.", func(i *T) (bool, bool) { return i.Deleted.Get() }).From("data.identities[].deleted"),
			saCount("requests", "How often the identity asked for the resource.", func(i *T) rest.Int { return i.Hits }).From("data.identities[].hitscount"),
			saCount("requests_allowed", "How often the identity was let through.", func(i *T) rest.Int { return i.Success }).From("data.identities[].success"),
			saCount("requests_blocked", "How often the identity was blocked.", func(i *T) rest.Int { return i.Blocked }).From("data.identities[].blocked"),
		},
	))
}

func secureAccessRulesActivity(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.RuleActivity
	info := jobs.Info{
		Title: "Activity of access rules",
		About: "One row a request that a rule decided about: which rule, which resource, and the verdict. Requests of one second " +
			"are sorted by what they say, since the API has no order for them.",
		Paging: saSlices, Limits: saPageLimits, Scope: saPrivate,
	}
	return saReport(info, "rules-activity", "", c.RulesActivity, jobs.Columns[T]{
		jobs.Time("timestamp", "When it happened.", func(a *T) time.Time { return a.At() }).From("data[].timestamp"),
		jobs.Text("verdict", "What was decided: allowed or blocked.", func(a *T) string { return a.Verdict }).From("data[].verdict").Marking(saVerdicts()...),
		jobs.Code("rule_id", "The number of the rule.", func(a *T) string { return string(a.Rule.ID) }).From("data[].rule.id"),
		jobs.Text("rule", "The name of the rule.", func(a *T) string { return a.Rule.Label }).From("data[].rule.label"),
		jobs.Code("rule_private_group_id", "The number of the group of private applications that the rule is for.",
			func(a *T) string { return string(a.Rule.PrivateGroup.ID) }).From("data[].rule.privateapplicationgroup.id"),
		jobs.Text("rule_private_group", "The name of the group of private applications that the rule is for.",
			func(a *T) string { return a.Rule.PrivateGroup.Label }).From("data[].rule.privateapplicationgroup.label"),
		jobs.Code("resource_id", "The number of the resource.", func(a *T) string { return string(a.Resource.ID) }).From("data[].resource.id"),
		jobs.Text("resource", "The name of the resource.", func(a *T) string { return a.Resource.Label }).From("data[].resource.label"),
	})
}
