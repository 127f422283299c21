package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/jobs"
)

// sierraReports make pages so small that each list has several.
func sierraReports(t *testing.T, s *standIn) []jobs.Job {
	t.Helper()
	return Sierra(sierra.New(sierra.Config{
		BaseURL:  s.address(t, "SIERRA_BASE_URL"),
		Key:      rest.NewSecret(s.env["SIERRA_CLIENT_KEY"]),
		Secret:   rest.NewSecret(s.env["SIERRA_CLIENT_SECRET"]),
		Login:    s.env["SIERRA_LOGIN"],
		Rate:     -1,
		PageSize: 500,
	}))
}

// sierraEntries walks a list of the sandbox by offset.
func sierraEntries(t *testing.T, s *standIn, path string) (entries []map[string]any) {
	t.Helper()
	token := sierraSignIn(t, s)
	for {
		var answer struct {
			Entries []map[string]any `json:"entries"`
		}
		address, err := url.Parse(s.env["SIERRA_BASE_URL"] + path)
		if err != nil {
			t.Fatal(err)
		}
		query := address.Query()
		query.Set("limit", "2000")
		query.Set("offset", fmt.Sprint(len(entries)))
		address.RawQuery = query.Encode()
		body := sierraAsk(t, address.String(), token)
		decoder := json.NewDecoder(strings.NewReader(body))
		decoder.UseNumber() // Ids are text with some records and numbers with others.
		if err := decoder.Decode(&answer); err != nil {
			t.Fatal(err)
		}
		if len(answer.Entries) == 0 {
			return entries
		}
		entries = append(entries, answer.Entries...)
	}
}

// sierraIDs are the ids of the entries that are wanted.
func sierraIDs(entries []map[string]any, wanted func(entry map[string]any) bool) []string {
	ids := []string{}
	for _, e := range entries {
		if id := fmt.Sprint(e["id"]); wanted(e) {
			ids = append(ids, id[strings.LastIndex(id, "/")+1:])
		}
	}
	slices.Sort(ids)
	return ids
}

func sierraSignIn(t *testing.T, s *standIn) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.env["SIERRA_BASE_URL"]+"/token", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(s.env["SIERRA_CLIENT_KEY"], s.env["SIERRA_CLIENT_SECRET"])
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	var answer struct {
		Token string `json:"access_token"`
	}
	decodeJSON(t, reply.Body, &answer)
	return answer.Token
}

// sierraAsk asks again for answers without a body, of which the sandbox has some.
func sierraAsk(t *testing.T, address, token string) string {
	t.Helper()
	for range 5 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		reply, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(reply.Body)
		reply.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if len(body) > 0 {
			return string(body)
		}
	}
	t.Fatalf("%s: nothing but empty answers", address)
	return ""
}

func TestSierraReportsHoldWhatTheSandboxHolds(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	list, byHand := sierraReports(t, s), map[string][]map[string]any{}
	living := func(e map[string]any) bool { return e["deleted"] != true }
	onTheDay := func(e map[string]any) bool {
		updated, _ := e["updatedDate"].(string)
		return living(e) && strings.HasPrefix(updated, "2026-11-19")
	}
	for _, c := range []struct {
		report, path, window string
		wanted               func(map[string]any) bool
	}{
		{"sierra-bibs", "/bibs", "2026-11-19", onTheDay},
		{"sierra-items", "/items", "2026-11-19", onTheDay},
		{"sierra-patrons", "/patrons", "2026-11-19", onTheDay},
		{"sierra-bibs", "/bibs", "now", living},
		{"sierra-patrons", "/patrons", "now", living},
		{"sierra-checkouts", "/items/checkouts", "now", living},
		{"sierra-overdue-items", "/items/checkouts", "now", func(e map[string]any) bool {
			due, _ := e["dueDate"].(string)
			return due < "2026-11-22"
		}},
		{"sierra-holds", "/patrons/holds", "now", living},
		{"sierra-fines", "/fines", "now", living},
		{"sierra-deleted-bibs", "/bibs", "now", func(e map[string]any) bool { return !living(e) }},
		{"sierra-deleted-items", "/items", "now", func(e map[string]any) bool { return !living(e) }},
		{"sierra-deleted-items", "/items", "2026-11-17", func(e map[string]any) bool { return e["deletedDate"] == "2026-11-17" }},
		{"sierra-branches", "/branches", "now", living},
		{"sierra-orders", "/orders", "2026-11-19", onTheDay},
		{"sierra-orders", "/orders", "now", living},
		{"sierra-authorities", "/authorities", "2026-11-19", onTheDay},
		{"sierra-volumes", "/volumes", "now", living},
		{"sierra-holdings", "/holdings", "now", living},
		{"sierra-courses", "/courses", "now", living},
		{"sierra-invoices", "/invoices?login=" + sandbox.SierraLogin, "now", living},
		{"sierra-vendors", "/vendors?login=" + sandbox.SierraLogin, "now", living},
		{"sierra-missing-items", "/items", "now", func(e map[string]any) bool {
			status, _ := e["status"].(map[string]any)
			return living(e) && status["code"] == "m"
		}},
	} {
		o := runReport(t, list, c.report, c.window, nil)
		slices.Sort(o.cells)
		if o.err != nil || o.rows == 0 || o.verdict != jobs.Complete || o.account != s.address(t, "SIERRA_BASE_URL").Host {
			t.Errorf("%s %s: %d rows, %s of %q (%v): %v", c.report, c.window, o.rows, o.verdict, o.account, o.evidence, o.err)
		}
		if byHand[c.path] == nil {
			byHand[c.path] = sierraEntries(t, s, c.path)
		}
		if want := sierraIDs(byHand[c.path], c.wanted); !slices.Equal(o.cells, want) {
			t.Errorf("%s %s: %d rows, by hand %d", c.report, c.window, o.rows, len(want))
		}
	}
	for report, rows := range map[string]int{
		"sierra-token": 19, "sierra-pickup-locations": 7, "sierra-agencies": 4, "sierra-funds": 8, "sierra-bib-codes": 19, "sierra-patron-codes": 17,
	} {
		if o := runReport(t, list, report, "now", nil); o.err != nil || o.rows != rows || o.verdict != jobs.Complete || o.account == "" {
			t.Errorf("%s: %d rows, want %d, %s of %q: %v", report, o.rows, rows, o.verdict, o.account, o.err)
		}
	}
}

func TestSierraDayWithoutRecordsIsAnEmptyReport(t *testing.T) {
	t.Parallel()
	list := sierraReports(t, newStandIn(t, sandbox.Options{}))
	for _, report := range []string{
		"sierra-bibs", "sierra-items", "sierra-patrons", "sierra-deleted-bibs", "sierra-deleted-items", "sierra-orders", "sierra-authorities",
		"sierra-volumes", "sierra-holdings", "sierra-invoices", "sierra-invoice-lines", "sierra-missing-items",
	} {
		if o := runReport(t, list, report, "1971-01-01", nil); o.err != nil || o.rows != 0 || o.verdict != jobs.Complete {
			t.Errorf("%s: %d rows, %s: %v", report, o.rows, o.verdict, o.err)
		}
	}
}

// sierraSays answers as the API does.
func sierraSays(status, code int, name string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"code": code, "specificCode": 0, "httpStatus": status, "name": name})
	}
}

// blocked is a machine in front of the API that has had enough.
func blocked(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", "0")
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusForbidden)
	_, _ = io.WriteString(w, "<html><head><title>Access denied</title></head></html>")
}

func TestSierraSurvivesWhatPasses(t *testing.T) {
	t.Parallel()
	// A report, and which of its requests is spoilt.
	spoilt := map[string]int{"sierra-checkouts": 3, "sierra-orders": 1, "sierra-invoice-lines": 3, "sierra-funds": 1}
	want := map[string]outcome{}
	for report := range spoilt {
		want[report] = runReport(t, sierraReports(t, newStandIn(t, sandbox.Options{})), report, "now", nil)
		if want[report].err != nil || want[report].rows < 8 {
			t.Fatalf("%s: %d rows: %v", report, want[report].rows, want[report].err)
		}
	}
	for name, fault := range map[string]http.HandlerFunc{
		"an expired token":     sierraSays(401, 123, "Unauthorized"),
		"an unknown token":     sierraSays(401, 120, "Unauthorized"),
		"no header":            sierraSays(401, 113, "Unauthorized"),
		"an uncaught error":    sierraSays(500, 100, "Uncaught"),
		"an empty answer":      func(http.ResponseWriter, *http.Request) {},
		"a proxy's 403":        blocked,
		"a proxy's 503":        status(http.StatusServiceUnavailable),
		"too many requests":    status(http.StatusTooManyRequests),
		"a body that is cut":   cut,
		"a connection dropped": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for report, request := range spoilt {
				s := newStandIn(t, sandbox.Options{})
				s.spoilt(request, fault)
				o := runReport(t, sierraReports(t, s), report, "now", nil)
				if o.err != nil || o.rows != want[report].rows || !slices.Equal(o.cells, want[report].cells) || o.verdict != jobs.Complete {
					t.Errorf("%s: %d rows, want %d, %s: %v", report, o.rows, want[report].rows, o.verdict, o.err)
				}
			}
		})
	}
}

func TestSierraTokenIsRenewedInMidRun(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	s.spoilt(4, sierraSays(401, 123, "Unauthorized"))
	o := runReport(t, sierraReports(t, s), "sierra-bibs", "now", nil)
	if o.err != nil || o.rows < 2000 || o.verdict != jobs.Complete || s.posts.Load() != 2 {
		t.Errorf("%d rows, %s, %d token calls, want 2: %v", o.rows, o.verdict, s.posts.Load(), o.err)
	}
}

func TestSierraFailsAsItShould(t *testing.T) {
	t.Parallel()
	answer := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
	}
	for name, c := range map[string]struct {
		report string
		fault  http.HandlerFunc
		kind   rest.Kind
		says   string
	}{
		"a missing role for fines":     {"sierra-fines", sierraSays(403, 116, "Forbidden"), rest.Refused, "Fines_Read"},
		"a missing role for holds":     {"sierra-holds", sierraSays(403, 116, "Forbidden"), rest.Refused, "Holds_Read"},
		"a missing role for checkouts": {"sierra-checkouts", sierraSays(403, 116, "Forbidden"), rest.Refused, "Items_Read"},
		"a missing role for bibs":      {"sierra-bibs", sierraSays(403, 116, "Forbidden"), rest.Refused, "Bibs_Read"},
		"a missing role for patrons":   {"sierra-patrons", sierraSays(403, 116, "Forbidden"), rest.Refused, "Patrons_Read"},
		"an API that is off":           {"sierra-items", sierraSays(503, 117, "API disabled"), rest.Refused, "switched off"},
		"an API that is not licensed":  {"sierra-items", sierraSays(503, 118, "Access tier"), rest.Refused, "licence"},
		"no such key":                  {"sierra-items", sierraSays(401, 127, "Unauthorized"), rest.Refused, "code 127"},
		"a letter that is escaped":     {"sierra-items", sierraSays(400, 108, "Ung{u00FC}ltig"), rest.Rejected, "Ungültig"},
		"404 of a proxy":               {"sierra-bibs", status(http.StatusNotFound), rest.Rejected, "404"},
		"a page for people":            {"sierra-bibs", page, rest.Unexpected, "Scheduled maintenance"},
		"a list without entries":       {"sierra-fines", answer(`{"total":3}`), rest.Unexpected, "no entries"},
		"an id that is no number":      {"sierra-bibs", answer(`{"entries":[{"id":"b1","updatedDate":"2026-11-19T01:00:00Z"}]}`), rest.Unexpected, "entries[0]: id"},
		"a record without its time":    {"sierra-items", answer(`{"entries":[{"id":"1"}]}`), rest.Unexpected, "updatedDate"},
		"a time that is none":          {"sierra-holds", answer(`{"entries":[{"id":"1","placed":"tomorrow"}]}`), rest.Unexpected, "placed"},
		"a row without an id":          {"sierra-checkouts", answer(`{"entries":[{"id":"1"},{}]}`), rest.Unexpected, "entries[1]"},
		"an amount that is none":       {"sierra-fines", answer(`{"entries":[{"id":"1","itemCharge":"much"}]}`), rest.Unexpected, "itemCharge"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStandIn(t, sandbox.Options{})
			s.spoilt(1, c.fault)
			window := "now"
			if c.report == "sierra-bibs" || c.report == "sierra-items" || c.report == "sierra-patrons" {
				window = "2026-11-19"
			}
			o := runReport(t, sierraReports(t, s), c.report, window, nil)
			if !refusedAs(o.err, c.kind) || o.rows != 0 || !strings.Contains(o.err.Error(), c.says) {
				t.Errorf("%d rows, want %v with %q: %v", o.rows, c.kind, c.says, o.err)
			}
		})
	}
}

func TestSierraPersonalDataIsNeitherAskedForNorWritten(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	var asked url.Values
	spy := func(_ int, _ http.ResponseWriter, r *http.Request) bool {
		asked = r.URL.Query()
		return false
	}
	s.spoil.Store(&spy)
	list := sierraReports(t, s)
	for _, personal := range []bool{false, true} {
		params := url.Values{}
		if personal {
			params.Set("personal", "true")
		}
		o := runReport(t, list, "sierra-patrons", "2026-11-19", params)
		if o.err != nil || asked.Has("personal") {
			t.Fatalf("personal went to the API: %v; %v", asked.Has("personal"), o.err)
		}
		fields := strings.Split(asked.Get("fields"), ",")
		for _, field := range []string{"names", "barcodes", "emails", "birthDate", "addresses", "phones", "uniqueIds"} {
			if slices.Contains(fields, field) != personal {
				t.Errorf("personal %v: asks for %s: %v", personal, field, !personal)
			}
		}
		if slices.Contains(fields, "default") {
			t.Error("the default fields of patrons hold their names")
		}
	}
	for _, hidden := range [][2]string{
		{"sierra-patrons", "names"}, {"sierra-patrons", "address_types"}, {"sierra-items", "last_patron_id"}, {"sierra-missing-items", "last_patron_id"},
		{"sierra-checkouts", "patron_id"}, {"sierra-overdue-items", "patron_id"}, {"sierra-holds", "patron_id"}, {"sierra-holds", "note"},
		{"sierra-fines", "patron_id"}, {"sierra-fines", "original_patron_id"}, {"sierra-fines", "staff_initials"}, {"sierra-invoice-lines", "note"},
	} {
		report, column := hidden[0], hidden[1]
		for _, personal := range []string{"", "true"} {
			shown := false
			for _, c := range byName(t, list, report).Table(url.Values{"personal": {personal}}) {
				shown = shown || c.Name == column
			}
			if shown != (personal == "true") {
				t.Errorf("%s: personal %q shows %s: %v", report, personal, column, shown)
			}
		}
	}
}

func TestSierraRefusesParametersThatTheReportSets(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	list := sierraReports(t, s)
	for report, name := range map[string]string{
		"sierra-bibs": "updatedDate", "sierra-items": "fields", "sierra-patrons": "deleted", "sierra-fines": "offset", "sierra-holds": "id",
	} {
		o := runReport(t, list, report, "now", url.Values{name: {"1"}})
		if wrong, ok := errors.AsType[*ParamError](o.err); !ok || wrong.Name != name || o.rows > 0 {
			t.Errorf("%s: %d rows: %v", report, o.rows, o.err)
		}
	}
	if s.gets.Load()+s.posts.Load() > 0 {
		t.Error("something was sent")
	}
}

func TestSierraTrialIsOneTinyRequest(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	for _, job := range sierraReports(t, s) {
		before := s.gets.Load()
		r := jobs.Request{Window: window(t, "2026-11-19", time.UTC), Zone: time.UTC, Limit: 1, Proof: new(jobs.Proof)}
		for _, err := range job.Rows(t.Context(), r) {
			if err != nil {
				t.Errorf("%s: %v", job.Info().Name, err)
			}
		}
		// One more where the sandbox gave no body, and one where rows are in the answer to another request.
		most := int64(2)
		if job.Info().Name == "sierra-invoice-lines" {
			most = 3
		}
		if sent := s.gets.Load() - before; sent < 1 || sent > most {
			t.Errorf("%s: %d requests", job.Info().Name, sent)
		}
	}
}
