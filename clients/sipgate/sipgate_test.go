package sipgate

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
)

// canned answers each path with a body, and "403 text" with that status. It notes what was asked.
type canned struct {
	answers map[string]string

	mu    sync.Mutex
	asked []string
}

func (c *canned) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.asked = append(c.asked, r.URL.Path)
	c.mu.Unlock()
	body, ok := c.answers[r.URL.Path]
	switch text, isForbidden := strings.CutPrefix(body, "403 "); {
	case !ok:
		w.WriteHeader(http.StatusNotFound)
	case isForbidden:
		http.Error(w, text, http.StatusForbidden)
	default:
		_, _ = w.Write([]byte(body))
	}
}

func serve(t *testing.T, h http.Handler) *Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{BaseURL: base, TokenID: "token-T3st00", Token: rest.NewSecret("5a4db0c5-7e1e-4f0e-9a6b-5a4db0c5e711"), Rate: -1})
}

// progress notes what a reading says.
type progress struct{ said []string }

func (p *progress) note(kind, format string, args ...any) {
	p.said = append(p.said, kind+": "+fmt.Sprintf(format, args...))
}
func (p *progress) Complete(format string, args ...any)  { p.note("complete", format, args...) }
func (p *progress) Unproven(format string, args ...any)  { p.note("unproven", format, args...) }
func (p *progress) Truncated(format string, args ...any) { p.note("truncated", format, args...) }
func (p *progress) Warn(format string, args ...any)      { p.note("warning", format, args...) }
func (p *progress) Account(account string)               { p.note("account", "%s", account) }

func (p *progress) has(part string) bool { return strings.Contains(strings.Join(p.said, "\n"), part) }

func TestAccessTokensAreCheckedBeforeTheyAreUsed(t *testing.T) {
	t.Parallel()
	const good = "5a4db0c5-7e1e-4f0e-9a6b-5a4db0c5e711"
	for _, c := range []struct {
		id, token string
		ok        bool
	}{
		{"token-A1b2C3", good, true},
		{"token-A1b2C3", strings.ToUpper(good), true},
		{"A1b2C3", good, false},
		{"token-A1b2C", good, false},
		{"token-A1b2C3 ", good, false},
		{"ada@example.org", good, false},
		{"token-A1b2C3", "", false},
		{"token-A1b2C3", good + "0", false},
		{"token-A1b2C3", "5a4db0c5-7e1e-1f0e-9a6b-5a4db0c5e711", false},
		{"token-A1b2C3", "5a4db0c5-7e1e-4f0e-0a6b-5a4db0c5e711", false},
	} {
		err := CheckPAT(c.id, c.token)
		if (err == nil) != c.ok {
			t.Errorf("%q, %q: %v", c.id, c.token, err)
		}
		if err != nil && c.token != "" && strings.Contains(err.Error(), c.token) {
			t.Errorf("the error quotes the token: %v", err)
		}
	}
}

func TestAnswersThatLackWhatIsDocumentedAreUnexpected(t *testing.T) {
	t.Parallel()
	ask := map[string]func(*testing.T, *Client) error{
		UserinfoPath: func(t *testing.T, c *Client) error { _, err := c.Userinfo(t.Context()); return err },
		AccountPath:  func(t *testing.T, c *Client) error { _, err := c.Account(t.Context()); return err },
		BalancePath:  func(t *testing.T, c *Client) error { _, err := c.Balance(t.Context()); return err },
		UsersPath:    func(t *testing.T, c *Client) error { _, err := c.Users(t.Context(), nil); return err },
	}
	for _, c := range []struct{ path, body, says string }{
		{UserinfoPath, `{}`, "no sub"},
		{AccountPath, `{"company":"x"}`, "no mainProductType"},
		{AccountPath, `<html><title>Maintenance</title></html>`, "Maintenance"},
		{BalancePath, `{"currency":"EUR"}`, "no amount"},
		{BalancePath, `{"amount":null,"currency":"EUR"}`, "no amount"},
		{BalancePath, `{"amount":5}`, "no currency"},
		{BalancePath, `{"amount":5.5,"currency":"EUR"}`, "amount"},
		{UsersPath, `{}`, "no items"},
		{UsersPath, `{"items":null}`, "no items"},
		{UsersPath, `{"items":[{"id":"w0"},{}]}`, "items[1]: no id"},
		{UsersPath, ``, "empty"},
		{UsersPath, `{"items":[`, "ends in the middle"},
	} {
		client := serve(t, &canned{answers: map[string]string{c.path: c.body}})
		err := ask[c.path](t, client)
		var e *rest.Error
		if !errors.As(err, &e) || e.Kind != rest.Unexpected || e.Path != c.path || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %q: %v, want an unexpected answer that says %q", c.path, c.body, err, c.says)
		}
	}
}

func TestAnEmptyListIsAList(t *testing.T) {
	t.Parallel()
	users, err := serve(t, &canned{answers: map[string]string{UsersPath: `{"items":[]}`}}).Users(t.Context(), nil)
	if err != nil || len(users) != 0 {
		t.Errorf("%v, %v", users, err)
	}
}

func TestRefusalsKeepTheWordsOfTheAPIAndNameTheScope(t *testing.T) {
	t.Parallel()
	client := serve(t, &canned{answers: map[string]string{
		UsersPath:   "403 Forbidden, sorry",
		BalancePath: "403 This endpoint requires a sipgate Classic PBX Account",
	}})
	_, err := client.Users(t.Context(), nil)
	var e *rest.Error
	if !errors.As(err, &e) || e.Kind != rest.Refused || !strings.Contains(e.Text, "Forbidden, sorry") || !strings.Contains(e.Hint, "users:read") {
		t.Errorf("users: %v", err)
	}
	_, err = client.Balance(t.Context())
	if !errors.As(err, &e) || !strings.Contains(e.Text, "Classic PBX") || strings.Contains(e.Hint, "scope") || !strings.Contains(e.Hint, "new system (neo)") {
		t.Errorf("balance: %v: a scope is not what is missing here", err)
	}
}

func TestAWrongTokenIsExplained(t *testing.T) {
	t.Parallel()
	client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	err := client.Check(t.Context())
	var e *rest.Error
	if !errors.As(err, &e) || e.Kind != rest.Refused || !strings.Contains(e.Hint, "personal access token is wrong") {
		t.Errorf("%v", err)
	}
}
