package reports

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/internal/raced"
	"github.com/reportjob/reportjob/jobs"
)

// regexpScope finds the scope in an error.
var regexpScope = regexp.MustCompile(`[a-z:]+:read`)

// sipgateTable runs a report and gives its rows, every cell as text, by the names of the columns.
func sipgateTable(t *testing.T, s *standIn, name, day string, params url.Values, limit int) ([]map[string]string, *jobs.Proof, error) {
	t.Helper()
	job := byName(t, sipgateReports(t, s), name)
	r := jobs.Request{Window: window(t, day, time.UTC), Zone: time.UTC, Params: params, Limit: limit, Proof: new(jobs.Proof)}
	ctx := raced.Context(t)
	var rows []map[string]string
	columns := job.Table(params)
	for row, err := range job.Rows(ctx, r) {
		if err != nil {
			return rows, r.Proof, err
		}
		cells := map[string]string{}
		for i, c := range columns {
			cells[c.Name] = string(row[i].Append(nil, time.UTC))
		}
		rows = append(rows, cells)
	}
	return rows, r.Proof, nil
}

// sipgateIDs asks the sandbox by hand for a list and gives what stands in a field of each item.
func sipgateIDs(t *testing.T, s *standIn, path, envelope, field string) (ids []string) {
	t.Helper()
	answer := map[string]any{}
	askSandbox(t, s.env["SIPGATE_BASE_URL"]+path, func(r *http.Request) {
		r.SetBasicAuth(s.env["SIPGATE_TOKEN_ID"], s.env["SIPGATE_TOKEN"])
	}, &answer)
	for _, item := range answer[envelope].([]any) {
		ids = append(ids, fmt.Sprint(item.(map[string]any)[field]))
	}
	return ids
}

// each asks for the lists of all owners.
func sipgateEachOwner(t *testing.T, s *standIn, owners, path string) (ids []string) {
	t.Helper()
	for _, owner := range sipgateIDs(t, s, owners, "items", "id") {
		ids = append(ids, sipgateIDs(t, s, strings.ReplaceAll(path, "{}", owner), "items", "id")...)
	}
	return ids
}

func TestEverySipgateListHoldsWhatTheSandboxHolds(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{Scale: 0.2})
	all := func(path, field string) []string { return sipgateIDs(t, s, path, "items", field) }
	for report, want := range map[string]struct {
		column string
		ids    []string
	}{
		"sipgate-users":             {"id", all("/users", "id")},
		"sipgate-numbers":           {"id", all("/numbers", "id")},
		"sipgate-contacts":          {"id", all("/contacts", "id")},
		"sipgate-internal-contacts": {"id", all("/contacts/internal", "id")},
		"sipgate-blacklist":         {"number", all("/blacklist/incoming", "phoneNumber")},
		"sipgate-portings":          {"id", all("/portings", "id")},
		"sipgate-addresses":         {"id", all("/addresses", "id")},
		"sipgate-groups":            {"id", all("/groups", "id")},
		"sipgate-voicemail-boxes":   {"id", all("/voicemails", "id")},
		"sipgate-group-members":     {"user_id", sipgateEachOwner(t, s, "/groups", "/groups/{}/users")},
		"sipgate-devices":           {"id", sipgateEachOwner(t, s, "/users", "/{}/devices")},
		"sipgate-phonelines":        {"id", sipgateEachOwner(t, s, "/users", "/{}/phonelines")},
		"sipgate-faxlines":          {"id", append(sipgateEachOwner(t, s, "/users", "/{}/faxlines"), all("/groupfaxlines", "id")...)},
		"sipgate-sms-extensions":    {"id", sipgateEachOwner(t, s, "/users", "/{}/sms")},
	} {
		rows, proof, err := sipgateTable(t, s, report, "now", nil, 0)
		if err != nil {
			t.Errorf("%s: %v", report, err)
			continue
		}
		var got []string
		for _, row := range rows {
			got = append(got, row[want.column])
		}
		verdict, evidence, warnings, account := proof.Result()
		if !slices.Equal(got, want.ids) || len(got) == 0 {
			t.Errorf("%s: %d rows, by hand %d: %q, %q", report, len(got), len(want.ids), got, want.ids)
		}
		if verdict != jobs.Complete || len(warnings) > 0 || account == "" {
			t.Errorf("%s: %s of %q (%v), warnings %v", report, verdict, account, evidence, warnings)
		}
	}
	for report, path := range map[string][2]string{"sipgate-running-calls": {"/calls", "data"}, "sipgate-webhook-log": {"/log/webhooks", "items"}, "sipgate-channels": {"/channels", "items"}} {
		rows, proof, err := sipgateTable(t, s, report, "now", nil, 0)
		verdict, _, _, _ := proof.Result()
		if things := sipgateIDs(t, s, path[0], path[1], "x"); err != nil || len(rows) < len(things) || len(rows) == 0 || verdict != jobs.Complete {
			t.Errorf("%s: %d rows for %d things, %s: %v", report, len(rows), len(things), verdict, err)
		}
	}
}

func TestNoSecretOfTheTelephoneAccountIsInAnyReport(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{Scale: 0.2})
	for _, j := range sipgateReports(t, s) {
		day := "2026-11-19"
		if j.Info().Every == jobs.Now {
			day = "now"
		}
		rows, _, err := sipgateTable(t, s, j.Info().Name, day, url.Values{"personal": {"true"}}, 0)
		if err != nil || len(rows) == 0 {
			t.Errorf("%s: %d rows: %v", j.Info().Name, len(rows), err)
		}
		for _, row := range rows {
			for column, cell := range row {
				if strings.Contains(cell, sandbox.SipgateSecretMark) {
					t.Errorf("%s: column %s holds a secret: %q", j.Info().Name, column, cell)
				}
			}
		}
	}
}

func TestCallStatisticsAddUpToTheCalls(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	const window = "2026-11-17T00:00:00Z to 2026-11-20T00:00:00Z"
	type key struct{ day, line, direction string }
	type sum struct{ calls, answered, missed, talk int }
	want := map[key]sum{}
	calls, _, err := sipgateTable(t, s, "sipgate-calls", window, nil, 0)
	if err != nil || len(calls) < 300 {
		t.Fatalf("%d calls: %v", len(calls), err)
	}
	for _, call := range calls {
		k := key{call["started"][:10], call["lines"], strings.TrimPrefix(call["direction"], "MISSED_")}
		w := want[k]
		w.calls++
		if call["answered"] == "true" {
			var seconds int
			_, _ = fmt.Sscan(call["duration"], &seconds)
			w.answered, w.talk = w.answered+1, w.talk+seconds
		} else {
			w.missed++
		}
		want[k] = w
	}
	rows, proof, err := sipgateTable(t, s, "sipgate-call-statistics", window, nil, 0)
	if verdict, evidence, _, _ := proof.Result(); err != nil || verdict != jobs.Complete {
		t.Fatalf("%s (%v): %v", verdict, evidence, err)
	}
	got := map[key]sum{}
	for _, row := range rows {
		var w sum
		_, _ = fmt.Sscan(row["calls"]+" "+row["answered"]+" "+row["missed"]+" "+row["talk_total"], &w.calls, &w.answered, &w.missed, &w.talk)
		got[key{row["day"], row["line"], row["direction"]}] = w
	}
	if !maps.Equal(got, want) || len(got) != len(rows) || len(rows) < 30 {
		t.Errorf("%d rows, want %d: %v, want %v", len(rows), len(want), got, want)
	}
}

func TestEachKindOfAccountIsToldWhatItDoesNotHave(t *testing.T) {
	t.Parallel()
	type refusals map[string]string
	classicOnly := refusals{"sipgate-groups": "only classic accounts", "sipgate-group-members": "only classic accounts", "sipgate-phonelines": "only classic accounts"}
	for _, c := range []struct {
		system  sandbox.SipgateSystem
		refused refusals
		calls   jobs.Verdict
		apps    bool
	}{
		{sandbox.SipgateClassic, refusals{"sipgate-channels": "only accounts on sipgate's new system (neo) have channels"}, jobs.Complete, false},
		{sandbox.SipgateNeo, classicOnly, jobs.Truncated, true},
		{sandbox.SipgateMoved, classicOnly, jobs.Complete, true},
	} {
		s := newStandIn(t, sandbox.Options{Sipgate: c.system, Scale: 0.3})
		for _, j := range sipgateReports(t, s) {
			name, day := j.Info().Name, "2026-11-19"
			if j.Info().Every == jobs.Now {
				day = "now"
			}
			rows, proof, err := sipgateTable(t, s, name, day, nil, 0)
			says, refused := c.refused[name]
			if refused != (err != nil) || refused && (!refusedAs(err, rest.Refused) || !strings.Contains(err.Error(), says) || len(rows) > 0) {
				t.Errorf("system %d, %s: %d rows, %v; want %q", c.system, name, len(rows), err, says)
			}
			verdict, evidence, warnings, _ := proof.Result()
			switch name {
			case "sipgate-calls", "sipgate-call-statistics":
				if verdict != c.calls || (c.calls == jobs.Truncated) != (len(rows) == 0) {
					t.Errorf("system %d, %s: %d rows, %s (%v), want %s", c.system, name, len(rows), verdict, evidence, c.calls)
				}
				if c.system == sandbox.SipgateMoved && !strings.Contains(strings.Join(warnings, " "), "new system (neo)") {
					t.Errorf("%s: no warning of the new system: %v", name, warnings)
				}
			case "sipgate-history":
				if c.system == sandbox.SipgateNeo && verdict != jobs.Truncated {
					t.Errorf("%s without calls is %s", name, verdict)
				}
			case "sipgate-faxes", "sipgate-sms", "sipgate-voicemails":
				if verdict != jobs.Complete {
					t.Errorf("system %d, %s: %s (%v)", c.system, name, verdict, evidence)
				}
			case "sipgate-devices":
				if has := slices.ContainsFunc(rows, func(r map[string]string) bool { return r["type"] == "DESKTOP_APP" }); has != c.apps {
					t.Errorf("system %d, %s: apps %v, want %v", c.system, name, has, c.apps)
				}
			}
		}
	}
}

func TestATrialOfASipgateReportTakesThreeRequestsAtMost(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{Scale: 0.2})
	for _, j := range sipgateReports(t, s) {
		day := "2026-11-19"
		if j.Info().Every == jobs.Now {
			day = "now"
		}
		before := s.gets.Load()
		_, _, err := sipgateTable(t, s, j.Info().Name, day, nil, 1)
		if asked := s.gets.Load() - before; err != nil || asked > 3 {
			t.Errorf("%s: %d requests: %v", j.Info().Name, asked, err)
		}
	}
}

func TestNoSipgateReportIsMadeOfAWrongAnswer(t *testing.T) {
	t.Parallel()
	wrong := map[string]string{"a list": `[]`, "an object without anything": `{}`, "a list that is none": `{"items":7,"data":7,"totalCount":1}`,
		"an item without anything": `{"items":[{}],"data":[{}],"totalCount":1}`, "an item that is none": `{"items":["x"],"data":["x"],"totalCount":1}`}
	for name, body := range wrong {
		s := newStandIn(t, sandbox.Options{Scale: 0.2})
		spoil := func(_ int, w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/userinfo") {
				return false
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(body))
			return true
		}
		s.spoil.Store(&spoil)
		for _, j := range sipgateReports(t, s) {
			if j.Info().Every != jobs.Now {
				continue // The history has tests of its own.
			}
			rows, _, err := sipgateTable(t, s, j.Info().Name, "now", nil, 0)
			if !refusedAs(err, rest.Unexpected) || len(rows) > 0 {
				t.Errorf("%s of %s: %d rows, %v", j.Info().Name, name, len(rows), err)
			}
		}
	}
}

func TestARefusedSipgateReportNamesItsScope(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{Scale: 0.2})
	spoil := func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/userinfo") {
			return false
		}
		w.WriteHeader(http.StatusForbidden)
		return true
	}
	s.spoil.Store(&spoil)
	for _, j := range sipgateReports(t, s) {
		day := "2026-11-19"
		if j.Info().Every == jobs.Now {
			day = "now"
		}
		_, _, err := sipgateTable(t, s, j.Info().Name, day, nil, 0)
		scope := regexpScope.FindString(fmt.Sprint(err))
		if !refusedAs(err, rest.Refused) || scope == "" || !strings.Contains(j.Info().Scope, scope) {
			t.Errorf("%s needs %q: %v", j.Info().Name, j.Info().Scope, err)
		}
	}
}
