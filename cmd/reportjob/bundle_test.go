package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/jobs"
)

// mondays is a sandbox with a bundle of reports of three APIs.
func mondays(t *testing.T, spoil func(http.ResponseWriter, *http.Request, http.Handler)) []string {
	t.Helper()
	return append(stand(t, spoil), "BUNDLE_MONDAY_REVIEW=sipgate-calls,sierra-bibs,secureaccess-summary,sipgate-balance", "SCHEDULE_MONDAY_REVIEW=CRON_TZ=Europe/Berlin 0 6 * * *")
}

// only spoils requests of one API, and lets it give tokens.
func only(path string, answer http.HandlerFunc) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, box http.Handler) {
		if strings.Contains(r.URL.Path, path) && r.Method == http.MethodGet {
			answer(w, r)
			return
		}
		box.ServeHTTP(w, r)
	}
}

func says(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"message":"no"}`))
	}
}

func TestBundleIsRunAndProvenLikeAReport(t *testing.T) {
	environ := mondays(t, nil)
	got := reportjob(t, environ, "run", "--once")
	if got.status != exitOK || !strings.Contains(got.stdout, "monday-review_2026-11-22.xlsx") {
		t.Fatal(got)
	}
	m := manifestOf(t, environ, "monday-review", "2026-11-22")
	if len(m.Members) != 4 || m.API != "sipgate+sierra+secureaccess" || m.Window.Zone != "Europe/Berlin" {
		t.Errorf("%+v", m)
	}
	if balance := m.Members[3].Window; !balance.From.Equal(m.Slot) || !balance.To.Equal(m.Slot) {
		t.Errorf("what shows the present is read for %v", balance)
	}
	folder := filepath.Join(lookup(environ, "REPORTJOB_OUTPUT"), "monday-review")
	if v := reportjob(t, nil, "verify", folder); v.status != exitOK {
		t.Error(v)
	}
	f, err := excelize.OpenFile(filepath.Join(folder, m.Files[0].Name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if list := strings.Join(f.GetSheetList(), " "); !strings.HasPrefix(list, "Summary sipgate-calls sipgate-calls summary sierra-bibs ") || !strings.HasSuffix(list, " sipgate-balance About") {
		t.Errorf("sheets: %s", list)
	}
	sum := m.Files[0].SHA256
	if got := reportjob(t, environ, "run", "--once", "monday-review"); got.status != exitOK {
		t.Fatal(got)
	}
	if again := manifestOf(t, environ, "monday-review", "2026-11-22").Files[0].SHA256; again != sum {
		t.Errorf("the same slot gave other bytes: %s, %s", sum, again)
	}
}

func TestBundleWithOneSourceDownGoesOutAndSaysSo(t *testing.T) {
	for _, test := range []struct {
		name   string
		path   string
		answer http.HandlerFunc
		set    string
		status int
		says   string
	}{
		{"refused", "/summary", says(403), "X=", exitRefused, "secureaccess-summary is missing: secureaccess: "},
		{"failing", "/bibs", says(500), "X=", exitUnavailable, "sierra-bibs is missing: sierra: /bibs: kept failing"},
		{"not as documented", "/bibs", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, "X=", exitUnexpected, "sierra-bibs is missing"},
		{"out of reach", "/none", nil, "SIERRA_BASE_URL=http://127.0.0.1:1/iii/sierra-api/v6", exitUnavailable, "sierra-bibs is missing"},
		{"too slow", "/bibs", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "REPORTJOB_TIMEOUT=1s", exitUnavailable, "REPORTJOB_TIMEOUT"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			name, value, _ := strings.Cut(test.set, "=")
			environ := with(mondays(t, only(test.path, test.answer)), name, value)
			got := reportjob(t, environ, "run", "--once", "monday-review")
			if got.status != test.status || !strings.Contains(got.stderr, test.says) || !strings.Contains(got.stdout, "monday-review_2026-11-22.incomplete.xlsx") {
				t.Fatalf("status %d\n%s\n%s", got.status, got.stdout, got.stderr)
			}
			m := manifestOf(t, environ, "monday-review", "2026-11-22")
			down := m.Members[1]
			if test.path == "/summary" {
				down = m.Members[2]
			}
			if m.Verdict != jobs.Truncated || down.Verdict != jobs.Failed || down.Error == "" || m.Members[0].Rows == 0 {
				t.Errorf("%+v", m)
			}
			out := lookup(environ, "REPORTJOB_OUTPUT")
			if v := reportjob(t, nil, "verify", out); v.status != exitOK {
				t.Error(v)
			}
			for _, secret := range []string{lookup(environ, "SIERRA_CLIENT_SECRET"), lookup(environ, "SIPGATE_TOKEN")} {
				if text, err := os.ReadFile(filepath.Join(out, "monday-review", "monday-review_2026-11-22.manifest.json")); err != nil || secret == "" || bytes.Contains(text, []byte(secret)) {
					t.Errorf("a secret in the manifest: %v", err)
				}
			}
		})
	}
}

func TestBundleWithAllSourcesDownDeliversNothing(t *testing.T) {
	environ := append(stand(t, only("/", says(403))), "BUNDLE_X=secureaccess-summary,sierra-bibs", "SIERRA_BASE_URL=http://127.0.0.1:1/iii/sierra-api/v6")
	got := reportjob(t, environ, "run", "--once", "x")
	if got.status != exitRefused || !strings.Contains(got.stderr, "none of its reports could be made") || names(t, environ, "x") != "" {
		t.Errorf("status %d, files %q\n%s", got.status, names(t, environ, "x"), got.stderr)
	}
}

func TestSpoilingOneSheetOfABundleIsFound(t *testing.T) {
	environ := mondays(t, nil)
	if got := reportjob(t, environ, "run", "--once"); got.status != exitOK {
		t.Fatal(got)
	}
	folder := filepath.Join(lookup(environ, "REPORTJOB_OUTPUT"), "monday-review")
	path := filepath.Join(folder, "monday-review_2026-11-22.manifest.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for old, new := range map[string]string{`"sierra-bibs"
      ],`: `"nowhere"
      ],`, `"name": "direction"`: `"name": "elsewhere"`, `"rows": 1,
      "verdict"`: `"rows": 2,
      "verdict"`} {
		spoilt := bytes.Replace(text, []byte(old), []byte(new), 1)
		if bytes.Equal(spoilt, text) {
			t.Fatalf("no %s in\n%s", old, text)
		}
		if err := os.WriteFile(path, spoilt, 0o644); err != nil {
			t.Fatal(err)
		}
		if v := reportjob(t, nil, "verify", path); v.status != exitUnexpected {
			t.Errorf("%s: %+v", new, v)
		}
	}
}

func TestBundleIsListedDescribedAndPlanned(t *testing.T) {
	environ := mondays(t, nil)
	var list []struct {
		Name       string
		Members    []string
		Configured bool
		Formats    []string
	}
	got := reportjob(t, environ, "list", "--json")
	if err := json.Unmarshal([]byte(got.stdout), &list); err != nil {
		t.Fatal(err)
	}
	last := list[len(list)-1]
	if last.Name != "monday-review" || len(last.Members) != 4 || !last.Configured || strings.Join(last.Formats, "") != "xlsx" {
		t.Errorf("%+v", last)
	}
	for _, test := range []struct {
		args string
		want []string
	}{
		{"describe monday-review", []string{"sipgate-balance", "as of the slot", "for the window", "previous-day"}},
		{"schedule monday-review -n 1", []string{"monday-review  Tue 2026-11-24 06:00:00 +0100"}},
		{"run --once --plan monday-review", []string{"monday-review: sierra-bibs", "/bibs", "wizart"}},
		{"check", []string{"monday-review  ok"}},
		{"check --live", []string{"monday-review  yes"}},
	} {
		got := reportjob(t, environ, strings.Fields(test.args)...)
		for _, want := range test.want {
			if strings.Contains(got.stdout, want) == (want == "wizart") || got.status != exitOK {
				t.Errorf("%s: no %q in\n%s%s", test.args, want, got.stdout, got.stderr)
			}
		}
	}
	environ = mondays(t, only("/summary", says(403)))
	if got := reportjob(t, environ, "check", "--live"); got.status != exitRefused || !strings.Contains(got.stdout, "secureaccess-summary: ") {
		t.Errorf("check --live: %d\n%s", got.status, got.stdout)
	}
	environ = with(mondays(t, nil), "SIERRA_CLIENT_SECRET", "")
	if got := reportjob(t, environ, "run", "--once"); got.status != exitConfig || !strings.Contains(got.stderr, "SIERRA_CLIENT_SECRET") {
		t.Errorf("without credentials: %d\n%s", got.status, got.stderr)
	}
	environ = append(mondays(t, nil), "PARAMS_SIPGATE_CALLS=offset=3")
	if got := reportjob(t, environ, "check"); got.status != exitConfig || !strings.Contains(got.stderr, "PARAMS_SIPGATE_CALLS") {
		t.Errorf("with a parameter that a report refuses: %d\n%s", got.status, got.stderr)
	}
}

func TestBundleTakesFlagsThatFitIt(t *testing.T) {
	environ := mondays(t, nil)
	if got := reportjob(t, environ, "run", "--once", "monday-review", "--format", "csv"); got.status != exitUsage || !strings.Contains(got.stderr, "one workbook") {
		t.Error(got)
	}
	got := reportjob(t, environ, "run", "--once", "monday-review", "--format", "csv,xlsx", "--from", "2026-11-16", "--to", "2026-11-18")
	if got.status != exitOK || !strings.Contains(got.stdout, "monday-review_2026-11-16--2026-11-17.xlsx") {
		t.Error(got)
	}
	environ = append(stand(t, nil), "BUNDLE_X=sipgate-users,sipgate-balance")
	if got := reportjob(t, environ, "run", "--once", "x", "--from", "2026-11-16", "--to", "2026-11-18"); got.status != exitUsage {
		t.Error(got)
	}
}

func TestWindowsOfABundleAreReadAgain(t *testing.T) {
	environ, _ := lateSandbox(t)
	environ = append(environ, "BUNDLE_CALLS=sipgate-calls,secureaccess-summary", "SCHEDULE_CALLS=0 5 * * *", "LOOKBACK_CALLS=1", "RETENTION_CALLS=2")
	for _, slot := range []string{"2026-11-20T05:00:00Z", "2026-11-21T05:00:00Z", "2026-11-22T05:00:00Z"} {
		if got := reportjob(t, environ, "run", "--once", "calls", "--slot", slot); got.status != exitOK {
			t.Fatal(got)
		} else if slot > "2026-11-21" && strings.Count(got.stdout, "calls ") != 2 {
			t.Errorf("%s", got.stdout)
		}
	}
	if got := names(t, environ, "calls"); strings.Count(got, "calls_2026-11") != 4 {
		t.Errorf("retention left %s", got)
	}
}

func TestMistakesInBundlesAreFoundByTheirVariables(t *testing.T) {
	for set, want := range map[string]string{
		"BUNDLE_X=sipgate-calls,sipgate-cals":         `BUNDLE_X: unknown report "sipgate-cals": did you mean sipgate-calls?`,
		"BUNDLE_X=SIPGATE_CALLS":                      `BUNDLE_X: unknown report "SIPGATE_CALLS": did you mean sipgate-calls?`,
		"BUNDLE_X=nothing-like-it-at-all-in-any-list": "BUNDLE_X: unknown report \"nothing-like-it-at-all-in-any-list\": `reportjob list`",
		"BUNDLE_X=sipgate-calls,,":                    "BUNDLE_X: expected names of reports with commas",
		"BUNDLE_X=sipgate-calls,sipgate-calls":        "BUNDLE_X: sipgate-calls stands twice",
		"BUNDLE_X=b":                                  "BUNDLE_X: b is a bundle",
		"BUNDLE_SIPGATE_CALLS=sipgate-users":          "BUNDLE_SIPGATE_CALLS: sipgate-calls is the name of a report",
		"BUNDLE_../Y=sipgate-users":                   "BUNDLE_../Y: expected letters and digits",
		"PARAMS_B=a=b":                                "PARAMS_B: a bundle has no parameters",
		"FORMATS_B=csv":                               "FORMATS_B: a bundle is one workbook: expected xlsx",
		"WINDOW_B=now":                                "WINDOW_B: secureaccess-summary is about what happened",
		"WINDOW_B=since-last":                         "WINDOW_B: since-last needs the schedule",
		"WINDOW_B=often":                              `WINDOW_B: window "often"`,
		"LOOKBACK_B=2":                                "LOOKBACK_B: sipgate-balance shows the present",
		"SCHEDULE_B=never":                            "SCHEDULE_B: ",
		"FILENAME_B=../x":                             "FILENAME_B: ",
		"RETENTION_B=x":                               "RETENTION_B: ",
		"SCHEDULE_BB=off":                             "SCHEDULE_BB: unknown variable",
		"BUNDEL_B=x":                                  "",
	} {
		environ := append(stand(t, nil), "BUNDLE_B=secureaccess-summary,sipgate-balance", set)
		got := reportjob(t, environ, "check", "b")
		if want == "" {
			if got.status != exitOK {
				t.Errorf("%s is none of ours: %s", set, got.stderr)
			}
			continue
		}
		if got.status != exitConfig || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: %d\n%s", set, got.status, got.stderr)
		}
	}
	environ := append(stand(t, nil), "BUNDLE_B=sipgate-users,sipgate-balance", "REPORTJOB_LOOKBACK=3", "REPORTJOB_FORMATS=csv", "FORMATS_B=XLSX")
	if got := reportjob(t, environ, "list"); got.status != exitOK || !strings.Contains(got.stdout, "B                                                sipgate                    now") && !strings.Contains(got.stdout, "now") {
		t.Error(got)
	}
	if got := reportjob(t, environ, "run", "--once", "b"); got.status != exitOK || !strings.Contains(got.stdout, "b_20261123T093015Z.xlsx") {
		t.Errorf("a bundle of the present: %+v", got)
	}
}

func TestStopLetsABundleFinishWithinTheGraceTime(t *testing.T) {
	asked, on := make(chan struct{}), make(chan struct{})
	environ := append(mondays(t, func(w http.ResponseWriter, r *http.Request, box http.Handler) {
		if strings.HasSuffix(r.URL.Path, "/balance") {
			close(asked)
			<-on
		}
		box.ServeHTTP(w, r)
	}), "REPORTJOB_CONCURRENCY=1", "BUNDLE_TWO=sipgate-balance,sipgate-users")
	signals := make(chan os.Signal, 2)
	var stdout, stderr safeBuffer
	done := make(chan int)
	go func() {
		done <- run(t.Context(), process{args: []string{"run", "--once", "two"}, environ: environ, stdout: &stdout, stderr: &stderr,
			now: func() time.Time { return testNow }, signals: signals})
	}()
	<-asked
	signals <- syscall.SIGTERM
	for !strings.Contains(stderr.String(), "nothing new starts") {
		time.Sleep(time.Millisecond)
	}
	close(on)
	if status := <-done; status != exitTerminated || !strings.Contains(stdout.String(), "complete") {
		t.Errorf("status %d\n%s\n%s", status, stdout.String(), stderr.String())
	}
}

func TestBundleStoppedAtOnceLeavesNothing(t *testing.T) {
	asked := make(chan struct{})
	environ := append(stand(t, only("/balance", func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	})), "BUNDLE_TWO=sipgate-balance,sipgate-users")
	signals := make(chan os.Signal, 2)
	var stdout, stderr safeBuffer
	done := make(chan int)
	go func() {
		done <- run(t.Context(), process{args: []string{"run", "--once", "two"}, environ: environ, stdout: &stdout, stderr: &stderr,
			now: func() time.Time { return testNow }, signals: signals})
	}()
	<-asked
	signals <- syscall.SIGINT
	if status := <-done; status != exitInterrupted || names(t, environ, "two") != "" {
		t.Errorf("status %d, left %q\n%s", status, names(t, environ, "two"), stderr.String())
	}
}
