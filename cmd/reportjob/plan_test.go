package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
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

func TestWhatAReportNeedsIsSaidBeforeAnythingIsRequested(t *testing.T) {
	requests := 0
	environ := stand(t, func(w http.ResponseWriter, r *http.Request, box http.Handler) { requests++; box.ServeHTTP(w, r) })
	const connectors = "PARAMS_SECUREACCESS_APP_CONNECTORS_DETAILED_STATS_TIMERANGE"
	environ = with(with(environ, connectors, ""), "SIERRA_LOGIN", "")
	environ = append(environ, "WINDOW_SECUREACCESS_APP_DISCOVERY_APPLICATIONS=previous-week", "PARAMS_SIPGATE_CALLS=archived=true")
	reports := []string{"secureaccess-app-connectors-detailed-stats-timerange", "sierra-funds", "secureaccess-app-discovery-applications", "sipgate-calls", "wizart-brands"}
	for _, args := range [][]string{{"check"}, {"check", "--live"}, {"run", "--once"}, {"run", "--once", "--plan"}} {
		got := reportjob(t, environ, append(args, reports...)...)
		for _, text := range []string{
			connectors + `: parameter "agentids": is needed`, "SIERRA_LOGIN: is not set", `PARAMS_SIPGATE_CALLS: parameter "archived": both are read`,
			"WINDOW_SECUREACCESS_APP_DISCOVERY_APPLICATIONS: the API has the last 90 days together (now), or one day",
		} {
			if !strings.Contains(got.stderr, text) {
				t.Errorf("%q: no %q in\n%s", args, text, got.stderr)
			}
		}
		if got.status != exitConfig || requests > 0 {
			t.Errorf("%q: status %d, %d requests", args, got.status, requests)
		}
	}
	var results []checked
	got := reportjob(t, environ, append([]string{"check", "--json"}, reports...)...)
	if err := json.Unmarshal([]byte(got.stdout), &results); err != nil || len(results) != 6 || results[1].OK || results[4].OK || !results[5].OK {
		t.Errorf("%v, %s", err, got.stdout)
	}
}

func TestNoReportRequestsAnythingWhenItIsAskedWhatItRefuses(t *testing.T) {
	requests := 0
	environ := stand(t, func(w http.ResponseWriter, r *http.Request, box http.Handler) { requests++; box.ServeHTTP(w, r) })
	p, err := newProgram(&app{process: process{stderr: new(bytes.Buffer), now: time.Now}, redactor: rest.NewRedactor()}, environ)
	if err != nil || len(p.problems) > 0 {
		t.Fatal(err, p.problems)
	}
	if refused := p.needs(p.jobs, testNow); len(refused) > 0 || requests > 0 {
		t.Errorf("%d requests, refused %v", requests, refused)
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
