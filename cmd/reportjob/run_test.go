package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/internal/raced"
	"github.com/reportjob/reportjob/jobs"
)

// testNow is the instant at which the tests run: a Monday.
var testNow = time.Date(2026, 11, 23, 9, 30, 15, 0, time.UTC)

// outcome is what a run of the program came to.
type outcome struct {
	status         int
	stdout, stderr string
}

// safeBuffer may be read while the program still writes.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// reportjob runs the program from arguments to exit status.
func reportjob(t *testing.T, environ []string, args ...string) outcome {
	t.Helper()
	var stdout, stderr safeBuffer
	ctx := raced.Context(t)
	status := run(ctx, process{args: args, environ: environ, stdout: &stdout, stderr: &stderr, now: func() time.Time { return testNow }})
	return outcome{status, stdout.String(), stderr.String()}
}

// stand serves the sandbox, spoilt by a handler if wanted, and returns the variables that lead to it.
func stand(t *testing.T, spoil func(http.ResponseWriter, *http.Request, http.Handler)) []string {
	t.Helper()
	box := sandbox.New(sandbox.Options{Now: func() time.Time { return testNow }})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if spoil == nil {
			box.ServeHTTP(w, r)
			return
		}
		spoil(w, r, box)
	}))
	t.Cleanup(server.Close)
	environ := box.Environment(server.URL)
	for _, api := range []string{"SECUREACCESS", "SIPGATE", "SIERRA", "WIZART"} {
		environ = append(environ, api+"_RATE=1000")
	}
	return append(environ, "REPORTJOB_OUTPUT="+t.TempDir(), "REPORTJOB_STATE=off")
}

func lookup(environ []string, name string) string {
	for _, entry := range environ {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

func with(environ []string, name, value string) []string {
	var changed []string
	for _, entry := range environ {
		if !strings.HasPrefix(entry, name+"=") {
			changed = append(changed, entry)
		}
	}
	return append(changed, name+"="+value)
}

// Under the race detector some of the reports are asked for by their names.
func TestDemoWritesEveryBuiltInReportWithoutAnyConfiguration(t *testing.T) {
	if testing.Short() {
		t.Skip("runs every report")
	}
	p, err := newProgram(&app{process: process{stderr: new(bytes.Buffer), now: time.Now}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	out, names := t.TempDir(), p.names()
	args := []string{"run", "--once", "--demo", "--output", out}
	if raced.Enabled {
		names = nil
		for group := range slices.Chunk(p.names(), 4) {
			names = append(names, group[0])
		}
		args = append(args, names...)
	}
	got := reportjob(t, nil, args...)
	if got.status != exitOK && got.status != exitTruncated {
		t.Fatalf("status %d\n%s\n%s", got.status, got.stdout, got.stderr)
	}
	for _, name := range names {
		for _, ext := range []string{"csv", "xlsx", "manifest.json"} {
			if files, _ := filepath.Glob(filepath.Join(out, name, name+"_*."+ext)); len(files) != 1 {
				t.Errorf("%s: %d files *.%s", name, len(files), ext)
			}
		}
		if !strings.Contains(got.stdout, name+" ") {
			t.Errorf("the table does not have %s", name)
		}
	}
	if v := reportjob(t, nil, "verify", out); v.status != exitOK {
		t.Errorf("verify: status %d\n%s", v.status, v.stdout)
	}
}

func TestSameSlotGivesTheSameBytes(t *testing.T) {
	environ := stand(t, nil)
	var sums [2]string
	for i := range sums {
		got := reportjob(t, environ, "run", "--once", "sipgate-calls", "--slot", "2026-11-21T06:00:00Z")
		if got.status != exitOK {
			t.Fatalf("status %d\n%s", got.status, got.stderr)
		}
		m := readManifest(t, lookup(environ, "REPORTJOB_OUTPUT"), "sipgate-calls", "2026-11-20")
		for _, f := range m.Files {
			sums[i] += f.SHA256
		}
	}
	if sums[0] != sums[1] || sums[0] == "" {
		t.Errorf("checksums differ: %v", sums)
	}
}

func readManifest(t *testing.T, out, report, window string) jobs.Manifest {
	t.Helper()
	m, err := jobs.ReadManifest(filepath.Join(out, report, report+"_"+window+".manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestExitStatuses(t *testing.T) {
	answer := func(status int, body string) func(http.ResponseWriter, *http.Request, http.Handler) {
		return func(w http.ResponseWriter, r *http.Request, box http.Handler) {
			if r.Method == http.MethodPost {
				box.ServeHTTP(w, r)
				return
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	wait := func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}
	for _, test := range []struct {
		name   string
		spoil  func(http.ResponseWriter, *http.Request, http.Handler)
		set    string
		args   []string
		status int
		says   string
	}{
		{name: "all well", args: []string{"run", "--once", "sipgate-balance"}},
		{name: "unknown command", args: []string{"runn"}, status: exitUsage, says: "unknown command"},
		{name: "misspelt command", args: []string{"chekc"}, status: exitUsage, says: `unknown command "chekc": did you mean check?`},
		{name: "a command like no other", args: []string{"frobnicate"}, status: exitUsage, says: `unknown command "frobnicate"` + "\n"},
		{name: "help for a misspelt command", args: []string{"help", "chekc"}, status: exitUsage, says: "did you mean check?"},
		{name: "report in capitals", args: []string{"run", "--once", "SIPGATE-Balance", "sipgate-balance"}},
		{name: "report as variables have it", args: []string{"describe", "SIPGATE_BALANCE"}, status: exitUsage, says: `unknown report "SIPGATE_BALANCE": did you mean sipgate-balance?`},
		{name: "misspelt report in capitals", args: []string{"describe", "SIPGATE-BALANSE"}, status: exitUsage, says: `unknown report "SIPGATE-BALANSE": did you mean sipgate-balance?`},
		{name: "help", args: []string{"help", "run"}},
		{name: "help for nothing", args: []string{"help", "nosuch"}, status: exitUsage, says: "nosuch"},
		{name: "unknown shell", args: []string{"completion", "tcsh"}, status: exitUsage, says: "powershell"},
		{name: "unknown flag", args: []string{"run", "--onec"}, status: exitUsage, says: "--onec"},
		{name: "unknown report", args: []string{"run", "--once", "sipgate-balanse"}, status: exitUsage, says: "did you mean sipgate-balance?"},
		{name: "report without once", args: []string{"run", "sipgate-balance"}, status: exitUsage, says: "--once"},
		{name: "window of a snapshot", args: []string{"run", "--once", "sipgate-balance", "--from", "2026-11-01", "--to", "2026-11-02"}, status: exitUsage, says: "no window"},
		{name: "half a window", args: []string{"run", "--once", "sipgate-calls", "--from", "2026-11-01"}, status: exitUsage, says: "--to"},
		{name: "window backwards", args: []string{"run", "--once", "sipgate-calls", "--from", "2026-11-02", "--to", "2026-11-01"}, status: exitUsage, says: "--from"},
		{name: "unknown format", args: []string{"run", "--once", "sipgate-calls", "--format", "pdf"}, status: exitUsage, says: `unknown format "pdf": expected some of csv, xlsx, jsonl, parquet, csv.gz`},
		{name: "an address as output", args: []string{"run", "--once", "sipgate-calls", "--output", "s3://key:hunter2@bucket/x"}, status: exitUsage, says: "--output: expected a folder such as exports or /srv/exports, found an address with s3://: "},
		{name: "misspelt variable", set: "SIPGATE_TOKNE=x", args: []string{"run", "--once", "sipgate-balance"}, status: exitConfig, says: "SIPGATE_TOKEN"},
		{name: "nothing scheduled", args: []string{"run", "--once"}, status: exitConfig, says: "SCHEDULE_"},
		{name: "missing credential", set: "SIPGATE_TOKEN=", args: []string{"run", "--once", "sipgate-balance"}, status: exitConfig, says: "SIPGATE_TOKEN"},
		{name: "wrong password", set: "SIPGATE_TOKEN=00000000-0000-4000-8000-000000000000", args: []string{"run", "--once", "sipgate-balance"}, status: exitRefused, says: "sipgate"},
		{name: "wrong client secret", set: "SECUREACCESS_API_SECRET=not-the-secret-of-it", args: []string{"run", "--once", "secureaccess-summary"}, status: exitRefused, says: "check the credentials"},
		{name: "forbidden", spoil: answer(403, `{"message":"Forbidden"}`), args: []string{"run", "--once", "secureaccess-summary"}, status: exitRefused, says: "this report needs: reports.aggregations:read"},
		{name: "half the credentials", set: "SIERRA_CLIENT_KEY=", args: []string{"run", "--once", "sipgate-balance"}, status: exitConfig, says: "SIERRA_CLIENT_KEY"},
		{name: "broken definition", set: "REPORT_XX=api=foo&path=/x", args: []string{"run", "--once", "xx"}, status: exitConfig, says: "columns: is missing; api"},
		{name: "a page for people", spoil: answer(200, "<!DOCTYPE html><title>Login</title>"), args: []string{"run", "--once", "secureaccess-summary"}, status: exitUnexpected, says: "HTML"},
		{name: "cut JSON", spoil: answer(200, `{"data":{"requests":`), args: []string{"run", "--once", "secureaccess-summary"}, status: exitUnexpected, says: "/summary: unexpected answer"},
		{name: "a number where a list was", spoil: answer(200, `{"data":7,"meta":{}}`), args: []string{"run", "--once", "secureaccess-top-identities"}, status: exitUnexpected, says: "data"},
		{name: "nobody listens", set: "SIPGATE_BASE_URL=http://127.0.0.1:1/v2", args: []string{"run", "--once", "sipgate-balance"}, status: exitUnavailable, says: "could not be reached"},
		{name: "output is a file", set: "REPORTJOB_OUTPUT=run_test.go", args: []string{"run", "--once", "sipgate-balance"}, status: exitOutput, says: "run_test.go"},
		{name: "timeout", spoil: wait, set: "REPORTJOB_TIMEOUT=300ms", args: []string{"run", "--once", "sipgate-balance"}, status: exitUnavailable, says: "REPORTJOB_TIMEOUT"},
		{name: "verify nothing", args: []string{"verify"}, status: exitUsage, says: "path"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			environ := stand(t, test.spoil)
			if test.set != "" {
				name, value, _ := strings.Cut(test.set, "=")
				environ = with(environ, name, value)
			}
			got := reportjob(t, environ, test.args...)
			if got.status != test.status || !strings.Contains(got.stderr, test.says) {
				t.Errorf("status %d, want %d; stderr should say %q:\n%s", got.status, test.status, test.says, got.stderr)
			}
		})
	}
}

func TestResultsThatCannotBeWrittenAreNoSuccess(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full: ", err)
	}
	defer full.Close()
	for _, args := range []string{"list", "list --json", "version", "--version", "completion bash", "help", "describe sipgate-calls", "check --json sipgate-calls"} {
		var stderr safeBuffer
		status := run(t.Context(), process{args: strings.Fields(args), environ: []string{"SIPGATE_TOKEN_ID=x", "SIPGATE_TOKEN=x"}, stdout: full, stderr: &stderr, now: time.Now})
		if said := stderr.String(); status != exitOutput || !strings.HasPrefix(said, "reportjob: standard output: ") || strings.Count(said, "\n") != 1 {
			t.Errorf("%s: status %d, want %d: %s", args, status, exitOutput, said)
		}
	}
}

func TestReportOfTheUsersOwnRunsLikeEveryOther(t *testing.T) {
	environ := append(stand(t, nil),
		"REPORT_BLOCKED_DNS=api=secureaccess&path=/reports/v2/activity/dns&rows=data&window=previous-day&verdict=blocked&columns=timestamp:time-ms,domain,verdict,identities.0.label:text,bytes:int",
		"SCHEDULE_BLOCKED_DNS=0 6 * * *", "PARAMS_BLOCKED_DNS=identitytypes=roaming")
	got := reportjob(t, environ, "run", "--once")
	if got.status != exitOK {
		t.Fatalf("status %d: %s", got.status, got.stderr)
	}
	m := readManifest(t, lookup(environ, "REPORTJOB_OUTPUT"), "blocked-dns", "2026-11-22")
	if m.Parameters.Get("verdict") != "blocked" || m.Parameters.Get("identitytypes") != "roaming" || m.Rows == 0 || len(m.Columns) != 5 {
		t.Errorf("parameters %v, %d rows, columns %v", m.Parameters, m.Rows, m.Columns)
	}
}

func TestOneFailingReportStopsNoOther(t *testing.T) {
	environ := with(stand(t, nil), "SIPGATE_TOKEN", "00000000-0000-4000-8000-000000000000")
	got := reportjob(t, environ, "run", "--once", "sipgate-balance", "wizart-product-types")
	if got.status != exitRefused {
		t.Errorf("status %d, want %d", got.status, exitRefused)
	}
	readManifest(t, lookup(environ, "REPORTJOB_OUTPUT"), "wizart-product-types", "20261123T093015Z")
}

func TestSecretsAreNowhere(t *testing.T) {
	var authorizations []string
	var mu sync.Mutex
	environ := stand(t, func(w http.ResponseWriter, r *http.Request, box http.Handler) {
		mu.Lock()
		authorizations = append(authorizations, r.Header.Get("Authorization"))
		mu.Unlock()
		if strings.Contains(r.URL.Path, "total-requests") || strings.Contains(r.URL.Path, "/fines") {
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`{"message":"no right for ` + r.Header.Get("Authorization") + `"}`))
			return
		}
		box.ServeHTTP(w, r)
	})
	environ = append(environ, "REPORTJOB_LOG_LEVEL=debug", "REPORTJOB_STATE="+t.TempDir())
	output := ""
	for _, args := range [][]string{
		{"run", "--once", "secureaccess-total-requests", "secureaccess-summary", "sipgate-users", "sierra-fines", "sierra-token", "wizart-imports"},
		{"check"}, {"check", "--live", "sipgate-balance"}, {"list", "--json"}, {"describe", "sipgate-calls"},
	} {
		got := reportjob(t, environ, args...)
		output += got.stdout + got.stderr
	}
	_ = filepath.WalkDir(lookup(environ, "REPORTJOB_OUTPUT"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(path, ".xlsx") {
			data, _ := os.ReadFile(path)
			output += path + string(data)
		}
		return err
	})
	secrets := authorizations
	for _, name := range []string{"SECUREACCESS_API_KEY", "SECUREACCESS_API_SECRET", "SIPGATE_TOKEN", "SIERRA_CLIENT_KEY", "SIERRA_CLIENT_SECRET", "WIZART_PASSWORD", "WIZART_CLIENT_SECRET"} {
		secrets = append(secrets, lookup(environ, name))
	}
	checked := 0
	for _, secret := range secrets {
		secret = strings.TrimPrefix(strings.TrimPrefix(secret, "Bearer "), "Basic ")
		if len(secret) < 6 {
			continue
		}
		checked++
		if strings.Contains(output, secret) {
			t.Errorf("a secret of %d characters is in the output", len(secret))
		}
	}
	if checked < 10 || !strings.Contains(output, "no right for") {
		t.Errorf("looked for %d secrets only, or the error did not come out", checked)
	}
}

func TestListAndDescribeNeedNoCredentials(t *testing.T) {
	var all []listed
	decode(t, reportjob(t, nil, "list", "--json"), &all)
	if len(all) < 21 {
		t.Errorf("%d reports", len(all))
	}
	for _, l := range all {
		var d described
		decode(t, reportjob(t, nil, "describe", "--json", l.Name), &d)
		if d.Name != l.Name || len(d.Columns) == 0 || d.Method != "GET" || d.Scope == "" || d.Configured {
			t.Errorf("%s: %+v", l.Name, d)
		}
	}
}

func decode(t *testing.T, got outcome, into any) {
	t.Helper()
	if got.status != exitOK {
		t.Fatalf("status %d: %s", got.status, got.stderr)
	}
	if err := json.Unmarshal([]byte(got.stdout), into); err != nil {
		t.Fatalf("%v\n%s", err, got.stdout)
	}
}

func TestScheduleShowsWhatDaylightSavingDoes(t *testing.T) {
	var runs []planned
	environ := []string{"SCHEDULE_SIPGATE_CALLS=CRON_TZ=Europe/Berlin 30 2 * * *"}
	decode(t, reportjob(t, environ, "schedule", "-n", "130", "--json"), &runs)
	moved := 0
	for i, r := range runs {
		if r.Window.Zone != "Europe/Berlin" {
			t.Fatalf("zone %s", r.Window.Zone)
		}
		if i > 0 && !r.Window.From.Equal(runs[i-1].Window.To) {
			t.Errorf("a gap or an overlap before %v", r.Slot)
		}
		if r.Note != "" {
			moved++
			if got := r.Slot.Format(time.RFC3339); got != "2027-03-28T01:30:00Z" {
				t.Errorf("moved at %s: %s", got, r.Note)
			}
		}
	}
	if moved != 1 || len(runs) != 130 {
		t.Errorf("%d of %d runs moved, want 1 of 130", moved, len(runs))
	}
}

func TestVerifyFindsWhatWasChanged(t *testing.T) {
	environ := stand(t, nil)
	out := lookup(environ, "REPORTJOB_OUTPUT")
	if got := reportjob(t, environ, "run", "--once", "sipgate-users", "--format", "csv,xlsx,jsonl"); got.status != exitOK {
		t.Fatalf("status %d: %s", got.status, got.stderr)
	}
	if got := reportjob(t, nil, "verify", out); got.status != exitOK {
		t.Fatalf("status %d\n%s", got.status, got.stdout)
	}
	path := filepath.Join(out, "sipgate-users", "sipgate-users_20261123T093015Z.csv")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll(); err != nil || len(rows) < 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	data[len(data)-2] ^= 1
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	var all []jobs.Verification
	got := reportjob(t, nil, "verify", "--json", out)
	if got.status != exitUnexpected || json.Unmarshal([]byte(got.stdout), &all) != nil || len(all) == 0 || all[0].OK {
		t.Errorf("status %d\n%s", got.status, got.stdout)
	}
}

func TestCheckSaysAllThatIsWrong(t *testing.T) {
	environ := with(stand(t, nil), "REPORTJOB_TIMEOUT", "soon")
	environ = append(environ, "SCHEDULE_SIPGATE_CALLS=0 6 31 2 *", "SCHEDULE_SIPGATE_BALANCE=@daily")
	got := reportjob(t, environ, "check")
	if got.status != exitConfig || !strings.Contains(got.stderr, "REPORTJOB_TIMEOUT") || !strings.Contains(got.stderr, "SCHEDULE_SIPGATE_CALLS") {
		t.Errorf("status %d: %s", got.status, got.stderr)
	}
	var all []checked
	if err := json.Unmarshal([]byte(reportjob(t, environ, "check", "--json").stdout), &all); err != nil || all[0].OK {
		t.Errorf("%v, %+v", err, all)
	}
}

func TestCheckLiveTriesEveryAPI(t *testing.T) {
	environ := with(stand(t, nil), "WIZART_PASSWORD", "not-the-password")
	got := reportjob(t, environ, "check", "--live", "secureaccess-activity-dns", "sipgate-calls", "sierra-bibs", "wizart-imports")
	if got.status != exitRefused {
		t.Errorf("status %d\n%s\n%s", got.status, got.stdout, got.stderr)
	}
	for _, line := range []string{"sierra-bibs", "sipgate-calls", "secureaccess-activity-dns"} {
		if !strings.Contains(got.stdout, line) {
			t.Errorf("no line for %s:\n%s", line, got.stdout)
		}
	}
}

func TestVerboseSaysEveryRequest(t *testing.T) {
	for _, args := range [][]string{{"-v"}, {"--verbose"}, nil} {
		got := reportjob(t, stand(t, nil), append([]string{"run", "--once", "wizart-brands"}, args...)...)
		if asked := strings.Contains(got.stderr, `"msg":"asked"`); got.status != exitOK || asked != (args != nil) {
			t.Errorf("%q: %+v", args, got)
		}
	}
}
