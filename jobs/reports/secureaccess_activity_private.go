package reports

import (
	"slices"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

func saPrivateInfo() jobs.Info {
	return jobs.Info{
		Title:   "Private access activity",
		Summary: saEvents(most("Applications with the most requests", "applications", "verdict", "")),
		About:   "One row an access to a private application through Zero Trust Access, with a client or with a browser alone.",
		Parameters: saEventParameters("",
			jobs.Parameter{Name: "ztnatype", Values: "one of clientless, clientbased", Meaning: "Accesses with a browser alone, or with the client."}),
		Paging: saSlices, Limits: saPageLimits, Scope: saAggregations,
	}
}

func saPrivateColumns() jobs.Columns[secureaccess.Private] {
	type T = secureaccess.Private
	return slices.Concat(
		saEvent(func(a *T) *secureaccess.Event { return &a.Event }, "What was decided: allowed, blocked, or warn."),
		jobs.Columns[T]{
			jobs.Text("type", "How the application was reached: ztna with a browser, ztna-clientbased with the client.", func(a *T) string { return a.Type }).From("data[].type"),
			jobs.Code("destination_ip", "The address that the application's name led to, for accesses with the client.", func(a *T) string { return a.DestinationIP }).From("data[].destinationip"),
		},
		saApplications(func(a *T) []secureaccess.Application { return a.AllApplications }),
		saPosture(func(a *T) *secureaccess.PrivateDetails { return &a.PrivateDetails }, func(a *T) *secureaccess.PrivateDevice { return &a.Device }),
		saRuleset(func(a *T) *secureaccess.PrivatePolicy { return &a.Policy }),
	)
}

// saPosture are the columns of the device, and of how well it is protected.
func saPosture[T any](of func(*T) *secureaccess.PrivateDetails, device func(*T) *secureaccess.PrivateDevice) jobs.Columns[T] {
	name := func(n *secureaccess.Name) secureaccess.Name { return *n }
	return jobs.Columns[T]{
		jobs.Code("device_id", "The device that the request came from.", func(a *T) string { return string(device(a).ID) }).From("data[].device.id"),
		jobs.Code("device_ip", "The address of the device.", func(a *T) string { return device(a).IP }).From("data[].device.ip"),
		jobs.Text("device_os", "The operating system of the device.", func(a *T) string { return device(a).OS }).From("data[].device.os"),
		jobs.Text("device_browser", "The browser on the device.", func(a *T) string { return device(a).Browser }).From("data[].device.browser"),
		jobs.Text("device_location", "Where the device was.", func(a *T) string { return device(a).Location }).From("data[].device.location"),
		jobs.Text("client_firewall", "The firewall on the device: SYS for the system's own, or NONE.", func(a *T) string { return of(a).ClientFirewall }).From("data[].clientfirewall"),
		jobs.Text("disk_encryption", "Whether the disk is encrypted: SYS by the system, THIRDPARTY, or NONE.", func(a *T) string { return of(a).DiskEncryption }).From("data[].diskencryption"),
		saJoined("antimalware_agents", "The programs against malware on the device.", func(a *T) exporters.Cell { return exporters.ListOf(of(a).AntimalwareAgents, name) }).From("data[].antimalwareagents"),
	}
}

// saRuleset are the columns of what decided about private access.
func saRuleset[T any](of func(*T) *secureaccess.PrivatePolicy) jobs.Columns[T] {
	return jobs.Columns[T]{
		jobs.Text("ruleset", "The set of rules that applied.", func(a *T) string { return of(a).Ruleset.Label }).From("data[].policy.ruleset.label"),
		jobs.Code("ruleset_id", "The number of the set.", func(a *T) string { return string(of(a).Ruleset.ID) }).From("data[].policy.ruleset.id"),
		jobs.Text("ruleset_rule", "The rule of the set that decided.", func(a *T) string { return of(a).Ruleset.Rule.Label }).From("data[].policy.ruleset.rule.label"),
		jobs.Code("ruleset_rule_id", "The number of that rule.", func(a *T) string { return string(of(a).Ruleset.Rule.ID) }).From("data[].policy.ruleset.rule.id"),
		jobs.Text("application_group", "The group of private applications that was reached.", func(a *T) string { return of(a).PrivateApplicationGroup.Label }).From("data[].policy.privateapplicationgroup.label"),
		jobs.Code("application_group_id", "The number of the group.", func(a *T) string { return string(of(a).PrivateApplicationGroup.ID) }).From("data[].policy.privateapplicationgroup.id"),
	}
}

func saDecryptionInfo() jobs.Info {
	return jobs.Info{
		Title: "Decryption activity",
		Summary: []exporters.Block{
			overTime("Connections over time", "timestamp", "decrypt_action", ""),
			each("Connections by cipher suite", "cipher_suite", "decrypt_action", ""),
			most("Identities with the most connections", "identities", "decrypt_action", ""),
		},
		About: "One row an encrypted connection, with whether it was decrypted and why it was not.",
		Parameters: saEventParameters("",
			jobs.Parameter{Name: "decryptaction", Values: "decryptinbound, decryptoutbound, donotdecrypt, decrypterror; comma-separated", Meaning: "Connections that were treated so."}),
		Paging: saSlices, Limits: saPageLimits, Scope: saAggregations,
	}
}

func saDecryptionColumns() jobs.Columns[secureaccess.Decryption] {
	type T = secureaccess.Decryption
	return slices.Concat(
		saEvent(func(d *T) *secureaccess.Event { return &d.Event }, ""),
		saDecrypted(func(d *T) *secureaccess.DecryptionDetails { return &d.DecryptionDetails }),
		saEnds(func(d *T) *secureaccess.Connection { return &d.Connection }),
		jobs.Columns[T]{
			jobs.Code("destination_ip", "The address that the connection went to.", func(d *T) string { return d.DestinationIP }).From("data[].destinationip"),
		},
	)
}

// saDecrypted are the columns of how an encrypted connection was treated.
func saDecrypted[T any](of func(*T) *secureaccess.DecryptionDetails) jobs.Columns[T] {
	return jobs.Columns[T]{
		jobs.Text("decrypt_action", "What was done: Decrypt Inbound, Decrypt Outbound, Do Not Decrypt, or Decrypt Error.", func(d *T) string { return of(d).Action }).From("data[].decryptAction"),
		jobs.Text("decrypt_action_reason", "Why it was done.", func(d *T) string { return of(d).ActionReason }).From("data[].decryptActionReason"),
		jobs.Text("decrypt_error", "What went wrong.", func(d *T) string { return of(d).Error }).From("data[].decryptError"),
		jobs.Time("ended", "When the connection ended.", func(d *T) time.Time { return of(d).Ended() }).From("data[].endtimestamp"),
		jobs.Text("cipher_suite", "The cipher that was used.", func(d *T) string { return of(d).CipherSuite }).From("data[].cipherSuite"),
		jobs.Text("protocol_version", "The version of the protocol, such as TLS 1.2.", func(d *T) string { return of(d).ProtocolVersion }).From("data[].protocolVersion"),
		saCount("client_bytes", "How much the client sent.", func(d *T) rest.Int { return of(d).TotalClientBytes }).In("bytes").From("data[].totalClientBytes"),
		saCount("server_bytes", "How much the server sent.", func(d *T) rest.Int { return of(d).TotalServerBytes }).In("bytes").From("data[].totalServerBytes"),
	}
}
