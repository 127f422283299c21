package reports

import (
	"slices"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

func saRetrospectiveInfo() jobs.Info {
	return jobs.Info{
		Title:      "Files judged anew",
		About:      "One row a file that Advanced Malware Protection judged anew after somebody had fetched it.",
		Parameters: saParameters("ampdisposition sha256"),
		Paging:     saSlices, Limits: saPageLimits, Scope: saAggregations,
	}
}

func saRetrospectiveColumns() jobs.Columns[secureaccess.Retrospective] {
	type T = secureaccess.Retrospective
	return jobs.Columns[T]{
		jobs.Time("timestamp", "When the file was judged anew.", func(r *T) time.Time { return r.At() }).From("data[].timestamp"),
		jobs.Time("first_seen", "When the file was seen for the first time.", func(r *T) time.Time { return r.FirstSeen() }).From("data[].firstseenat"),
		jobs.Text("disposition", "What the file is held to be now, such as clean or malicious.", func(r *T) string { return r.Disposition }).From("data[].disposition"),
		saCount("score", "The score that the file got.", func(r *T) rest.Int { return r.Score }).From("data[].score"),
		jobs.Text("host_name", "The host that the file came from.", func(r *T) string { return r.HostName }).From("data[].hostname"),
		jobs.Text("malware_name", "The malware that the file holds.", func(r *T) string { return r.MalwareName }).From("data[].malwarename"),
		jobs.Code("sha256", "The SHA-256 hash of the file.", func(r *T) string { return r.SHA256 }).From("data[].sha256"),
	}
}

func saRemoteAccessInfo() jobs.Info {
	return jobs.Info{
		Title: "Remote access events",
		Summary: []exporters.Block{
			overTime("Events over time", "timestamp", "connection_event", ""),
			most("Identities with the most events", "identities", "connection_event", ""),
			most("Most frequent reasons", "reason", "connection_event", ""),
		},
		About: "One row a connection to the VPN that was made, ended or failed. The API tells neither bytes nor how long it lasted.",
		Parameters: saEventParameters("ip identityids identitytypes",
			jobs.Parameter{Name: "connectionevent", Values: "one of connected, disconnected, failed", Meaning: "Events of this sort alone."},
			jobs.Parameter{Name: "anyconnectversions", Values: "versions of the client, comma-separated", Meaning: "Events with these versions of the client alone."},
			jobs.Parameter{Name: "osversions", Values: "versions of operating systems, comma-separated", Meaning: "Events with these operating systems alone."},
		),
		Paging: "windows of up to 5,000 rows without any offset; where one is full, the next begins at the second in which it ends",
		Limits: "5,000 rows of a window, and 30 days a window: a second with more rows is cut off, and said to be; " + saLimits,
		Scope:  saUtilities + ", although the reference names reports.granularEvents:read or reports.aggregations:read",
	}
}

func saRemoteAccessColumns() jobs.Columns[secureaccess.RemoteAccess] {
	type T = secureaccess.RemoteAccess
	return slices.Concat(
		jobs.Columns[T]{
			jobs.Time("timestamp", "When it happened.", func(r *T) time.Time { return r.At() }).From("data[].timestamp"),
			jobs.Text("connection_event", "What happened: connected, disconnected or failed.", func(r *T) string { return r.ConnectionEvent }).From("data[].connectionevent").
				Marking(exporters.Marked(exporters.Bad, "failed")),
		},
		saIdentities(func(r *T) []secureaccess.Identity { return r.Identities }),
		jobs.Columns[T]{
			jobs.Time("connected", "When the connection was made.", func(r *T) time.Time { return r.Connected() }).From("data[].connecttimestamp"),
			jobs.Code("internal_ip", "The address of the device in the VPN.", func(r *T) string { return r.InternalIP }).From("data[].internalip"),
			jobs.Code("public_ip", "The address of the device in the internet.", func(r *T) string { return r.PublicIP }).From("data[].publicip"),
			jobs.Text("os_version", "The operating system of the device.", func(r *T) string { return r.OSVersion }).From("data[].osversion"),
			jobs.Text("client_version", "The version of the client.", func(r *T) string { return r.AnyConnectVersion }).From("data[].anyconnectversion"),
			jobs.Code("vpn_profile", "The profile of the VPN.", func(r *T) string { return r.VPNProfile }).From("data[].vpnprofile"),
			jobs.Text("session_type", "The sort of session, such as TLS.", func(r *T) string { return r.SessionType }).From("data[].sessiontype"),
			jobs.Text("reason", "Why it happened, such as ACCT_DISC_USER_REQ when the user ended it.", func(r *T) string { return r.Reason }).From("data[].reason"),
			jobs.List("failed_reasons", "What went wrong.", func(r *T) []string { return r.FailedReasons }).From("data[].failedreasons"),
		},
	)
}

func saTunnelInfo() jobs.Info {
	return jobs.Info{
		Title: "Network tunnel log",
		Summary: []exporters.Block{
			overTime("Messages over time", "timestamp", "level", ""),
			most("Tunnel groups with the most messages", "tunnel_group", "level", ""),
			most("Most frequent messages", "message", "level", ""),
		},
		About: "One row an entry in the log of the network tunnels: key exchange, BGP, and the like.",
		Parameters: saEventParameters("",
			jobs.Parameter{Name: "servicename", Values: "a service's name", Meaning: "Entries of this service alone."},
			jobs.Parameter{Name: "networkTunnelLevel", Values: "a level, such as info or error", Meaning: "Entries of this level alone."},
			jobs.Parameter{Name: "networktunnelgrouplabel", Values: "a tunnel group's name", Meaning: "Entries about this group alone."},
			jobs.Parameter{Name: "datacenterip", Values: "one IP address", Meaning: "Entries about tunnels to this address of a data centre alone."},
			jobs.Parameter{Name: "message", Values: "a message", Meaning: "Entries with this message alone."},
			jobs.Parameter{Name: "region", Values: "a region's name", Meaning: "Entries about tunnels to this region alone."},
			jobs.Parameter{Name: "searchtext", Values: "text", Meaning: "Entries in which the text occurs."},
		),
		Paging: saSlices, Limits: saPageLimits, Scope: saGranularEvents,
	}
}

func saTunnelColumns() jobs.Columns[secureaccess.TunnelEvent] {
	type T = secureaccess.TunnelEvent
	return jobs.Columns[T]{
		jobs.Time("timestamp", "When it happened.", func(t *T) time.Time { return t.At() }).From("data[].timestamp"),
		jobs.Text("level", "How grave it is.", func(t *T) string { return t.Level }).From("data[].level"),
		jobs.Text("service_name", "The service that wrote the entry.", func(t *T) string { return t.ServiceName }).From("data[].serviceName"),
		jobs.Text("message", "What happened.", func(t *T) string { return t.Message }).From("data[].message"),
		jobs.Text("tunnel_group", "The group that the tunnel belongs to.", func(t *T) string { return t.NetworkTunnelGroupLabel }).From("data[].networkTunnelGroupLabel"),
		jobs.Code("tunnel_group_id", "The number of the group.", func(t *T) string { return string(t.NetworkTunnelGroupID) }).From("data[].networkTunnelGroupId"),
		jobs.Code("tunnel_id", "The number of the tunnel.", func(t *T) string { return string(t.TunnelID) }).From("data[].tunnelId"),
		jobs.Code("hub_id", "The number of the hub that the tunnel ends at.", func(t *T) string { return string(t.HubID) }).From("data[].hubId"),
		jobs.Bool("hub_is_primary", "Whether this is the group's first hub, and not the one in reserve.", func(t *T) (bool, bool) { return t.HubIsPrimary.Get() }).From("data[].hubIsPrimary"),
		jobs.Text("region", "The region of the hub.", func(t *T) string { return t.Region }).From("data[].region"),
		jobs.Text("datacenter", "The data centre of the hub.", func(t *T) string { return t.Datacenter }).From("data[].datacenter"),
		jobs.Code("datacenter_ip", "The address of the data centre.", func(t *T) string { return t.DatacenterIP }).From("data[].datacenterIp"),
		jobs.Text("device_type", "The sort of device at the other end.", func(t *T) string { return t.DeviceType }).From("data[].deviceType"),
		jobs.Code("origin_id", "The number of the identity that the tunnel is.", func(t *T) string { return string(t.OriginID) }).From("data[].originId"),
		jobs.Text("origin_type", "The type of that identity.", func(t *T) string { return t.OriginType }).From("data[].originType"),
		jobs.Code("ike_auth_id", "The name with which the other end authenticates.", func(t *T) string { return t.IKEAuthID }).From("data[].ikeAuthId"),
		jobs.Code("ike_customer_address", "The address of the other end.", func(t *T) string { return t.IKECustomerAddress }).From("data[].ikeCustomerAddress"),
		saCount("ike_customer_port", "The port of the other end.", func(t *T) rest.Int { return t.IKECustomerPort }).From("data[].ikeCustomerPort"),
		jobs.Code("ike_spi", "The security parameter index of the key exchange.", func(t *T) string { return string(t.IKESPI) }).From("data[].ikeSpi"),
		jobs.Code("bgp_peer_ip", "The address of the other end for BGP.", func(t *T) string { return t.BGPPeerIP }).From("data[].bgpPeerIp"),
		jobs.Code("organization_id", "The number of the organisation.", func(t *T) string { return string(t.UmbrellaOrgID) }).From("data[].umbrellaOrgId"),
	}
}
