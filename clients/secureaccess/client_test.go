package secureaccess

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/reportjob/reportjob/clients/rest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	now       = time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)
	yesterday = Query{From: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}
)

// progress notes what a client tells about completeness.
type progress struct {
	mu sync.Mutex

	verdict, account           string
	evidence, warnings, doubts []string
}

func (p *progress) Complete(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.say("complete", &p.evidence, format, args)
	if p.verdict == "" {
		p.verdict = "complete"
	}
}

func (p *progress) Unproven(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.say("unproven", &p.doubts, format, args)
	if p.verdict != "truncated" {
		p.verdict = "unproven"
	}
}

func (p *progress) Truncated(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.say("truncated", &p.doubts, format, args)
	p.verdict = "truncated"
}

func (p *progress) Warn(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.say("warning", &p.warnings, format, args)
}

func (p *progress) Account(account string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.account = account
}

func (p *progress) say(what string, list *[]string, format string, args []any) {
	*list = append(*list, what+": "+fmt.Sprintf(format, args...))
}

// server is an API of one handler. It gives out tokens named token-1, token-2 and so on, and notes what was asked.
type server struct {
	*httptest.Server
	answer func(w http.ResponseWriter, r *http.Request)

	mu     sync.Mutex
	tokens int
	token  http.Header // of the last token request
	asked  []string    // paths and tokens of the report requests
}

func serve(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) *server {
	t.Helper()
	s := &server{answer: answer}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	s.mu.Lock()
	if r.URL.Path == "/auth/v2/token" {
		s.tokens++
		s.token = r.Header
		fmt.Fprintf(w, `{"token_type":"bearer","access_token":"token-%d","expires_in":3600}`, s.tokens)
		s.mu.Unlock()
		return
	}
	s.asked = append(s.asked, r.URL.Path+" "+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	s.mu.Unlock()
	s.answer(w, r)
}

func (s *server) client(change ...func(*Config)) *Client {
	base, _ := url.Parse(s.URL)
	c := Config{BaseURL: base, Key: "key", Secret: rest.NewSecret("a-secret-of-the-test"), Rate: -1, Now: func() time.Time { return now }}
	for _, f := range change {
		f(&c)
	}
	return New(c)
}

func collect[T any](seq iter.Seq2[T, error]) (list []T, err error) {
	for v, e := range seq {
		if e != nil {
			return list, e
		}
		list = append(list, v)
	}
	return list, nil
}

func wantKind(t *testing.T, err error, kind rest.Kind, text string) {
	t.Helper()
	var e *rest.Error
	if !errors.As(err, &e) || e.Kind != kind || !strings.Contains(err.Error(), text) {
		t.Fatalf("got %v, want kind %v with %q", err, kind, text)
	}
}

func TestExpiredTokenIsRenewedAndTheRequestRepeated(t *testing.T) {
	for _, refusal := range []string{`400 {"error":"invalid_request"}`, `400 {"error":"invalid_token"}`, `401 {"message":"Unauthorized","code":401}`,
		`401 {"meta":{},"data":{"error":"unauthorized"}}`, `403 {"message":"Forbidden","code":403}`} {
		status, body, _ := strings.Cut(refusal, " ")
		code, _ := strconv.Atoi(status)
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "Bearer token-1" {
				w.WriteHeader(code)
				fmt.Fprint(w, body)
				return
			}
			fmt.Fprint(w, `{"data":{"count":42},"meta":{}}`)
		})
		got, err := collect(s.client().TotalRequests(t.Context(), All, yesterday, &progress{}))
		if err != nil || len(got) != 1 || got[0].Count.Or(0) != 42 || s.tokens != 2 {
			t.Errorf("%s: %v, %v after %d tokens", refusal, got, err, s.tokens)
		}
	}
}

func TestParametersThatTheAPIReadsFromHeadersAreSentThere(t *testing.T) {
	var query url.Values
	var header http.Header
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		query, header = r.URL.Query(), r.Header
		fmt.Fprint(w, `{"data":[],"meta":{}}`)
	})
	q := yesterday
	q.Params = url.Values{TimeRange: {"minute"}, TrafficType: {"dns,proxy"}, "verdict": {"blocked"}}
	if _, err := collect(s.client().RequestsByHour(t.Context(), All, q, &progress{})); err != nil {
		t.Fatal(err)
	}
	if header.Get("timerange") != "minute" || header.Get("x-traffic-type") != "dns,proxy" || header.Get("Accept") != "application/json" {
		t.Errorf("headers %v", header)
	}
	if query.Has(TimeRange) || query.Has(TrafficType) || query.Get("verdict") != "blocked" {
		t.Errorf("query %v", query)
	}
}

func TestMissingScopeIsRefusedAfterOneRenewal(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"message":"Access Forbidden"}`)
	})
	_, err := collect(s.client().Summary(t.Context(), All, yesterday, &progress{}))
	wantKind(t, err, rest.Refused, "Access Forbidden")
	if s.tokens > 2 {
		t.Errorf("%d tokens were asked for", s.tokens)
	}
}

func TestBadRequestIsNotRepeated(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"meta":{},"data":{"errors":[{"param":"verdict","value":"maybe","error":"invalid verdict"}]}}`)
	})
	_, err := collect(s.client().TopIdentities(t.Context(), All, yesterday, &progress{}))
	wantKind(t, err, rest.Rejected, "invalid verdict")
	if len(s.asked) != 1 {
		t.Errorf("asked %v", s.asked)
	}
}

func TestRequestHasTheWindowInMillisecondsOfWholeSeconds(t *testing.T) {
	var got url.Values
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.URL.Query()
		fmt.Fprint(w, `{"data":{"requests":1},"meta":{}}`)
	})
	q := yesterday
	q.Params = url.Values{"verdict": {"blocked"}}
	if _, err := collect(s.client().Summary(t.Context(), "dns", q, &progress{})); err != nil {
		t.Fatal(err)
	}
	want := "from=1795219200000&limit=1&offset=0&to=1795305599999&verdict=blocked"
	if got.Encode() != want || !strings.HasPrefix(s.asked[0], "/reports/v2/summary/dns ") {
		t.Errorf("asked %s?%s, want %s", s.asked[0], got.Encode(), want)
	}
}

func TestChildOrganisationGoesWithTheTokenRequest(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"data":{"count":1},"meta":{}}`) })
	p := &progress{}
	if _, err := collect(s.client(func(c *Config) { c.OrgID = "8123456" }).TotalRequests(t.Context(), All, yesterday, p)); err != nil {
		t.Fatal(err)
	}
	user, _, _ := (&http.Request{Header: s.token}).BasicAuth()
	if s.token.Get("X-Umbrella-OrgId") != "8123456" || user != "key" || p.account != "organisation 8123456" {
		t.Errorf("organisation %q, key %q, account %q", s.token.Get("X-Umbrella-OrgId"), user, p.account)
	}
}

func TestCheckGetsAToken(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a report was asked for") })
	if err := s.client().Check(t.Context()); err != nil || s.tokens != 1 {
		t.Errorf("%v after %d tokens", err, s.tokens)
	}
}

func TestClientWithoutCredentialsCanBeMade(t *testing.T) {
	c := New(Config{})
	if got := c.rest.Base().String(); got != DefaultBaseURL+"/reports/v2" {
		t.Errorf("base %s", got)
	}
}

func TestOrganisationIsReadFromTheToken(t *testing.T) {
	token := func(claims string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
	}
	for token, want := range map[string]string{
		token(`{"organizationId":8123456}`):           "8123456",
		token(`{"organization":"77"}`):                "77",
		token(`{"sub":"org/8123456/key/0f"}`):         "8123456",
		token(`{"sub":"ups/4711","organization":""}`): "",
		token(`not JSON`):                             "",
		"opaque":                                      "",
		"a.%%%.c":                                     "",
		token(`{"organizationId":{"id":1},"sub":"org/8123456/user"}`): "",
	} {
		if got := organisationOf(token); got != want {
			t.Errorf("%s: %q, want %q", token, got, want)
		}
	}
}

func TestAnswersThatAreNotWhatTheyDocumentAreNeverAnEmptyReport(t *testing.T) {
	for body, want := range map[string]string{
		`{"meta":{}}`:             "data: missing",
		`{"data":null,"meta":{}}`: "data: missing",
		`{"data":{},"meta":{}}`:   "data: an object where an array was expected",
		`{"data":[{"count":1}]}`:  "data[0].timestamp: missing",
		`{"data":[{"timestamp":1795219200000},{"timestamp":"noon"}]}`: "timestamp: a string where a whole number was expected",
		`<html><title>Sign in</title></html>`:                         "HTML page",
		``:                                                            "an empty answer",
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(body, "<") {
				w.Header().Set("Content-Type", "text/html")
			}
			fmt.Fprint(w, body)
		})
		_, err := collect(s.client().RequestsByHour(t.Context(), "dns", yesterday, &progress{}))
		wantKind(t, err, rest.Unexpected, want)
		wantKind(t, err, rest.Unexpected, "page 1: secureaccess: /requests-by-hour/dns")
	}
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"data":{},"meta":{}}`) })
	_, err := collect(s.client().TotalRequests(t.Context(), All, yesterday, &progress{}))
	wantKind(t, err, rest.Unexpected, "data.count: missing")
}

func TestPartOfTheSourcesFailedMeansTruncated(t *testing.T) {
	for meta, want := range map[string]string{
		`{}`:                                 "complete",
		`[]`:                                 "complete",
		`{"successful":["dns"],"failed":[]}`: "complete",
		`{"successful":["dns"],"failed":["proxy"]}`: "truncated",
		`{"failed":[{"source":"ztna","code":500}]}`: "truncated",
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"data":[],"meta":%s}`, meta) })
		p := &progress{}
		if _, err := collect(s.client().TopIdentities(t.Context(), All, yesterday, p)); err != nil || p.verdict != want {
			t.Errorf("%s: %s, %v, %v", meta, p.verdict, p.doubts, err)
		}
	}
}

// destinations answers like a listing of n destinations.
func destinations(n int) func(w http.ResponseWriter, r *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		list := []map[string]any{}
		for i := offset; i < min(n, offset+limit); i++ {
			list = append(list, map[string]any{"rank": i + 1, "domain": fmt.Sprint("d", i), "count": n - i})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": list, "meta": map[string]any{}})
	}
}

func TestAggregationsAreReadToAShortPageOrToTheEndOfWhatIsListed(t *testing.T) {
	for _, tt := range []struct {
		n, requests, rows int
		verdict           string
	}{
		{0, 1, 0, "complete"}, {4999, 1, 4999, "complete"}, {5000, 2, 5000, "complete"}, {14_999, 3, 14_999, "complete"},
		{15_000, 3, 15_000, "truncated"}, {20_000, 3, 15_000, "truncated"},
	} {
		s := serve(t, destinations(tt.n))
		p := &progress{}
		got, err := collect(s.client().TopDestinations(t.Context(), All, yesterday, p))
		if err != nil || len(got) != tt.rows || len(s.asked) != tt.requests || p.verdict != tt.verdict {
			t.Errorf("%d: %d rows, %d requests, %s %v, %v", tt.n, len(got), len(s.asked), p.verdict, p.doubts, err)
		}
	}
}

func TestTryingOutIsOneTinyRequest(t *testing.T) {
	s := serve(t, destinations(20_000))
	q := yesterday
	q.Limit = 2
	p := &progress{}
	got, err := collect(s.client().TopDestinations(t.Context(), All, q, p))
	if err != nil || len(got) != 2 || len(s.asked) != 1 || p.verdict != "unproven" {
		t.Errorf("%d rows, asked %v, %s, %v", len(got), s.asked, p.verdict, err)
	}
	s = serve(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"data":[{"timestamp":1795219200000},{"timestamp":1795219200000}],"meta":{}}`)
	})
	events, err := collect(s.client().ActivityDNS(t.Context(), All, q, &progress{}))
	if err != nil || len(events) != 2 || len(s.asked) != 1 {
		t.Errorf("%d rows, asked %v, %v", len(events), s.asked, err)
	}
}

func TestRowsAreHeldAgainstTheTotalOfTheAPI(t *testing.T) {
	today := Query{From: now.Add(-24 * time.Hour), To: now.Add(-time.Minute)}
	filtered := yesterday
	filtered.Params = url.Values{"verdict": {"allowed"}}
	strange := yesterday
	strange.Params = url.Values{"rcode": {"2"}}
	for _, tt := range []struct {
		name, total, verdict string
		q                    Query
		requests             int
	}{
		{"met", `{"data":{"count":200},"meta":{}}`, "complete", yesterday, 2},
		{"met, with a filter that the total has as well", `{"data":{"count":200},"meta":{}}`, "complete", filtered, 2},
		{"not compared, with a filter that the total does not have", `{"data":{"count":999},"meta":{}}`, "complete", strange, 1},
		{"clearly more", `{"data":{"count":250},"meta":{}}`, "truncated", yesterday, 2},
		{"hardly more", `{"data":{"count":201},"meta":{}}`, "unproven", yesterday, 2},
		{"fewer", `{"data":{"count":190},"meta":{}}`, "unproven", yesterday, 2},
		{"still moving", `{"data":{"count":250},"meta":{}}`, "unproven", today, 2},
		{"not to be had", `{"data":{},"meta":{}}`, "complete", yesterday, 2},
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "total-requests") {
				fmt.Fprint(w, tt.total)
				return
			}
			at, _ := strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
			row := fmt.Sprintf(`{"timestamp":%d,"domain":"example.org"}`, at)
			fmt.Fprintf(w, `{"data":[%s],"meta":{}}`, strings.Join(slices.Repeat([]string{row}, 200), ","))
		})
		p := &progress{}
		got, err := collect(s.client().ActivityDNS(t.Context(), All, tt.q, p))
		if err != nil || len(got) != 200 || p.verdict != tt.verdict || len(s.asked) != tt.requests {
			t.Errorf("%s: %d rows, %s %v, asked %d, %v", tt.name, len(got), p.verdict, p.doubts, len(s.asked), err)
		}
	}
}

func TestWindowBeyondRetentionIsWarnedOfAndAnEmptyOneProvesNothing(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "total-requests") {
			fmt.Fprint(w, `{"data":{"count":0},"meta":{}}`)
			return
		}
		fmt.Fprint(w, `{"data":[],"meta":{}}`)
	})
	for days, want := range map[int]string{1: "complete", 29: "complete", 40: "unproven"} {
		q := Query{From: now.AddDate(0, 0, -days), To: now.AddDate(0, 0, 1-days)}
		for _, list := range []func(*progress) error{
			func(p *progress) error { _, err := collect(s.client().ActivityDNS(t.Context(), All, q, p)); return err },
			func(p *progress) error {
				_, err := collect(s.client().TopIdentities(t.Context(), All, q, p))
				return err
			},
		} {
			p := &progress{}
			if err := list(p); err != nil || p.verdict != want || (len(p.warnings) > 0) != (days > 30) {
				t.Errorf("%d days ago: %s, warnings %v, %v", days, p.verdict, p.warnings, err)
			}
		}
	}
}

func TestWindowThatIsNotOverIsWarnedOf(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"data":{"count":1},"meta":{}}`) })
	p := &progress{}
	q := Query{From: now.Add(-time.Hour), To: now.Add(time.Second)}
	if _, err := collect(s.client().TotalRequests(t.Context(), All, q, p)); err != nil || len(p.warnings) != 1 {
		t.Errorf("warnings %q, %v", p.warnings, err)
	}
}
