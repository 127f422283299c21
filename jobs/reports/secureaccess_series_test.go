package reports

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

func TestSecureAccessSeriesHasThePartsThatItsParameterSays(t *testing.T) {
	s := newStandIn(t, sandbox.Options{})
	for _, name := range []string{"secureaccess-requests-by-timerange", "secureaccess-bandwidth-by-timerange"} {
		for choice, want := range map[string]int{"": 24, "minute": 24 * 60, "hour": 24, "day": 1} {
			params := url.Values{}
			if choice != "" {
				params.Set("timerange", choice)
			}
			run := saReadJob(t, saNamed(t, s, name), saSaturday(), params)
			if run.err != nil || run.verdict != jobs.Complete || len(run.rows) != want || len(run.warnings) > 0 {
				t.Errorf("%s by %q: %d rows, want %d, %s %q, %q, %v", name, choice, len(run.rows), want, run.verdict, run.evidence, run.warnings, run.err)
			}
		}
	}
}

func TestSecureAccessSeriesRefusesPartsThatTheAPIDoesNotHave(t *testing.T) {
	s := newStandIn(t, sandbox.Options{})
	for _, j := range saJobs(t, s) {
		if !strings.Contains(j.Info().Name, "-by-timerange") {
			continue
		}
		run := saReadJob(t, j, saSaturday(), url.Values{"timerange": {"week"}})
		var e *ParamError
		if !errors.As(run.err, &e) || e.Name != "timerange" || !strings.Contains(e.Text, "minute, hour, day") {
			t.Errorf("%s: %v", j.Info().Name, run.err)
		}
	}
	if s.gets.Load() != 0 {
		t.Errorf("%d requests", s.gets.Load())
	}
}

func TestSecureAccessSortsOfTrafficAreChosenWhereThePathDoesNot(t *testing.T) {
	s := newStandIn(t, sandbox.Options{})
	chosen := saReadJob(t, saNamed(t, s, "secureaccess-requests-by-timerange"), saSaturday(), url.Values{"x-traffic-type": {"dns"}})
	twin := saReadJob(t, saNamed(t, s, "secureaccess-requests-by-timerange-dns"), saSaturday(), nil)
	if chosen.err != nil || len(chosen.warnings) > 0 || fmt.Sprint(chosen.rows) != fmt.Sprint(twin.rows) {
		t.Errorf("%d and %d rows, warnings %q, %v", len(chosen.rows), len(twin.rows), chosen.warnings, chosen.err)
	}
	for _, j := range saJobs(t, s) {
		info := j.Info()
		if documented(info, secureaccess.TrafficType) && strings.HasPrefix(info.Name, "secureaccess-requests-by-timerange-") {
			t.Errorf("%s has its sort of traffic in its path", info.Name)
		}
	}
}

func TestSecureAccessHoursWithoutCategoriesDoNotDisappear(t *testing.T) {
	s := newStandIn(t, sandbox.Options{})
	run := saReadJob(t, saNamed(t, s, "secureaccess-categories-by-hour"), saSaturday(), url.Values{"threats": {"Emotet"}})
	hours := map[string]bool{}
	for _, row := range run.rows {
		hour, _, _ := strings.Cut(row, "|")
		hours[hour] = true
	}
	if run.err != nil || len(hours) != 24 {
		t.Errorf("%d hours, %v", len(hours), run.err)
	}
}

// Whatever an API answers in place of what it documents, no report may take it for "nothing happened".
func TestSecureAccessReportIsNeverEmptyBecauseOfAWrongAnswer(t *testing.T) {
	s := newStandIn(t, sandbox.Options{})
	for what, body := range map[string]string{
		"a page for people":        "<!DOCTYPE html><title>Login</title>",
		"half a document":          `{"data":[{"rank":1`,
		"a number for the data":    `{"data":7,"meta":{}}`,
		"records without fields":   `{"data":[{}],"meta":{}}`,
		"an object without fields": `{"data":{},"meta":{}}`,
	} {
		spoil := func(_ int, w http.ResponseWriter, _ *http.Request) bool {
			if strings.HasPrefix(body, "{") {
				w.Header().Set("Content-Type", "application/json")
			}
			fmt.Fprint(w, body)
			return true
		}
		s.spoil.Store(&spoil)
		for _, j := range saJobs(t, s) {
			info := j.Info()
			path := strings.TrimPrefix(info.Endpoint, "/reports/v2")
			if saHasWalkOfItsOwn(info) {
				path = "secureaccess: /" // of the list that tells what to ask for
			}
			run := saReadJob(t, j, saWindowOf(info), saParamsOf(t, s, info))
			if !refusedAs(run.err, rest.Unexpected) || !strings.Contains(run.err.Error(), path) {
				t.Errorf("%s, %s: %d rows, %v", info.Name, what, len(run.rows), run.err)
			}
		}
	}
}
