package reports

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// SecureAccess lists the reports about an organisation's traffic through Cisco Secure Access.
func SecureAccess(c *secureaccess.Client) []jobs.Job {
	return slices.Concat(
		secureAccessSummary(c),
		secureAccessTotalRequests(c),
		secureAccessTopIdentities(c),
		secureAccessTopDestinations(c),
		secureAccessRequestsByHour(c),
		secureAccessTops(c),
		secureAccessSeries(c),
		secureAccessThreats(c),
		secureAccessSummaries(c),
		secureAccessLookups(c),
		secureAccessActivity(c),
		secureAccessPrivate(c),
		secureAccessConnectors(c),
		secureAccessRules(c),
		secureAccessDiscovery(c),
		secureAccessUsage(c),
		secureAccessDLP(c),
	)
}

// The scopes of keys, with the names that the dashboard has for them.
const (
	saAggregations   = "reports.aggregations:read (Reports > Aggregations > Read-Only)"
	saGranularEvents = "reports.granularEvents:read (Reports > Granular Events > Read-Only)"
	saUtilities      = "reports.utilities:read (Reports > Utilities > Read-Only)"
	saPrivate        = "reports.privateResources:read (Reports > Private Resources > Read-Only)"
	saRuleSummaries  = "reports.summariesByRule:read (Reports > Summaries by rule > Read-Only)"
	saAppDiscovery   = "reports.appDiscovery:read (Reports > App Discovery > Read-Only)"
	saUsageMetrics   = "reports.usage.metrics:read (Reports > Usage Metrics > Read-Only)"
	saAPIUsage       = "reports.apiusage:read (Reports > API Usage > Read-Only)"
	saDLP            = "reports.dlp:read (Reports > DLP > Read-Only)"
)

// How answers are cut into pages.
const (
	saOneAnswer = "none: one answer of one record"
	saWhole     = "none: one answer of all rows"
	saPages     = "limit and offset, to a short page"
	saSlices    = "windows of up to 5,000 rows, several side by side where the rate has room; where one is full, the next begins at the second in which it ends"

	saRate       = "5 requests a second"
	saLimits     = saRate + "; the API keeps requests for 30 days"
	saPageLimits = "5,000 rows a page, offset to 10,000: 15,000 rows of a window; " + saLimits
)

const saReference = "https://developer.cisco.com/docs/cloud-security/secure-access-api-reference-reporting-overview"

// saList is how a client lists records of one report.
type saList[T any] func(
	ctx context.Context, traffic secureaccess.Traffic, q secureaccess.Query, p secureaccess.Progress,
) iter.Seq2[T, error]

// saReport declares a report once for all traffic, and once more for each of the types of traffic that the API has it
// for: "dns" makes secureaccess-summary-dns of secureaccess-summary. Name is the path below /reports/v2.
func saReport[T any](info jobs.Info, path, types string, list saList[T], columns jobs.Columns[T]) []jobs.Job {
	made := []jobs.Job{saJob(info, path, secureaccess.All, list, columns)}
	return append(made, saTwins(info, path, types, list, columns)...)
}

// saTwins declares a report for each of the types of traffic.
func saTwins[T any](info jobs.Info, path, types string, list saList[T], columns jobs.Columns[T]) []jobs.Job {
	var made []jobs.Job
	for traffic := range strings.FieldsSeq(types) {
		made = append(made, saJob(info, path, traffic, list, columns))
	}
	return made
}

func saJob[T any](info jobs.Info, path string, traffic secureaccess.Traffic, list saList[T], columns jobs.Columns[T]) jobs.Job {
	if traffic != secureaccess.All {
		path += "/" + traffic
		info.Title += " (" + saTrafficNames(traffic) + ")"
	}
	info.API, info.Page = "secureaccess", saReference
	if info.Every.IsZero() {
		info.Every = jobs.PreviousDay
	}
	info.Name = saName(path)
	info.Endpoint = "/reports/v2/" + path
	return jobs.Report[T]{Info: info, Source: saSource(info, traffic, list), Columns: columns}.Job()
}

// saName makes a report's name of its path below /reports/v2: "apiUsage/keys" is secureaccess-api-usage-keys.
func saName(path string) string {
	name := []byte("secureaccess-")
	for _, c := range []byte(path) {
		switch {
		case c == '/':
			c = '-'
		case c >= 'A' && c <= 'Z':
			name, c = append(name, '-'), c+'a'-'A'
		}
		name = append(name, c)
	}
	return string(name)
}

// saTrafficNames is a type of traffic as people call it.
func saTrafficNames(traffic secureaccess.Traffic) string {
	switch traffic {
	case "dns", "ip", "ztna":
		return strings.ToUpper(traffic)
	case "proxy":
		return "web"
	}
	return strings.ReplaceAll(traffic, "-", " ")
}

func saSource[T any](info jobs.Info, traffic secureaccess.Traffic, list saList[T]) jobs.Source[T] {
	return checked(info, func(ctx context.Context, r jobs.Request) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			q := secureaccess.Query{Params: apiParams(r.Params), Limit: r.Limit}
			switch {
			case info.Every.Snapshot(): // A window would not change what there is at present.
			case r.Window.Snapshot():
				var none T
				yield(none, &ParamError{"WINDOW_" + variable(info.Name), "the report needs a window that lasts, such as previous-day"})
				return
			default:
				q.From, q.To = r.Window.From, r.Window.To
			}
			list(ctx, traffic, q, r.Proof)(yield)
		}
	})
}

// saParameters describes filters of the API, which are comma-separated lists where they say so.
func saParameters(names string) []jobs.Parameter {
	var list []jobs.Parameter
	for name := range strings.FieldsSeq(names) {
		values, meaning := saParameter(name)
		list = append(list, jobs.Parameter{Name: name, Values: values, Meaning: meaning})
	}
	return list
}

// Filters that most reports have. Those about categories have none for ports, those about files and bytes none for threats.
const (
	saWebFilters = "domains urls categories policycategories ip identityids identitytypes applicationid verdict " +
		"securityoverridden bundleid ampdisposition antivirusthreats datalosspreventionstate filternoisydomains"
	saCategoryFilters = saWebFilters + " threats threattypes"
	saFilters         = saCategoryFilters + " ports"
	saTopFilters      = saFilters + " sha256"
	saSummaryFilters  = saCategoryFilters + " ruleid filename"
	saThreatFilters   = "domains categories policycategories ip identityids identitytypes applicationid verdict threats threattypes filternoisydomains"
)

func saParameter(name string) (values, meaning string) {
	switch name {
	case "domains":
		return "domain names, comma-separated", "Requests for these domains alone."
	case "urls":
		return "addresses, comma-separated", "Requests for these addresses alone."
	case "categories":
		return "category ids, comma-separated", "Requests for destinations of these categories alone."
	case "policycategories":
		return "category ids, comma-separated", "Requests in which one of these categories decided."
	case "ip":
		return "one IP address", "Requests that this address has a part in."
	case "ports":
		return "port numbers, comma-separated", "Requests to these ports alone."
	case "identityids":
		return "identity ids, comma-separated", "Requests of these identities alone."
	case "identitytypes":
		return "such as directory_user, anyconnect, site, network; comma-separated", "Requests of identities of these types alone."
	case "applicationid":
		return "an application's id", "Requests of this application alone."
	case "verdict":
		return "allowed, blocked; comma-separated", "Requests with this outcome alone."
	case "ruleid":
		return "a rule's id", "Requests that this rule decided."
	case "filename":
		return "a file name, * for any letters", "Requests for such files alone."
	case "sha256":
		return "a SHA-256 hash", "Requests for the file with this hash alone."
	case "securityoverridden":
		return "true, false", "Requests for which somebody overrode the protection, or did not."
	case "bundleid":
		return "a bundle's id", "Requests under this proxy bundle alone."
	}
	return saThreatParameter(name)
}

func saThreatParameter(name string) (values, meaning string) {
	switch name {
	case "threats":
		return "names of threats, comma-separated", "Requests with one of these threats alone."
	case "threattypes":
		return "types of threats, comma-separated", "Requests with a threat of one of these types alone."
	case "ampdisposition":
		return "dispositions, comma-separated", "Requests that Advanced Malware Protection judged so."
	case "antivirusthreats":
		return "names of threats, comma-separated", "Requests in which the virus scanner found one of these."
	case "datalosspreventionstate":
		return "blocked", "Requests that data loss prevention blocked."
	case "filternoisydomains":
		return "true, false", "Whether to leave out domains with much insignificant traffic."
	case "tenantcontrols":
		return "true, false", "Requests that a tenant control policy changed, or did not."
	case "isolatedstate":
		return "isolated, not-isolated", "Requests that remote browser isolation took over, or did not."
	case "isolatedFileAction":
		return "viewed, downloaded-original-file, downloaded-safe-pdf", "Requests whose isolated file was treated so."
	case "httperrors":
		return "certificateerror, tlserror", "Requests that failed so."
	}
	return saOption(name)
}

// saOption describes parameters that are no filters of requests.
func saOption(name string) (values, meaning string) {
	switch name {
	case "order":
		return "one of asc, desc", "Which way round the list is."
	case "application":
		return "an application's name", "Applications of this name alone."
	case "search":
		return "a part of a name", "Identities whose names have it in them."
	case secureaccess.TimeRange:
		return "one of minute, hour, day", "How long the parts are into which the window is cut; an hour if nothing is said. Where the API lets days begin is not documented."
	case secureaccess.TrafficType:
		return "dns, proxy, firewall, ip; comma-separated", "Requests of these sorts of traffic alone."
	}
	return "", ""
}

// saSpan are the columns in front of a report that is one row.
func saSpan[T any](span func(*T) secureaccess.Span) jobs.Columns[T] {
	return jobs.Columns[T]{
		jobs.Time("window_start", "The beginning of the window that the row is about.", func(r *T) time.Time { return span(r).From }).From("from"),
		jobs.Time("window_end", "The end of the window, which is not part of it.", func(r *T) time.Time { return span(r).To }).From("to"),
	}
}

// saCount is a column of a number that the API may leave out.
func saCount[T any](name, meaning string, get func(*T) rest.Int) jobs.Column[T] {
	return jobs.Int(name, meaning, func(r *T) (int64, bool) { return get(r).Get() })
}

// saJoined is a column of lists that exporters.ListOf makes.
func saJoined[T any](name, meaning string, get func(*T) exporters.Cell) jobs.Column[T] {
	return jobs.Of(exporters.List, name, meaning, get)
}
