package sierra

import (
	"context"

	"github.com/reportjob/reportjob/clients/rest"
)

// TokenPath is where a token tells about itself.
const TokenPath = "/info/token"

// Token is what the API key may do.
type Token struct {
	Grant   string   `json:"grantType"` // "client_credentials"
	Expires rest.Int `json:"expiresIn"` // seconds that the token in use has left
	Roles   *[]Role  `json:"roles"`

	Key    rest.Ignored `json:"keyId"`               // the API key itself, a secret
	Patron rest.Ignored `json:"patronId"`            // of another grant
	Scheme rest.Ignored `json:"authorizationScheme"` // always Bearer
}

// Role is a set of permissions that the library ticked for the key.
type Role struct {
	Name        string     `json:"name"`          // such as "Bibs_Read"
	Lifetime    rest.Int   `json:"tokenLifetime"` // seconds
	Permissions rest.Texts `json:"permissions"`   // such as "Bibs_List"
}

// Token asks what the key may do. No role is needed.
func (c *Client) Token(ctx context.Context) (Token, error) {
	var t Token
	if err := c.rest.Get(ctx, TokenPath, nil, &t); err != nil {
		return t, hinted(err, "")
	}
	if t.Roles == nil {
		return t, unexpected(TokenPath, "the answer has no roles")
	}
	if _, err := t.Expires.Seconds(); err != nil {
		return t, unexpected(TokenPath, "expiresIn: %v", err)
	}
	for i, role := range *t.Roles {
		if role.Name == "" {
			return t, unexpected(TokenPath, "roles[%d] has no name", i)
		}
		if _, err := role.Lifetime.Seconds(); err != nil {
			return t, unexpected(TokenPath, "roles[%d]: tokenLifetime: %v", i, err)
		}
	}
	return t, nil
}
