package reports

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

const saStubToken = "stub-access-token-0123456789"

// saStub is an API whose answers a test writes. It notes what it is asked for.
type saStub struct {
	jobs []jobs.Job

	mu    sync.Mutex
	asked []string
}

func newSAStub(t *testing.T, answer http.HandlerFunc, change ...func(*secureaccess.Config)) *saStub {
	t.Helper()
	s := &saStub{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Method == http.MethodPost {
			fmt.Fprintf(w, `{"access_token":%q,"token_type":"bearer","expires_in":3600}`, saStubToken)
			return
		}
		s.mu.Lock()
		s.asked = append(s.asked, r.URL.Path+"?"+readable(r.URL.Query()))
		s.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := secureaccess.Config{BaseURL: base, Key: "k", Secret: rest.NewSecret("s"), OrgID: "8123456", Rate: -1, PageSize: 2, Now: func() time.Time { return sandboxNow }}
	for _, f := range change {
		f(&c)
	}
	s.jobs = SecureAccess(secureaccess.New(c))
	return s
}

// run runs a report with the parameters that the sandbox has for it.
func (s *saStub) run(t *testing.T, name string, params url.Values) saRun {
	t.Helper()
	j := byName(t, s.jobs, name)
	return saReadJob(t, j, saWindowOf(j.Info()), params)
}

func saSays(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }
}

func TestSecureAccessReportIsNeverMadeOutOfAWrongAnswer(t *testing.T) {
	env := newStandIn(t, sandbox.Options{})
	for what, answer := range map[string]http.HandlerFunc{
		"a page for people":       page,
		"an empty object":         saSays(`{}`),
		"nothing":                 saSays(``),
		"null":                    saSays(`null`),
		"data that are null":      saSays(`{"data":null,"items":null,"events":null,"body":null,"meta":{}}`),
		"data of another shape":   saSays(`{"data":"x","items":"x","events":"x","body":"x","meta":{}}`),
		"a list without a record": saSays(`[]`),
	} {
		s := newSAStub(t, answer)
		for name := range saWalks() {
			run := s.run(t, name, saParamsOf(t, env, byName(t, s.jobs, name).Info()))
			if !refusedAs(run.err, rest.Unexpected) || !strings.Contains(run.err.Error(), "secureaccess: /") || len(run.rows) > 0 {
				t.Errorf("%s for %s: %d rows, %v", what, name, len(run.rows), run.err)
			}
		}
	}
}

func TestSecureAccessFieldThatIsMissingOrWrongIsNamed(t *testing.T) {
	for _, tt := range []struct{ name, params, body, text string }{
		{"private-resources-summary-stats", "privateresourceids=1", `{"data":[{"privateresourceid":1,"hitscount":1},{"privateresourceid":2}]}`, "/private-resources/summary-stats: unexpected answer: data[1].hitscount: missing"},
		{"private-resources-summary-stats", "", `{"data":[{"application":{"label":"x"}}]}`, "/top-resources: unexpected answer: data[0].application.id: missing"},
		{"private-resources-detailed-stats-timerange", "privateresourceid=1", `{"data":{"privateresourceid":1}}`, "data.timeSeriesHitsCount: missing"},
		{"private-resources-detailed-stats-timerange", "privateresourceid=1", `{"data":{"timeSeriesHitsCount":[{"hitscount":1}]}}`, "data.timeSeriesHitsCount[0].timestamp: missing"},
		{"private-resources-detailed-stats-timerange", "privateresourceid=1", `{"data":{"other":1}}`, "data.timeSeriesHitsCount: missing"},
		{"private-resources-detailed-stats-identities", "privateresourceid=1", `{"data":{"privateresourceid":1}}`, "data.identities: missing"},
		{"private-resources-detailed-stats-identities", "privateresourceid=1", `{"data":{"identities":[{"id":1}]}}`, "data.identities[0].hitscount: missing"},
		{"app-connectors-detailed-stats-timerange", "agentids=6", `{"data":[{"agentId":6,"timeSeriesData":[{"cpuUtilization":"much","timestamp":1}]}]}`, "data[0].timeSeriesData[0].cpuUtilization: a string where a number was expected"},
		{"app-connectors-detailed-stats-timerange", "agentids=6", `{"data":[{"agentId":6}]}`, "data[0].timeSeriesData: missing"},
		{"requests-by-appconnector", "", `{"data":{"id":1,"requests":{}}}`, "data.requests.count: missing"},
		{"requests-by-appconnector", "", `{"data":[]}`, "data: an array where an object was expected"},
		{"rules-activity", "", `{"data":[{"rule":{"id":1},"verdict":"blocked"}]}`, "/rules-activity: unexpected answer: data[0].timestamp: missing"},
		{"summaries-by-rule-hitcount", "ruleids=1", `{"data":[{"ruleid":1,"hits":4}]}`, "data[0].hitcount: missing"},
		{"summaries-by-rule-intrusion", "", `{"data":[{"rule":{"id":1}}]}`, "data[0].signatures: missing"},
		{"app-discovery-applications", "", `{"items":[{"name":"x"}]}`, "page 1: secureaccess: /appDiscovery/applications: unexpected answer: items[0].id: missing"},
		{"app-discovery-applications", "", `{"items":[{"id":"a","firstDetected":"yesterday"}]}`, `items[0].firstDetected: "yesterday" is no time`},
		{"app-discovery-risk", "", `{"items":[{"id":"a"}]}`, "application a: secureaccess: /appDiscovery/applications/a/risk: unexpected answer: weightedRisk: missing"},
		{"app-discovery-attributes", "", `{"items":[{"id":"a"}],"attributesCategories":[{}]}`, "/attributes: unexpected answer: attributesCategories[0].attributes: missing"},
		{"usage-metrics", "", `{"body":{"usages":[{"product":"SWG","registered_at":"2026-11-21 00:00:00"}]}}`, "body.usages[0].usage_meter_items.bytes_in_delta: missing"},
		{"usage-metrics", "", `{"statusCode":503,"body":{"usages":[]}}`, "statusCode: 503"},
		{"api-usage-keys", "", `{"items":[{"keyId":"1","count":1}]}`, "/apiUsage/keys: unexpected answer: items[0].requests: missing"},
		{"api-usage-summary", "", `{"data":{"total":1}}`, "data.successfulRequests: missing"},
		{"dlp-saas-api-events", "", `{"events":[{"eventId":"1"}]}`, "/dlp/saasApi/events: unexpected answer: events[0].detected: missing"},
	} {
		params, err := url.ParseQuery(tt.params)
		if err != nil {
			t.Fatal(err)
		}
		run := newSAStub(t, saSays(tt.body)).run(t, "secureaccess-"+tt.name, params)
		if !refusedAs(run.err, rest.Unexpected) || !strings.Contains(fmt.Sprint(run.err), tt.text) {
			t.Errorf("%s, %s: %v\nwant %s", tt.name, tt.body, run.err, tt.text)
		}
	}
}

func TestSecureAccessReportSaysWhichParameterItNeedsBeforeItAsks(t *testing.T) {
	s := newSAStub(t, saSays(`{}`))
	for name, parameter := range map[string]string{"app-connectors-groups-detailed-stats-timerange": "groupids", "app-connectors-detailed-stats-timerange": "agentids",
		"summaries-by-rule-hitcount": "ruleids", "summaries-by-rule-firewall-hitcount": "ruleids"} {
		for _, given := range []string{"", " , "} {
			run := s.run(t, "secureaccess-"+name, url.Values{parameter: {given}})
			var e *ParamError
			if !errors.As(run.err, &e) || e.Name != parameter || !strings.Contains(e.Text, "GET /") || !strings.Contains(e.Text, "PARAMS_SECUREACCESS_") {
				t.Errorf("%s: %v", name, run.err)
			}
		}
	}
	run := s.run(t, "secureaccess-app-connectors-detailed-stats-timerange", url.Values{"agentids": {"6"}, "timerange": {"week"}})
	if e, ok := errors.AsType[*ParamError](run.err); !ok || e.Name != "timerange" {
		t.Errorf("a bucket of a week: %v", run.err)
	}
	if len(s.asked) > 0 {
		t.Errorf("asked %q", s.asked)
	}
}

func TestSecureAccessLengthOfBucketsIsAHeader(t *testing.T) {
	var header string
	s := newSAStub(t, func(w http.ResponseWriter, r *http.Request) {
		header = r.Header.Get("timerange")
		fmt.Fprint(w, `{"data":[{"groupId":5,"agentId":6,"timeSeriesData":[]}]}`)
	})
	run := s.run(t, "secureaccess-app-connectors-detailed-stats-timerange", url.Values{"agentids": {"6,7"}, "timerange": {"day"}})
	if run.err != nil || header != "day" || strings.Contains(s.asked[0], "timerange=") {
		t.Errorf("header %q, asked %q, %v", header, s.asked, run.err)
	}
	if !slices.Equal(run.warnings, []string{"the API says nothing about 7 in agentids"}) {
		t.Errorf("warnings %q", run.warnings)
	}
}

func TestAppDiscoveryIsAboutNinetyDaysOrOneDay(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	day := func(d int) time.Time { return time.Date(2026, 10, d, 0, 0, 0, 0, berlin) }
	for _, tt := range []struct {
		name   string
		window jobs.Window
		zone   *time.Location
		params url.Values
		date   string
		fails  string
	}{
		{"the present", jobs.Window{From: sandboxNow, To: sandboxNow}, berlin, nil, "", ""},
		{"a day", jobs.Window{From: day(24), To: day(25)}, berlin, nil, "2026-10-24", ""},
		{"a day of 25 hours", jobs.Window{From: day(25), To: day(26)}, berlin, nil, "2026-10-25", ""},
		{"a day of another zone", jobs.Window{From: day(24), To: day(25)}, time.UTC, nil, "", "WINDOW_SECUREACCESS_APP_DISCOVERY_APPLICATIONS"},
		{"a week", jobs.Window{From: day(12), To: day(19)}, berlin, nil, "", "WINDOW_SECUREACCESS_APP_DISCOVERY_APPLICATIONS"},
		{"a day by parameter", jobs.Window{From: sandboxNow, To: sandboxNow}, berlin, url.Values{"date": {"2026-10-24"}}, "", "date"},
	} {
		s := newSAStub(t, saSays(`{"items":[]}`))
		r := jobs.Request{Window: tt.window, Zone: tt.zone, Params: tt.params, Proof: new(jobs.Proof)}
		var failed error
		for _, err := range byName(t, s.jobs, "secureaccess-app-discovery-applications").Rows(t.Context(), r) {
			failed = err
		}
		if tt.fails != "" {
			if e, ok := errors.AsType[*ParamError](failed); !ok || e.Name != tt.fails || len(s.asked) > 0 {
				t.Errorf("%s: %v, asked %q", tt.name, failed, s.asked)
			}
			continue
		}
		want := "/reports/v2/appDiscovery/applications?limit=2&offset=0&order=asc&sort=firstDetected"
		if tt.date != "" {
			want = "/reports/v2/appDiscovery/applications?date=" + tt.date + "&limit=2&offset=0&order=asc&sort=firstDetected"
		}
		if failed != nil || !slices.Equal(s.asked, []string{want}) {
			t.Errorf("%s: asked %q, %v", tt.name, s.asked, failed)
		}
	}
	s := newSAStub(t, saSays(`{"items":[]}`))
	run := saReadJob(t, byName(t, s.jobs, "secureaccess-app-discovery-protocols"), saSaturday(), nil)
	if e, ok := errors.AsType[*ParamError](run.err); !ok || !strings.HasPrefix(e.Name, "WINDOW_") {
		t.Errorf("protocols of a day: %v", run.err)
	}
}

func TestSecureAccessTokenIsNotShownThoughAnAnswerRepeatsIt(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "you sent "+r.Header.Get("Authorization")) }
	s := newSAStub(t, echo)
	for name := range saWalks() {
		params := url.Values{"agentids": {"1"}, "groupids": {"1"}, "ruleids": {"1"}, "privateresourceid": {"1"}, "privateresourceids": {"1"}}
		run := s.run(t, name, params)
		if !refusedAs(run.err, rest.Unexpected) || strings.Contains(run.err.Error(), saStubToken) {
			t.Errorf("%s: %v", name, run.err)
		}
	}
}
