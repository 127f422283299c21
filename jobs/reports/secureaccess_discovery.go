package reports

import (
	"slices"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// Reports of App Discovery: which applications and protocols were seen in the organisation's traffic.

const (
	saFound = "limit and offset, as the header Link says, to the API's own total or to the page without a next one"

	saFoundLimits = "100 items a page; 10 requests a second for a key, of which SECUREACCESS_RATE uses 5 unless it is set"
	// saNinety is what a window means here.
	saNinety = " Without a window that lasts (now) it is about the last 90 days; with previous-day about one day, whose limits, and zone, are the API's."
)

func secureAccessDiscovery(c *secureaccess.Client) []jobs.Job {
	return slices.Concat(
		secureAccessFoundApplications(c),
		secureAccessApplicationsInfo(c),
		secureAccessApplicationRisks(c),
		secureAccessApplicationIdentities(c),
		secureAccessApplicationAttributes(c),
		secureAccessApplicationCategories(c),
		secureAccessProtocols(c),
		secureAccessProtocolIdentities(c),
	)
}

// saFoundInfo completes a description.
func saFoundInfo(info jobs.Info) jobs.Info {
	info.Paging, info.Limits, info.Scope, info.Every = saFound, saFoundLimits, saAppDiscovery, jobs.Now
	return info
}

// saNinetyDays completes the description of a report that is about the last 90 days, or about one day.
func saNinetyDays(info jobs.Info) jobs.Info {
	info.About, info.AnyWindow = info.About+saNinety, true
	return saFoundInfo(info)
}

func saFoundParameters() []jobs.Parameter {
	return []jobs.Parameter{
		{Name: "sources", Values: "dns, swg, cdfw; comma-separated", Meaning: "Applications that were seen in this traffic: DNS, web, firewall."},
		{Name: "identity", Values: "an identity's number", Meaning: "Applications in the traffic of this identity alone."},
		{Name: "labels", Values: "unreviewed, approved, notApproved, underAudit; comma-separated", Meaning: "Applications that the organisation has labelled so."},
		{Name: "label_timestamp", Values: "an instant in ISO 8601", Meaning: "Applications whose label was changed at that time."},
		{Name: "controllable", Values: "all, advanced", Meaning: "Applications that can be controlled so."},
		{Name: "weightedRisk", Values: "veryLow, low, medium, high, veryHigh; comma-separated", Meaning: "Applications of this risk alone."},
		{Name: "categories", Values: "names of categories, comma-separated", Meaning: "Applications of these categories alone."},
		{Name: "appTypes", Values: "saas, paas, iaas; comma-separated", Meaning: "Applications of these types alone."},
		{Name: "subcategory", Values: "names of subcategories, comma-separated", Meaning: "Applications of these subcategories alone; newer versions of the API."},
		{Name: "subcategory_content_types", Values: "names of content types, comma-separated", Meaning: "Applications with this content alone; newer versions of the API."},
	}
}

// saApplication are the columns of an application in front of what is joined to it.
func saApplication[T any](of func(*T) *secureaccess.FoundApplication) jobs.Columns[T] {
	return jobs.Columns[T]{
		jobs.Code("application_id", "The id of the application.", func(r *T) string { return string(of(r).ID) }).From("items[].id"),
		jobs.Text("application", "The name of the application.", func(r *T) string { return of(r).Name }).From("items[].name"),
		jobs.Text("label", "What the organisation decided about it: unreviewed, approved, notApproved or underAudit.", func(r *T) string { return of(r).Label }).From("items[].label"),
		jobs.Text("weighted_risk", "The risk, from veryLow to veryHigh.", func(r *T) string { return of(r).WeightedRisk }).From("items[].weightedRisk"),
		jobs.Text("category", "The category of the application.", func(r *T) string { return of(r).Category }).From("items[].category"),
		jobs.Text("type", "What sort of service it is: saas, paas or iaas.", func(r *T) string { return of(r).AppType }).From("items[].appType"),
	}
}

// saSeen are the columns of when something was seen.
func saSeen[T any](first, last func(*T) secureaccess.Stamp) jobs.Columns[T] {
	return jobs.Columns[T]{
		jobs.Time("first_detected", "When it was seen first.", func(r *T) time.Time { return first(r).Time() }).From("items[].firstDetected"),
		jobs.Time("last_detected", "When it was seen last.", func(r *T) time.Time { return last(r).Time() }).From("items[].lastDetected"),
	}
}

// saSources are the columns of the traffic in which something was seen.
func saSources[T any](of func(*T) secureaccess.Sources) jobs.Columns[T] {
	web := func(name, meaning, field string, get func(secureaccess.Source) rest.Int) jobs.Column[T] {
		return saCount(name, meaning, func(r *T) rest.Int { return get(of(r).Of("swg")) }).In("bytes").From("items[].sources[]." + field)
	}
	return jobs.Columns[T]{
		saJoined("sources", "The traffic in which it was seen: dns, swg (web), cdfw (firewall).", func(r *T) exporters.Cell {
			return exporters.ListOf(of(r), func(s *secureaccess.Source) string { return s.Name })
		}).From("items[].sources[].name"),
		jobs.Int("dns_requests", "DNS requests.", func(r *T) (int64, bool) { return of(r).Of("dns").Asked() }).From("items[].sources[].requests"),
		jobs.Int("dns_requests_blocked", "DNS requests that were blocked.", func(r *T) (int64, bool) { return of(r).Of("dns").AskedBlocked() }).From("items[].sources[].blockedRequests"),
		web("web_traffic", "Web traffic in both directions.", "totalTraffic", func(s secureaccess.Source) rest.Int { return s.TotalTraffic }),
		web("web_received", "Web traffic that was received.", "bytesIn", func(s secureaccess.Source) rest.Int { return s.BytesIn }),
		web("web_sent", "Web traffic that was sent.", "bytesOut", func(s secureaccess.Source) rest.Int { return s.BytesOut }),
		web("web_sent_blocked", "Web traffic that was to be sent and was blocked.", "blockedBytesOut", func(s secureaccess.Source) rest.Int { return s.BlockedBytesOut }),
		saCount("firewall_events", "Events of the firewall.", func(r *T) rest.Int { return of(r).Of("cdfw").Events }).From("items[].sources[].events"),
		saCount("firewall_events_blocked", "Events of the firewall that were blocked.", func(r *T) rest.Int { return of(r).Of("cdfw").BlockedEvents }).From("items[].sources[].blockedEvents"),
	}
}

// saApplicationColumns are the columns of the lists of applications.
func saApplicationColumns(more ...jobs.Column[secureaccess.FoundApplication]) jobs.Columns[secureaccess.FoundApplication] {
	type T = secureaccess.FoundApplication
	return slices.Concat(
		saApplication(func(a *T) *T { return a }),
		jobs.Columns[T]{
			jobs.Text("subcategory", "The subcategory; newer versions of the API.", func(a *T) string { return a.Subcategory }).From("items[].subcategory"),
			jobs.List("content_types", "The content of the subcategory; newer versions of the API.", func(a *T) []string { return a.SubcategoryContentTypes }).From("items[].subcategory_content_types"),
		},
		more,
		saSources(func(a *T) secureaccess.Sources { return a.Sources }),
		saSeen(func(a *T) secureaccess.Stamp { return a.FirstDetected }, func(a *T) secureaccess.Stamp { return a.LastDetected }),
	)
}

func secureAccessFoundApplications(c *secureaccess.Client) []jobs.Job {
	const path = "appDiscovery/applications"
	return saSpecial(saNinetyDays(jobs.Info{
		Title: "Discovered applications",
		Summary: []exporters.Block{
			each("Applications by risk", "weighted_risk", "", ""), most("Categories with the most applications", "category", "weighted_risk", ""),
		},
		About:      "One row an application that was seen in the organisation's traffic.",
		Parameters: saFoundParameters(),
	}), path, c.FoundApplications, saApplicationColumns(), saOnDay(saName(path)))
}

func secureAccessApplicationsInfo(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.FoundApplication
	const path = "appDiscovery/applications/info"
	return saSpecial(saNinetyDays(jobs.Info{
		Title:      "Discovered applications with information",
		About:      "One row an application that was seen in the organisation's traffic, with its vendor and how many use it.",
		Parameters: append(saFoundParameters(), jobs.Parameter{Name: "app_ids", Values: "ids of applications, comma-separated", Meaning: "These applications alone."}),
	}), path, c.ApplicationsInfo, saApplicationColumns(
		jobs.Text("description", "What the application is.", func(a *T) string { return a.Description }).From("items[].description"),
		jobs.Text("vendor", "Who makes it.", func(a *T) string { return a.Vendor }).From("items[].vendor"),
		jobs.Text("url", "The address of the application.", func(a *T) string { return a.URL }).From("items[].url"),
		saCount("identities", "How many identities use it.", func(a *T) rest.Int { return a.IdentitiesCount }).From("items[].identitiesCount"),
	), saOnDay(saName(path)))
}

const saEachApplication = "A run makes a request for every application, or more, which for a thousand of them is minutes."

func secureAccessApplicationIdentities(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.ApplicationIdentity
	const name = "secureaccess-app-discovery-identities"
	return saSpecial(saNinetyDays(jobs.Info{
		Name:       name,
		Title:      "Identities of discovered applications",
		About:      "One row an application and identity: who used it, and how much.",
		Parameters: saFoundParameters(),
		Requests:   2, Costly: saEachApplication,
	}), "appDiscovery/applications/{applicationId}/identities", c.ApplicationIdentities, slices.Concat(
		saApplication(func(r *T) *secureaccess.FoundApplication { return &r.Application }),
		saFoundIdentity(func(r *T) *secureaccess.FoundIdentity { return &r.Identity }),
		saSources(func(r *T) secureaccess.Sources { return r.Identity.Sources }),
		saSeen(func(r *T) secureaccess.Stamp { return r.Identity.FirstDetected }, func(r *T) secureaccess.Stamp { return r.Identity.LastDetected }),
	), saOnDay(name))
}

func saFoundIdentity[T any](of func(*T) *secureaccess.FoundIdentity) jobs.Columns[T] {
	return jobs.Columns[T]{
		jobs.Code("identity_id", "The identity's number.", func(r *T) string { return string(of(r).ID) }).From("items[].id"),
		jobs.Text("identity", "The identity's name.", func(r *T) string { return of(r).Name }).From("items[].name"),
	}
}

func secureAccessProtocols(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.Protocol
	const path = "appDiscovery/protocols"
	return saSpecial(saFoundInfo(jobs.Info{
		Title:      "Discovered protocols",
		About:      "One row an application protocol that was seen in the organisation's traffic in the last 90 days.",
		Parameters: []jobs.Parameter{{Name: "identity", Values: "an identity's number", Meaning: "Protocols in the traffic of this identity alone."}},
	}), path, c.Protocols, slices.Concat(
		saProtocol(func(p *T) *T { return p }),
		saProtocolEvents("", func(p *T) (events, blocked rest.Int) { return p.Events, p.BlockedEvents }),
		saSeen(func(p *T) secureaccess.Stamp { return p.FirstDetected }, func(p *T) secureaccess.Stamp { return p.LastDetected }),
	), saAsOfNow(saName(path)))
}

func saProtocol[T any](of func(*T) *secureaccess.Protocol) jobs.Columns[T] {
	return jobs.Columns[T]{
		jobs.Code("protocol_id", "The id of the protocol.", func(r *T) string { return string(of(r).ID) }).From("items[].id"),
		jobs.Text("protocol", "The name of the protocol, such as ftp.", func(r *T) string { return of(r).Name }).From("items[].name"),
		jobs.Text("description", "What the protocol is.", func(r *T) string { return of(r).Description }).From("items[].description"),
	}
}

func saProtocolEvents[T any](whose string, of func(*T) (events, blocked rest.Int)) jobs.Columns[T] {
	return jobs.Columns[T]{
		saCount("events", "Events with the protocol"+whose+".", func(r *T) rest.Int { n, _ := of(r); return n }).From("items[].events"),
		saCount("events_blocked", "Events with the protocol"+whose+" that were blocked.", func(r *T) rest.Int { _, n := of(r); return n }).From("items[].blockedEvents"),
	}
}

func secureAccessProtocolIdentities(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.ProtocolIdentity
	const name = "secureaccess-app-discovery-protocol-identities"
	return saSpecial(saNinetyDays(jobs.Info{
		Name:       name,
		Title:      "Identities of discovered protocols",
		About:      "One row an application protocol and identity: who used it, and how much.",
		Parameters: []jobs.Parameter{{Name: "identity", Values: "an identity's number", Meaning: "Protocols in the traffic of this identity alone; all identities of them are listed."}},
		Requests:   2, Costly: "A run makes a request for every protocol, or more.",
	}), "appDiscovery/protocols/{protocolId}/identities", c.ProtocolIdentities, slices.Concat(
		saProtocol(func(r *T) *secureaccess.Protocol { return &r.Protocol }),
		saFoundIdentity(func(r *T) *secureaccess.FoundIdentity { return &r.Identity }),
		saProtocolEvents(" of the identity", func(r *T) (events, blocked rest.Int) { return r.Identity.Events, r.Identity.BlockedEvents }),
		saSeen(func(r *T) secureaccess.Stamp { return r.Identity.FirstDetected }, func(r *T) secureaccess.Stamp { return r.Identity.LastDetected }),
	), saOnDay(name))
}
