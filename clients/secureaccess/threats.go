package secureaccess

import (
	"context"
	"iter"

	"github.com/reportjob/reportjob/clients/rest"
)

// TopThreat is a threat with how many requests met it in the window.
type TopThreat struct {
	Threat string   `json:"threat"`
	Type   string   `json:"threattype"`
	Count  rest.Int `json:"count"`
}

func (t *TopThreat) lacks() string { return missing("count", t.Count) }

// TopThreats lists the threats of a window, those with the most requests first.
// (GET /reports/v2/top-threats[/{type}])
func (c *Client) TopThreats(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[TopThreat, error] {
	return rows[TopThreat](ctx, c.request("/top-threats", traffic, q, p))
}

// TopThreatType is a type of threats with how many requests met one in the window.
type TopThreatType struct {
	Type    string   `json:"threattype"`
	Threats rest.Int `json:"threatscount"`
	Count   rest.Int `json:"count"`
}

func (t *TopThreatType) lacks() string { return missing("count", t.Count) }

// TopThreatTypes lists the types of a window's threats, those with the most requests first.
// (GET /reports/v2/top-threat-types[/{type}])
func (c *Client) TopThreatTypes(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[TopThreatType, error] {
	return rows[TopThreatType](ctx, c.request("/top-threat-types", traffic, q, p))
}

// Described is a threat, or a type of threats, in words.
type Described struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

func (d *Described) lacks() string { return unnamed("name", d.Name) }

// ThreatTypes lists the types of threats that there are. (GET /reports/v2/threat-types)
func (c *Client) ThreatTypes(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[Described, error] {
	return whole[Described](ctx, c.request("/threat-types", traffic, q, p))
}

// ThreatNames lists the threats that are known by name. (GET /reports/v2/threat-names)
func (c *Client) ThreatNames(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[Described, error] {
	return whole[Described](ctx, c.request("/threat-names", traffic, q, p))
}
