package reports

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/jobs"
)

func TestTheVerdictIsWhatThePagesProve(t *testing.T) {
	t.Parallel()
	offset := func(query url.Values) string { return query.Get("offset") }
	for _, c := range []struct {
		name, more string
		answer     func(query url.Values) string
		verdict    jobs.Verdict
		rows       int
	}{
		{"one answer without a total", "", func(url.Values) string { return `{"items":[{}]}` }, jobs.Unproven, 1},
		{"one answer that meets its total", "", func(url.Values) string { return `{"items":[{},{}],"totalCount":2}` }, jobs.Complete, 2},
		{"one answer below its total", "", func(url.Values) string { return `{"items":[{}],"totalCount":2}` }, jobs.Truncated, 1},
		{"pages to an empty one", "&paging=offset", func(q url.Values) string {
			return map[string]string{"0": `{"items":[{"n":1}]}`, "1": `{"items":[{"n":2}]}`, "2": `{"items":[]}`}[offset(q)]
		}, jobs.Complete, 2},
		{"a path that knows no pages", "&paging=offset", func(url.Values) string { return `{"items":[{"n":1}]}` }, jobs.Unproven, 1},
		{"a path that ignores the limit", "&paging=offset&limit=1", func(url.Values) string { return `{"items":[{},{}]}` }, jobs.Unproven, 2},
		{"a total that moves", "&paging=offset", func(q url.Values) string {
			return map[string]string{"0": `{"items":[{"n":1}],"totalCount":2}`, "1": `{"items":[{"n":2}],"totalCount":1}`}[offset(q)]
		}, jobs.Unproven, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			clients := ownServer(t, func(_ string, query url.Values) string { return c.answer(query) })
			_, o := ownRun(t, clients, "api=sipgate&path=/x&window=now&columns=n"+c.more, "now")
			if o.err != nil || o.verdict != c.verdict || o.rows != c.rows {
				t.Errorf("%d rows, %s %q, %v; want %d, %s", o.rows, o.verdict, o.evidence, o.err, c.rows, c.verdict)
			}
		})
	}
}

func TestRowsThatTheAPICountsAndDoesNotGiveAreMissingWhateverElseIsInDoubt(t *testing.T) {
	t.Parallel()
	const wizartPages, sipgatePages = "api=wizart&path=/x&paging=page", "api=sipgate&path=/x&paging=offset"
	for _, c := range []struct {
		name, definition string
		answer           func(query url.Values) string
		rows             int
		evidence         []string
	}{
		{"a page that comes again", wizartPages, func(url.Values) string {
			return `{"data":[{"n":"x"},{"n":"y"},{"n":"z"}],"meta":{"last_page":5,"total":15}}`
		}, 3, []string{"page 2 held the rows of the page before it again", "the API counts 15 rows and gave 3 (pages: 2)"}},
		{"an empty page before the last", wizartPages, func(q url.Values) string {
			if q.Get("page") == "2" {
				return `{"data":[],"meta":{"last_page":5,"total":15}}`
			}
			return `{"data":[{"n":"x"}],"meta":{"last_page":5,"total":15}}`
		}, 1, []string{"page 2 was empty, and not the last one", "the API counts 15 rows and gave 1 (pages: 2)"}},
		{"a limit that is ignored", sipgatePages + "&limit=1", func(url.Values) string {
			return `{"items":[{},{}],"totalCount":5}`
		}, 2, []string{"more rows came than were asked for", "the API counts 5 rows and gave 2 (pages: 1)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			clients := ownServer(t, func(_ string, query url.Values) string { return c.answer(query) })
			_, o := ownRun(t, clients, c.definition+"&window=now&columns=n", "now")
			if o.err != nil || o.verdict != jobs.Truncated || o.rows != c.rows || len(o.evidence) != len(c.evidence) {
				t.Fatalf("%d rows, %s %q, %v; want %d, truncated", o.rows, o.verdict, o.evidence, o.err, c.rows)
			}
			for i, says := range c.evidence {
				if !strings.Contains(o.evidence[i], says) {
					t.Errorf("evidence %q, want %q", o.evidence[i], says)
				}
			}
		})
	}
}

func TestATrialIsNotTruncatedByWhatItDoesNotAskFor(t *testing.T) {
	t.Parallel()
	clients := ownServer(t, func(string, url.Values) string { return `{"items":[{},{}],"totalCount":5}` })
	job, err := Own(clients, "own", "api=sipgate&path=/x&paging=offset&window=now&columns=n")
	if err != nil {
		t.Fatal(err)
	}
	r := jobs.Request{Window: window(t, "now", time.UTC), Zone: time.UTC, Limit: 1, Proof: new(jobs.Proof)}
	for _, err := range job.Rows(t.Context(), r) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if verdict, evidence, _, _ := r.Proof.Result(); verdict != jobs.Unproven || len(evidence) != 1 {
		t.Errorf("%s %q, want unproven: a trial", verdict, evidence)
	}
}

func TestATrialOfAnOwnReportAsksForOneSmallPage(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	clients := ownClients(t, s)
	for _, definition := range []string{
		"api=secureaccess&path=/activity/dns&columns=domain", "api=secureaccess&path=/top-urls&columns=url",
		"api=sipgate&path=/contacts&window=now&columns=id", "api=sierra&path=/items&window=now&columns=id",
		"api=wizart&path=/api/customer/articles&window=now&columns=uuid",
	} {
		job, err := Own(clients, "own", definition)
		if err != nil {
			t.Fatal(err)
		}
		day := "2026-11-20"
		if job.Info().Every == jobs.Now {
			day = "now"
		}
		before, rows := s.gets.Load(), 0
		r := jobs.Request{Window: window(t, day, time.UTC), Zone: time.UTC, Limit: 1, Proof: new(jobs.Proof)}
		for _, err := range job.Rows(t.Context(), r) {
			if err != nil {
				t.Fatalf("%s: %v", definition, err)
			}
			rows++
		}
		if verdict, _, _, _ := r.Proof.Result(); verdict != jobs.Unproven || rows == 0 || s.gets.Load()-before > 2 {
			t.Errorf("%s: %d rows, %s, %d requests", definition, rows, verdict, s.gets.Load()-before)
		}
	}
}

func TestAnAnswerWithoutTheRowsNamesWhatItHas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rows, answer, want string }{
		{"items", `{"data":[],"meta":{}}`, "rows: items is missing: the answer has data, meta"},
		{"items", `{"items":"x"}`, "rows: items: a text where a list was expected"},
		{"items", `[]`, "the record: a list where an object was expected"},
		{"", `7`, "rows: .: a number where a list was expected"},
		{"data", `{"data":null,"meta":{}}`, "rows: data: null where a list was expected"},
		{"a.b", `{"a":{"b":null}}`, "rows: a.b: null where a list was expected"},
		{"a.b", `{"a":null}`, "rows: a: null where an object was expected"},
		{"a.b", `{"a":{"c":null}}`, "rows: a.b is missing: the answer has a"},
		{"a.1.b", `{"a":[{},{"b":null}]}`, "rows: a.1.b: null where a list was expected"},
		{"a.1.b", `{"a":[{}]}`, "rows: a.1.b is missing"},
		{"", `null`, "the record: null where a list was expected"},
	} {
		clients := ownServer(t, func(string, url.Values) string { return c.answer })
		_, o := ownRun(t, clients, "api=sipgate&path=/x&window=now&columns=n&rows="+c.rows, "now")
		if !refusedAs(o.err, rest.Unexpected) || !strings.Contains(o.err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", c.answer, o.err, c.want)
		}
	}
}
