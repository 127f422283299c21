// Package sipgate reads a telephone account through sipgate's REST API v2: who owns it, its balance, its users, and the
// history of its calls, faxes, text messages and voicemails. It only ever reads, and it leaves out what opens doors: SIP
// passwords and the addresses of recordings and documents. It knows nothing of reports and files.
//
// The API's own pages: https://api.sipgate.com/v2/doc and https://github.com/sipgate/docs.
package sipgate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// Where the API is, and how fast it is asked. sipgate publishes no limit; two requests a second, two at a time, is slow
// enough for its large pages.
const (
	DefaultBaseURL  = "https://api.sipgate.com/v2"
	DefaultTokenURL = "https://login.sipgate.com/auth/realms/third-party/protocol/openid-connect/token"
	DefaultRate     = 2.0
	inFlight        = 2
)

const api = "sipgate"

// Config is what a Client needs. Either a personal access token is given, or the OAuth client with its first refresh
// token; later refresh tokens come from the Store.
type Config struct {
	BaseURL  *url.URL // DefaultBaseURL if nil
	TokenURL *url.URL // DefaultTokenURL if nil

	TokenID string
	Token   rest.Secret

	ClientID     string
	ClientSecret rest.Secret
	RefreshToken rest.Secret

	Rate      float64 // requests a second; DefaultRate if 0, no limit if negative
	Transport http.RoundTripper
	Redactor  *rest.Redactor
	Log       *slog.Logger
	UserAgent string
	Store     rest.Store
}

// Client asks one account. It is used by many goroutines at once.
type Client struct {
	rest   *rest.Client
	tokens *rest.Tokens     // nil with a personal access token
	now    func() time.Time // for the age of a window
}

// New makes a client. It does not fail and does not talk; credentials that are missing are noticed by the first request.
func New(c Config) *Client {
	client := &Client{now: time.Now}
	var auth rest.Auth = rest.Basic{User: c.TokenID, Password: c.Token}
	if c.TokenID == "" && c.ClientID != "" {
		client.tokens = newTokens(c)
		auth = client.tokens
	}
	client.rest = rest.New(rest.Options{
		API:       api,
		Base:      orDefault(c.BaseURL, DefaultBaseURL),
		Transport: c.Transport,
		Auth:      auth,
		Rate:      rate(c.Rate),
		InFlight:  inFlight,
		UserAgent: c.UserAgent,
		Redactor:  c.Redactor,
		Log:       c.Log,
	})
	return client
}

// newTokens is the refresh grant of sipgate's identity provider. Every answer holds a new refresh token, which is on
// disk before the access token beside it is used.
func newTokens(c Config) *rest.Tokens {
	return rest.NewTokens(rest.TokenOptions{
		API:          api,
		URL:          orDefault(c.TokenURL, DefaultTokenURL),
		Transport:    c.Transport,
		ClientID:     c.ClientID,
		ClientSecret: c.ClientSecret,
		Grants:       []rest.Grant{{Type: "refresh_token", RefreshToken: c.RefreshToken}},
		Store:        c.Store,
		Key:          api,
		Redactor:     c.Redactor,
		Log:          c.Log,
	})
}

func orDefault(u *url.URL, address string) *url.URL {
	if u != nil {
		return u
	}
	u, err := url.Parse(address)
	if err != nil {
		panic(err) // The addresses are constants of this package.
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

var (
	tokenID = regexp.MustCompile(`^token-[A-Za-z0-9]{6}$`)
	tokenV4 = regexp.MustCompile(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
)

// CheckPAT tells whether a personal access token can be one at all: an id such as token-A1b2C3, and a version 4 UUID.
// Its error never quotes the token.
func CheckPAT(id, token string) error {
	if !tokenID.MatchString(id) {
		return fmt.Errorf("token id %q: expected token- and six letters or digits", id)
	}
	if !tokenV4.MatchString(token) {
		return errors.New("token: expected a version 4 UUID, 36 characters such as 8-4-4-4-12 hexadecimal digits")
	}
	return nil
}

// Rest is the client below, for whoever asks for something that this package does not have.
func (c *Client) Rest() *rest.Client { return c.rest }

// Check asks whose token it is, which needs no scope.
func (c *Client) Check(ctx context.Context) error {
	if c.tokens != nil {
		if err := c.tokens.Token(ctx); err != nil {
			return err
		}
	}
	_, err := c.Userinfo(ctx)
	return err
}

// get asks for one answer. scope is what the credentials need for it, for whoever is refused.
func (c *Client) get(ctx context.Context, path, scope string, query url.Values, into any) error {
	return c.explain(c.rest.Get(ctx, path, query, into), scope)
}

// explain adds to a refusal what it may be about. The API refuses a missing scope, a feature that is not booked and a
// path of the other generation of accounts with one and the same status, and says nothing at all about a wrong token.
func (c *Client) explain(err error, scope string) error {
	var refused *rest.Error
	if !errors.As(err, &refused) || refused.Hint != "" {
		return err
	}
	hinted := *refused
	switch {
	case classicOnly(err):
		hinted.Hint = "the account is on sipgate's new system (neo), where channels are in the place of groups and phone lines; only classic accounts have those"
	case refused.Status == http.StatusForbidden && scope != "":
		hinted.Hint = "the token needs the scope " + scope + ", and its user the right to see this; a feature that is not booked is refused in the same way"
	case refused.Status == http.StatusUnauthorized && c.tokens == nil:
		hinted.Hint = "the personal access token is wrong or was deleted: see https://app.sipgate.com/personal-access-token"
	}
	return &hinted
}

// classicOnly tells whether an answer says that the path does not exist for accounts of the new system.
func classicOnly(err error) bool {
	var e *rest.Error
	return errors.As(err, &e) && e.Status == http.StatusForbidden && strings.Contains(strings.ToLower(e.Text), "classic pbx")
}

// unexpected is the error of an answer that lacks what is documented.
func unexpected(path, format string, args ...any) error {
	return &rest.Error{API: api, Path: path, Kind: rest.Unexpected, Text: fmt.Sprintf(format, args...)}
}
