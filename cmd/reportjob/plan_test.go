package main

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestPlanSaysWhatARunTakesAndRequestsNothing(t *testing.T) {
	requests := 0
	environ := stand(t, func(w http.ResponseWriter, r *http.Request, box http.Handler) { requests++; box.ServeHTTP(w, r) })
	environ = with(with(environ, "SECUREACCESS_RATE", "5"), "SIERRA_RATE", "0.5")
	got := reportjob(t, append(environ, "PARAMS_SIERRA_CHECKOUTS=fields=default,canFreeze", "WINDOW_SIERRA_BIBS=now"), "run", "--once", "--plan",
		"secureaccess-summary", "secureaccess-total-requests", "sierra-checkouts", "sierra-bibs")
	if got.status != exitOK || requests != 0 {
		t.Fatalf("%d requests, %+v", requests, got)
	}
	for _, line := range []string{
		"secureaccess-summary 2026-11-22 /reports/v2/summary 1 or more 200ms or more",
		"secureaccess 2 or more 400ms or more 5 requests a second",
		"sierra 2 or more 4s or more 0.5 requests a second",
		"sierra-checkouts: the field canFreeze is computed for each hold",
		"sierra-bibs: with the window now, every record is read",
	} {
		if !strings.Contains(strings.Join(strings.Fields(got.stdout), " "), line) {
			t.Errorf("no %q in\n%s", line, got.stdout)
		}
	}
	got = reportjob(t, environ, "run", "--once", "--plan", "secureaccess-summary", "--from", "2026-10-01", "--to", "2026-11-01")
	for _, text := range []string{"begins more than 30 days ago", "the window has 31 days"} {
		if !strings.Contains(got.stdout, text) {
			t.Errorf("no %q in\n%s", text, got.stdout)
		}
	}
}

func TestCheckLiveNamesAClockThatIsWrong(t *testing.T) {
	environ := stand(t, func(w http.ResponseWriter, r *http.Request, box http.Handler) {
		if strings.HasPrefix(r.URL.Path, "/sierra/") {
			w.Header().Set("Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
		}
		if strings.HasPrefix(r.URL.Path, "/wizart/") {
			w.Header().Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
		}
		box.ServeHTTP(w, r)
	})
	got := reportjob(t, environ, "check", "--live", "sierra-token", "wizart-brands", "sipgate-users")
	if got.status != exitOK || strings.Contains(got.stdout, "sipgate: this machine's clock") {
		t.Errorf("%+v", got)
	}
	for _, text := range []string{`sierra: this machine's clock is (59m5\ds|1h0m0s) behind the API's`, `wizart: this machine's clock is (59m5\ds|1h0m0s) ahead of the API's`} {
		if !regexp.MustCompile(text).MatchString(got.stdout) {
			t.Errorf("no %s in\n%s", text, got.stdout)
		}
	}
	var results []checked
	got = reportjob(t, environ, "check", "--live", "--json", "sierra-token")
	if err := json.Unmarshal([]byte(got.stdout), &results); err != nil || len(results) != 2 || len(results[0].Notes) != 1 || !results[0].OK || len(results[0].Problems) != 0 {
		t.Errorf("%v in %s", err, got.stdout)
	}
}
