package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/internal/raced"
)

// saStand is a Secure Access stand-in with a clock of its own, and somebody who is logged in.
type saStand struct {
	t     *testing.T
	h     http.Handler
	now   time.Time
	token string
}

func newSAStand(t *testing.T, o Options) *saStand {
	t.Helper()
	s := &saStand{t: t, now: saturday}
	o.Now = func() time.Time { return s.now }
	o.Scale = max(o.Scale, 1)
	s.h = newSecureAccess(o).handler
	s.token = s.login()
	return s
}

func (s *saStand) login() string {
	s.t.Helper()
	var answer struct {
		Token string `json:"access_token"`
	}
	w := s.post(secureAccessKey, secureAccessSecret, "client_credentials")
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 {
		s.t.Fatalf("token: status %d, %v", w.Code, err)
	}
	return answer.Token
}

func (s *saStand) post(key, secret, grant string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/auth/v2/token", strings.NewReader(url.Values{"grant_type": {grant}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(key, secret)
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w
}

func (s *saStand) get(target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", target, nil)
	r.Header.Set("Authorization", "Bearer "+s.token)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w
}

// saData decodes the data of a report on a window of time, both ends included.
func saData[T any](s *saStand, path string, from, to time.Time, params string) T {
	s.t.Helper()
	target := fmt.Sprintf("/reports/v2/%s?from=%d&to=%d&%s", path, from.UnixMilli(), to.UnixMilli(), params)
	w := s.get(target)
	var answer struct{ Data T }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 {
		s.t.Fatalf("%s: status %d, %v, %.200s", target, w.Code, err, w.Body)
	}
	return answer.Data
}

type saRaw = []json.RawMessage

type saTestRow struct {
	Timestamp  int64
	Type       string
	Domain     string
	URL        string
	Verdict    string
	Date, Time string
	InternalIP string
	Identities []saIdentity
	Categories []saCategory
	Threats    []saThreat
}

var (
	friday     = saturday.Add(-36 * time.Hour) // its midnight
	fridayTen  = friday.Add(10 * time.Hour)
	fridayEnds = friday.Add(24*time.Hour - time.Millisecond)
)

// rows reads all rows of a stretch of time, in slices of five minutes that fit a page.
func (s *saStand) rows(path string, from, to time.Time) saRaw {
	s.t.Helper()
	var all saRaw
	for ; from.Before(to); from = from.Add(5 * time.Minute) {
		page := saData[saRaw](s, path, from, from.Add(5*time.Minute-time.Millisecond), "limit=5000")
		if len(page) == 5000 {
			s.t.Fatal("five minutes do not fit a page")
		}
		all = append(all, page...)
	}
	return all
}

func saBag(rows saRaw) map[string]int {
	bag := map[string]int{}
	for _, r := range rows {
		bag[string(r)]++
	}
	return bag
}

func saSeconds(t *testing.T, rows saRaw) []int64 {
	t.Helper()
	var at []int64
	for _, r := range rows {
		var row saTestRow
		if err := json.Unmarshal(r, &row); err != nil {
			t.Fatal(err)
		}
		at = append(at, row.Timestamp)
	}
	return at
}

func TestTheSameSeedAndWindowGiveTheSameRows(t *testing.T) {
	a, b, other := newSAStand(t, Options{Seed: 7}), newSAStand(t, Options{Seed: 7}), newSAStand(t, Options{Seed: 8})
	b.now = b.now.Add(9 * 24 * time.Hour)
	b.token = b.login()
	for _, path := range []string{"activity/dns", "activity/proxy"} {
		want := saBag(a.rows(path, fridayTen, fridayTen.Add(time.Hour)))
		if got := saBag(b.rows(path, fridayTen, fridayTen.Add(time.Hour))); !maps.Equal(got, want) {
			t.Errorf("%s: another sandbox, nine days later, has other rows", path)
		}
		if got := saBag(other.rows(path, fridayTen, fridayTen.Add(time.Hour))); maps.Equal(got, want) {
			t.Errorf("%s: another seed has the same rows", path)
		}
	}
}

func TestPagesTogetherHoldTheRowsOfTheWindow(t *testing.T) {
	s := newSAStand(t, Options{})
	from, to := fridayTen, fridayTen.Add(time.Hour-time.Millisecond)
	want := s.rows("activity/dns", from, fridayTen.Add(time.Hour))
	for _, order := range []string{"asc", "desc"} {
		var pages saRaw
		for offset := 0; ; offset += 137 {
			page := saData[saRaw](s, "activity/dns", from, to, fmt.Sprintf("limit=137&order=%s&offset=%d", order, offset))
			pages = append(pages, page...)
			if len(page) < 137 {
				break
			}
		}
		got, all := saSeconds(t, pages), saSeconds(t, want)
		slices.Sort(all)
		if order == "desc" {
			slices.Reverse(all)
		}
		if !slices.Equal(got, all) {
			t.Errorf("%s: %d rows on pages, %d in the window, or not in the order of time", order, len(got), len(all))
		}
	}
	if whole := saData[saRaw](s, "activity/dns", from, to, "limit=5000"); !maps.Equal(saBag(whole), saBag(want)) {
		t.Error("one page for the whole hour holds other rows than many for its parts")
	}
}

func TestRowsOfOneSecondComeInAnotherOrderEveryTime(t *testing.T) {
	s := newSAStand(t, Options{})
	a := saData[saRaw](s, "activity/dns", fridayTen, fridayTen.Add(time.Hour), "limit=5000")
	b := saData[saRaw](s, "activity/dns", fridayTen, fridayTen.Add(time.Hour), "limit=5000")
	same := slices.EqualFunc(a, b, func(x, y json.RawMessage) bool { return string(x) == string(y) })
	if same || !maps.Equal(saBag(a), saBag(b)) {
		t.Errorf("same order: %v, same rows: %v; want false and true", same, maps.Equal(saBag(a), saBag(b)))
	}
}

func TestBothEndsOfAWindowBelongToIt(t *testing.T) {
	s := newSAStand(t, Options{})
	all := saSeconds(t, s.rows("activity/dns", fridayTen, fridayTen.Add(5*time.Minute)))
	at, n := all[0], 0
	for _, x := range all {
		if x == at {
			n++
		}
	}
	for _, c := range []struct {
		from, to int64
		want     int
	}{{at, at, n}, {at - 999, at, n}, {at, at + 999, n}, {at + 1, at + 999, 0}, {at - 999, at - 1, 0}} {
		got := saData[saRaw](s, "activity/dns", time.UnixMilli(c.from), time.UnixMilli(c.to), "limit=5000")
		if len(got) != c.want {
			t.Errorf("from %+d to %+d: %d rows, want %d", c.from-at, c.to-at, len(got), c.want)
		}
	}
}

func TestFiltersAreApplied(t *testing.T) {
	s := newSAStand(t, Options{})
	person := s.person()
	for _, c := range []struct {
		path, param, value string
		ok                 func(r saTestRow) bool
	}{
		{"dns", "verdict", "blocked", func(r saTestRow) bool { return r.Verdict == "blocked" }},
		{"dns", "verdict", "blocked,proxied", func(r saTestRow) bool { return r.Verdict != "allowed" }},
		{"proxy", "verdict", "allowed", func(r saTestRow) bool { return r.Verdict == "allowed" }},
		{"dns", "domains", "github.com,WWW.google.com", func(r saTestRow) bool { return r.Domain == "github.com" || r.Domain == "www.google.com" }},
		{"dns", "categories", "200,208", func(r saTestRow) bool { return r.Categories[0].ID == 200 || r.Categories[0].ID == 208 }},
		{"dns", "identityids", strconv.FormatInt(person.ID, 10), func(r saTestRow) bool { return r.Identities[0].ID == person.ID }},
		{"dns", "identitytypes", "site", func(r saTestRow) bool {
			return slices.ContainsFunc(r.Identities, func(i saIdentity) bool { return i.Type.Type == "site" })
		}},
		{"dns", "ip", "10.20.9.1", func(r saTestRow) bool { return r.InternalIP == "10.20.9.1" }},
		{"dns", "threats", "Emotet", func(r saTestRow) bool { return len(r.Threats) == 1 && r.Threats[0].Label == "Emotet" }},
		{"dns", "threattypes", "ransomware", func(r saTestRow) bool { return len(r.Threats) == 1 && r.Threats[0].Type == "Ransomware" }},
		{"dns", "ruleid", "417", func(r saTestRow) bool { return r.Verdict == "blocked" }},
		{"dns", "exists", "threats", func(r saTestRow) bool { return len(r.Threats) == 1 }},
		{"dns", "filternoisydomains", "true", func(r saTestRow) bool { return r.Domain != "doubleclick.net" && r.Domain != "pool.ntp.org" }},
	} {
		t.Run(c.path+" "+c.param+" "+c.value, func(t *testing.T) {
			limit := raced.Few(5000)
			filter := fmt.Sprintf("limit=%d&", limit) + c.param + "=" + url.QueryEscape(c.value)
			rows := saData[[]saTestRow](s, "activity/"+c.path, friday, fridayEnds, filter)
			total := saData[struct{ Count int }](s, "total-requests/"+c.path, friday, fridayEnds, filter).Count
			all := saData[struct{ Count int }](s, "total-requests/"+c.path, friday, fridayEnds, "").Count
			if len(rows) != min(limit, total) || total == 0 || total == all {
				t.Errorf("%d rows, total %d of %d", len(rows), total, all)
			}
			if i := slices.IndexFunc(rows, func(r saTestRow) bool { return !c.ok(r) }); i >= 0 {
				t.Errorf("row that does not match: %+v", rows[i])
			}
		})
	}
}

// person is one of the people of the company.
func (s *saStand) person() saIdentity {
	s.t.Helper()
	var answer struct{ Data []saIdentity }
	w := s.get("/reports/v2/identities?limit=1&identitytypes=directory_user")
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || len(answer.Data) != 1 {
		s.t.Fatalf("identities: %v, %.200s", err, w.Body)
	}
	return answer.Data[0]
}

func TestAggregationsAgreeWithTheRows(t *testing.T) {
	s := newSAStand(t, Options{})
	type counted struct {
		Count    int
		Requests int
		Counts   struct{ Requests, AllowedRequests, BlockedRequests int }
		Summary  struct{ Requests int }
	}
	sum := func(list []counted, of func(counted) int) (n int) {
		for _, c := range list {
			n += of(c)
		}
		return n
	}
	for _, kind := range []string{"", "/dns", "/proxy"} {
		total := saData[struct{ Count int }](s, "total-requests"+kind, friday, fridayEnds, "").Count
		summary := saData[struct{ Requests, RequestsAllowed, RequestsBlocked int }](s, "summary"+kind, friday, fridayEnds, "limit=1")
		if summary.Requests != total || summary.RequestsAllowed+summary.RequestsBlocked != total {
			t.Errorf("summary%s: %+v, total %d", kind, summary, total)
		}
		for path, of := range map[string]func(counted) int{
			"requests-by-hour":      func(c counted) int { return c.Counts.AllowedRequests + c.Counts.BlockedRequests },
			"requests-by-timerange": func(c counted) int { return c.Count },
			"top-destinations":      func(c counted) int { return c.Counts.Requests },
			"summaries-by-category": func(c counted) int { return c.Summary.Requests },
		} {
			if kind == "/proxy" && path == "summaries-by-category" {
				continue
			}
			if n := sum(saData[[]counted](s, path+kind, friday, fridayEnds, "limit=5000"), of); n != total {
				t.Errorf("%s%s adds up to %d, total %d", path, kind, n, total)
			}
		}
	}
	hours := saData[[]counted](s, "requests-by-hour/dns", friday, fridayEnds, "limit=5000")
	if len(hours) != 24 {
		t.Errorf("%d hours in a day", len(hours))
	}
	if page := saData[[]counted](s, "requests-by-hour/dns", friday, fridayEnds, "limit=5&offset=3"); !slices.Equal(page, hours[3:8]) {
		t.Errorf("limit and offset cut %v", page)
	}
}

func TestResourcesAndSecurityEventsAreCountedFromTheRows(t *testing.T) {
	s := newSAStand(t, Options{})
	type counted struct {
		Count     int
		EventType string
	}
	count := func(path string) (n int) {
		for _, r := range saData[[]counted](s, path, friday, fridayEnds, "limit=5000&offset=0") {
			n += r.Count
		}
		return n
	}
	if all, parts := count("top-resources"), count("top-resources/firewall")+count("top-resources/ztna"); all != parts || all == 0 {
		t.Errorf("%d connections to resources, %d by the way they came", all, parts)
	}
	threats := saData[[]counted](s, "top-eventtypes", friday, fridayEnds, "")
	for kind, path := range map[string]string{"domain_security": "total-requests/dns", "url_security": "total-requests/proxy"} {
		want := saData[struct{ Count int }](s, path, friday, fridayEnds, "exists=threats").Count
		i := slices.IndexFunc(threats, func(c counted) bool { return c.EventType == kind })
		if i < 0 || threats[i].Count != want {
			t.Errorf("%s: %+v, want %d", kind, threats, want)
		}
	}
}

func TestEventsEndWithRetentionAndWithNow(t *testing.T) {
	s := newSAStand(t, Options{})
	count := func(from, to time.Time) int {
		return saData[struct{ Count int }](s, "total-requests", from, to, "").Count
	}
	day := saturday.Truncate(24 * time.Hour)
	if n := count(day.AddDate(0, 0, -40), day.AddDate(0, 0, -30).Add(-time.Second)); n != 0 {
		t.Errorf("%d events are older than thirty days", n)
	}
	if n := count(day.AddDate(0, 0, -30), day.AddDate(0, 0, -29)); n < 5000 {
		t.Errorf("%d events on the oldest day", n)
	}
	if n := count(saturday.Add(time.Second), saturday.Add(time.Hour)); n != 0 {
		t.Errorf("%d events lie in the future", n)
	}
}

func TestADayOfTheCompanyIsBelievable(t *testing.T) {
	s := newSAStand(t, Options{})
	dns, proxy := s.rows("activity/dns", friday, saturday.Add(-12*time.Hour)), s.rows("activity/proxy", friday, saturday.Add(-12*time.Hour))
	if len(dns) < 16_500 || len(dns) > 19_500 || len(proxy) < 6_300 || len(proxy) > 7_700 {
		t.Errorf("%d DNS rows and %d proxy rows on a Friday", len(dns), len(proxy))
	}
	weekend := saData[struct{ Count int }](s, "total-requests/dns", friday.AddDate(0, 0, -5), fridayEnds.AddDate(0, 0, -5), "").Count
	if weekend < 4_500 || weekend > 5_500 {
		t.Errorf("%d DNS rows on a Sunday", weekend)
	}
	perSecond, most := map[int64]int{}, 0
	labels, domains := map[string]bool{}, map[string]bool{}
	for _, r := range dns {
		var row saTestRow
		if err := json.Unmarshal(r, &row); err != nil {
			t.Fatal(err)
		}
		if row.Timestamp%1000 != 0 {
			t.Fatalf("%d is not a whole second", row.Timestamp)
		}
		perSecond[row.Timestamp]++
		most = max(most, perSecond[row.Timestamp])
		domains[row.Domain] = true
		for _, i := range row.Identities {
			labels[i.Label] = true
		}
	}
	if most < 20 {
		t.Errorf("no second has more than %d rows", most)
	}
	if !labels["=Lobby-Display"] || !labels["Werk Görlitz"] || len(domains) < 300 {
		t.Errorf("%d domains; labels %v", len(domains), slices.Sorted(maps.Keys(labels)))
	}
}

func TestRowsHaveEveryDocumentedField(t *testing.T) {
	s := newSAStand(t, Options{})
	common := "type timestamp date time verdict externalip internalip identities categories policycategories threats allapplications " +
		"allowedapplications blockedapplications rule device destinationcountries destinationcontinents destinationcountrycodes "
	for path, fields := range map[string]string{
		"activity/dns": common + "domain querytype returncode",
		"activity/proxy": common + "url destinationip requestmethod statuscode requestsize responsesize contenttype referer useragent " +
			"responsefilename blockedfiletype sha256 bundleid forwardingmethod warnstatus securityoverridden tenantcontrols amp " +
			"antivirusthreats policy isolated datalossprevention httperrors egress datacenter",
	} {
		for _, row := range saData[[]map[string]any](s, path, fridayTen, fridayTen.Add(time.Minute), "limit=5000") {
			for _, f := range strings.Fields(fields) {
				if _, ok := row[f]; !ok {
					t.Errorf("%s: a row without %s", path, f)
				}
			}
		}
	}
}

func TestAZoneChangesTheTextOfTimesAlone(t *testing.T) {
	s := newSAStand(t, Options{})
	from := time.Date(2026, 11, 19, 22, 0, 0, 0, time.UTC)
	rows := saData[[]saTestRow](s, "activity/dns", from, from.Add(time.Hour), "limit=5&order=asc&timezone=ASIA%2FCALCUTTA")
	for _, r := range rows {
		want := time.UnixMilli(r.Timestamp).In(time.FixedZone("", 5*3600+1800))
		if r.Date != want.Format(time.DateOnly) || r.Time != want.Format(time.TimeOnly) || r.Date != "2026-11-20" {
			t.Errorf("%d is shown as %s %s", r.Timestamp, r.Date, r.Time)
		}
	}
	if len(rows) != 5 {
		t.Errorf("%d rows", len(rows))
	}
}

func TestRelativeTimesCountFromNow(t *testing.T) {
	for text, want := range map[string]time.Duration{"now": 0, "-1days": -24 * time.Hour, "-24hours": -24 * time.Hour, "-60minutes": -time.Hour, "-2weeks": -14 * 24 * time.Hour} {
		if ms, ok := saInstant(text, saturday); !ok || ms != saturday.Add(want).UnixMilli() {
			t.Errorf("%s: %v, %v", text, time.UnixMilli(ms).UTC(), ok)
		}
	}
	for _, text := range []string{"1days", "-1fortnights", "yesterday", "-", "-1", "2026-11-21", "--1days", "-99999999999days"} {
		if _, ok := saInstant(text, saturday); ok {
			t.Errorf("%q was read as a time", text)
		}
	}
}

func TestEveryEndpointAnswers(t *testing.T) {
	s := newSAStand(t, Options{})
	id := strconv.FormatInt(s.person().ID, 10)
	for _, e := range saEndpoints {
		path := strings.ReplaceAll(e.path, "{id}", map[bool]string{true: id, false: saThreatNames[0].Label}[strings.HasPrefix(e.path, "identities")])
		if e.path == "threat-types/{id}" {
			path = "threat-types/" + saThreatTypes[0].Label
		}
		for _, kind := range append([]string{""}, strings.Fields(e.types)...) {
			target := "/reports/v2/" + strings.TrimSuffix(path+"/"+kind, "/") + "?limit=3&offset=0&from=-36hours&to=-12hours" // a working day
			if e.path == "remote-access-events" {
				target = strings.Replace(target, "&offset=0", "", 1)
			}
			w := s.get(strings.ReplaceAll(target, " ", "%20"))
			var answer struct{ Data, Meta json.RawMessage }
			if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 || answer.Data == nil || answer.Meta == nil {
				t.Errorf("%s: status %d, %v, %.100s", target, w.Code, err, w.Body)
			}
			if string(answer.Data) == "null" || kind == "" && len(answer.Data) < 3 {
				t.Errorf("%s: data %s", target, answer.Data)
			}
		}
	}
}

func TestMixedActivityNamesItsSources(t *testing.T) {
	s := newSAStand(t, Options{})
	var answer struct {
		Data []saTestRow
		Meta struct{ Successful, Failed []string }
	}
	target := "/reports/v2/activity?limit=500&from=-26hours&to=-25hours"
	if err := json.Unmarshal(s.get(target).Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, r := range answer.Data {
		kinds[r.Type]++
	}
	if kinds["dns"] == 0 || kinds["proxy"] == 0 || !slices.Contains(answer.Meta.Successful, "dns") || answer.Meta.Failed == nil {
		t.Errorf("kinds %v, meta %+v", kinds, answer.Meta)
	}
	if err := json.Unmarshal(s.get(target, "x-traffic-type", "proxy").Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(answer.Data, func(r saTestRow) bool { return r.Type != "proxy" }); i >= 0 {
		t.Errorf("traffic type proxy, and a row of type %s", answer.Data[i].Type)
	}
}
