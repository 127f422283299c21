package secureaccess

import (
	"cmp"
	"context"
	"iter"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// Events whose times are seconds.

// Retrospective is a file that Advanced Malware Protection judges anew, after somebody has fetched it.
type Retrospective struct {
	Timestamp   rest.Int `json:"timestamp"`   // seconds since 1970
	FirstSeenAt rest.Int `json:"firstseenat"` // seconds since 1970
	Disposition string   `json:"disposition"`
	Score       rest.Int `json:"score"`
	HostName    string   `json:"hostname"`
	MalwareName string   `json:"malwarename"`
	SHA256      string   `json:"sha256"`
}

// At is when the file was judged anew.
func (r *Retrospective) At() time.Time { return inSeconds(r.Timestamp) }

// FirstSeen is when the file was seen for the first time.
func (r *Retrospective) FirstSeen() time.Time { return inSeconds(r.FirstSeenAt) }

func (r *Retrospective) millis() int64      { return r.Timestamp.Or(0) * 1000 }
func (r *Retrospective) lacks() string      { return missing("timestamp", r.Timestamp) }
func (r *Retrospective) side(string) string { return "" }

func (r *Retrospective) quick(other *Retrospective) int {
	return cmp.Or(cmp.Compare(r.SHA256, other.SHA256), cmp.Compare(r.HostName, other.HostName))
}

// ActivityRetrospective lists the files that were judged anew, in the order of time.
// (GET /reports/v2/activity/amp-retrospective)
func (c *Client) ActivityRetrospective(ctx context.Context, _ Traffic, q Query, p Progress) iter.Seq2[Retrospective, error] {
	return list[Retrospective](ctx, c, retrospectivePath, q, p)
}

// RemoteAccess is a connection to the VPN that was made, ended, or failed.
type RemoteAccess struct {
	Timestamp         rest.Int   `json:"timestamp"`        // seconds since 1970
	ConnectTimestamp  rest.Int   `json:"connecttimestamp"` // seconds since 1970
	ConnectionEvent   string     `json:"connectionevent"`  // connected, disconnected, failed
	OSVersion         string     `json:"osversion"`
	AnyConnectVersion string     `json:"anyconnectversion"`
	InternalIP        string     `json:"internalip"`
	PublicIP          string     `json:"publicip"`
	VPNProfile        string     `json:"vpnprofile"`
	SessionType       string     `json:"sessiontype"` // such as "TLS"
	Reason            string     `json:"reason"`
	FailedReasons     []string   `json:"failedreasons"`
	Identities        []Identity `json:"identities"`
}

// At is when it happened.
func (r *RemoteAccess) At() time.Time { return inSeconds(r.Timestamp) }

// Connected is when the connection was made.
func (r *RemoteAccess) Connected() time.Time { return inSeconds(r.ConnectTimestamp) }

func (r *RemoteAccess) millis() int64             { return r.Timestamp.Or(0) * 1000 }
func (r *RemoteAccess) lacks() string             { return missing("timestamp", r.Timestamp) }
func (r *RemoteAccess) side(filter string) string { return sideOf(filter, r.ConnectionEvent) }

func (r *RemoteAccess) quick(other *RemoteAccess) int {
	return cmp.Or(cmp.Compare(r.PublicIP, other.PublicIP), cmp.Compare(r.InternalIP, other.InternalIP),
		cmp.Compare(r.ConnectionEvent, other.ConnectionEvent))
}

// RemoteAccessEvents lists the connections to the VPN that were made, ended or failed, in the order of time. The listing
// knows no offset, and a window over 30 days is refused. The reference names other scopes than the one that it needs,
// reports.utilities:read. (GET /reports/v2/remote-access-events)
func (c *Client) RemoteAccessEvents(ctx context.Context, _ Traffic, q Query, p Progress) iter.Seq2[RemoteAccess, error] {
	return list[RemoteAccess](ctx, c, remoteAccessPath, q, p)
}

// TunnelEvent is an entry in the log of the network tunnels. Each of its fields may be missing but the time.
type TunnelEvent struct {
	Timestamp               rest.Int  `json:"timestamp"` // seconds since 1970
	Level                   string    `json:"level"`
	Message                 string    `json:"message"`
	ServiceName             string    `json:"serviceName"`
	NetworkTunnelGroupID    rest.ID   `json:"networkTunnelGroupId"`
	NetworkTunnelGroupLabel string    `json:"networkTunnelGroupLabel"`
	TunnelID                rest.ID   `json:"tunnelId"`
	HubID                   rest.ID   `json:"hubId"`
	HubIsPrimary            rest.Bool `json:"hubIsPrimary"`
	Region                  string    `json:"region"`
	Datacenter              string    `json:"datacenter"`
	DatacenterIP            string    `json:"datacenterIp"`
	DeviceType              string    `json:"deviceType"`
	OriginID                rest.ID   `json:"originId"`
	OriginType              string    `json:"originType"`
	IKEAuthID               string    `json:"ikeAuthId"`
	IKECustomerAddress      string    `json:"ikeCustomerAddress"`
	IKECustomerPort         rest.Int  `json:"ikeCustomerPort"`
	IKESPI                  rest.ID   `json:"ikeSpi"`
	BGPPeerIP               string    `json:"bgpPeerIp"`
	UmbrellaOrgID           rest.ID   `json:"umbrellaOrgId"`
}

// At is when it happened.
func (t *TunnelEvent) At() time.Time { return inSeconds(t.Timestamp) }

func (t *TunnelEvent) millis() int64      { return t.Timestamp.Or(0) * 1000 }
func (t *TunnelEvent) lacks() string      { return missing("timestamp", t.Timestamp) }
func (t *TunnelEvent) side(string) string { return "" }

func (t *TunnelEvent) quick(other *TunnelEvent) int {
	return cmp.Or(cmp.Compare(t.TunnelID, other.TunnelID), cmp.Compare(t.Message, other.Message))
}

// NetworkTunnelLogs lists the log of the network tunnels, in the order of time. (GET /reports/v2/networkTunnelLogs)
func (c *Client) NetworkTunnelLogs(ctx context.Context, _ Traffic, q Query, p Progress) iter.Seq2[TunnelEvent, error] {
	return list[TunnelEvent](ctx, c, networkTunnelPath, q, p)
}
