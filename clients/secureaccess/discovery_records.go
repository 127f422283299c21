package secureaccess

import (
	"cmp"
	"context"
	"iter"
	"net/url"

	"github.com/reportjob/reportjob/clients/rest"
)

// Source is one sort of traffic in which something was seen: "dns", "swg" (web) or "cdfw" (firewall), each with the
// numbers that it has. Some answers call DNS requests events.
type Source struct {
	Name            string   `json:"name"`
	Requests        rest.Int `json:"requests"`
	BlockedRequests rest.Int `json:"blockedRequests"`
	TotalTraffic    rest.Int `json:"totalTraffic"` // bytes, as the three that follow
	BytesIn         rest.Int `json:"bytesIn"`
	BytesOut        rest.Int `json:"bytesOut"`
	BlockedBytesOut rest.Int `json:"blockedBytesOut"`
	Events          rest.Int `json:"events"`
	BlockedEvents   rest.Int `json:"blockedEvents"`
}

// Sources are all sorts of traffic in which something was seen.
type Sources []Source

// Of is the source of a name, an empty one if there is none.
func (s Sources) Of(name string) Source {
	for _, source := range s {
		if source.Name == name {
			return source
		}
	}
	return Source{}
}

// Asked is the number of DNS requests, under whichever name.
func (s Source) Asked() (int64, bool) { return first(s.Requests, s.Events) }

// AskedBlocked is the number of DNS requests that were blocked, under whichever name.
func (s Source) AskedBlocked() (int64, bool) { return first(s.BlockedRequests, s.BlockedEvents) }

// FoundApplication is an application that was seen in the organisation's traffic.
type FoundApplication struct {
	ID                      rest.ID    `json:"id"`
	Name                    string     `json:"name"`
	Label                   string     `json:"label"`        // unreviewed, approved, notApproved, underAudit
	WeightedRisk            string     `json:"weightedRisk"` // veryLow to veryHigh
	Category                string     `json:"category"`
	Subcategory             string     `json:"subcategory"`
	SubcategoryContentTypes rest.Texts `json:"subcategory_content_types"`
	AppType                 string     `json:"appType"` // saas, paas, iaas
	Sources                 Sources    `json:"sources"`
	FirstDetected           Stamp      `json:"firstDetected"`
	LastDetected            Stamp      `json:"lastDetected"`

	// With information alone.
	Description     string   `json:"description"`
	URL             string   `json:"url"`
	Vendor          string   `json:"vendor"`
	IdentitiesCount rest.Int `json:"identitiesCount"`
}

func (a *FoundApplication) key() string { return string(a.ID) }

func (a *FoundApplication) lacks() string {
	if a.ID == "" {
		return "id"
	}
	return ""
}

func (a *FoundApplication) odd() string {
	return cmp.Or(a.FirstDetected.odd("firstDetected"), a.LastDetected.odd("lastDetected"))
}

func (a *FoundApplication) called() string { return "application " + string(a.ID) }

// FoundApplications lists the applications that were seen. (GET /reports/v2/appDiscovery/applications)
func (c *Client) FoundApplications(ctx context.Context, q Query, p Progress) iter.Seq2[FoundApplication, error] {
	return discover[FoundApplication](ctx, c.discovery("applications", q, p), q.sorted())
}

// ApplicationsInfo lists the applications that were seen, with what is known about them.
// (GET /reports/v2/appDiscovery/applications/info)
func (c *Client) ApplicationsInfo(ctx context.Context, q Query, p Progress) iter.Seq2[FoundApplication, error] {
	return discover[FoundApplication](ctx, c.discovery("applications/info", q, p), q.sorted())
}

// Protocol is an application protocol that was seen in the organisation's traffic.
type Protocol struct {
	ID            rest.ID  `json:"id"`
	Name          string   `json:"name"`
	Description   string   `json:"description"`
	Events        rest.Int `json:"events"`
	BlockedEvents rest.Int `json:"blockedEvents"`
	FirstDetected Stamp    `json:"firstDetected"`
	LastDetected  Stamp    `json:"lastDetected"`
}

func (p *Protocol) key() string { return string(p.ID) }

func (p *Protocol) lacks() string {
	if p.ID == "" {
		return "id"
	}
	return ""
}

func (p *Protocol) odd() string {
	return cmp.Or(p.FirstDetected.odd("firstDetected"), p.LastDetected.odd("lastDetected"))
}

// Protocols lists the protocols that were seen. (GET /reports/v2/appDiscovery/protocols)
func (c *Client) Protocols(ctx context.Context, q Query, p Progress) iter.Seq2[Protocol, error] {
	return discover[Protocol](ctx, c.discovery("protocols", q, p), q.sorted())
}

// ApplicationCategory is a category of applications.
type ApplicationCategory struct {
	Name string `json:"name"`
}

func (c *ApplicationCategory) key() string { return c.Name }

func (c *ApplicationCategory) lacks() string {
	if c.Name == "" {
		return "name"
	}
	return ""
}

// ApplicationCategories lists the categories that applications may have.
// (GET /reports/v2/appDiscovery/applicationCategories)
func (c *Client) ApplicationCategories(ctx context.Context, q Query, p Progress) iter.Seq2[ApplicationCategory, error] {
	return discover[ApplicationCategory](ctx, c.discovery("applicationCategories", q, p), q.Params)
}

// FoundIdentity is somebody in whose traffic an application or a protocol was seen: with sources for an application,
// with events for a protocol.
type FoundIdentity struct {
	ID            rest.ID  `json:"id"`
	Name          string   `json:"name"`
	Sources       Sources  `json:"sources"`
	Events        rest.Int `json:"events"`
	BlockedEvents rest.Int `json:"blockedEvents"`
	FirstDetected Stamp    `json:"firstDetected"`
	LastDetected  Stamp    `json:"lastDetected"`
}

func (i *FoundIdentity) key() string { return string(i.ID) }

func (i *FoundIdentity) lacks() string {
	if i.ID == "" {
		return "id"
	}
	return ""
}

func (i *FoundIdentity) odd() string {
	return cmp.Or(i.FirstDetected.odd("firstDetected"), i.LastDetected.odd("lastDetected"))
}

// onDay are the parameters of a list inside a join: the day alone, since the filters are those of the outer list.
func (q Query) onDay() Query {
	day := q.Params.Get("date")
	q.Params = url.Values{}
	if day != "" {
		q.Params.Set("date", day)
	}
	return q
}

// ApplicationIdentity is an application in the traffic of somebody.
type ApplicationIdentity struct {
	Application FoundApplication
	Identity    FoundIdentity
}

// ApplicationIdentities lists the identities of every application.
// (GET /reports/v2/appDiscovery/applications/{applicationId}/identities)
func (c *Client) ApplicationIdentities(ctx context.Context, q Query, p Progress) iter.Seq2[ApplicationIdentity, error] {
	read := func(a *FoundApplication, p Progress) iter.Seq2[ApplicationIdentity, error] {
		r := c.discovery("applications/"+url.PathEscape(string(a.ID))+"/identities", q.onDay(), p)
		return flat(discover[FoundIdentity](ctx, r, r.q.sorted()), func(i *FoundIdentity) []ApplicationIdentity {
			return []ApplicationIdentity{{*a, *i}}
		})
	}
	return each(c.FoundApplications(ctx, q, p), p, "identities", read, (*FoundApplication).called)
}

// ProtocolIdentity is a protocol in the traffic of somebody.
type ProtocolIdentity struct {
	Protocol Protocol
	Identity FoundIdentity
}

// ProtocolIdentities lists the identities of every protocol.
// (GET /reports/v2/appDiscovery/protocols/{protocolId}/identities)
func (c *Client) ProtocolIdentities(ctx context.Context, q Query, p Progress) iter.Seq2[ProtocolIdentity, error] {
	read := func(protocol *Protocol, p Progress) iter.Seq2[ProtocolIdentity, error] {
		r := c.discovery("protocols/"+url.PathEscape(string(protocol.ID))+"/identities", q.onDay(), p)
		return flat(discover[FoundIdentity](ctx, r, r.q.sorted()), func(i *FoundIdentity) []ProtocolIdentity {
			return []ProtocolIdentity{{*protocol, *i}}
		})
	}
	called := func(protocol *Protocol) string { return "protocol " + string(protocol.ID) }
	return each(c.Protocols(ctx, q.without("date"), p), p, "identities", read, called)
}
