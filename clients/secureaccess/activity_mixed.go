package secureaccess

import (
	"cmp"
	"context"
	"iter"
)

// Mixed is an event of any sort, which its type tells: dns, proxy, firewall, ip, intrusion, ztna, ztna-clientbased,
// decryption. It has the fields of all of them; those of other sorts are empty. Where sorts have different things under one
// name (rule, policy, device), the field here takes all of them.
type Mixed struct {
	Proxied
	DNSDetails
	Connection
	FirewallDetails
	IntrusionDetails
	PrivateDetails
	DecryptionDetails
	Rules  Rules         `json:"rule"`
	Policy MixedPolicy   `json:"policy"`
	Device PrivateDevice `json:"device"`
}

// MixedPolicy is what decided about web requests, or about private access.
type MixedPolicy struct {
	WebPolicy
	PrivatePolicy
}

func (m *Mixed) side(filter string) string {
	if filter == TrafficType {
		return m.Type
	}
	return m.Request.side(filter)
}

func (m *Mixed) quick(other *Mixed) int {
	return cmp.Or(cmp.Compare(m.Type, other.Type), cmp.Compare(m.Domain, other.Domain), cmp.Compare(m.URL, other.URL),
		cmp.Compare(m.SourceIP, other.SourceIP), cmp.Compare(m.SourcePort.Or(0), other.SourcePort.Or(0)), m.Request.compare(&other.Request))
}

// Activity lists events of all sorts, in the order of time. (GET /reports/v2/activity)
func (c *Client) Activity(ctx context.Context, _ Traffic, q Query, p Progress) iter.Seq2[Mixed, error] {
	return list[Mixed](ctx, c, "/activity", q, p)
}
