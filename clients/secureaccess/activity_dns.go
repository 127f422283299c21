package secureaccess

import (
	"cmp"
	"context"
	"iter"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// Request is what the rows of DNS and of web activity have in common: who asked from where, and what was decided. Date and
// time of day say the timestamp again, in the zone of the parameter timezone.
type Request struct {
	Type                string        `json:"type"`
	Timestamp           rest.Int      `json:"timestamp"` // milliseconds since 1970
	Date                rest.Ignored  `json:"date"`
	Time                rest.Ignored  `json:"time"`
	Verdict             string        `json:"verdict"` // allowed, blocked, proxied
	ExternalIP          string        `json:"externalip"`
	InternalIP          string        `json:"internalip"`
	Identities          []Identity    `json:"identities"` // the most specific one first
	Categories          []Category    `json:"categories"`
	PolicyCategories    []Category    `json:"policycategories"` // those that led to the verdict
	Threats             []Threat      `json:"threats"`
	AllApplications     []Application `json:"allapplications"`
	AllowedApplications []Application `json:"allowedapplications"`
	BlockedApplications []Application `json:"blockedapplications"`

	// What live answers have beyond the published description.
	Rule struct {
		ID          rest.ID `json:"id"`
		Label       string  `json:"label"`
		TrafficType string  `json:"traffictype"`
	} `json:"rule"`
	Device struct {
		ID rest.ID `json:"id"`
	} `json:"device"`
	DestinationCountries    []Name `json:"destinationcountries"`
	DestinationContinents   []Name `json:"destinationcontinents"`
	DestinationCountryCodes []Name `json:"destinationcountrycodes"`
}

// At is when it happened.
func (r *Request) At() time.Time { return instant(r.Timestamp) }

func (r *Request) millis() int64 { return r.Timestamp.Or(0) }
func (r *Request) lacks() string { return missing("timestamp", r.Timestamp) }

func (r *Request) side(filter string) string {
	if filter == IdentityIDs {
		return identityIDs(r.Identities)
	}
	return r.Verdict
}

func (r *Request) compare(other *Request) int {
	return cmp.Or(cmp.Compare(r.InternalIP, other.InternalIP), cmp.Compare(r.ExternalIP, other.ExternalIP),
		cmp.Compare(r.Verdict, other.Verdict))
}

// DNS is a name that was asked for.
type DNS struct {
	Request
	DNSDetails
}

// DNSDetails are what only rows of DNS say.
type DNSDetails struct {
	Domain     string   `json:"domain"`
	QueryType  string   `json:"querytype"`  // such as A, MX
	ReturnCode rest.Int `json:"returncode"` // of RFC 1035: 0 no error, 2 server failure, 3 no such name
}

func (d *DNS) quick(other *DNS) int {
	return cmp.Or(cmp.Compare(d.Domain, other.Domain), cmp.Compare(d.QueryType, other.QueryType), d.compare(&other.Request))
}

// ActivityDNS lists the names that were asked for, in the order of time. (GET /reports/v2/activity/dns)
func (c *Client) ActivityDNS(ctx context.Context, _ Traffic, q Query, p Progress) iter.Seq2[DNS, error] {
	return list[DNS](ctx, c, "/activity/dns", q, p)
}
