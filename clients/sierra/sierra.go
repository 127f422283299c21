// Package sierra reads a library through Sierra's REST API v6: bibliographic records, items, patrons, checkouts, holds
// and fines, and what the API key may do. It only ever reads. It knows nothing of reports and files.
//
// The API's own pages: https://techdocs.iii.com/sierraapi.
package sierra

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// How the API is asked. The vendor publishes no limit; libraries are advised to cut off addresses that send more than
// 60 requests a minute, and large pages are what makes a reading fast.
const (
	DefaultRate = 1.0
	inFlight    = 2
	mostRecords = 2000 // on a page
)

const (
	api       = "sierra"
	tokenPath = "token"
)

// Config is what a Client needs.
type Config struct {
	BaseURL *url.URL    // such as https://HOST/iii/sierra-api/v6; without one, every request fails
	Key     rest.Secret // of the API key that the library made in its Sierra Admin App
	Secret  rest.Secret
	Login   string // a staff login name, which the acquisitions lists want

	Rate      float64 // requests a second; DefaultRate if 0, no limit if negative
	PageSize  int     // records a page; 2,000, the most that the API allows, if 0
	Transport http.RoundTripper
	Redactor  *rest.Redactor
	Log       *slog.Logger
	UserAgent string
}

// Client asks one library. It is used by many goroutines at once.
type Client struct {
	rest   *rest.Client
	tokens *rest.Tokens
	base   *url.URL
	login  string
	page   int
}

// TransportOptions suit Sierra's servers: they drop a connection that is idle for five seconds, want few of them, and
// take their time over large pages.
func TransportOptions() rest.TransportOptions {
	return rest.TransportOptions{Headers: 2 * time.Minute, Idle: 4 * time.Second, Connections: inFlight}
}

// New makes a client. It does not fail and does not talk; what is missing is noticed by the first request.
func New(c Config) *Client {
	if c.BaseURL == nil {
		c.BaseURL = &url.URL{}
	}
	if c.Redactor == nil {
		c.Redactor = rest.NewRedactor()
	}
	if c.Transport == nil {
		// Only a CA file could fail, and there is none.
		c.Transport, _ = rest.NewTransport(TransportOptions())
	}
	if !c.Key.IsZero() {
		c.Redactor.Add(c.Key.Reveal())
	}
	page := mostRecords
	if c.PageSize > 0 {
		page = min(page, c.PageSize)
	}
	tokens := newTokens(c)
	return &Client{
		tokens: tokens,
		base:   c.BaseURL,
		login:  c.Login,
		page:   page,
		rest: rest.New(rest.Options{
			API:       api,
			Base:      c.BaseURL,
			Transport: c.Transport,
			Auth:      tokens,
			Rate:      rate(c.Rate),
			InFlight:  inFlight,
			Classify:  classify,
			Explain:   explain,
			UserAgent: c.UserAgent,
			Redactor:  c.Redactor,
			Log:       c.Log,
		}),
	}
}

// newTokens is the client credentials grant: a token for an hour, and no refresh token.
func newTokens(c Config) *rest.Tokens {
	return rest.NewTokens(rest.TokenOptions{
		API:          api,
		URL:          c.BaseURL.JoinPath(tokenPath),
		Transport:    c.Transport,
		ClientID:     c.Key.Reveal(),
		ClientSecret: c.Secret,
		BasicClient:  true,
		Grants:       []rest.Grant{{Type: "client_credentials"}},
		Redactor:     c.Redactor,
		Log:          c.Log,
	})
}

func rate(r float64) float64 {
	switch {
	case r == 0:
		return DefaultRate
	case r < 0:
		return 0
	}
	return r
}

// Account says whose data it is: the library's host.
func (c *Client) Account() string { return c.base.Host }

// Login is the staff login name that the acquisitions lists want as a parameter; empty if none is configured.
func (c *Client) Login() string { return c.login }

// Rest is the client beneath, for lists that this package does not know. An empty list may come as an error, which
// NothingFound recognises.
func (c *Client) Rest() *rest.Client { return c.rest }

// Check gets a token, to see whether the key and the secret are right.
func (c *Client) Check(ctx context.Context) error { return c.tokens.Token(ctx) }

// unexpected is the error of an answer that lacks what is documented.
func unexpected(path, format string, args ...any) error {
	return &rest.Error{API: api, Path: path, Kind: rest.Unexpected, Text: fmt.Sprintf(format, args...)}
}
