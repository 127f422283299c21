package reports

import (
	"slices"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// Reports of events: one row a request that somebody made, in the order of time.

// saEvent are the first columns of an event that is no web or DNS request.
func saEvent[T any](of func(*T) *secureaccess.Event, verdict string) jobs.Columns[T] {
	columns := jobs.Columns[T]{
		jobs.Time("timestamp", "When it happened.", func(e *T) time.Time { return of(e).At() }).From("data[].timestamp"),
	}
	if verdict != "" {
		columns = append(columns, jobs.Text("verdict", verdict, func(e *T) string { return of(e).Verdict }).From("data[].verdict").Marking(saVerdicts()...))
	}
	return append(columns, saIdentities(func(e *T) []secureaccess.Identity { return of(e).Identities })...)
}

// saEnds are the columns of the two ends of a connection.
func saEnds[T any](of func(*T) *secureaccess.Connection) jobs.Columns[T] {
	return jobs.Columns[T]{
		jobs.Code("source_ip", "The address that the connection came from.", func(c *T) string { return of(c).SourceIP }).From("data[].sourceip"),
		saCount("source_port", "The port that it came from.", func(c *T) rest.Int { return of(c).SourcePort }).From("data[].sourceport"),
		saCount("destination_port", "The port that it went to.", func(c *T) rest.Int { return of(c).DestinationPort }).From("data[].destinationport"),
		jobs.Text("protocol", "The protocol, such as UDP or TCP/TLS.", func(c *T) string { return of(c).Protocol.Label }).From("data[].protocol.label"),
		jobs.Code("protocol_id", "The number of the protocol, such as 17.", func(c *T) string { return string(of(c).Protocol.ID) }).From("data[].protocol.id"),
	}
}

func secureAccessActivity(c *secureaccess.Client) []jobs.Job {
	return slices.Concat(
		saReport(saDNSInfo(), "activity/dns", "", c.ActivityDNS, saDNSColumns()),
		saReport(saProxyInfo(), "activity/proxy", "", c.ActivityProxy, saProxyColumns()),
		saReport(saFirewallInfo(), "activity/firewall", "", c.ActivityFirewall, saFirewallColumns()),
		saReport(saIntrusionInfo(), "activity/intrusion", "", c.ActivityIntrusion, saIntrusionColumns()),
		saReport(saPrivateInfo(), "activity/ztna", "", c.ActivityZTNA, saPrivateColumns()),
		saReport(saDecryptionInfo(), "activity/decryption", "", c.ActivityDecryption, saDecryptionColumns()),
		saReport(saRetrospectiveInfo(), "activity/amp-retrospective", "", c.ActivityRetrospective, saRetrospectiveColumns()),
		saReport(saMixedInfo(), "activity", "", c.Activity, saMixedColumns()),
		saReport(saRemoteAccessInfo(), "remote-access-events", "", c.RemoteAccessEvents, saRemoteAccessColumns()),
		saReport(saTunnelInfo(), "networkTunnelLogs", "", c.NetworkTunnelLogs, saTunnelColumns()),
	)
}

func saDNSInfo() jobs.Info {
	return jobs.Info{
		Title: "DNS activity",
		About: "One row a DNS request: who asked for which name from where, and what was decided. Requests of one second " +
			"are sorted by what they say, since the API has no order for them.",
		Parameters: saParameters("domains categories policycategories ip identityids identitytypes applicationid verdict " +
			"threats threattypes filternoisydomains"),
		Paging: saSlices, Limits: saPageLimits, Scope: saAggregations,
		Summary: saEvents(exporters.Block{Title: "Most requested domains", By: "domain", Split: "verdict", Top: 10, Chart: exporters.Stacked}),
	}
}

func saDNSColumns() jobs.Columns[secureaccess.DNS] {
	type T = secureaccess.DNS
	request := func(d *T) *secureaccess.Request { return &d.Request }
	return slices.Concat(
		saWho(request),
		saQuestion(func(d *T) *secureaccess.DNSDetails { return &d.DNSDetails }),
		saWhat(request),
		saWhere(request),
	)
}

// saQuestion are the columns of what was asked of the DNS.
func saQuestion[T any](of func(*T) *secureaccess.DNSDetails) jobs.Columns[T] {
	return jobs.Columns[T]{
		jobs.Text("domain", "The name that was asked for.", func(d *T) string { return of(d).Domain }).From("data[].domain"),
		jobs.Text("query_type", "The type of the DNS request, such as A or MX.", func(d *T) string { return of(d).QueryType }).From("data[].querytype"),
		saCount("return_code", "The DNS return code: 0 no error, 2 server failure, 3 no such name.", func(d *T) rest.Int { return of(d).ReturnCode }).From("data[].returncode"),
	}
}

// saEvents is the summary of a report of events: how many there were when and of whom, with what is particular to them in
// between.
func saEvents(particular ...exporters.Block) []exporters.Block {
	return slices.Concat(
		[]exporters.Block{{Title: "Requests over time", By: "timestamp", Every: exporters.HourOrDay, Split: "verdict", Chart: exporters.Stacked}},
		particular,
		[]exporters.Block{{Title: "Identities with the most requests", By: "identities", Split: "verdict", Top: 10, Chart: exporters.Stacked}},
	)
}

// saVerdicts are the outcomes that stand out.
func saVerdicts() []exporters.Mark {
	return []exporters.Mark{
		exporters.Marked(exporters.Bad, "blocked"), exporters.Marked(exporters.Doubtful, "proxied"),
		exporters.Marked(exporters.Doubtful, "warn"), exporters.Marked(exporters.Doubtful, "detected"), exporters.Marked(exporters.Doubtful, "would_block"),
	}
}

// saWho are the first columns of a request: when, who, from where, and the outcome.
func saWho[T any](of func(*T) *secureaccess.Request) jobs.Columns[T] {
	return slices.Concat(
		jobs.Columns[T]{
			jobs.Time("timestamp", "When it happened.", func(r *T) time.Time { return of(r).At() }).From("data[].timestamp"),
			jobs.Text("verdict", "What was decided: allowed, blocked or proxied.", func(r *T) string { return of(r).Verdict }).From("data[].verdict").
				Marking(saVerdicts()...),
		},
		saIdentities(func(r *T) []secureaccess.Identity { return of(r).Identities }),
		jobs.Columns[T]{
			jobs.Code("internal_ip", "The address inside the organisation's network.", func(r *T) string { return of(r).InternalIP }).From("data[].internalip"),
			jobs.Code("external_ip", "The address with which the request reached the internet.", func(r *T) string { return of(r).ExternalIP }).From("data[].externalip"),
		},
	)
}

// saIdentities are the columns of whose an event is.
func saIdentities[T any](of func(*T) []secureaccess.Identity) jobs.Columns[T] {
	type identity = secureaccess.Identity
	return jobs.Columns[T]{
		saJoined("identities", "Whose request it was, the most specific identity first.", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r), func(i *identity) string { return i.Label })
		}).From("data[].identities[].label"),
		saJoined("identity_ids", "The numbers of the identities.", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r), func(i *identity) rest.ID { return i.ID })
		}).From("data[].identities[].id"),
		saJoined("identity_types", "The types of the identities, such as Sites or AD Users.", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r), func(i *identity) string { return i.Type.Label })
		}).From("data[].identities[].type.label"),
		saJoined("identity_type_codes", "The types as the filter identitytypes takes them, such as site.", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r), func(i *identity) string { return i.Type.Type })
		}).From("data[].identities[].type.type"),
		saJoined("identities_deleted", "Those of the identities that were deleted since.", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r), func(i *identity) string { return saIf(i.Deleted, i.Label) })
		}).From("data[].identities[].deleted"),
	}
}

// saWhat are the columns of what a request was about: categories, threats, applications.
func saWhat[T any](of func(*T) *secureaccess.Request) jobs.Columns[T] {
	return slices.Concat(
		saCategories("categories", "category", "of the destination", "data[].categories[]",
			func(r *T) []secureaccess.Category { return of(r).Categories }),
		saCategories("policy_categories", "policy_category", "that led to the verdict", "data[].policycategories[]",
			func(r *T) []secureaccess.Category { return of(r).PolicyCategories }),
		jobs.Columns[T]{
			saJoined("threats", "The threats that the destination is known for.", func(r *T) exporters.Cell {
				return exporters.ListOf(of(r).Threats, func(t *secureaccess.Threat) string { return t.Label })
			}).From("data[].threats[].label"),
			saJoined("threat_types", "The types of the threats.", func(r *T) exporters.Cell {
				return exporters.ListOf(of(r).Threats, func(t *secureaccess.Threat) string { return t.Type })
			}).From("data[].threats[].type"),
		},
		saApplications(func(r *T) []secureaccess.Application { return of(r).AllApplications }),
		jobs.Columns[T]{
			saJoined("allowed_applications", "The applications that were let through.", func(r *T) exporters.Cell {
				return exporters.ListOf(of(r).AllowedApplications, func(a *secureaccess.Application) string { return a.Label })
			}).From("data[].allowedapplications[].label"),
			saJoined("blocked_applications", "The applications that were blocked.", func(r *T) exporters.Cell {
				return exporters.ListOf(of(r).BlockedApplications, func(a *secureaccess.Application) string { return a.Label })
			}).From("data[].blockedapplications[].label"),
		},
	)
}

// saApplications are the columns of the applications that were recognised.
func saApplications[T any](of func(*T) []secureaccess.Application) jobs.Columns[T] {
	type application = secureaccess.Application
	return jobs.Columns[T]{
		saJoined("applications", "The applications that the request belongs to.", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r), func(a *application) string { return a.Label })
		}).From("data[].allapplications[].label"),
		saJoined("application_ids", "The numbers of the applications.", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r), func(a *application) rest.ID { return a.ID })
		}).From("data[].allapplications[].id"),
		saJoined("application_types", "How the applications were recognised, NBAR or AVC, or what the firewall calls their sort.", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r), (*application).Sort)
		}).From("data[].allapplications[].type"),
		saJoined("application_categories", "The categories of the applications.", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r), func(a *application) string { return a.Category.Label })
		}).From("data[].allapplications[].category.label"),
	}
}

// saWhere are the last columns of a request: the rule, the device, and the place of the destination. The API's
// description does not have them; its answers do.
func saWhere[T any](of func(*T) *secureaccess.Request) jobs.Columns[T] {
	return slices.Concat(
		jobs.Columns[T]{
			jobs.Text("rule", "The rule that decided.", func(r *T) string { return of(r).Rule.Label }).From("data[].rule.label"),
			jobs.Code("rule_id", "The number of the rule.", func(r *T) string { return string(of(r).Rule.ID) }).From("data[].rule.id"),
			jobs.Text("rule_traffic_type", "The sort of traffic that the rule is for.", func(r *T) string { return of(r).Rule.TrafficType }).From("data[].rule.traffictype"),
			jobs.Code("device_id", "The device that the request came from.", func(r *T) string { return string(of(r).Device.ID) }).From("data[].device.id"),
		},
		saPlaces(of),
	)
}

// saPlaces are the columns of where the destination is.
func saPlaces[T any](of func(*T) *secureaccess.Request) jobs.Columns[T] {
	text := func(n *secureaccess.Name) secureaccess.Name { return *n }
	return jobs.Columns[T]{
		saJoined("destination_countries", "The countries of the destination.", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r).DestinationCountries, text)
		}).From("data[].destinationcountries"),
		saJoined("destination_country_codes", "The codes of these countries, such as DE.", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r).DestinationCountryCodes, text)
		}).From("data[].destinationcountrycodes"),
		saJoined("destination_continents", "The continents of the destination.", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r).DestinationContinents, text)
		}).From("data[].destinationcontinents"),
	}
}
