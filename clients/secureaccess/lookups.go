package secureaccess

import (
	"cmp"
	"context"
	"iter"

	"github.com/reportjob/reportjob/clients/rest"
)

// What the organisation has, as against what it did. All but the deployment's status are lists of the present, for
// queries without a window.

// Deployment is a type of identities with how many there are, and how many of them were active in the window.
type Deployment struct {
	// What examples have beyond the published description.
	ID    rest.ID `json:"id"`
	Label string  `json:"label"`

	Type   IdentityType `json:"type"`
	Active rest.Int     `json:"activecount"`
	Count  rest.Int     `json:"count"`
}

func (d *Deployment) lacks() string {
	return cmp.Or(missing("count", d.Count), missing("activecount", d.Active))
}

// DeploymentStatus tells how many of the identities were active in a window, by type.
// (GET /reports/v2/deployment-status)
func (c *Client) DeploymentStatus(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[Deployment, error] {
	return whole[Deployment](ctx, c.request("/deployment-status", traffic, q, p))
}

// catalogue is the answer that names applications, and apart from them the categories that applications can have.
type catalogue struct {
	List       []Application         `json:"applications"`
	Categories []applicationCategory `json:"categories"`
}

type applicationCategory struct {
	ID   rest.ID `json:"id"`
	Name string  `json:"name"`
}

func (c *catalogue) lacks() string {
	if c.List == nil {
		return "applications"
	}
	return ""
}

// applications are the applications, each with the name of its category: its own, or the one in the list of categories.
func (c *catalogue) applications() []Application {
	names := make(map[rest.ID]string, len(c.Categories))
	for _, category := range c.Categories {
		names[category.ID] = category.Name
	}
	for i := range c.List {
		if category := &c.List[i].Category; category.Label == "" {
			category.Label = names[category.ID]
		}
	}
	return c.List
}

// Applications lists the applications that can be recognised in traffic. (GET /reports/v2/applications)
func (c *Client) Applications(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[Application, error] {
	r := c.request("/applications", traffic, q, p)
	return unfold(r, object[catalogue](ctx, r, nil), (*catalogue).applications)
}

// KnownCategory is a category with what only the list of all categories says.
type KnownCategory struct {
	Category
	LegacyID rest.ID `json:"legacyid"` // its number in Umbrella's older APIs
}

func (k *KnownCategory) lacks() string { return unnamed("id", string(k.ID)) }

// Categories lists the categories that destinations can have. (GET /reports/v2/categories)
func (c *Client) Categories(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[KnownCategory, error] {
	return whole[KnownCategory](ctx, c.request("/categories", traffic, q, p))
}

// KnownIdentity is an identity in the list of all of them.
type KnownIdentity struct{ Identity }

func (k *KnownIdentity) lacks() string { return unnamed("id", string(k.ID)) }

// Identities lists the organisation's identities. (GET /reports/v2/identities)
func (c *Client) Identities(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[KnownIdentity, error] {
	return rows[KnownIdentity](ctx, c.request("/identities", traffic, q, p))
}
