package reports

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/clients/wizart"
	"github.com/reportjob/reportjob/jobs"
)

func wizartReports(t *testing.T, s *standIn) []jobs.Job {
	t.Helper()
	return Wizart(wizart.New(wizartConfig(t, s)))
}

func wizartConfig(t *testing.T, s *standIn) wizart.Config {
	t.Helper()
	return wizart.Config{
		BaseURL:      s.address(t, "WIZART_BASE_URL"),
		Username:     s.env["WIZART_USERNAME"],
		Password:     rest.NewSecret(s.env["WIZART_PASSWORD"]),
		ClientID:     s.env["WIZART_CLIENT_ID"],
		ClientSecret: rest.NewSecret(s.env["WIZART_CLIENT_SECRET"]),
		Rate:         -1,
	}
}

// wizartByHand logs in as the API's own examples do, walks a list by its page numbers, and gives what keep makes of its
// records.
func wizartByHand(t *testing.T, s *standIn, path string, keep func(map[string]any) string) []string {
	t.Helper()
	answer, err := http.PostForm(s.env["WIZART_BASE_URL"]+"/oauth/token", url.Values{
		"grant_type": {"password"}, "client_id": {s.env["WIZART_CLIENT_ID"]}, "client_secret": {s.env["WIZART_CLIENT_SECRET"]},
		"username": {s.env["WIZART_USERNAME"]}, "password": {s.env["WIZART_PASSWORD"]},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var token struct {
		Access string `json:"access_token"`
	}
	decodeJSON(t, answer.Body, &token)
	var kept []string
	for page := 1; ; page++ {
		var list struct {
			Data []map[string]any `json:"data"`
			Meta struct {
				Last int `json:"last_page"`
			} `json:"meta"`
		}
		askSandbox(t, s.env["WIZART_BASE_URL"]+path+"?page="+strconv.Itoa(page), func(r *http.Request) {
			r.Header.Set("Authorization", "Bearer "+token.Access)
		}, &list)
		for _, record := range list.Data {
			if one := keep(record); one != "" {
				kept = append(kept, one)
			}
		}
		if page >= list.Meta.Last {
			slices.Sort(kept)
			return kept
		}
	}
}

func TestWizartReportsHoldWhatTheSandboxHolds(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	list := wizartReports(t, s)
	id := func(name string) func(map[string]any) string {
		return func(r map[string]any) string { id, _ := r[name].(string); return id }
	}
	for _, c := range []struct {
		report, path string
		params       url.Values
		keep         func(map[string]any) string
		verdict      jobs.Verdict
	}{
		{"wizart-product-types", "/api/v2.1/import/product-types", nil, id("id"), jobs.Unproven},
		{"wizart-imports", "/api/v2.1/imports", nil, id("id"), jobs.Unproven},
		{"wizart-imports", "/api/v2.1/imports/product-type/wallpaper", url.Values{"product_type": {"wallpaper"}}, id("id"), jobs.Complete},
		{"wizart-brands", "/api/customer/brands", nil, id("uuid"), jobs.Complete},
		{"wizart-collections", "/api/customer/collections", nil, id("uuid"), jobs.Complete},
		{"wizart-articles", "/api/customer/articles", nil, id("uuid"), jobs.Complete},
	} {
		o := runReport(t, list, c.report, "now", c.params)
		slices.Sort(o.cells)
		if o.err != nil || o.rows == 0 || o.verdict != c.verdict || o.account == "" {
			t.Errorf("%s: %d rows, %s (%v) of %q: %v", c.report, o.rows, o.verdict, o.evidence, o.account, o.err)
		}
		if want := wizartByHand(t, s, c.path, c.keep); !slices.Equal(o.cells, want) {
			t.Errorf("%s: %d rows, by hand %d", c.report, o.rows, len(want))
		}
	}
}

func TestWizartImportsAreThoseOfTheWindow(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	list, found := wizartReports(t, s), 0
	for i := range 14 {
		day := time.Date(2026, 11, 8+i, 0, 0, 0, 0, time.UTC)
		o := runReport(t, list, "wizart-imports", day.Format(time.DateOnly), nil)
		slices.Sort(o.cells)
		want := wizartByHand(t, s, "/api/v2.1/imports", func(r map[string]any) string {
			attributes := r["attributes"].(map[string]any)
			zone, err := time.LoadLocation(attributes["timezone"].(string))
			if err != nil {
				t.Fatal(err)
			}
			at, err := time.ParseInLocation(time.DateTime, attributes["created_at"].(string), zone)
			if err != nil {
				t.Fatal(err)
			}
			if at.Before(day) || !at.Before(day.AddDate(0, 0, 1)) {
				return ""
			}
			return r["id"].(string)
		})
		if o.err != nil || !slices.Equal(o.cells, want) {
			t.Errorf("%s: %q, by hand %q: %v", day.Format(time.DateOnly), o.cells, want, o.err)
		}
		found += len(want)
	}
	if found == 0 {
		t.Error("there is no import in a fortnight: the test proves nothing")
	}
}

func TestWizartFiltersReachTheAPIOnEveryPage(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	list := wizartReports(t, s)
	brand := runReport(t, list, "wizart-brands", "now", nil).cells[0]
	all := runReport(t, list, "wizart-articles", "now", nil)
	some := runReport(t, list, "wizart-articles", "now", url.Values{"q": {`{"brand_uuid":"` + brand + `"}`}})
	want := wizartByHand(t, s, "/api/customer/articles", func(r map[string]any) string {
		if r["brand_uuid"] != brand {
			return ""
		}
		return r["uuid"].(string)
	})
	slices.Sort(some.cells)
	if some.err != nil || some.verdict != jobs.Complete || len(want) <= 15 || len(want) == all.rows || !slices.Equal(some.cells, want) {
		t.Errorf("%d rows of %d, by hand %d, %s: %v", some.rows, all.rows, len(want), some.verdict, some.err)
	}
}

func TestWizartSurvivesWhatPasses(t *testing.T) {
	t.Parallel()
	want := runReport(t, wizartReports(t, newStandIn(t, sandbox.Options{})), "wizart-collections", "now", nil)
	for name, fault := range map[string]http.HandlerFunc{
		"429": status(http.StatusTooManyRequests), "500": status(http.StatusInternalServerError), "503": status(http.StatusServiceUnavailable),
		"a cut body": cut, "a token that ran out": status(http.StatusUnauthorized),
	} {
		s := newStandIn(t, sandbox.Options{})
		s.spoilt(3, fault)
		o := runReport(t, wizartReports(t, s), "wizart-collections", "now", nil)
		if o.err != nil || o.rows != want.rows || o.verdict != jobs.Complete {
			t.Errorf("%s: %d rows, want %d, %s: %v", name, o.rows, want.rows, o.verdict, o.err)
		}
	}
}

func TestWizartRenewsTokensThatLiveForASecond(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{TokenLife: time.Second, Now: time.Now})
	s.slow.Store(int64(30 * time.Millisecond))
	o := runReport(t, wizartReports(t, s), "wizart-collections", "now", nil)
	if o.err != nil || o.rows == 0 || o.verdict != jobs.Complete {
		t.Errorf("%d rows, %s: %v", o.rows, o.verdict, o.err)
	}
}

func TestWizartFailsAsItShould(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault http.HandlerFunc
		kind  rest.Kind
	}{
		"a page for people":        {page, rest.Unexpected},
		"a right that is missing":  {status(http.StatusForbidden), rest.Refused},
		"a session that ran out":   {status(419), rest.Rejected},
		"a parameter that is none": {status(http.StatusUnprocessableEntity), rest.Rejected},
		"a path that is none":      {status(http.StatusNotFound), rest.Rejected},
	} {
		s := newStandIn(t, sandbox.Options{})
		s.spoilt(1, c.fault)
		o := runReport(t, wizartReports(t, s), "wizart-brands", "now", nil)
		if !refusedAs(o.err, c.kind) || o.rows != 0 || s.posts.Load() != 1 {
			t.Errorf("%s: %d rows, %d logins, %v", name, o.rows, s.posts.Load(), o.err)
		}
	}
}

func TestAWrongWizartPasswordIsTriedOnce(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	config := wizartConfig(t, s)
	config.Password = rest.NewSecret("not-the-password")
	o := runReport(t, Wizart(wizart.New(config)), "wizart-brands", "now", nil)
	if !refusedAs(o.err, rest.Refused) || s.posts.Load() != 1 || s.gets.Load() != 0 {
		t.Errorf("%d logins, %d requests: %v", s.posts.Load(), s.gets.Load(), o.err)
	}
}
