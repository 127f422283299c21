package reports

import (
	"slices"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

func saProxyInfo() jobs.Info {
	return jobs.Info{
		Title: "Web activity",
		About: "One row a web request through the secure web gateway: who asked for which address, what came back, and what " +
			"was decided. Requests of one second are sorted by what they say, since the API has no order for them.",
		Parameters: saParameters("domains urls categories policycategories ip ports identityids identitytypes applicationid verdict " +
			"ruleid filename securityoverridden bundleid threats threattypes ampdisposition antivirusthreats tenantcontrols " +
			"isolatedstate isolatedFileAction datalosspreventionstate httperrors"),
		Paging: saSlices, Limits: saPageLimits, Scope: saAggregations,
		Summary: saEvents(
			exporters.Block{Title: "Bytes received", Sum: "response_size"},
			exporters.Block{Title: "Bytes sent", Sum: "request_size"},
			exporters.Block{Title: "Most requested addresses", By: "url", Split: "verdict", Top: 10, Chart: exporters.Stacked},
		),
	}
}

func saProxyColumns() jobs.Columns[secureaccess.Proxied] {
	request := func(p *secureaccess.Proxied) *secureaccess.Request { return &p.Request }
	web := func(p *secureaccess.Proxied) *secureaccess.Proxied { return p }
	return slices.Concat(
		saWho(request),
		saTransfer(web),
		saWhat(request),
		saProtection(web),
		saPolicy(web, func(p *secureaccess.Proxied) *secureaccess.WebPolicy { return &p.Policy }),
		saWhere(request),
	)
}

// saTransfer are the columns of what was asked for and what came back.
func saTransfer[T any](of func(*T) *secureaccess.Proxied) jobs.Columns[T] {
	return jobs.Columns[T]{
		jobs.Text("url", "The address that was asked for.", func(p *T) string { return of(p).URL }).From("data[].url"),
		jobs.Code("destination_ip", "The address of the server.", func(p *T) string { return of(p).DestinationIP }).From("data[].destinationip"),
		saCount("port", "The port of the server.", func(p *T) rest.Int { return of(p).Port }).From("data[].port"),
		jobs.Text("request_method", "The method of the request, such as GET.", func(p *T) string { return of(p).RequestMethod }).From("data[].requestmethod"),
		saCount("status_code", "The HTTP status of the answer.", func(p *T) rest.Int { return of(p).StatusCode }).From("data[].statuscode"),
		saCount("request_size", "The size of the request.", func(p *T) rest.Int { return of(p).RequestSize }).In("bytes").From("data[].requestsize"),
		saCount("response_size", "The size of the answer.", func(p *T) rest.Int { return of(p).ResponseSize }).In("bytes").From("data[].responsesize"),
		jobs.Text("content_type", "The type of the content, such as text/html.", func(p *T) string { return of(p).ContentType }).From("data[].contenttype"),
		jobs.Text("referer", "The address that led to this one.", func(p *T) string { return of(p).Referer }).From("data[].referer"),
		jobs.Text("user_agent", "The program that asked.", func(p *T) string { return of(p).UserAgent }).From("data[].useragent"),
		jobs.Text("response_file_name", "The name of the file that came back.", func(p *T) string { return of(p).ResponseFileName }).From("data[].responsefilename"),
		jobs.Text("blocked_file_type", "The type of a file that was blocked for its type.", func(p *T) string { return of(p).BlockedFileType }).From("data[].blockedfiletype"),
		jobs.Code("sha256", "The SHA-256 hash of the content.", func(p *T) string { return of(p).SHA256 }).From("data[].sha256"),
		jobs.Text("forwarding_method", "How the request reached the gateway.", func(p *T) string { return of(p).ForwardingMethod }).From("data[].forwardingmethod"),
		jobs.Code("egress_ip", "The address with which the gateway asked the server.", func(p *T) string { return of(p).Egress.IP }).From("data[].egress.ip"),
		jobs.Text("egress_type", "Whether that address is shared or the organisation's own.", func(p *T) string { return of(p).Egress.Type }).From("data[].egress.type"),
		jobs.Text("datacenter", "The data centre that handled the request.", func(p *T) string { return of(p).Datacenter.Label }).From("data[].datacenter.label"),
		jobs.Code("datacenter_id", "The code of the data centre.", func(p *T) string { return of(p).Datacenter.ID }).From("data[].datacenter.id"),
	}
}

// saProtection are the columns of what the scanners found.
func saProtection[T any](of func(*T) *secureaccess.Proxied) jobs.Columns[T] {
	name := func(n *secureaccess.Name) secureaccess.Name { return *n }
	fault := func(p *T, get func(*secureaccess.HTTPError) string) exporters.Cell {
		return exporters.ListOf(of(p).HTTPErrors, get)
	}
	return jobs.Columns[T]{
		jobs.Text("amp_disposition", "What Advanced Malware Protection made of the file.", func(p *T) string { return of(p).AMP.Disposition }).From("data[].amp.disposition"),
		saCount("amp_score", "The score that Advanced Malware Protection gave the file.", func(p *T) rest.Int { return of(p).AMP.Score }).From("data[].amp.score"),
		jobs.Text("amp_malware", "The malware that Advanced Malware Protection found.", func(p *T) string { return of(p).AMP.Malware }).From("data[].amp.malware"),
		saJoined("antivirus_viruses", "The viruses that the scanner found.", func(p *T) exporters.Cell { return exporters.ListOf(of(p).AntivirusThreats.Viruses, name) }).From("data[].antivirusthreats.viruses"),
		saJoined("antivirus_puas", "The potentially unwanted applications that the scanner found.", func(p *T) exporters.Cell { return exporters.ListOf(of(p).AntivirusThreats.PUAs, name) }).From("data[].antivirusthreats.puas"),
		saJoined("antivirus_others", "What else the scanner found.", func(p *T) exporters.Cell { return exporters.ListOf(of(p).AntivirusThreats.Others, name) }).From("data[].antivirusthreats.others"),
		jobs.Text("dlp_state", "Whether data loss prevention blocked the request.", func(p *T) string { return of(p).DataLossPrevention.State }).From("data[].datalossprevention.state"),
		jobs.Text("isolated_state", "Whether remote browser isolation took the page over.", func(p *T) string { return of(p).Isolated.State }).From("data[].isolated.state"),
		jobs.Text("isolated_file_action", "How a file in isolation was treated.", func(p *T) string { return of(p).Isolated.FileAction }).From("data[].isolated.fileaction"),
		saJoined("http_errors", "What was wrong with the server's certificate or with TLS.", func(p *T) exporters.Cell {
			return fault(p, func(e *secureaccess.HTTPError) string { return e.Reason })
		}).From("data[].httperrors[].reason"),
		saJoined("http_error_types", "The types of these errors: CertificateError or TLSError.", func(p *T) exporters.Cell {
			return fault(p, func(e *secureaccess.HTTPError) string { return e.Type })
		}).From("data[].httperrors[].type"),
		saJoined("http_error_codes", "The codes of these errors.", func(p *T) exporters.Cell {
			return fault(p, func(e *secureaccess.HTTPError) string { return string(e.Code) })
		}).From("data[].httperrors[].code"),
		saJoined("http_error_attributes", "What else is known of these errors, as JSON.", func(p *T) exporters.Cell {
			return fault(p, saAttributes)
		}).From("data[].httperrors[].attributes"),
	}
}

// saAttributes are an error's attributes, if there are any.
func saAttributes(e *secureaccess.HTTPError) string {
	if text := string(e.Attributes); strings.Trim(text, "{} \t\r\n") != "" && text != "null" {
		return text
	}
	return ""
}

// saPolicy are the columns of what decided.
func saPolicy[T any](of func(*T) *secureaccess.Proxied, policy func(*T) *secureaccess.WebPolicy) jobs.Columns[T] {
	id := func(id *rest.ID) rest.ID { return *id }
	return jobs.Columns[T]{
		jobs.Code("policy_rule_id", "The number of the rule of the access policy that decided.", func(p *T) string { return string(policy(p).RuleID) }).From("data[].policy.ruleid"),
		jobs.Code("policy_ruleset_id", "The number of the set that the rule belongs to.", func(p *T) string { return string(policy(p).RulesetID) }).From("data[].policy.rulesetid"),
		saJoined("policy_destination_list_ids", "The numbers of the destination lists that the rule used.", func(p *T) exporters.Cell {
			return exporters.ListOf(policy(p).DestinationListIDs, id)
		}).From("data[].policy.destinationlistids"),
		jobs.Bool("policy_time_based_rule", "Whether a rule for a time of day applied.", func(p *T) (bool, bool) { return policy(p).TimeBasedRule.Get() }).From("data[].policy.timebasedrule"),
		jobs.Code("bundle_id", "The number of the proxy bundle.", func(p *T) string { return string(of(p).BundleID) }).From("data[].bundleid"),
		jobs.Text("warn_status", "Whether a warning page was shown, and what became of it.", func(p *T) string { return of(p).WarnStatus }).From("data[].warnstatus"),
		jobs.Bool("security_overridden", "Whether somebody overrode the protection.", func(p *T) (bool, bool) { return of(p).SecurityOverridden.Get() }).From("data[].securityoverridden"),
		jobs.Bool("tenant_controls", "Whether a tenant control policy applied.", func(p *T) (bool, bool) { return of(p).TenantControls.Get() }).From("data[].tenantcontrols"),
	}
}
