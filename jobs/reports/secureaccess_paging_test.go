package reports

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

// Pages of reports that have a way of paging of their own: pages of two records here.

// saPagesSaid answers with one body after the other, and with the last one for ever; "Link: …" in front of a body is a
// header.
func saPagesSaid(bodies ...string) http.HandlerFunc {
	n := 0
	return func(w http.ResponseWriter, _ *http.Request) {
		body := bodies[min(n, len(bodies)-1)]
		n++
		if link, rest, ok := strings.Cut(body, "\n"); ok {
			w.Header().Set("Link", strings.TrimPrefix(link, "Link: "))
			body = rest
		}
		fmt.Fprint(w, body)
	}
}

func saFoundItems(ids string) string {
	items := []string{}
	for id := range strings.FieldsSeq(ids) {
		items = append(items, fmt.Sprintf(`{"id":%q}`, id))
	}
	return `"items":[` + strings.Join(items, ",") + `]`
}

func TestAppDiscoveryFollowsTheQueryOfALinkAndNothingElseOfIt(t *testing.T) {
	s := newSAStub(t, saPagesSaid(
		`Link: <https://evil.example/x?offset=0>; rel="prev", <https://evil.example/reports/v2/other?offset=2&limit=99&labels=all&token=1>; title="a, b"; rel=next`+
			"\n{"+saFoundItems("a b")+"}",
		"{"+saFoundItems("c")+"}"))
	run := s.run(t, "secureaccess-app-discovery-applications", url.Values{"labels": {"approved"}})
	want := []string{
		"/reports/v2/appDiscovery/applications?labels=approved&limit=2&offset=0&order=asc&sort=firstDetected",
		"/reports/v2/appDiscovery/applications?labels=approved&limit=2&offset=2&order=asc&sort=firstDetected&token=1",
	}
	if run.err != nil || run.verdict != jobs.Complete || len(run.rows) != 3 || !slices.Equal(s.asked, want) {
		t.Errorf("%d rows, %s %q, asked %q, %v", len(run.rows), run.verdict, run.evidence, s.asked, run.err)
	}
}

func TestAppDiscoveryVerdictFollowsFromTotalsLinksAndRepetitions(t *testing.T) {
	for _, tt := range []struct {
		name    string
		pages   []string
		rows    int
		verdict jobs.Verdict
		says    string
	}{
		{"a total that is met", []string{`{"itemsCount":3,` + saFoundItems("a b") + `}`, `{"itemsCount":3,` + saFoundItems("c") + `}`}, 3, jobs.Complete, "own total of 3 was met"},
		{"a total that is met by full pages", []string{`{"itemsCount":2,` + saFoundItems("a b") + `}`}, 2, jobs.Complete, "own total of 2 was met"},
		{"a total that is not met", []string{`{"itemsCount":9,` + saFoundItems("a b") + `}`, `{"itemsCount":9,` + saFoundItems("") + `}`}, 2, jobs.Truncated, "counts 9 items, and lists 2"},
		{"a total that moves", []string{`{"itemsCount":3,` + saFoundItems("a b") + `}`, `{"itemsCount":4,` + saFoundItems("b c") + `}`}, 3, jobs.Unproven, "changed while it was read"},
		{"a full page without a link", []string{`{` + saFoundItems("a b") + `}`, `{` + saFoundItems("") + `}`}, 2, jobs.Complete, "page 2 names no page after it"},
		{"one item twice", []string{`{` + saFoundItems("a b") + `}`, `{` + saFoundItems("b") + `}`}, 2, jobs.Unproven, "came twice: 1"},
	} {
		run := newSAStub(t, saPagesSaid(tt.pages...)).run(t, "secureaccess-app-discovery-protocols", nil)
		if run.err != nil || len(run.rows) != tt.rows || run.verdict != tt.verdict || !strings.Contains(fmt.Sprint(run.evidence), tt.says) {
			t.Errorf("%s: %d rows, %s %q, %v", tt.name, len(run.rows), run.verdict, run.evidence, run.err)
		}
	}
}

func TestPagesThatLeadNowhereAreAnError(t *testing.T) {
	link := "Link: </x?offset=0>; rel=next\n{" + saFoundItems("a b") + "}"
	usage := `{"body":{"usages":[{"product":"SWG","registered_at":"2026-11-21 00:00:00","usage_meter_items":{"bytes_in_delta":1,"bytes_out_delta":1}}]},"next":%q}`
	nameless := `{"events":[{"detected":"2026-11-21T00:00:00Z"},{"detected":"2026-11-21T00:00:01Z"}]}`
	event := `{"events":[{"eventId":"1","detected":"2026-11-21T00:00:00Z"},{"eventId":"2","detected":"2026-11-21T00:00:00Z"}]}`
	for _, tt := range []struct{ name, body, text string }{
		{"secureaccess-app-discovery-applications", link, "header Link: the next page begins at 0"},
		{"secureaccess-usage-metrics", fmt.Sprintf(usage, "https://api.sse.com/x?page=1"), "next: page 1 follows page 1"},
		{"secureaccess-usage-metrics", fmt.Sprintf(usage, "https://api.sse.com/x?from=1"), "the page before it once more"},
		{"secureaccess-usage-metrics", fmt.Sprintf(usage, "http://[::1"), "next: an address that cannot be read"},
		{"secureaccess-app-discovery-applications", "{" + saFoundItems("a b") + "}", "items: nothing that did not come before"},
		{"secureaccess-app-discovery-applications", `{"itemsCount":9,` + saFoundItems("a b") + "}", "items: nothing that did not come before"},
		{"secureaccess-dlp-real-time-events", event, "events: all of them came before"},
		{"secureaccess-dlp-real-time-events", nameless, "events: all of them came before"},
	} {
		run := newSAStub(t, saPagesSaid(tt.body)).run(t, tt.name, nil)
		if !refusedAs(run.err, rest.Unexpected) || !strings.Contains(run.err.Error(), tt.text) {
			t.Errorf("%s: %d rows, %v; want %s", tt.name, len(run.rows), run.err, tt.text)
		}
	}
}

func TestUsageIsOfTheTokensOrganisationByTheHourOrTheDay(t *testing.T) {
	s := newSAStub(t, saSays(`{"body":{"usages":[]}}`))
	j := byName(t, s.jobs, "secureaccess-usage-metrics")
	saReadJob(t, j, saSaturday(), nil)
	saReadJob(t, j, jobs.Window{From: saDay(1).From, To: saDay(8).From}, nil)
	saReadJob(t, j, saSaturday(), url.Values{"time_grouping_interval": {"WEEK"}, "organization_id": {"7"}, "product_id": {"SWG"}})
	want := []string{
		"/reports/v2/usage/metrics?from=2026-11-21T00:00:00Z&organization_id=8123456&product_id=0&time_grouping_interval=HOUR&to=2026-11-22T00:00:00Z",
		"/reports/v2/usage/metrics?from=2026-11-01T00:00:00Z&organization_id=8123456&product_id=0&time_grouping_interval=DAY&to=2026-11-08T00:00:00Z",
		"/reports/v2/usage/metrics?from=2026-11-21T00:00:00Z&organization_id=7&product_id=SWG&time_grouping_interval=WEEK&to=2026-11-22T00:00:00Z",
	}
	if !slices.Equal(s.asked, want) {
		t.Errorf("asked %q", s.asked)
	}
	nobody := newSAStub(t, saSays(`{"body":{"usages":[]}}`), func(c *secureaccess.Config) { c.OrgID = "" })
	run := nobody.run(t, "secureaccess-usage-metrics", nil)
	if run.err == nil || !strings.Contains(run.err.Error(), "SECUREACCESS_ORG_ID") || len(nobody.asked) > 0 {
		t.Errorf("a token of nobody: %v, asked %q", run.err, nobody.asked)
	}
}

func TestDLPEventsAreAskedForInTheirRegion(t *testing.T) {
	const name = "secureaccess-dlp-ai-guardrails-events"
	missing := func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/reports/v2/") {
			saStatus(http.StatusNotFound, `{"message":"Not Found"}`)(w, r)
			return
		}
		fmt.Fprint(w, `{"events":[]}`)
	}
	run := newSAStub(t, missing).run(t, name, nil)
	if !refusedAs(run.err, rest.Rejected) || !strings.Contains(run.err.Error(), "set SECUREACCESS_REGION to us or eu") {
		t.Errorf("without a region: %v", run.err)
	}
	s := newSAStub(t, missing, func(c *secureaccess.Config) { c.Region = "us" })
	if run := s.run(t, name, nil); run.err != nil || run.verdict != jobs.Complete || !strings.HasPrefix(s.asked[0], "/reports.us/v2/dlp/aiGuardrails/events?") {
		t.Errorf("in a region: %s, asked %q, %v", run.verdict, s.asked, run.err)
	}
}

func TestDLPEventsBeyondWhatTheAPIListsAreKnownToBeMissing(t *testing.T) {
	s := newSAStub(t, func(w http.ResponseWriter, r *http.Request) {
		offset := r.URL.Query().Get("offset")
		if offset == "4" {
			saStatus(http.StatusBadRequest, `{"message":"offset too big"}`)(w, r)
			return
		}
		fmt.Fprintf(w, `{"events":[{"eventId":"%[1]s-1","detected":"2026-11-21T00:00:00Z"},{"eventId":"%[1]s-2","detected":"2026-11-21T00:00:00Z"}]}`, offset)
	})
	run := s.run(t, "secureaccess-dlp-saas-api-events", nil)
	if run.err != nil || run.verdict != jobs.Truncated || len(run.rows) != 4 || !strings.Contains(fmt.Sprint(run.evidence), "offset too big") {
		t.Errorf("%d rows, %s %q, %v", len(run.rows), run.verdict, run.evidence, run.err)
	}
}

func TestErrorsOfOtherShapesAreQuoted(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		status     int
		kind       rest.Kind
		text       string
	}{
		{"secureaccess-api-usage-keys", `{"meta":{},"data":{"errors":"Missing required parameters","requiredParameters":["from","to"]}}`, 400, rest.Rejected, "Missing required parameters: from, to"},
		{"secureaccess-app-discovery-applications", `{"message":"Forbidden"}`, 403, rest.Refused, "Forbidden"},
		{"secureaccess-usage-metrics", `{"message":"Bad Request","code":400}`, 400, rest.Rejected, "Bad Request"},
	} {
		run := newSAStub(t, saStatus(tt.status, tt.body)).run(t, tt.name, nil)
		if !refusedAs(run.err, tt.kind) || !strings.Contains(run.err.Error(), tt.text) {
			t.Errorf("%s: %v", tt.name, run.err)
		}
	}
}

func TestPrivateResourcesThatNobodyAskedForAreNoRows(t *testing.T) {
	s := newSAStub(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/top-resources") {
			fmt.Fprint(w, `{"data":[],"meta":{}}`)
			return
		}
		fmt.Fprint(w, `{"data":{},"meta":{}}`)
	})
	for _, report := range []string{"summary-stats", "detailed-stats-timerange", "detailed-stats-identities"} {
		run := s.run(t, "secureaccess-private-resources-"+report, nil)
		if run.err != nil || run.verdict != jobs.Complete || len(run.rows) > 0 {
			t.Errorf("%s: %d rows, %s %q, %v", report, len(run.rows), run.verdict, run.evidence, run.err)
		}
	}
	if len(s.asked) != 3 {
		t.Errorf("asked %q", s.asked)
	}
	for _, report := range []string{"detailed-stats-timerange", "detailed-stats-identities"} {
		run := s.run(t, "secureaccess-private-resources-"+report, url.Values{"privateresourceid": {"7, 8"}})
		if run.err != nil || run.verdict != jobs.Complete || len(run.rows) > 0 {
			t.Errorf("%s with ids: %d rows, %s %q, %v", report, len(run.rows), run.verdict, run.evidence, run.err)
		}
	}
}
