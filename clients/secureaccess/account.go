package secureaccess

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	"github.com/reportjob/reportjob/clients/rest"
)

// signer signs with tokens, and notes on the way whose they are.
type signer struct {
	*rest.Tokens

	mu           sync.Mutex
	last         string // the header that was read last
	organisation string
}

// Authorize signs, and reads the organisation from a token that it has not seen before.
func (s *signer) Authorize(ctx context.Context, r *http.Request) (int64, error) {
	generation, err := s.Tokens.Authorize(ctx, r)
	if err != nil {
		return generation, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if header := r.Header.Get("Authorization"); header != s.last {
		s.last = header
		if s.organisation == "" {
			s.organisation = organisationOf(strings.TrimPrefix(header, "Bearer "))
		}
	}
	return generation, nil
}

// organisationOf reads the organisation's number from a token, "" if there is none in it. Nothing is decided by it, so
// that its signature does not matter.
func organisationOf(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims struct {
		OrganizationID rest.ID `json:"organizationId"`
		Organization   rest.ID `json:"organization"`
		OrgID          rest.ID `json:"orgId"`
		Subject        string  `json:"sub"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		return ""
	}
	for _, id := range []rest.ID{claims.OrganizationID, claims.OrgID, claims.Organization} {
		if id != "" {
			return string(id)
		}
	}
	if number, ok := strings.CutPrefix(claims.Subject, "org/"); ok {
		number, _, _ = strings.Cut(number, "/")
		return number
	}
	return ""
}

// account says whose data the client reads: the organisation if it is known, else the host.
func (c *Client) account() string {
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	if c.tokens.organisation != "" {
		return "organisation " + c.tokens.organisation
	}
	return c.base.Host
}
