package secureaccess

import (
	"context"
	"iter"
	"strings"
	"time"
)

// remoteAccessPath is the listing that knows no offset.
const (
	remoteAccessPath  = "/remote-access-events"
	networkTunnelPath = "/networkTunnelLogs"
	retrospectivePath = "/activity/amp-retrospective"
)

// IdentityIDs is the parameter that lets the traffic of some identities through.
const IdentityIDs = "identityids"

// activityOf is what is known of the listing at a path. The numbers of total-requests are about DNS, web, firewall and IP
// requests. That of all of them is not held against the mixed activity: it lists intrusions, private access and decrypted
// connections as well, which are no requests of their own, and nobody says which of them the number is about.
func activityOf(path string) activity {
	switch path {
	case "/activity/dns", "/activity/proxy":
		return activity{counted: strings.TrimPrefix(path, "/activity/"), ordered: true, splits: []filter{verdicts(), identities()}}
	case "/activity/firewall", "/activity/ip":
		return activity{counted: strings.TrimPrefix(path, "/activity/"), splits: []filter{verdicts(), identities()}}
	case "/activity":
		return activity{splits: []filter{{TrafficType, []string{"dns", "proxy", "firewall", "ip"}}, verdicts(), identities()}}
	case "/activity/intrusion":
		return activity{splits: []filter{{"intrusionaction", []string{"would_block", "blocked", "detected"}}, identities()}}
	case "/activity/ztna":
		return activity{splits: []filter{{"ztnatype", []string{"clientless", "clientbased"}}}}
	case "/activity/decryption":
		return activity{splits: []filter{{"decryptaction", []string{"decryptinbound", "decryptoutbound", "donotdecrypt", "decrypterror"}}}}
	case retrospectivePath:
		return activity{seconds: true}
	case networkTunnelPath:
		return activity{seconds: true, ordered: true}
	case remoteAccessPath:
		// A wider window is answered with 400.
		return activity{seconds: true, single: true, widest: int64(retention.Seconds()), splits: []filter{
			{"connectionevent", []string{"connected", "disconnected", "failed"}},
		}}
	}
	return activity{}
}

// fieldOf is the field of a row that a filter is about.
func fieldOf(filter string) string {
	switch filter {
	case TrafficType, "ztnatype":
		return "type"
	case "decryptaction":
		return "decryptAction"
	case "intrusionaction":
		return "verdict"
	case IdentityIDs:
		return "identities"
	}
	return filter
}

// sideOf is what a row says in such a field, in the words of the filter: a decryptAction of "Do Not Decrypt" is let through
// by donotdecrypt, a type of ztna-clientbased by clientbased, and the plain ztna by clientless.
func sideOf(filter, value string) string {
	value = strings.ToLower(value)
	switch filter {
	case "decryptaction":
		return strings.ReplaceAll(value, " ", "")
	case "intrusionaction":
		return strings.ReplaceAll(value, " ", "_")
	case "ztnatype":
		if kind, ok := strings.CutPrefix(value, "ztna-"); ok {
			return kind
		}
		if value == "ztna" {
			return "clientless"
		}
	}
	return value
}

// listed is a request for a listing of events. The mixed activity can be compared with the API's own total if one sort of
// traffic is asked for that is counted.
func (c *Client) listed(path string, q Query, p Progress) (request, activity) {
	a := activityOf(path)
	if path == "/activity" {
		switch traffic := q.Params.Get(TrafficType); traffic {
		case "dns", "proxy", "firewall", "ip":
			a.counted = traffic
		}
	}
	return c.request(path, All, q, p), a
}

// list reads the listing at a path.
func list[T any, E recordable[T]](ctx context.Context, c *Client, path string, q Query, p Progress) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		r, a := c.listed(path, q, p)
		if a.widest > 0 && q.To.Sub(q.From) > time.Duration(a.widest)*time.Second {
			p.Warn("the API refuses windows over %d days here: this one was asked for in parts", a.widest/86_400)
		}
		events[T, E](ctx, r, a)(yield)
	}
}
