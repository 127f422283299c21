package secureaccess

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
)

func TestPatternsMatchWholeLabelsOfHostNames(t *testing.T) {
	for _, tt := range []struct {
		pattern, host string
		want          bool
	}{
		{"api.sse.cisco.com", "api.sse.cisco.com", true},
		{"api.sse.cisco.com", "API.SSE.cisco.com.", true},
		{"api.sse.cisco.com", "evil-api.sse.cisco.com", false},
		{"*.umbrella.com", "api.umbrella.com", true},
		{"*.umbrella.com", "api.eu.reports.umbrella.com", true},
		{"*.umbrella.com", "umbrella.com", false},
		{"*.umbrella.com", "evilumbrella.com", false},
		{"*.umbrella.com", ".umbrella.com", false},
		{"*.umbrella.com", "api.umbrella.com.evil.example", false},
		{"*.", "anything", false},
		{"", "", false},
		{"127.0.0.1", "127.0.0.1", true},
	} {
		if got := matches(tt.pattern, tt.host); got != tt.want {
			t.Errorf("matches(%q, %q) = %t", tt.pattern, tt.host, got)
		}
	}
	ok := allow(" api.sse.cisco.com , *.umbrella.com")
	if !ok(&url.URL{Scheme: "https", Host: "api.umbrella.com:8443"}) || ok(&url.URL{Scheme: "https", Host: "example.org"}) {
		t.Error("a list of patterns, and any port")
	}
}

func TestRedirectInABodyIsOneAddressAndNothingElse(t *testing.T) {
	for body, want := range map[string]string{
		`{"data":{"redirect":"https://api.umbrella.com/reports.eu/v2/summary?from=1"}}`: "https://api.umbrella.com/reports.eu/v2/summary?from=1",
		`{"data":{"redirect":"https://x.example","count":1}}`:                           "",
		`{"data":{"count":1}}`:                        "",
		`{"data":[{"redirect":"https://x.example"}]}`: "",
		`{"data":{"redirect":""}}`:                    "",
		`{"data":{"redirect":5}}`:                     "",
	} {
		got, ok := redirectInBody(&rest.Response{Body: []byte(body)})
		if got != want || ok != (want != "") {
			t.Errorf("%s: %q, %t", body, got, ok)
		}
	}
}

func TestRegionIsWhatStandsInFrontOfTheReport(t *testing.T) {
	base, _ := url.Parse("https://api.sse.cisco.com/reports/v2")
	for to, want := range map[string]string{
		"https://api.umbrella.com/reports.eu/v2/activity/dns?from=1": "https://api.umbrella.com/reports.eu/v2",
		"https://api.us.reports.umbrella.com/v2/activity/dns":        "https://api.us.reports.umbrella.com/v2",
		"https://api.umbrella.com/login":                             "",
	} {
		target, _ := url.Parse(to)
		got := ""
		if u := remember(base)(base.JoinPath("activity/dns"), target); u != nil {
			got = u.String()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", to, got, want)
		}
	}
}

// regional is an API whose plain address sends every request to another server.
func regional(t *testing.T, inBody bool) (plain, region *server) {
	t.Helper()
	region = serve(t, destinations(20))
	plain = serve(t, func(w http.ResponseWriter, r *http.Request) {
		to := region.URL + strings.Replace(r.URL.Path, "/reports/", "/reports.eu/", 1) + "?" + r.URL.RawQuery
		if inBody {
			fmt.Fprintf(w, `{"data":{"redirect":%q}}`, to)
			return
		}
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	})
	return plain, region
}

func small(c *Config) { c.PageSize = 8 }

func loopback(c *Config) { c.RedirectHosts = "127.0.0.1" }

func TestRegionIsFollowedWithTheTokenAndRemembered(t *testing.T) {
	for _, inBody := range []bool{false, true} {
		plain, region := regional(t, inBody)
		got, err := collect(plain.client(small, loopback).TopDestinations(t.Context(), All, yesterday, &progress{}))
		if err != nil || len(got) != 20 {
			t.Fatalf("%d rows, %v", len(got), err)
		}
		if len(plain.asked) != 1 || len(region.asked) != 3 || region.asked[0] != "/reports.eu/v2/top-destinations token-1" {
			t.Errorf("in the body %t: plain %v, region %v", inBody, plain.asked, region.asked)
		}
	}
}

func TestRegionThatForgetsItsTenantIsGivenUp(t *testing.T) {
	plain, region := regional(t, false)
	c := plain.client(small, loopback)
	if _, err := collect(c.TopDestinations(t.Context(), All, yesterday, &progress{})); err != nil {
		t.Fatal(err)
	}
	region.answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }
	plain.answer = destinations(5)
	if got, err := collect(c.TopDestinations(t.Context(), All, yesterday, &progress{})); err != nil || len(got) != 5 {
		t.Errorf("%d rows, %v", len(got), err)
	}
}

func TestTokenNeverGoesToAHostThatIsNotAllowed(t *testing.T) {
	for _, inBody := range []bool{false, true} {
		plain, region := regional(t, inBody)
		_, err := collect(plain.client().TopDestinations(t.Context(), All, yesterday, &progress{}))
		wantKind(t, err, rest.Refused, "127.0.0.1")
		if len(region.asked) != 0 {
			t.Errorf("asked %v", region.asked)
		}
		if strings.Contains(err.Error(), "from=") {
			t.Errorf("a query in %v", err)
		}
	}
}

func TestRegionOfTheSettingsIsAskedDirectly(t *testing.T) {
	s := serve(t, destinations(5))
	for region, want := range map[string]string{
		"eu": "/reports.eu/v2/top-destinations", "us": "/reports.us/v2/top-destinations", "auto": "/reports/v2/top-destinations", "": "/reports/v2/top-destinations",
	} {
		s.asked = nil
		_, err := collect(s.client(func(c *Config) { c.Region = region }).TopDestinations(t.Context(), All, yesterday, &progress{}))
		if err != nil || len(s.asked) != 1 || !strings.HasPrefix(s.asked[0], want+" ") {
			t.Errorf("%q: asked %v, %v", region, s.asked, err)
		}
	}
}
