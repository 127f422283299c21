package reports

import (
	"slices"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// saEventParameters describes parameters that only events have, besides those that other reports have as well.
func saEventParameters(common string, own ...jobs.Parameter) []jobs.Parameter {
	return append(saParameters(common), own...)
}

func saFirewallInfo() jobs.Info {
	return jobs.Info{
		Title:   "Firewall activity",
		Summary: saEvents(each("Connections by protocol", "protocol", "verdict", ""), most("Destinations with the most connections", "destination_ip", "verdict", "")),
		About: "One row a connection that the cloud firewall decided on. Rows of one second are sorted by what they say, since " +
			"the API has no order for them.",
		Parameters: saParameters("identityids ruleid verdict ip ports categories"),
		Paging:     saSlices, Limits: saPageLimits, Scope: saAggregations,
	}
}

func saFirewallColumns() jobs.Columns[secureaccess.Firewall] {
	type T = secureaccess.Firewall
	return slices.Concat(
		saEvent(func(f *T) *secureaccess.Event { return &f.Event }, "What was decided: allowed or blocked."),
		saEnds(func(f *T) *secureaccess.Connection { return &f.Connection }),
		jobs.Columns[T]{
			jobs.Code("destination_ip", "The address that the connection went to.", func(f *T) string { return f.DestinationIP }).From("data[].destinationip"),
		},
		saPackets(func(f *T) *secureaccess.FirewallDetails { return &f.FirewallDetails }),
		saCategories("categories", "category", "of the destination", "data[].categories[]", func(f *T) []secureaccess.Category { return f.Categories }),
		saApplications(func(f *T) []secureaccess.Application { return f.AllApplications }),
		saRules(func(f *T) secureaccess.Rules { return f.Rules }),
		jobs.Columns[T]{
			jobs.Text("datacenter", "The data centre that handled the connection.", func(f *T) string { return f.Datacenter.Label }).From("data[].datacenter.label"),
			jobs.Code("datacenter_id", "The code of the data centre.", func(f *T) string { return f.Datacenter.ID }).From("data[].datacenter.id"),
		},
	)
}

// saPackets are the columns of what only the firewall knows.
func saPackets[T any](of func(*T) *secureaccess.FirewallDetails) jobs.Columns[T] {
	type application = secureaccess.Application
	return jobs.Columns[T]{
		jobs.Text("direction", "Whether it went towards the internet or to the organisation's network.", func(f *T) string { return of(f).Direction }).From("data[].direction"),
		saCount("packet_size", "The size of the packet that was received.", func(f *T) rest.Int { return of(f).PacketSize }).In("bytes").From("data[].packetsize"),
		saCount("received_bytes", "How much was received.", func(f *T) rest.Int { return of(f).RxBytes }).In("bytes").From("data[].rxbytes"),
		saCount("sent_bytes", "How much was sent.", func(f *T) rest.Int { return of(f).TxBytes }).In("bytes").From("data[].txbytes"),
		jobs.Text("event_type", "The sort of event, such as the end of a session.", func(f *T) string { return of(f).EventType }).From("data[].eventtype"),
		jobs.Text("block_reason", "Why the connection was blocked.", func(f *T) string { return of(f).BlockReason }).From("data[].blockreason"),
		jobs.Text("traffic_source", "How the traffic reached the firewall, such as a tunnel or the VPN.", func(f *T) string { return of(f).TrafficSource }).From("data[].trafficsource"),
		saJoined("application_protocols", "The protocols of applications that were recognised.", func(f *T) exporters.Cell {
			return exporters.ListOf(of(f).ApplicationProtocols, func(a *application) string { return a.Label })
		}).From("data[].applicationprotocols[].label"),
		saJoined("application_protocol_ids", "The numbers of these protocols.", func(f *T) exporters.Cell {
			return exporters.ListOf(of(f).ApplicationProtocols, func(a *application) rest.ID { return a.ID })
		}).From("data[].applicationprotocols[].id"),
		saJoined("application_protocol_types", "What sort of applications they belong to.", func(f *T) exporters.Cell {
			return exporters.ListOf(of(f).ApplicationProtocols, (*application).Sort)
		}).From("data[].applicationprotocols[].app"),
		saJoined("application_protocol_categories", "The categories of these protocols.", func(f *T) exporters.Cell {
			return exporters.ListOf(of(f).ApplicationProtocols, func(a *application) string { return a.Category.Label })
		}).From("data[].applicationprotocols[].category.label"),
	}
}

// saRules are the columns of the rules that decided, mostly one.
func saRules[T any](of func(*T) secureaccess.Rules) jobs.Columns[T] {
	type rule = secureaccess.Rule
	joined := func(r *T, get func(*rule) string) string {
		return exporters.ListOf(of(r), get).Str()
	}
	return jobs.Columns[T]{
		jobs.Text("rule", "The rule that decided.", func(r *T) string { return joined(r, func(x *rule) string { return x.Label }) }).From("data[].rule.label"),
		jobs.Code("rule_id", "The number of the rule.", func(r *T) string { return joined(r, func(x *rule) string { return string(x.ID) }) }).From("data[].rule.id"),
		jobs.Text("rule_traffic_type", "The sort of traffic that the rule is for.", func(r *T) string {
			return joined(r, func(x *rule) string { return x.TrafficType })
		}).From("data[].rule.traffictype"),
		jobs.Text("rule_application_group", "The group of private applications that the rule is for.", func(r *T) string {
			return joined(r, func(x *rule) string { return x.PrivateApplicationGroup.Label })
		}).From("data[].rule.privateapplicationgroup.label"),
		jobs.Code("rule_application_group_id", "The number of that group.", func(r *T) string {
			return joined(r, func(x *rule) string { return string(x.PrivateApplicationGroup.ID) })
		}).From("data[].rule.privateapplicationgroup.id"),
	}
}

func saIntrusionInfo() jobs.Info {
	return jobs.Info{
		Title:   "Intrusion activity",
		Summary: saEvents(each("Intrusions by severity", "severity", "verdict", ""), most("Signatures with the most intrusions", "signature", "verdict", "")),
		About:   "One row a packet or connection that a signature of the intrusion prevention matched.",
		Parameters: saEventParameters("identityids ip ports filternoisydomains",
			jobs.Parameter{Name: "signatures", Values: "numbers of signature and generator as 47829-1, comma-separated", Meaning: "Matches of these signatures alone."},
			jobs.Parameter{Name: "signaturelistids", Values: "numbers of signature lists, comma-separated", Meaning: "Matches of signatures in these lists alone."},
			jobs.Parameter{Name: "intrusionaction", Values: "would_block, blocked, detected; comma-separated", Meaning: "Matches with this outcome alone."},
		),
		Paging: saSlices, Limits: saPageLimits, Scope: saAggregations,
	}
}

func saIntrusionColumns() jobs.Columns[secureaccess.Intrusion] {
	type T = secureaccess.Intrusion
	return slices.Concat(
		saEvent(func(i *T) *secureaccess.Event { return &i.Event }, "What was done: detected, blocked, or would_block where blocking is switched off."),
		saSignature(func(i *T) *secureaccess.IntrusionDetails { return &i.IntrusionDetails }),
		saEnds(func(i *T) *secureaccess.Connection { return &i.Connection }),
		jobs.Columns[T]{
			jobs.Code("destination_ip", "The address that the connection went to.", func(i *T) string { return i.DestinationIP }).From("data[].destinationip"),
		},
		saRules(func(i *T) secureaccess.Rules { return i.Rules }),
	)
}

// saSignature are the columns of what the intrusion prevention found.
func saSignature[T any](of func(*T) *secureaccess.IntrusionDetails) jobs.Columns[T] {
	return jobs.Columns[T]{
		jobs.Text("severity", "How grave it is: HIGH, MEDIUM, LOW or VERY LOW.", func(i *T) string { return of(i).Severity }).From("data[].severity"),
		jobs.Text("classification", "What sort of attack it is.", func(i *T) string { return of(i).Classification }).From("data[].classification"),
		jobs.Text("signature", "The signature that matched.", func(i *T) string { return of(i).Signature.Label }).From("data[].signature.label"),
		jobs.Code("signature_id", "The number of the signature.", func(i *T) string { return string(of(i).Signature.ID) }).From("data[].signature.id"),
		jobs.Code("signature_generator_id", "The number of the part of the inspection that matched it.", func(i *T) string { return string(of(i).Signature.GeneratorID) }).From("data[].signature.generatorid"),
		jobs.List("signature_cves", "The known vulnerabilities that the signature is about.", func(i *T) []string { return of(i).Signature.CVEs }).From("data[].signature.cves"),
		jobs.Code("signature_list_id", "The number of the list that the signature is in.", func(i *T) string { return string(of(i).SignatureList.ID) }).From("data[].signaturelist.id"),
		jobs.Code("session_id", "The number of the session.", func(i *T) string { return string(of(i).SessionID) }).From("data[].sessionid"),
		jobs.Text("ips_profile", "The profile of the intrusion prevention that applied.", func(i *T) string { return string(of(i).IPSProfile) }).From("data[].ipsProfile"),
	}
}
