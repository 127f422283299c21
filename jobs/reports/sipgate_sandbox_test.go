package reports

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/clients/sipgate"
	"github.com/reportjob/reportjob/jobs"
)

func sipgateReports(t *testing.T, s *standIn) []jobs.Job {
	t.Helper()
	return Sipgate(sipgate.New(sipgate.Config{
		BaseURL: s.address(t, "SIPGATE_BASE_URL"),
		TokenID: s.env["SIPGATE_TOKEN_ID"],
		Token:   rest.NewSecret(s.env["SIPGATE_TOKEN"]),
		Rate:    -1,
	}))
}

// sipgateByHand walks the sandbox's history in pages of 100 and gives the ids of a day's entries.
func sipgateByHand(t *testing.T, s *standIn, day time.Time, types ...string) []string {
	t.Helper()
	var ids []string
	for _, archived := range []string{"false", "true"} {
		for offset := 0; ; {
			var answer struct {
				Items []struct {
					ID      string    `json:"id"`
					Created time.Time `json:"created"`
				} `json:"items"`
			}
			q := url.Values{"archived": {archived}, "types": types, "limit": {"100"}, "offset": {strconv.Itoa(offset)}}
			askSandbox(t, s.env["SIPGATE_BASE_URL"]+"/history?"+q.Encode(), func(r *http.Request) {
				r.SetBasicAuth(s.env["SIPGATE_TOKEN_ID"], s.env["SIPGATE_TOKEN"])
			}, &answer)
			if offset += len(answer.Items); len(answer.Items) == 0 {
				break
			}
			for _, e := range answer.Items {
				if !e.Created.Before(day) && e.Created.Before(day.AddDate(0, 0, 1)) {
					ids = append(ids, e.ID)
				}
			}
		}
	}
	slices.Sort(ids)
	return ids
}

func TestSipgateReportsHoldWhatTheSandboxHolds(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	list := sipgateReports(t, s)
	day := time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC)
	for report, types := range map[string][]string{
		"sipgate-history":    nil,
		"sipgate-calls":      {"CALL"},
		"sipgate-faxes":      {"FAX"},
		"sipgate-sms":        {"SMS"},
		"sipgate-voicemails": {"VOICEMAIL"},
	} {
		o := runReport(t, list, report, "2026-11-19", nil)
		slices.Sort(o.cells)
		if o.err != nil || o.rows == 0 || o.verdict != jobs.Complete {
			t.Errorf("%s: %d rows, %s (%v): %v", report, o.rows, o.verdict, o.evidence, o.err)
		}
		if want := sipgateByHand(t, s, day, types...); !slices.Equal(o.cells, want) {
			t.Errorf("%s: %d rows, by hand %d", report, o.rows, len(want))
		}
	}
	for report, rows := range map[string]int{"sipgate-account": 1, "sipgate-balance": 1, "sipgate-users": 14} {
		if o := runReport(t, list, report, "now", nil); o.err != nil || o.rows != rows || o.verdict != jobs.Complete || o.account == "" {
			t.Errorf("%s: %d rows, want %d, %s of %q: %v", report, o.rows, rows, o.verdict, o.account, o.err)
		}
	}
}

func TestSipgateHistoryOfAllTimeComesWithTheWindowNow(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{Scale: 0.3})
	o := runReport(t, sipgateReports(t, s), "sipgate-history", "now", nil)
	if o.err != nil || o.rows < 1000 || o.verdict != jobs.Complete {
		t.Errorf("%d rows, %s (%v): %v", o.rows, o.verdict, o.evidence, o.err)
	}
}

func TestSipgateFiltersReachTheAPI(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	list := sipgateReports(t, s)
	all := runReport(t, list, "sipgate-calls", "2026-11-19", nil)
	sum := 0
	for _, direction := range []string{"INCOMING", "OUTGOING", "MISSED_INCOMING", "MISSED_OUTGOING"} {
		part := runReport(t, list, "sipgate-calls", "2026-11-19", url.Values{"directions": {direction}})
		if part.err != nil || part.rows == all.rows {
			t.Errorf("%s: %d rows of %d: %v", direction, part.rows, all.rows, part.err)
		}
		sum += part.rows
	}
	if sum != all.rows {
		t.Errorf("the directions add up to %d, want %d", sum, all.rows)
	}
}

func TestSipgateSurvivesWhatPasses(t *testing.T) {
	t.Parallel()
	want := runReport(t, sipgateReports(t, newStandIn(t, sandbox.Options{})), "sipgate-calls", "2026-11-19", nil)
	for name, fault := range map[string]http.HandlerFunc{
		"429": status(http.StatusTooManyRequests), "500": status(http.StatusInternalServerError), "503": status(http.StatusServiceUnavailable), "504": status(http.StatusGatewayTimeout), "a cut body": cut,
	} {
		for n := range 6 {
			s := newStandIn(t, sandbox.Options{})
			s.spoilt(n+1, fault)
			o := runReport(t, sipgateReports(t, s), "sipgate-calls", "2026-11-19", nil)
			if o.err != nil || o.rows != want.rows || o.verdict != jobs.Complete {
				t.Errorf("%s at request %d: %d rows, want %d, %s: %v", name, n+1, o.rows, want.rows, o.verdict, o.err)
			}
		}
	}
}

func TestSipgateFailsAsItShould(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault http.HandlerFunc
		kind  rest.Kind
	}{
		"a page for people": {page, rest.Unexpected},
		"a refused token":   {status(http.StatusUnauthorized), rest.Refused},
		"a missing scope":   {status(http.StatusForbidden), rest.Refused},
		"a bad request":     {status(http.StatusBadRequest), rest.Rejected},
	} {
		s := newStandIn(t, sandbox.Options{})
		s.spoilt(4, c.fault) // The first page of the inbox, behind userinfo, account and groups.
		o := runReport(t, sipgateReports(t, s), "sipgate-calls", "2026-11-19", nil)
		if !refusedAs(o.err, c.kind) || o.rows != 0 {
			t.Errorf("%s: %d rows, %v", name, o.rows, o.err)
		}
	}
}

func TestSipgateRefusesParametersThatTheReportSets(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	list := sipgateReports(t, s)
	for report, params := range map[string]url.Values{
		"sipgate-calls":   {"types": {"FAX"}},
		"sipgate-history": {"archived": {"true"}},
		"sipgate-faxes":   {"from": {"2026-01-01T00:00:00Z"}},
	} {
		if o := runReport(t, list, report, "2026-11-19", params); o.err == nil || o.rows > 0 {
			t.Errorf("%s with %v: %d rows, %v", report, params, o.rows, o.err)
		}
	}
	if s.gets.Load() > 0 {
		t.Errorf("%d requests were sent", s.gets.Load())
	}
	faxes := runReport(t, list, "sipgate-history", "2026-11-19", url.Values{"types": {"FAX"}})
	if want := runReport(t, list, "sipgate-faxes", "2026-11-19", nil); faxes.err != nil || faxes.rows != want.rows {
		t.Errorf("types=FAX: %d rows, want %d: %v", faxes.rows, want.rows, faxes.err)
	}
}
