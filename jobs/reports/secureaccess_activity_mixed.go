package reports

import (
	"slices"

	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

func saMixedInfo() jobs.Info {
	return jobs.Info{
		Title:   "Activity of all sorts",
		Summary: saEvents(each("Requests by type", "type", "verdict", "")),
		About: "One row an event of any sort: DNS and web requests, firewall, intrusions, private access, decrypted connections. " +
			"The type tells which columns have something in them; the reports of one sort are narrower. The API's own total is " +
			"held against the rows only where x-traffic-type asks for one sort of traffic.",
		Parameters: saEventParameters("domains urls categories policycategories ip ports identityids identitytypes applicationid verdict "+
			"ruleid filename securityoverridden bundleid threats threattypes ampdisposition antivirusthreats isolatedstate "+
			"isolatedFileAction datalosspreventionstate filternoisydomains httperrors "+secureaccess.TrafficType,
			jobs.Parameter{Name: "exists", Values: "names of fields such as threats, sha256, httperrors; comma-separated", Meaning: "Events that have something in these fields alone."}),
		Paging: saSlices, Limits: saPageLimits, Scope: saAggregations,
	}
}

func saMixedColumns() jobs.Columns[secureaccess.Mixed] {
	type T = secureaccess.Mixed
	request := func(m *T) *secureaccess.Request { return &m.Request }
	web := func(m *T) *secureaccess.Proxied { return &m.Proxied }
	return slices.Concat(
		jobs.Columns[T]{
			jobs.Text("type", "The sort of event: dns, proxy, firewall, ip, intrusion, ztna, ztna-clientbased or decryption.", func(m *T) string { return m.Type }).From("data[].type"),
		},
		saWho(request),
		saQuestion(func(m *T) *secureaccess.DNSDetails { return &m.DNSDetails }),
		saTransfer(web),
		saEnds(func(m *T) *secureaccess.Connection { return &m.Connection }),
		saPackets(func(m *T) *secureaccess.FirewallDetails { return &m.FirewallDetails }),
		saSignature(func(m *T) *secureaccess.IntrusionDetails { return &m.IntrusionDetails }),
		saDecrypted(func(m *T) *secureaccess.DecryptionDetails { return &m.DecryptionDetails }),
		saWhat(request),
		saProtection(web),
		saPolicy(web, func(m *T) *secureaccess.WebPolicy { return &m.Policy.WebPolicy }),
		saRuleset(func(m *T) *secureaccess.PrivatePolicy { return &m.Policy.PrivatePolicy }),
		saRules(func(m *T) secureaccess.Rules { return m.Rules }),
		saPosture(func(m *T) *secureaccess.PrivateDetails { return &m.PrivateDetails }, func(m *T) *secureaccess.PrivateDevice { return &m.Device }),
		saPlaces(request),
	)
}
