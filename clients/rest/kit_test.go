package rest_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/reportjob/reportjob/clients/rest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// reply is one answer of a script; with err there is none.
type reply struct {
	status int // 200 if zero
	body   string
	header http.Header
	err    error
}

// script is a transport that gives its replies in order, the last one for ever, so that time can be faked around it.
type script struct {
	replies []reply
	before  func(r *http.Request) // if any, called before a reply

	mu   sync.Mutex
	seen []sentRequest
}

// sentRequest is what came.
type sentRequest struct {
	*http.Request
	body string
}

func scripted(replies ...reply) *script { return &script{replies: replies} }

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(b)
	}
	s.mu.Lock()
	s.seen = append(s.seen, sentRequest{r, body})
	next := s.replies[min(len(s.seen), len(s.replies))-1]
	s.mu.Unlock()
	if s.before != nil {
		s.before(r)
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if next.err != nil {
		return nil, next.err
	}
	if next.status == 0 {
		next.status = http.StatusOK
	}
	if next.header == nil {
		next.header = http.Header{"Content-Type": {"application/json"}}
	}
	return &http.Response{
		StatusCode: next.status, Header: next.header, ProtoMajor: 1, ProtoMinor: 1, Request: r,
		ContentLength: int64(len(next.body)), Body: io.NopCloser(strings.NewReader(next.body)),
	}, nil
}

// count is how many requests came.
func (s *script) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.seen)
}

// values are the form that request number i brought.
func (s *script) values(t *testing.T, i int) url.Values {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if i >= len(s.seen) {
		t.Fatalf("%d requests came, not %d", len(s.seen), i+1)
	}
	v, err := url.ParseQuery(s.seen[i].body)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// grants are the grant types that were asked for, in order.
func (s *script) grants(t *testing.T) string {
	t.Helper()
	var types []string
	for i := range s.count() {
		types = append(types, s.values(t, i).Get("grant_type"))
	}
	return strings.Join(types, " ")
}

// given is an answer with tokens; refresh may be empty.
func given(access, refresh, expires string) reply {
	body := `{"token_type":"bearer","access_token":"` + access + `"`
	if refresh != "" {
		body += `,"refresh_token":"` + refresh + `"`
	}
	if expires != "" {
		body += `,"expires_in":` + expires
	}
	return reply{body: body + "}"}
}

// The secrets of the tests. None of them may ever be in an error.
const (
	thePassword = "pass-word-of-tests"
	theSecret   = "client-secret-of-tests"
	theRefresh  = "first-refresh-token"
)

// options are those of a client with a refresh token and a password.
func options(transport http.RoundTripper) rest.TokenOptions {
	return rest.TokenOptions{
		API: "shop", URL: mustURL("https://login.example/oauth/token"), Transport: transport,
		ClientID: "client-7", ClientSecret: rest.NewSecret(theSecret),
		Grants: []rest.Grant{
			{Type: "refresh_token", RefreshToken: rest.NewSecret(theRefresh)},
			{Type: "password", Username: "anna", Password: rest.NewSecret(thePassword)},
		},
	}
}

// only are the options with nothing but one grant.
func only(transport http.RoundTripper, grant string) rest.TokenOptions {
	o := options(transport)
	o.Grants = []rest.Grant{{
		Type: grant, Username: "anna", Password: rest.NewSecret(thePassword), RefreshToken: rest.NewSecret(theRefresh),
	}}
	return o
}

func mustURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

// sign gives the header that a request would have, and its generation.
func sign(t *testing.T, auth rest.Auth) (header string, generation int64) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	generation, err = auth.Authorize(t.Context(), r)
	if err != nil {
		t.Fatalf("not signed: %v", err)
	}
	return r.Header.Get("Authorization"), generation
}

// wantError checks the kind of an error, what it says, and that it tells no secret.
func wantError(t *testing.T, err error, kind rest.Kind, says ...string) {
	t.Helper()
	var e *rest.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an Error that is %q", err, kind)
	}
	if e.Kind != kind {
		t.Errorf("%v: kind %q, want %q", err, e.Kind, kind)
	}
	for _, text := range says {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%v: does not say %q", err, text)
		}
	}
	for _, secret := range []string{thePassword, theSecret, theRefresh, "?"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%v: tells %q", err, secret)
		}
	}
}
