package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestSecureAccessFamiliesEnforceTheirOwnRules(t *testing.T) {
	s := newSAStand(t, Options{})
	window := fmt.Sprintf("from=%d&to=%d", fridayTen.UnixMilli(), fridayTen.Add(time.Hour).UnixMilli())
	const usage = "/reports/v2/usage/metrics?organization_id=1&product_id=0&time_grouping_interval=HOUR&from=2026-11-20T00:00:00Z&to=2026-11-20T02:00:00Z"
	for _, c := range []struct {
		name, target string
		status       int
		body         string
	}{
		{"no resource", "/reports/v2/private-resources/detailed-stats-timerange?" + window, 400, `"requiredParameters":["privateresourceid"]`},
		{"a resource of nobody", "/reports/v2/private-resources/detailed-stats-timerange?privateresourceid=1&" + window, 200, `{"data":{},"meta":{}}`},
		{"no rules", "/reports/v2/summaries-by-rule/hitcount?" + window, 400, `"requiredParameters":["ruleids"]`},
		{"no threshold", "/reports/v2/app-connectors/groups/overloaded-count?" + window, 400, `"requiredParameters":["cputhreshold"]`},
		{"no offset", "/reports/v2/rules-activity?limit=1&" + window, 400, `"requiredParameters":["offset"]`},
		{"a page of 101", "/reports/v2/appDiscovery/applications?limit=101", 400, `{"message":"Bad Request"}`},
		{"an unknown order", "/reports/v2/appDiscovery/applications?sort=size", 400, `{"message":"Bad Request"}`},
		{"no date", "/reports/v2/appDiscovery/applications?date=yesterday", 400, `{"message":"Bad Request"}`},
		{"no such application", "/reports/v2/appDiscovery/applications/x/risk", 404, `{"message":"Not Found"}`},
		{"usage without a product", strings.Replace(usage, "product_id=0", "", 1), 400, `"code":400`},
		{"usage by the minute", strings.Replace(usage, "HOUR", "MINUTE", 1), 400, `"code":400`},
		{"usage", usage, 200, `"registered_at":"2026-11-20T00:00:00.000000"`},
		{"calls without a window", "/reports/v2/apiUsage/keys?from=2026-11-20", 400, `"errors":"Missing required parameters","requiredParameters":["from","to"]`},
		{"calls of a day", "/reports/v2/apiUsage/summary?from=2026-11-20&to=2026-11-21", 200, `"failedRequests":15`},
		{"data loss at the address of all regions", "/reports/v2/dlp/realTime/events?" + window, 404, `Not Found`},
		{"data loss of no time", "/reports.us/v2/dlp/realTime/events?from=2026-11-20T00:00:00Z&to=now", 400, `{"message":"Bad Request"}`},
		{"data loss of no sort", "/reports.us/v2/dlp/mail/events?" + window, 404, `Not Found`},
	} {
		w := s.get(c.target)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
			t.Errorf("%s: status %d, body %.300s; want %d and %s", c.name, w.Code, w.Body, c.status, c.body)
		}
	}
}

func TestAppDiscoveryNamesItsNextPageAtThePublicAddress(t *testing.T) {
	s := newSAStand(t, Options{})
	w := s.get("/reports/v2/appDiscovery/applications?limit=2&sort=firstDetected")
	want := `<https://api.sse.cisco.com/reports/v2/appDiscovery/applications?limit=2&offset=2&sort=firstDetected>; rel="next"`
	if got := w.Header().Get("Link"); got != want {
		t.Errorf("Link: %s", got)
	}
	var info struct {
		Items                  []json.RawMessage
		ItemsCount, TotalPages int
	}
	w = s.get("/reports/v2/appDiscovery/applications/info?limit=100")
	if err := json.Unmarshal(w.Body.Bytes(), &info); err != nil || w.Header().Get("Link") != "" || info.ItemsCount != len(info.Items) || info.TotalPages != 1 {
		t.Errorf("%d items of %d, on %d pages, %v", len(info.Items), info.ItemsCount, info.TotalPages, err)
	}
}

func TestAppDiscoveryHasARateOfItsOwn(t *testing.T) {
	s := newSAStand(t, Options{Limits: true})
	codes := map[int]int{}
	for range 11 {
		codes[s.get("/reports/v2/appDiscovery/protocols").Code]++
	}
	if codes[200] != 10 || codes[429] != 1 {
		t.Errorf("eleven requests at once: %v", codes)
	}
	if w := s.get("/reports/v2/categories"); w.Code != 200 {
		t.Errorf("another report: status %d", w.Code)
	}
}

func TestUsageComesInPagesOfAThousand(t *testing.T) {
	s := newSAStand(t, Options{})
	seen, address := map[string]bool{}, "/reports/v2/usage/metrics?organization_id=1&product_id=0&time_grouping_interval=HOUR&from=2026-11-01T00:00:00Z&to=2026-11-16T00:00:00Z"
	for page := 1; ; page++ {
		var answer struct {
			Body struct{ Usages []json.RawMessage }
			Next string
		}
		if err := json.Unmarshal(s.get(fmt.Sprintf("%s&page=%d", address, page)).Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		for _, usage := range answer.Body.Usages {
			seen[string(usage)] = true
		}
		if answer.Next == "" {
			break
		}
		if len(answer.Body.Usages) != saUsagePage || !strings.HasPrefix(answer.Next, "https://api.sse.com/reports/v2/usage/metrics?") {
			t.Fatalf("page %d: %d records, next %s", page, len(answer.Body.Usages), answer.Next)
		}
	}
	if want := 15 * 24 * 3; len(seen) != want {
		t.Errorf("%d records, want %d", len(seen), want)
	}
}

func TestPrivateAccessAddsUpInEveryReport(t *testing.T) {
	s := newSAStand(t, Options{})
	type counted struct {
		Count                       int
		Hitscount, Success, Blocked int
		Privateresourceid           int
	}
	all := len(saData[saRaw](s, "rules-activity", friday, fridayEnds, "limit=5000&offset=0"))
	sums := map[string]int{"requests-summary": saData[counted](s, "requests-summary/appconnector-groups", friday, fridayEnds, "").Count}
	for _, r := range saData[[]counted](s, "top-resources", friday, fridayEnds, "limit=100&offset=0") {
		sums["top-resources"] += r.Count
	}
	for _, r := range saData[[]counted](s, "private-resources/summary-stats", friday, fridayEnds, "limit=100&privateresourceids=25,31,47,90,101,123") {
		sums["summary-stats"] += r.Hitscount
		id := fmt.Sprintf("privateresourceid=%d&limit=5000", r.Privateresourceid)
		hours := saData[struct{ TimeSeriesHitsCount []counted }](s, "private-resources/detailed-stats-timerange", friday, fridayEnds, id)
		for _, h := range hours.TimeSeriesHitsCount {
			sums["timerange"] += h.Success + h.Blocked
		}
		who := saData[struct{ Identities []counted }](s, "private-resources/detailed-stats-identities", friday, fridayEnds, id)
		for _, i := range who.Identities {
			sums["identities"] += i.Hitscount
		}
	}
	for _, r := range saData[[]struct{ Hitcount int }](s, "summaries-by-rule/hitcount", friday, fridayEnds, "ruleids="+saAccessRuleIDs()) {
		sums["hitcount"] += r.Hitcount
	}
	if all < 100 {
		t.Fatalf("%d requests on a Friday", all)
	}
	for name, sum := range sums {
		if sum != all {
			t.Errorf("%s: %d of %d requests", name, sum, all)
		}
	}
	if len(sums) != 6 {
		t.Errorf("%d sums", len(sums))
	}
}
