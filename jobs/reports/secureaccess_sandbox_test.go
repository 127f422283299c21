package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/internal/raced"
	"github.com/reportjob/reportjob/jobs"
)

// The sandbox's company has some 18,000 DNS requests on a Friday, more than a listing shows in one window, and some
// 5,000 on a Saturday.
func saFriday() jobs.Window   { return saDay(20) }
func saSaturday() jobs.Window { return saDay(21) }

func saDay(day int) jobs.Window {
	from := time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC)
	return jobs.Window{From: from, To: from.AddDate(0, 0, 1)}
}

// saJobs are the reports of a client of the sandbox, with the sandbox's clock.
func saJobs(t *testing.T, s *standIn, change ...func(*secureaccess.Config)) []jobs.Job {
	t.Helper()
	c := secureaccess.Config{
		BaseURL: s.address(t, "SECUREACCESS_BASE_URL"),
		Key:     s.env["SECUREACCESS_API_KEY"], Secret: rest.NewSecret(s.env["SECUREACCESS_API_SECRET"]),
		Rate: -1, Now: func() time.Time { return sandboxNow },
	}
	for _, f := range change {
		f(&c)
	}
	return SecureAccess(secureaccess.New(c))
}

func saNamed(t *testing.T, s *standIn, name string, change ...func(*secureaccess.Config)) jobs.Job {
	t.Helper()
	return byName(t, saJobs(t, s, change...), name)
}

func saPagesOf(rows int) func(*secureaccess.Config) {
	return func(c *secureaccess.Config) { c.PageSize = rows }
}

func saAtOnce(n int) func(*secureaccess.Config) {
	return func(c *secureaccess.Config) { c.Parallel = n }
}

// saRun is what a report gave: its rows as text, and what it proved.
type saRun struct {
	rows     []string
	verdict  jobs.Verdict
	evidence []string
	warnings []string
	err      error
}

func saReadJob(t *testing.T, j jobs.Job, w jobs.Window, params url.Values) (run saRun) {
	t.Helper()
	ctx := raced.Context(t)
	r := jobs.Request{Window: w, Zone: time.UTC, Params: params, Proof: new(jobs.Proof)}
	for row, err := range j.Rows(ctx, r) {
		if err != nil {
			run.err = err
			break
		}
		var line []byte
		for _, cell := range row {
			line = append(cell.Append(line, time.UTC), '|')
		}
		run.rows = append(run.rows, string(line))
	}
	run.verdict, run.evidence, run.warnings, _ = r.Proof.Result()
	return run
}

// saHand walks the sandbox by hand: it knows nothing of the client.
type saHand struct {
	t     *testing.T
	s     *standIn
	token string
}

func newSAHand(t *testing.T, s *standIn) *saHand {
	t.Helper()
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.env["SECUREACCESS_BASE_URL"]+"/auth/v2/token",
		strings.NewReader("grant_type=client_credentials"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(s.env["SECUREACCESS_API_KEY"], s.env["SECUREACCESS_API_SECRET"])
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var body struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	return &saHand{t, s, body.Token}
}

// data is one answer of a path; both ends of the window belong to it.
func (h *saHand) data(endpoint string, from, to time.Time) (data json.RawMessage) {
	h.t.Helper()
	var answer struct {
		Data json.RawMessage `json:"data"`
	}
	address := fmt.Sprintf("%s%s?from=%d&to=%d&limit=5000&offset=0", h.s.env["SECUREACCESS_BASE_URL"], endpoint, from.UnixMilli(), to.UnixMilli())
	if strings.HasSuffix(endpoint, "/remote-access-events") {
		address = strings.TrimSuffix(address, "&offset=0")
	}
	askSandbox(h.t, address, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+h.token) }, &answer)
	return answer.Data
}

// count is how many rows a report has to have about a window. Events are read by the quarter of an hour, so that no page is full.
func (h *saHand) count(endpoint string, w jobs.Window) int {
	h.t.Helper()
	step := w.To.Sub(w.From)
	if strings.Contains(endpoint, "/activity") {
		step = time.Hour
	}
	n := 0
	for at := w.From; at.Before(w.To); at = at.Add(step) {
		data := h.data(endpoint, at, at.Add(step-time.Millisecond))
		list, ok := saHandRows(h.t, data)
		if !ok {
			return 1 // One object is one row.
		}
		if len(list) >= 5000 {
			h.t.Fatal("a full page")
		}
		n += len(list)
	}
	return n
}

// saHandRows are the rows in the data of an answer: one for each record, or for each of the counts in it, and one for a
// record that counts nothing. The lists of an object are rows if they are applications.
func saHandRows(t *testing.T, data json.RawMessage) (rows []json.RawMessage, ok bool) {
	t.Helper()
	var object map[string]json.RawMessage
	if json.Unmarshal(data, &object) == nil {
		return rows, json.Unmarshal(object["applications"], &rows) == nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatalf("%v: %.100s", err, data)
	}
	for _, record := range list {
		var series struct{ Counts []json.RawMessage }
		if json.Unmarshal(record, &series) != nil || len(series.Counts) == 0 {
			series.Counts = []json.RawMessage{record}
		}
		rows = append(rows, series.Counts...)
	}
	return rows, true
}

func TestSecureAccessReportsHaveTheRowsOfTheSandbox(t *testing.T) {
	s := newStandIn(t, sandbox.Options{})
	hand := newSAHand(t, s)
	for _, j := range saJobs(t, s) {
		info := j.Info()
		if saHasWalkOfItsOwn(info) {
			continue
		}
		run := saReadJob(t, j, saSaturday(), nil)
		if run.err != nil || run.verdict != jobs.Complete {
			t.Errorf("%s: %s %q, %v", info.Name, run.verdict, run.evidence, run.err)
			continue
		}
		if want := hand.count(info.Endpoint, saSaturday()); len(run.rows) != want {
			t.Errorf("%s: %d rows, counted by hand %d", info.Name, len(run.rows), want)
		}
		if len(run.rows) == 0 && !strings.HasSuffix(info.Name, "-ip") { // The sandbox's company has none of these.
			t.Errorf("%s: no rows", info.Name)
		}
	}
}

func TestSecureAccessActivityIsEveryEventOnceWhateverThePageSize(t *testing.T) {
	s := newStandIn(t, sandbox.Options{})
	hand := newSAHand(t, s)
	want := map[string]int{}
	for at := saSaturday().From; at.Before(saSaturday().To); at = at.Add(time.Hour) {
		var list []struct {
			Timestamp                                          int64
			Domain, Querytype, Verdict, Internalip, Externalip string
		}
		if err := json.Unmarshal(hand.data("/reports/v2/activity/dns", at, at.Add(time.Hour-time.Millisecond)), &list); err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			want[fmt.Sprint(time.UnixMilli(e.Timestamp).UTC().Format(time.RFC3339), e.Verdict, e.Internalip, e.Externalip, e.Domain, e.Querytype)]++
		}
	}
	var first []string
	for _, size := range []int{0, 700, 45} {
		run := saReadJob(t, saNamed(t, s, "secureaccess-activity-dns", saPagesOf(size)), saSaturday(), nil)
		got := map[string]int{}
		for _, row := range run.rows {
			f := strings.Split(row, "|")
			got[f[0]+f[1]+f[7]+f[8]+f[9]+f[10]]++
		}
		if run.err != nil || run.verdict != jobs.Complete || !maps.Equal(got, want) {
			t.Errorf("pages of %d: %d rows, %s %q, %v", size, len(run.rows), run.verdict, run.evidence, run.err)
		}
		if first == nil {
			first = run.rows
		}
		if !slices.Equal(first, run.rows) {
			t.Errorf("pages of %d: the same events in another order", size)
		}
	}
}

func TestSecureAccessActivityBeyondWhatAWindowListsIsProvenWithTheLeastRequests(t *testing.T) {
	s := newStandIn(t, sandbox.Options{})
	run := saReadJob(t, saNamed(t, s, "secureaccess-activity-dns", saAtOnce(1)), saFriday(), nil)
	if run.err != nil || run.verdict != jobs.Complete || len(run.rows) <= 15_000 {
		t.Fatalf("%d rows, %s %q, %v", len(run.rows), run.verdict, run.evidence, run.err)
	}
	least := len(run.rows)/5000 + 1 + 1 // and the total
	if got := int(s.gets.Load()); got > least {
		t.Errorf("%d requests for %d rows, at least %d are needed", got, len(run.rows), least)
	}
	n := strconv.Itoa(len(run.rows))
	if want := "the API's own total of " + n[:2] + "," + n[2:] + " was met"; !slices.Contains(run.evidence, want) {
		t.Errorf("%q has no %q", run.evidence, want)
	}
}

func saStatus(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func TestSecureAccessReportSurvivesFaultsInMidRun(t *testing.T) {
	const name = "secureaccess-activity-proxy"
	clean := saReadJob(t, saNamed(t, newStandIn(t, sandbox.Options{}), name), saSaturday(), nil)
	if clean.err != nil {
		t.Fatal(clean.err)
	}
	for what, fault := range map[string]http.HandlerFunc{
		"token expired":           saStatus(400, `{"error":"invalid_request"}`),
		"token refused":           saStatus(401, `{"message":"Unauthorized","code":401}`),
		"too many requests":       saStatus(429, `{"message":"Exceeded Limit"}`),
		"server error":            saStatus(500, `{"message":"Internal Server Error","code":500}`),
		"gateway without content": status(502),
		"body cut off":            cut,
		"connection lost":         func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s := newStandIn(t, sandbox.Options{})
			s.spoilt(2, fault)
			run := saReadJob(t, saNamed(t, s, name, saPagesOf(600)), saSaturday(), nil)
			if run.err != nil || run.verdict != jobs.Complete || !slices.Equal(run.rows, clean.rows) {
				t.Errorf("%d rows of %d, %s, %v", len(run.rows), len(clean.rows), run.verdict, run.err)
			}
		})
	}
}

func TestSecureAccessReportFailsForAReasonThatItNames(t *testing.T) {
	for _, tt := range []struct {
		name string
		fail http.HandlerFunc
		kind rest.Kind
		text string
	}{
		{"a page of a proxy", page, rest.Unexpected, "Scheduled maintenance"},
		{"missing scope", saStatus(403, `{"message":"Access Forbidden"}`), rest.Refused, "Access Forbidden"},
		{"half a document", saStatus(200, `{"data":[{"timestamp":1}`), rest.Unexpected, "JSON"},
		{"another document", saStatus(200, `{"items":[]}`), rest.Unexpected, "data: missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStandIn(t, sandbox.Options{})
			spoil := func(n int, w http.ResponseWriter, r *http.Request) bool {
				if n > 1 {
					tt.fail(w, r)
				}
				return n > 1
			}
			s.spoil.Store(&spoil)
			run := saReadJob(t, saNamed(t, s, "secureaccess-activity-proxy", saPagesOf(600)), saSaturday(), nil)
			if !refusedAs(run.err, tt.kind) || !strings.Contains(run.err.Error(), tt.text) || !strings.Contains(run.err.Error(), "/activity/proxy") {
				t.Errorf("%v", run.err)
			}
		})
	}
}

func TestSecureAccessReportFollowsItsRegion(t *testing.T) {
	for _, inBody := range []bool{false, true} {
		var plain atomic.Int64
		s := newStandIn(t, sandbox.Options{})
		spoil := func(_ int, w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/reports/") {
				return false
			}
			plain.Add(1)
			to := s.url + strings.Replace(r.URL.RequestURI(), "/reports/", "/reports.eu/", 1)
			if inBody {
				saStatus(200, fmt.Sprintf(`{"data":{"redirect":%q}}`, to))(w, r)
			} else {
				http.Redirect(w, r, to, http.StatusFound)
			}
			return true
		}
		s.spoil.Store(&spoil)
		run := saReadJob(t, saNamed(t, s, "secureaccess-activity-dns", saPagesOf(900)), saSaturday(), nil)
		if run.err != nil || run.verdict != jobs.Complete || len(run.rows) < 3000 || plain.Load() != 1 {
			t.Errorf("in the body %t: %d rows, %s %q, %d requests to the plain address, %v",
				inBody, len(run.rows), run.verdict, run.evidence, plain.Load(), run.err)
		}
	}
}

func TestSecureAccessFiltersReachTheAPI(t *testing.T) {
	s := newStandIn(t, sandbox.Options{})
	run := saReadJob(t, saNamed(t, s, "secureaccess-activity-dns"), saSaturday(), url.Values{"verdict": {"blocked"}, "personal": {"true"}})
	if run.err != nil || run.verdict != jobs.Complete || len(run.rows) == 0 || len(run.warnings) > 0 {
		t.Fatalf("%d rows, %s %q, %q, %v", len(run.rows), run.verdict, run.evidence, run.warnings, run.err)
	}
	for _, row := range run.rows {
		if strings.Split(row, "|")[1] != "blocked" {
			t.Fatalf("%s", row)
		}
	}
}

func TestUndocumentedParameterIsPassedOnWithAWarning(t *testing.T) {
	s := newStandIn(t, sandbox.Options{})
	var query string
	spoil := func(_ int, _ http.ResponseWriter, r *http.Request) bool {
		query = r.URL.RawQuery
		return false
	}
	s.spoil.Store(&spoil)
	run := saReadJob(t, saNamed(t, s, "secureaccess-summary"), saSaturday(), url.Values{"verdit": {"blocked"}})
	if run.err != nil || !strings.Contains(query, "verdit=blocked") || len(run.warnings) != 1 || !strings.Contains(run.warnings[0], `"verdit"`) {
		t.Errorf("asked %s, warnings %q, %v", query, run.warnings, run.err)
	}
}

func TestSecureAccessRefusesParametersThatItSetsItself(t *testing.T) {
	s := newStandIn(t, sandbox.Options{})
	j := saNamed(t, s, "secureaccess-activity-dns")
	for _, name := range []string{"from", "to", "limit", "offset", "order"} {
		run := saReadJob(t, j, saSaturday(), url.Values{name: {"1"}})
		var e *ParamError
		if !errors.As(run.err, &e) || e.Name != name {
			t.Errorf("%s: %v", name, run.err)
		}
	}
	if run := saReadJob(t, j, jobs.Window{From: sandboxNow, To: sandboxNow}, nil); run.err == nil {
		t.Error("an instant is no window")
	}
	if s.gets.Load() != 0 {
		t.Errorf("%d requests", s.gets.Load())
	}
}

func TestSecureAccessProbeIsOneTinyRequest(t *testing.T) {
	s := newStandIn(t, sandbox.Options{})
	for _, j := range saJobs(t, s, saInEurope) {
		s.gets.Store(0)
		r := jobs.Request{Window: saWindowOf(j.Info()), Zone: time.UTC, Params: saParamsOf(t, s, j.Info()), Limit: 1, Proof: new(jobs.Proof)}
		rows := 0
		for _, err := range j.Rows(t.Context(), r) {
			if err != nil {
				t.Errorf("%s: %v", j.Info().Name, err)
			}
			rows++
		}
		if int(s.gets.Load()) != max(1, j.Info().Requests) || rows > 1 {
			t.Errorf("%s: %d requests, %d rows", j.Info().Name, s.gets.Load(), rows)
		}
	}
}

func TestSecureAccessReportsAreDescribed(t *testing.T) {
	for _, j := range SecureAccess(secureaccess.New(secureaccess.Config{})) {
		info := j.Info()
		if info.Title == "" || info.About == "" || info.Scope == "" || info.Paging == "" || info.Limits == "" || info.Page == "" || info.Every.IsZero() {
			t.Errorf("%s: %+v", info.Name, info)
		}
		_, path, _ := strings.Cut(info.Endpoint, "/v2/")
		if want := saNameByTheRule(path); info.Name != want && !strings.Contains(path, "{") {
			t.Errorf("%s: endpoint %s", info.Name, info.Endpoint)
		}
		for _, p := range info.Parameters {
			if p.Meaning == "" || p.Values == "" {
				t.Errorf("%s: parameter %s is not described", info.Name, p.Name)
			}
		}
		for _, c := range j.Table(nil) {
			if c.Field == c.Name || !strings.HasSuffix(c.Meaning, ".") {
				t.Errorf("%s: column %s comes from %q and means %q", info.Name, c.Name, c.Field, c.Meaning)
			}
		}
	}
}

func TestSecureAccessSecretsAreInNoError(t *testing.T) {
	s := newStandIn(t, sandbox.Options{})
	secret := s.env["SECUREACCESS_API_SECRET"]
	s.spoilt(1, func(w http.ResponseWriter, r *http.Request) {
		saStatus(400, fmt.Sprintf(`{"message":"no: %s %s"}`, secret, r.Header.Get("Authorization")))(w, r)
	})
	run := saReadJob(t, saNamed(t, s, "secureaccess-summary"), saSaturday(), nil)
	if run.err == nil || strings.Contains(run.err.Error(), secret) || strings.Contains(run.err.Error(), "eyJ") {
		t.Errorf("%v", run.err)
	}
}
