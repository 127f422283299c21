// Package secureaccess reads the reports of Cisco Secure Access: what an organisation's people, sites and machines
// asked for on the network, and what became of it. It knows the API's windows, pages and regions, and proves while it
// reads that nothing is missing. It does not know what becomes of the records.
//
// The reference is at https://developer.cisco.com/docs/cloud-security/secure-access-api-reference-reporting-overview.
package secureaccess

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// What applies where a Config says nothing.
const (
	DefaultBaseURL       = "https://api.sse.cisco.com"
	DefaultRedirectHosts = "api.sse.cisco.com,*.umbrella.com,*.cisco.com"
	DefaultRate          = 5 // requests a second, of an organisation
)

// api names the API in errors, and in the variables that they point to.
const api = "secureaccess"

// Limits of the reporting API.
const (
	maxRows        = 5_000               // of a page
	maxOffset      = 10_000              // so that three pages are all that a listing shows
	maxAtOnce      = 6                   // pages of one listing that are read side by side
	tokensAMinute  = 20                  // token requests of a key
	retention      = 30 * 24 * time.Hour // how long requests are kept
	settledAfter   = time.Hour           // requests that were logged late have arrived by then
	tokenPath      = "/auth/v2/token"
	reportsPath    = "/reports/v2"
	reportsPathOf  = "/reports.%s/v2" // of a region
	organisationID = "X-Umbrella-OrgId"
)

// Config says how to reach an organisation's reports. The zero value works, but for the credentials.
type Config struct {
	BaseURL  *url.URL // DefaultBaseURL if nil
	TokenURL *url.URL // BaseURL + /auth/v2/token if nil
	// Region is "us" or "eu", whose data centre is then asked directly, or "auto" (or empty), which follows the API's
	// redirect and stays where it leads.
	Region        string
	RedirectHosts string // patterns of host names that a redirect may lead to, with the token; DefaultRedirectHosts if empty
	OrgID         string // the child organisation, sent with the token request

	Key    string
	Secret rest.Secret

	Rate      float64           // requests a second; DefaultRate if zero, no limit if negative
	PageSize  int               // rows of a page; 5,000, the API's most, if zero
	Parallel  int               // pages of a listing of events that are read at once; as many as the rate can use, up to 6, if zero
	Transport http.RoundTripper // one of rest's if nil
	Redactor  *rest.Redactor    // one of its own if nil
	Log       *slog.Logger      // discards if nil
	UserAgent string
	Now       func() time.Time // time.Now if nil
}

// Client reads the reports of one organisation. It is used by many goroutines at once.
type Client struct {
	rest   *rest.Client
	tokens *signer
	base   *url.URL
	page   int
	atOnce func() int
	now    func() time.Time
}

// New makes a client. It sends nothing, and works without credentials until something is asked for.
func New(c Config) *Client {
	if c.BaseURL == nil {
		c.BaseURL = &url.URL{Scheme: "https", Host: "api.sse.cisco.com"}
	}
	if c.TokenURL == nil {
		c.TokenURL = c.BaseURL.JoinPath(tokenPath)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Redactor == nil {
		c.Redactor = rest.NewRedactor()
	}
	if c.Transport == nil {
		// Only a CA file could fail, and there is none.
		c.Transport, _ = rest.NewTransport(rest.TransportOptions{})
	}
	tokens := &signer{Tokens: rest.NewTokens(c.tokenOptions()), organisation: c.OrgID}
	client := rest.New(c.options(tokens))
	atOnce := func() int { return client.Useful(maxAtOnce) }
	if c.Parallel > 0 {
		atOnce = func() int { return c.Parallel }
	}
	return &Client{
		rest:   client,
		tokens: tokens,
		base:   c.BaseURL,
		page:   orDefault(c.PageSize, maxRows),
		atOnce: atOnce,
		now:    c.Now,
	}
}

func (c Config) tokenOptions() rest.TokenOptions {
	header := http.Header{}
	if c.OrgID != "" {
		header.Set(organisationID, c.OrgID)
	}
	return rest.TokenOptions{
		API: api, URL: c.TokenURL, Transport: c.Transport,
		ClientID: c.Key, ClientSecret: c.Secret, BasicClient: true,
		Grants:    []rest.Grant{{Type: "client_credentials"}},
		Header:    header,
		PerMinute: tokensAMinute,
		Redactor:  c.Redactor, Log: c.Log, Now: c.Now,
	}
}

func (c Config) options(auth rest.Auth) rest.Options {
	limit := orDefault(c.Rate, DefaultRate)
	base := c.base()
	redirect := rest.Redirect{Allow: allow(orDefault(c.RedirectHosts, DefaultRedirectHosts)), InBody: redirectInBody}
	if !c.regional() {
		redirect.Remember = remember(base)
	}
	return rest.Options{
		API: api, Base: base, Transport: c.Transport, Auth: auth,
		Rate: max(limit, 0), Classify: classify, Redirect: redirect,
		UserAgent: c.UserAgent, Redactor: c.Redactor, Log: c.Log,
	}
}

// Check gets a token, to see whether the key and the secret are right.
func (c *Client) Check(ctx context.Context) error { return c.tokens.Token(ctx) }

// classify reads an answer as this API means it: an expired token is a bad request to it, and 403 may be an old token
// or a missing scope.
func classify(r *rest.Response) rest.Disposition {
	switch r.Status {
	case http.StatusForbidden:
		return rest.RenewOnce
	case http.StatusBadRequest:
		if refusesToken(r.Body) {
			return rest.Renew
		}
	}
	return rest.ByStatus(r)
}

// refusesToken tells whether the body of a bad request is about the token.
func refusesToken(body []byte) bool {
	if !bytes.Contains(body, []byte("invalid_")) {
		return false
	}
	var answer struct {
		Error string `json:"error"`
	}
	// What cannot be read is not about the token.
	_ = json.Unmarshal(body, &answer)
	return answer.Error == "invalid_request" || answer.Error == "invalid_token"
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
