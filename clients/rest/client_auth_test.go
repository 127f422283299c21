package rest_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// house is an API and its token endpoint, which know each other.
type house struct {
	mu      sync.Mutex
	issued  int
	good    map[string]bool // access tokens
	settle  time.Duration   // until a token that was issued is known
	forbid  bool            // answers 403 to whoever is known
	revokes bool            // a new token ends the old one
	calls   int
	asked   []string
	latency time.Duration
}

func (h *house) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(h.latency)
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.Method == http.MethodPost {
		h.calls++
		h.issued++
		token := strings.Repeat("t", h.issued) + "-token"
		if h.revokes || h.good == nil {
			h.good = map[string]bool{}
		}
		if h.settle == 0 {
			h.good[token] = true
		} else {
			time.AfterFunc(h.settle, func() { h.mu.Lock(); h.good[token] = true; h.mu.Unlock() })
		}
		return scripted(given(token, "", "3600")).RoundTrip(r)
	}
	h.asked = append(h.asked, r.Header.Get("Authorization"))
	switch {
	case !h.good[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]:
		return scripted(reply{status: 401, body: `{"message":"Unauthenticated."}`}).RoundTrip(r)
	case h.forbid:
		return scripted(reply{status: 403, body: `{"message":"This action is unauthorized."}`}).RoundTrip(r)
	}
	return scripted(fine).RoundTrip(r)
}

func (h *house) expel() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.good)
}

// at makes a client of the house.
func (h *house) at(change ...func(*rest.Options)) *rest.Client {
	tokens := rest.NewTokens(only(h, "password"))
	return client(h, append(change, func(o *rest.Options) { o.Auth = tokens })...)
}

func TestTokenThatIsRefusedInMidRunIsRenewedOnceAndEveryRequestIsAnswered(t *testing.T) {
	t.Parallel()
	for _, revokes := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			h := &house{latency: 10 * time.Millisecond, revokes: revokes}
			c := h.at()
			if err := get(t, c); err != nil {
				t.Fatal(err)
			}
			h.expel()
			var workers sync.WaitGroup
			for range 50 {
				workers.Go(func() {
					if err := get(t, c); err != nil {
						t.Error(err)
					}
				})
			}
			workers.Wait()
			if h.calls != 2 {
				t.Errorf("%d token calls, want 2", h.calls)
			}
		})
	}
}

func TestNewTokenThatIsNotKnownEverywhereYetIsTriedAgainAfterASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &house{}
		c := h.at()
		if err := get(t, c); err != nil {
			t.Fatal(err)
		}
		h.expel()
		h.settle = 500 * time.Millisecond
		began := time.Now()
		if err := get(t, c); err != nil || time.Since(began) != time.Second || h.calls != 2 {
			t.Errorf("%v after %s and %d token calls", err, time.Since(began), h.calls)
		}
	})
}

func TestAPIThatRefusesEveryTokenEndsTheRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &house{settle: 24 * time.Hour}
		c := h.at()
		var err error
		for range 10 {
			err = get(t, c)
			wantError(t, err, rest.Refused)
		}
		wantError(t, err, rest.Refused, "three renewals in a row were refused")
		if h.calls != 4 {
			t.Errorf("%d token calls, want the first and three renewals", h.calls)
		}
		time.Sleep(25 * time.Hour)
	})
}

func TestRefusalOfARightRenewsNothing(t *testing.T) {
	t.Parallel()
	h := &house{forbid: true}
	wantError(t, get(t, h.at()), rest.Refused, "This action is unauthorized.")
	if h.calls != 1 || len(h.asked) != 1 {
		t.Errorf("%d token calls, %d requests", h.calls, len(h.asked))
	}
}

func TestRefusalThatMayBeTheTokenRenewsItOnceForAllTheyAsk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &house{forbid: true}
		c := h.at(func(o *rest.Options) {
			o.Classify = func(r *rest.Response) rest.Disposition {
				if r.Status == http.StatusForbidden {
					return rest.RenewOnce
				}
				return rest.ByStatus(r)
			}
		})
		for range 5 {
			wantError(t, get(t, c), rest.Refused, "This action is unauthorized.")
		}
		if h.calls != 2 {
			t.Errorf("%d token calls, want 2", h.calls)
		}
	})
}

func TestRedirectsAreFollowedOnlyToWhereTheTokenMayGo(t *testing.T) {
	t.Parallel()
	allow := func(to *url.URL) bool { return strings.HasSuffix(to.Hostname(), ".example") }
	for location, ok := range map[string]bool{
		"/v2/other":                                 true,
		"https://api.example/v3/things":             true,
		"https://eu.example/v2/things":              true,
		"http://eu.example/v2/things":               false,
		"http://api.example/v2/things":              false,
		"https://elsewhere.test/?code=hidden-query": false,
		"https://user:pass@eu.example/":             false,
		"ftp://eu.example/":                         false,
	} {
		t.Run(location, func(t *testing.T) {
			t.Parallel()
			server := scripted(reply{status: 307, header: http.Header{"Location": {location}}}, fine)
			c := client(server, func(o *rest.Options) {
				o.Redirect.Allow, o.Auth = allow, rest.Raw{Value: rest.NewSecret("plain-token")}
			})
			err := get(t, c)
			if !ok {
				wantError(t, err, rest.Refused, "not allowed")
				if server.count() != 1 {
					t.Errorf("%d requests", server.count())
				}
				return
			}
			if err != nil || server.count() != 2 || server.seen[1].Header.Get("Authorization") != "plain-token" {
				t.Errorf("%v after %d requests", err, server.count())
			}
		})
	}
}

func TestRedirectsEndAfterThreeHops(t *testing.T) {
	t.Parallel()
	server := scripted(reply{status: 302, header: http.Header{"Location": {"/again?x=hidden-query"}}})
	wantError(t, get(t, client(server)), rest.Unexpected, "more than 3 redirects")
	if server.count() != 4 {
		t.Errorf("%d requests", server.count())
	}
}

func TestRegionThatIsRememberedIsForgottenWhenItRefuses(t *testing.T) {
	t.Parallel()
	there := reply{status: 307, header: http.Header{"Location": {"https://eu.example/v2/things"}}}
	server := scripted(there, fine, fine, reply{status: 404}, fine)
	c := client(server, func(o *rest.Options) {
		o.Redirect.Allow = func(to *url.URL) bool { return to.Hostname() == "eu.example" }
		o.Redirect.Remember = func(_, to *url.URL) *url.URL { return &url.URL{Scheme: to.Scheme, Host: to.Host, Path: "/v2"} }
	})
	for range 3 {
		if err := get(t, c); err != nil {
			t.Fatal(err)
		}
	}
	var hosts []string
	for _, r := range server.seen {
		hosts = append(hosts, r.URL.Host)
	}
	if got := strings.Join(hosts, " "); got != "api.example eu.example eu.example eu.example api.example" {
		t.Errorf("asked %s", got)
	}
}

func TestWrongCredentialsReachTheCallerAsTheTokenEndpointSaidIt(t *testing.T) {
	t.Parallel()
	server := scripted(reply{status: 400, body: `{"error":"invalid_grant"}`})
	c := client(server, func(o *rest.Options) { o.Auth = rest.NewTokens(only(server, "password")) })
	for range 3 {
		wantError(t, get(t, c), rest.Refused, "shop: /oauth/token", "check user name and password")
	}
	if server.count() != 1 {
		t.Errorf("%d requests", server.count())
	}
	var e *rest.Error
	if err := get(t, c); !errors.As(err, &e) || e.Status != 400 {
		t.Errorf("%v", err)
	}
}

func TestAddressThatAnAnswerNamesInsteadOfDataIsFollowed(t *testing.T) {
	t.Parallel()
	inBody := func(r *rest.Response) (string, bool) {
		return r.Header.Get("X-Elsewhere"), r.Header.Get("X-Elsewhere") != ""
	}
	for location, ok := range map[string]bool{"https://eu.example/data?sig=hidden-query": true, "https://elsewhere.test/data?sig=hidden-query": false} {
		server := scripted(reply{header: http.Header{"X-Elsewhere": {location}}}, fine)
		err := get(t, client(server, func(o *rest.Options) {
			o.Redirect.InBody = inBody
			o.Redirect.Allow = func(to *url.URL) bool { return to.Hostname() == "eu.example" }
		}))
		if ok && (err != nil || server.count() != 2) {
			t.Errorf("%s: %v after %d requests", location, err, server.count())
		}
		if !ok {
			wantError(t, err, rest.Refused, "elsewhere.test, which is not allowed")
		}
	}
}

func TestPlainHTTPIsFollowedBetweenLoopbackHostsAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		base, to string
		ok       bool
	}{
		{"http://127.0.0.1:1", "http://127.0.0.1:2/", true},
		{"http://localhost:1", "http://[::1]:2/", true},
		{"http://127.0.0.1:1", "http://eu.example/", false},
		{"https://api.example", "http://127.0.0.1:2/", false},
		{"http://api.example", "http://127.0.0.1:2/", false},
	} {
		server := scripted(reply{status: 307, header: http.Header{"Location": {c.to}}}, fine)
		err := get(t, client(server, func(o *rest.Options) {
			o.Base = mustURL(c.base)
			o.Redirect.Allow = func(*url.URL) bool { return true }
		}))
		if (err == nil) != c.ok {
			t.Errorf("%s to %s: %v", c.base, c.to, err)
		}
	}
}
