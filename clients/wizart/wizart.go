// Package wizart reads a catalogue of wall and floor coverings from Wizart's product information system: product types
// and imports from the API 2.1, and brands, collections and articles from the older customer API, which alone lists
// them. It knows nothing of reports and files.
//
// The API's own pages: https://wizart.atlassian.net/wiki/spaces/WDP/pages/1744994307 and https://github.com/wizart-tech/api.
package wizart

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
)

// Where the API is, and how fast it is asked: 60 requests a minute.
const (
	DefaultBaseURL   = "https://pim-client.wizart.ai"
	DefaultAPIPath   = "/api/v2.1"
	DefaultGrantType = "password"
	DefaultRate      = 1.0

	tokenPath    = "/oauth/token"
	customerPath = "/api/customer" // the older API
)

const api = "wizart"

// Config is what a Client needs.
type Config struct {
	BaseURL  *url.URL // the host of tokens and of both APIs; DefaultBaseURL if nil
	TokenURL *url.URL // BaseURL + /oauth/token if nil
	APIPath  string   // DefaultAPIPath if empty

	Username     string
	Password     rest.Secret
	ClientID     string
	ClientSecret rest.Secret
	GrantType    string // "password" (the default) or "client_credentials"

	Rate      float64 // requests a second; DefaultRate if 0, no limit if negative
	Transport http.RoundTripper
	Redactor  *rest.Redactor
	Log       *slog.Logger
	UserAgent string
	Store     rest.Store
}

// Client asks one account. It is used by many goroutines at once.
type Client struct {
	rest    *rest.Client
	tokens  *rest.Tokens
	path    string // of the API 2.1
	account string
}

// New makes a client. It does not fail and does not talk; credentials that are missing are noticed by the first request.
func New(c Config) *Client {
	base := c.BaseURL
	if base == nil {
		base = mustParse(DefaultBaseURL)
	}
	token := c.TokenURL
	if token == nil {
		token = base.JoinPath(tokenPath)
	}
	path := c.APIPath
	if path == "" {
		path = DefaultAPIPath
	}
	tokens := newTokens(c, token)
	return &Client{
		tokens:  tokens,
		path:    path,
		account: account(c, base),
		rest: rest.New(rest.Options{
			API:       api,
			Base:      base,
			Transport: c.Transport,
			Auth:      tokens,
			Rate:      rate(c.Rate),
			UserAgent: c.UserAgent,
			Redactor:  c.Redactor,
			Log:       c.Log,
		}),
	}
}

// newTokens logs in as the API's own examples do, with a JSON body. A refresh token that an answer gave is used before
// the password is; the API revokes the old access token with it.
func newTokens(c Config, address *url.URL) *rest.Tokens {
	grants := []rest.Grant{{Type: "refresh_token"}, {Type: DefaultGrantType, Username: c.Username, Password: c.Password}}
	if c.GrantType != "" && c.GrantType != DefaultGrantType {
		grants = []rest.Grant{{Type: c.GrantType}}
	}
	return rest.NewTokens(rest.TokenOptions{
		API:          api,
		URL:          address,
		Transport:    c.Transport,
		Encoding:     rest.JSON,
		ClientID:     c.ClientID,
		ClientSecret: c.ClientSecret,
		Grants:       grants,
		Store:        c.Store,
		Key:          api,
		Redactor:     c.Redactor,
		Log:          c.Log,
	})
}

func mustParse(address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil {
		panic(err) // The address is a constant of this package.
	}
	return u
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

func account(c Config, base *url.URL) string {
	if c.Username == "" || c.GrantType != "" && c.GrantType != DefaultGrantType {
		return fmt.Sprintf("client %s at %s", c.ClientID, base.Host)
	}
	return fmt.Sprintf("%s at %s", c.Username, base.Host)
}

// Account says whose data it is: user, or else client, and host.
func (c *Client) Account() string { return c.account }

// Rest is the client below, for whoever asks for something that this package does not have. Its paths begin at the host.
func (c *Client) Rest() *rest.Client { return c.rest }

// Path is where a path of the API 2.1, such as ImportsPath, is on the host; a path that begins with /api/ stays as it is.
// Without a client it is where the API has it by default, so that what will be asked can be described before there is one.
func (c *Client) Path(path string) string {
	switch {
	case strings.HasPrefix(path, "/api/"):
		return path
	case c == nil:
		return DefaultAPIPath + path
	}
	return c.path + path
}

// Check logs in.
func (c *Client) Check(ctx context.Context) error { return c.tokens.Token(ctx) }

// unexpected is the error of an answer that lacks what is documented.
func unexpected(path, format string, args ...any) error {
	return &rest.Error{API: api, Path: path, Kind: rest.Unexpected, Text: fmt.Sprintf(format, args...)}
}
