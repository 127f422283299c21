package secureaccess

import (
	"context"
	"iter"

	"github.com/reportjob/reportjob/clients/rest"
)

// Lists of who and what there was most of in a window, in the API's order.

// TopIdentity is an identity with what it asked for in the window.
type TopIdentity struct {
	Rank      rest.Int `json:"rank"`
	Identity  Identity `json:"identity"`
	Requests  rest.Int `json:"requests"`
	Bandwidth rest.Int `json:"bandwidth"` // bytes
	Counts    Counts   `json:"counts"`
}

func (t *TopIdentity) lacks() string { return missing("requests", t.Requests) }

// TopIdentities lists the identities of a window, those with the most requests first.
// (GET /reports/v2/top-identities[/{type}])
func (c *Client) TopIdentities(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[TopIdentity, error] {
	return rows[TopIdentity](ctx, c.request("/top-identities", traffic, q, p))
}

// IdentityShare is a type of identities with what they asked for in the window.
type IdentityShare struct {
	Type       IdentityType `json:"identitytype"`
	Requests   rest.Int     `json:"requests"`
	Identities rest.Int     `json:"unique_identity_count"`
	Counts     Counts       `json:"counts"`
}

func (s *IdentityShare) lacks() string { return missing("requests", s.Requests) }

// IdentityDistribution tells how the requests of a window spread over the types of identities.
// (GET /reports/v2/identity-distribution[/{type}])
func (c *Client) IdentityDistribution(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[IdentityShare, error] {
	return rows[IdentityShare](ctx, c.request("/identity-distribution", traffic, q, p))
}

// TopResource is a private resource with how often somebody connected to it in the window.
type TopResource struct {
	Rank        rest.Int `json:"rank"`
	Count       rest.Int `json:"count"`
	Application struct {
		ID       rest.ID `json:"id"`
		Label    string  `json:"label"`
		Category Name    `json:"category"`
	} `json:"application"`
}

func (t *TopResource) lacks() string { return missing("count", t.Count) }

// TopResources lists the private resources of a window, those with the most connections first.
// (GET /reports/v2/top-resources[/{type}])
func (c *Client) TopResources(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[TopResource, error] {
	return rows[TopResource](ctx, c.request("/top-resources", traffic, q, p))
}

// TopDestination is a destination with what was asked of it in the window.
type TopDestination struct {
	Rank             rest.Int   `json:"rank"`
	Domain           string     `json:"domain"`
	Count            rest.Int   `json:"count"`
	Bandwidth        rest.Int   `json:"bandwidth"` // bytes
	Counts           Counts     `json:"counts"`
	Categories       []Category `json:"categories"`
	PolicyCategories []Category `json:"policycategories"`
}

func (t *TopDestination) lacks() string { return missing("count", t.Count) }

// TopDestinations lists the destinations of a window, those with the most requests first.
// (GET /reports/v2/top-destinations[/{type}])
func (c *Client) TopDestinations(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[TopDestination, error] {
	return rows[TopDestination](ctx, c.request("/top-destinations", traffic, q, p))
}

// TopURL is the path of an address with how often it was asked for in the window.
type TopURL struct {
	Rank       rest.Int   `json:"rank"`
	Path       string     `json:"path"`
	Count      rest.Int   `json:"count"`
	Categories []Category `json:"categories"`
}

func (t *TopURL) lacks() string { return missing("count", t.Count) }

// TopURLs lists the addresses of a window, those with the most requests first. (GET /reports/v2/top-urls)
func (c *Client) TopURLs(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[TopURL, error] {
	return rows[TopURL](ctx, c.request("/top-urls", traffic, q, p))
}

// TopCategory is a category with what was asked of its destinations in the window.
type TopCategory struct {
	Rank      rest.Int `json:"rank"`
	Category  Category `json:"category"`
	Count     rest.Int `json:"count"`
	Bandwidth rest.Int `json:"bandwidth"` // bytes
}

func (t *TopCategory) lacks() string { return missing("count", t.Count) }

// TopCategories lists the categories of a window's destinations, those with the most requests first.
// (GET /reports/v2/top-categories[/{type}])
func (c *Client) TopCategories(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[TopCategory, error] {
	return rows[TopCategory](ctx, c.request("/top-categories", traffic, q, p))
}

// TopEventType is a sort of security events with how many there were in the window.
type TopEventType struct {
	EventType string   `json:"eventtype"` // domain_security, domain_integration, url_security, url_integration, cisco_amp, antivirus
	Count     rest.Int `json:"count"`
}

func (t *TopEventType) lacks() string { return missing("count", t.Count) }

// TopEventTypes lists the sorts of security events of a window, the most frequent first.
// (GET /reports/v2/top-eventtypes)
func (c *Client) TopEventTypes(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[TopEventType, error] {
	return whole[TopEventType](ctx, c.request("/top-eventtypes", traffic, q, p))
}

// TopQueryType is a type of DNS requests with how many there were in the window. The published description mistakes
// the number for an object of another API; its example and the API have a number.
type TopQueryType struct {
	QueryType string   `json:"querytype"` // such as A, MX
	Requests  rest.Int `json:"requests"`
}

func (t *TopQueryType) lacks() string { return missing("requests", t.Requests) }

// TopQueryTypes lists the types of a window's DNS requests, the most frequent first.
// (GET /reports/v2/top-dns-query-types)
func (c *Client) TopQueryTypes(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[TopQueryType, error] {
	return rows[TopQueryType](ctx, c.request("/top-dns-query-types", traffic, q, p))
}

// TopFile is a file with how often it was asked for in the window, under whichever names.
type TopFile struct {
	SHA256     string     `json:"sha256"`
	Requests   rest.Int   `json:"requests"`
	Identities rest.Int   `json:"identitycount"`
	Names      []Name     `json:"filenames"`
	Types      []Name     `json:"filetypes"`
	Categories []Category `json:"categories"`
}

func (t *TopFile) lacks() string { return missing("requests", t.Requests) }

// TopFiles lists the files that came through the secure web gateway in a window, those with the most requests first.
// (GET /reports/v2/top-files)
func (c *Client) TopFiles(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[TopFile, error] {
	return rows[TopFile](ctx, c.request("/top-files", traffic, q, p))
}

// TopIP is an address with how many requests came from it in the window.
type TopIP struct {
	IP    string   `json:"ip"`
	Count rest.Int `json:"count"`
}

func (t *TopIP) lacks() string { return missing("count", t.Count) }

// TopIPs lists the addresses that requests of a window came from, those with the most requests first.
// (GET /reports/v2/top-ips)
func (c *Client) TopIPs(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[TopIP, error] {
	return whole[TopIP](ctx, c.request("/top-ips", traffic, q, p))
}

// TopInternalIPs lists the addresses inside the organisation's networks that requests of a window came from, those
// with the most requests first. (GET /reports/v2/top-ips/internal)
func (c *Client) TopInternalIPs(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[TopIP, error] {
	return whole[TopIP](ctx, c.request("/top-ips/internal", traffic, q, p))
}
