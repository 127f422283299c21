package secureaccess

import (
	"cmp"
	"context"
	"iter"

	"github.com/reportjob/reportjob/clients/rest"
)

// FirewallDetails are what only rows of the firewall say.
type FirewallDetails struct {
	Direction            string        `json:"direction"`  // such as "towards": to the internet, or to the organisation's network
	PacketSize           rest.Int      `json:"packetsize"` // bytes
	ApplicationProtocols []Application `json:"applicationprotocols"`

	// What live answers have beyond the published description.
	EventType     string   `json:"eventtype"`
	BlockReason   string   `json:"blockreason"`
	TrafficSource string   `json:"trafficsource"`
	RxBytes       rest.Int `json:"rxbytes"`
	TxBytes       rest.Int `json:"txbytes"`
}

// Datacenter is where something was handled.
type Datacenter struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// Firewall is a connection that the cloud firewall decided on.
type Firewall struct {
	Event
	Connection
	DestinationIP string `json:"destinationip"`
	FirewallDetails
	Rules           Rules         `json:"rule"`
	Categories      []Category    `json:"categories"`
	AllApplications []Application `json:"allapplications"`
	Datacenter      Datacenter    `json:"datacenter"`
}

func (f *Firewall) quick(other *Firewall) int {
	return cmp.Or(cmp.Compare(f.SourceIP, other.SourceIP), cmp.Compare(f.SourcePort.Or(0), other.SourcePort.Or(0)),
		cmp.Compare(f.DestinationIP, other.DestinationIP), cmp.Compare(f.DestinationPort.Or(0), other.DestinationPort.Or(0)),
		cmp.Compare(f.PacketSize.Or(0), other.PacketSize.Or(0)))
}

// ActivityFirewall lists the connections that the cloud firewall decided on, in the order of time.
// (GET /reports/v2/activity/firewall)
func (c *Client) ActivityFirewall(ctx context.Context, _ Traffic, q Query, p Progress) iter.Seq2[Firewall, error] {
	return list[Firewall](ctx, c, "/activity/firewall", q, p)
}

// IntrusionDetails are what only rows of the intrusion prevention say.
type IntrusionDetails struct {
	Classification string `json:"classification"`
	Severity       string `json:"severity"` // HIGH, MEDIUM, LOW, VERY LOW
	Signature      struct {
		GeneratorID rest.ID  `json:"generatorid"`
		ID          rest.ID  `json:"id"`
		Label       string   `json:"label"`
		CVEs        []string `json:"cves"`
	} `json:"signature"`
	SignatureList struct {
		ID rest.ID `json:"id"`
	} `json:"signaturelist"`
	SessionID  rest.ID `json:"sessionid"`
	IPSProfile Name    `json:"ipsProfile"` // in the published example only
}

// Intrusion is something that a signature of the intrusion prevention matched.
type Intrusion struct {
	Event
	Connection
	DestinationIP string `json:"destinationip"`
	IntrusionDetails
	Rules Rules `json:"rule"` // in the published example only
}

func (i *Intrusion) quick(other *Intrusion) int {
	return cmp.Or(cmp.Compare(i.SessionID, other.SessionID), cmp.Compare(i.Signature.ID, other.Signature.ID),
		cmp.Compare(i.SourceIP, other.SourceIP), cmp.Compare(i.SourcePort.Or(0), other.SourcePort.Or(0)))
}

// ActivityIntrusion lists what the intrusion prevention found, in the order of time.
// (GET /reports/v2/activity/intrusion)
func (c *Client) ActivityIntrusion(ctx context.Context, _ Traffic, q Query, p Progress) iter.Seq2[Intrusion, error] {
	return list[Intrusion](ctx, c, "/activity/intrusion", q, p)
}
