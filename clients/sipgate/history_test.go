package sipgate

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// pbx is a telephone account with a history that may change between two requests.
type pbx struct {
	account, groups string // the answers' bodies, as canned has them
	entries         []row
	page            int  // the most that a page holds
	exclusive       bool // whether the bounds of time are themselves left out
	lost            int  // how many entries totalCount counts that never come; negative where it counts too few
	lostIn          bool // in the archive, else in the inbox
	skips           int  // how many entries each page but the first leaves out in front
	before          func(p *pbx, request int)

	mu      sync.Mutex
	queries []url.Values
}

type row struct {
	id       string
	at       time.Time
	kind     string
	archived bool
}

const (
	classicGroups = `{"items":[]}`
	neoGroups     = "403 This endpoint requires a sipgate Classic PBX Account"
	keepsAll      = `{"company":"Firma","mainProductType":"TEAM","historyLifeTime":"UNLIMITED"}`
)

var day = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

// calls are n calls, newest first, a minute apart, the archived ones being those that archived names.
func calls(n int, archived ...int) []row {
	var list []row
	for i := range n {
		list = append(list, row{fmt.Sprint(1000 - i), day.Add(20*time.Hour - time.Duration(i)*time.Minute), Call, slices.Contains(archived, i)})
	}
	return list
}

func (p *pbx) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != HistoryPath {
		(&canned{answers: map[string]string{UserinfoPath: `{"sub":"w0","domain":"sipgate.de","masterSipId":"7"}`,
			AccountPath: p.account, GroupsPath: p.groups}}).ServeHTTP(w, r)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.before != nil {
		p.before(p, len(p.queries)+1)
	}
	p.queries = append(p.queries, r.URL.Query())
	rows := p.find(r.URL.Query())
	total := len(rows)
	if p.lost != 0 && r.URL.Query().Get("archived") == strconv.FormatBool(p.lostIn) {
		total += p.lost
	}
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	if offset > 0 {
		offset += p.skips
	}
	rows = rows[min(offset, len(rows)):]
	items := []map[string]any{}
	for _, e := range rows[:min(limit, p.page, len(rows))] {
		items = append(items, map[string]any{"id": e.id, "type": e.kind, "created": e.at.Format(time.RFC3339), "archived": e.archived})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"items": items, "totalCount": total})
}

func (p *pbx) find(q url.Values) []row {
	var rows []row
	for _, e := range p.entries {
		if strconv.FormatBool(e.archived) == q.Get("archived") && p.within(e.at, q) && (len(q["types"]) == 0 || slices.Contains(q["types"], e.kind)) {
			rows = append(rows, e)
		}
	}
	return rows
}

func (p *pbx) within(at time.Time, q url.Values) bool {
	from, _ := time.Parse(time.RFC3339, q.Get("from"))
	to, _ := time.Parse(time.RFC3339, q.Get("to"))
	if p.exclusive {
		return at.After(from) && at.Before(to)
	}
	return !at.Before(from) && !at.After(to)
}

// read reads a day of the account's calls and says which entries came, and what was said.
func read(t *testing.T, p *pbx) (ids []string, said *progress) {
	t.Helper()
	if p.page == 0 {
		p.page = 3
	}
	if p.account == "" {
		p.account = keepsAll
	}
	if p.groups == "" {
		p.groups = classicGroups
	}
	said = &progress{}
	for e, err := range serve(t, p).History(t.Context(), HistoryQuery{Types: []string{Call}, From: day, To: day.AddDate(0, 0, 1)}, said) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, string(e.ID))
	}
	return ids, said
}

// worst is the worst verdict that was said.
func (p *progress) worst() string {
	for _, verdict := range []string{"truncated", "unproven", "complete"} {
		if slices.ContainsFunc(p.said, func(s string) bool { return strings.HasPrefix(s, verdict+":") }) {
			return verdict
		}
	}
	return ""
}

func wantIDs(t *testing.T, got []string, n int) {
	t.Helper()
	want := []string{}
	for _, r := range calls(n) {
		want = append(want, r.id)
	}
	slices.Sort(want)
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("came %q, want %q", got, want)
	}
}

func TestEveryPageOfInboxAndArchiveIsRead(t *testing.T) {
	t.Parallel()
	ids, said := read(t, &pbx{entries: calls(10, 7, 8, 9)})
	wantIDs(t, ids, 10)
	if said.worst() != "complete" || !said.has("inbox: the API's total of 7 was met (pages: 3)") || !said.has("archive: the API's total of 3 was met (pages: 1)") {
		t.Errorf("said %q", said.said)
	}
	if !said.has("account: w0 at sipgate.de, account 7 (Firma)") {
		t.Errorf("whose history it is: %q", said.said)
	}
}

func TestEntriesThatMoveWhileTheHistoryIsReadComeOnce(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(*pbx, int){
		"one of the first page is archived, so that the second page begins too late": func(p *pbx, request int) {
			if request == 2 {
				p.entries[0].archived = true
			}
		},
		"one of the archive goes back to the inbox that was read already": func(p *pbx, request int) {
			if request == 4 {
				p.entries[9].archived = false
			}
		},
		"one that came is archived before the archive is read": func(p *pbx, request int) {
			if request == 4 {
				p.entries[3].archived = true
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ids, said := read(t, &pbx{entries: calls(10, 7, 8, 9), before: before})
			wantIDs(t, ids, 10)
			if said.worst() != "complete" {
				t.Errorf("said %q", said.said)
			}
		})
	}
}

func TestAHistoryThatNeverStandsStillIsUnproven(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(*pbx, int){
		"entries go": func(p *pbx, request int) {
			if request%3 == 2 {
				p.entries = p.entries[1:]
			}
		},
		"entries come": func(p *pbx, request int) {
			p.entries = append([]row{{fmt.Sprint(2000 + request), day.Add(21 * time.Hour), Call, false}}, p.entries...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ids, said := read(t, &pbx{entries: calls(12), before: before})
			if said.worst() != "unproven" || !said.has("changed while it was read, in each of 3 readings") {
				t.Errorf("said %q", said.said)
			}
			if slices.Sort(ids); len(slices.Compact(slices.Clone(ids))) != len(ids) {
				t.Errorf("an entry came twice: %q", ids)
			}
		})
	}
}

func TestAHistoryShorterThanItsTotalIsTruncated(t *testing.T) {
	t.Parallel()
	ids, said := read(t, &pbx{entries: calls(4, 3), lost: 2, lostIn: true})
	wantIDs(t, ids, 4)
	if said.worst() != "truncated" || !said.has("archive: the API counts 3 and gave 1, in each of 3 readings") {
		t.Errorf("said %q", said.said)
	}
}

func TestEntriesThatPagesLeaveOutAreKnownToBeMissing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ skips, rows int }{"all but the first page are empty": {1000, 5}, "pages begin too late": {2, 11}} {
		ids, said := read(t, &pbx{entries: calls(12), page: 5, skips: c.skips})
		if len(ids) != c.rows || said.worst() != "truncated" || !said.has(fmt.Sprintf("inbox: the API counts 12 and gave %d, in each of 3 readings", c.rows)) {
			t.Errorf("%s: came %q, said %q", name, ids, said.said)
		}
	}
}

func TestATotalBelowTheEntriesThatCameDoesNotEndTheHistory(t *testing.T) {
	t.Parallel()
	ids, said := read(t, &pbx{entries: calls(12), page: 5, lost: -10})
	wantIDs(t, ids, 12)
	if said.worst() != "unproven" || !said.has("inbox: the API counts 2 and gave 12, in each of 3 readings: its total is not to be believed") {
		t.Errorf("said %q", said.said)
	}
}

func TestTheWindowIsHalfOpenWhateverTheAPITakesItsBoundsFor(t *testing.T) {
	t.Parallel()
	entries := []row{
		{"behind", day.AddDate(0, 0, 1), Call, false},
		{"last", day.AddDate(0, 0, 1).Add(-time.Second), Call, false},
		{"first", day, Call, false},
		{"in front", day.Add(-time.Second), Call, false},
	}
	for _, exclusive := range []bool{false, true} {
		ids, said := read(t, &pbx{entries: entries, exclusive: exclusive})
		if !slices.Equal(ids, []string{"last", "first"}) || said.worst() != "complete" {
			t.Errorf("exclusive %v: came %q, said %q", exclusive, ids, said.said)
		}
	}
}

func TestFiltersAreRepeatedAndTheReportSetsItsOwn(t *testing.T) {
	t.Parallel()
	p := &pbx{entries: calls(1), page: 1, account: keepsAll, groups: classicGroups}
	q := HistoryQuery{Types: []string{Call, Fax}, From: day, To: day.Add(time.Hour + time.Millisecond),
		Filter: url.Values{"directions": {"INCOMING", "OUTGOING"}, "limit": {"5"}, "archived": {"true"}}}
	for _, err := range serve(t, p).History(t.Context(), q, &progress{}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := "archived=false&directions=INCOMING&directions=OUTGOING&from=2026-11-20T23%3A59%3A59Z&limit=1000&offset=0" +
		"&to=2026-11-21T01%3A00%3A01Z&types=CALL&types=FAX"
	if got := p.queries[0].Encode(); got != want {
		t.Errorf("asked\n%s, want\n%s", got, want)
	}
}

func TestAHistoryWithoutCallsIsJudgedByTheKindOfAccount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		groups  string
		entries []row
		verdict string
		says    string
	}{
		{classicGroups, nil, "complete", "total of 0 was met"},
		{neoGroups, nil, "truncated", "which keeps calls in channels"},
		{neoGroups, calls(1), "complete", "warning: the account is on sipgate's new system"},
		{"403 ", nil, "unproven", "the token lacks groups:read"},
		{"403 ", calls(1), "complete", "total of 1 was met"},
	} {
		_, said := read(t, &pbx{groups: c.groups, entries: c.entries})
		if said.worst() != c.verdict || !said.has(c.says) {
			t.Errorf("%q, %d calls: said %q, want %s with %q", c.groups, len(c.entries), said.said, c.verdict, c.says)
		}
	}
}

func TestFaxesNeedNoAnswerAboutGroups(t *testing.T) {
	t.Parallel()
	server := &canned{answers: map[string]string{
		UserinfoPath: `{"sub":"w0","domain":"sipgate.de"}`, AccountPath: keepsAll, GroupsPath: neoGroups, HistoryPath: `{"items":[],"totalCount":0}`,
	}}
	said := &progress{}
	for range serve(t, server).History(t.Context(), HistoryQuery{Types: []string{Fax}, From: day, To: day.AddDate(0, 0, 1)}, said) {
	}
	if slices.Contains(server.asked, GroupsPath) || said.worst() != "complete" {
		t.Errorf("asked %q, said %q", server.asked, said.said)
	}
}

func TestWhatTheAccountNoLongerKeepsIsTruncated(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keeps   string
		age     time.Duration // of the window's beginning
		entries []row
		verdict string
	}{
		{KeepsUnlimited, 400 * 24 * time.Hour, nil, "complete"},
		{KeepsThirtyDays, 29 * 24 * time.Hour, nil, "complete"},
		{KeepsThirtyDays, 31 * 24 * time.Hour, calls(1), "truncated"},
		{KeepsNone, time.Hour, nil, "truncated"},
		{KeepsNone, time.Hour, calls(1), "complete"},
		{"", 400 * 24 * time.Hour, nil, "complete"},
	} {
		client := serve(t, &pbx{page: 3, groups: classicGroups, entries: c.entries, account: `{"mainProductType":"TEAM","historyLifeTime":"` + c.keeps + `"}`})
		client.now = func() time.Time { return day.Add(c.age) }
		said := &progress{}
		for _, err := range client.History(t.Context(), HistoryQuery{From: day, To: day.AddDate(0, 0, 1)}, said) {
			if err != nil {
				t.Fatal(err)
			}
		}
		if said.worst() != c.verdict {
			t.Errorf("%s, %v old, %d entries: said %q, want %s", c.keeps, c.age, len(c.entries), said.said, c.verdict)
		}
	}
}

func TestATokenThatMayReadTheHistoryAloneIsEnough(t *testing.T) {
	t.Parallel()
	ids, said := read(t, &pbx{entries: calls(2), account: "403 ", groups: "403 "})
	wantIDs(t, ids, 2)
	if said.worst() != "complete" || !said.has("warning: the token lacks account:read") {
		t.Errorf("said %q", said.said)
	}
}

func TestATrialIsOneRequest(t *testing.T) {
	t.Parallel()
	p := &pbx{entries: calls(10), page: 1000}
	n := 0
	for _, err := range serve(t, p).History(t.Context(), HistoryQuery{From: day, To: day.AddDate(0, 0, 1), Limit: 2}, &progress{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 2 || len(p.queries) != 1 || p.queries[0].Get("limit") != "2" {
		t.Errorf("%d rows, asked %v", n, p.queries)
	}
}

func TestAConsumerMayStopAtAnyRow(t *testing.T) {
	t.Parallel()
	p := &pbx{entries: calls(10), page: 3, account: keepsAll, groups: classicGroups}
	for range serve(t, p).History(t.Context(), HistoryQuery{From: day, To: day.AddDate(0, 0, 1)}, &progress{}) {
		break
	}
	if len(p.queries) != 1 {
		t.Errorf("%d pages were asked for, want 1", len(p.queries))
	}
}

func TestPagesThatAreNotWhatIsDocumentedAreUnexpected(t *testing.T) {
	t.Parallel()
	const good = `{"id":"1","type":"CALL","created":"2026-11-21T10:00:00Z"}`
	const long = `{"id":"2","type":"CALL","created":"2026-11-21T10:00:00Z","duration":9223372037}`
	for body, says := range map[string]string{
		`{"totalCount":0}`: "page 1 has no items",
		`{"items":[]}`:     "page 1 has no totalCount",
		`{"items":[` + good + `,{}],"totalCount":2}`:                                "page 1: items[1]: no id",
		`{"items":[{"id":"1","type":"CALL"}],"totalCount":1}`:                       "items[0]: no id, created or type",
		`{"items":[{"id":"1","created":"2026-11-21T10:00:00Z"}],"totalCount":1}`:    "items[0]: no id, created or type",
		`{"items":[{"id":"1","type":"CALL","created":"yesterday"}],"totalCount":1}`: `items[0]: created: "yesterday" is not a time`,
		`{"items":[` + good + `,{"id":"1","created":7}],"totalCount":2}`:            "items[1].created: a number where a string was expected",
		`{"items":[{"id":"1","duration":"long"}],"totalCount":1}`:                   "duration",
		`{"items":[` + good + `,` + long + `],"totalCount":2}`:                      "items[1]: duration: 9223372037 seconds, where a length of time of no more than 9223372036 was expected",
		`{"items":[` + good + `],"totalCount":-1}`:                                  "page 1: totalCount: -1",
		`<html><title>Login</title></html>`:                                         "Login",
		`[]`:                                                                        "array",
	} {
		client := serve(t, &canned{answers: map[string]string{
			UserinfoPath: `{"sub":"w0","domain":"sipgate.de"}`, AccountPath: keepsAll, GroupsPath: classicGroups, HistoryPath: body,
		}})
		var got error
		for _, err := range client.History(t.Context(), HistoryQuery{From: day, To: day.AddDate(0, 0, 1)}, &progress{}) {
			got = err
		}
		var e *rest.Error
		if !errors.As(got, &e) || e.Kind != rest.Unexpected || e.Path != HistoryPath || !strings.Contains(got.Error(), says) {
			t.Errorf("%s: %v, want an unexpected answer that says %q", body, got, says)
		}
	}
}

func TestADeviceAmongTheLinesIsNamedAsAPossibleCause(t *testing.T) {
	t.Parallel()
	client := serve(t, &canned{answers: map[string]string{
		UserinfoPath: `{"sub":"w0","domain":"sipgate.de"}`, AccountPath: keepsAll, GroupsPath: classicGroups, HistoryPath: "403 Forbidden",
	}})
	q := HistoryQuery{From: day, To: day.AddDate(0, 0, 1), Filter: url.Values{"connectionIds": {"e0"}}}
	for _, err := range client.History(t.Context(), q, &progress{}) {
		var e *rest.Error
		if !errors.As(err, &e) || !strings.Contains(e.Hint, "history:read") || !strings.Contains(e.Hint, "not devices such as e0") {
			t.Errorf("%v", err)
		}
	}
}

func TestInstantsAreDecodedAsEncodingJSONDoesIt(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`"2026-11-21T08:30:00Z"`: "2026-11-21 08:30:00 +0000 UTC", `"2026-11-21 08:30:00+01:00"`: "2026-11-21 08:30:00 +0100 +0100",
		`"soon"`: "wrong: soon", `""`: "wrong: ", `null`: "wrong: ", `5`: "refused", `{}`: "refused", `["x"]`: "refused", `true`: "refused",
	} {
		for name, decode := range map[string]func([]byte, *Entry) error{
			"encoding/json": func(b []byte, e *Entry) error { return json.Unmarshal(b, e) },
			"rest":          func(b []byte, e *Entry) error { return (&rest.Response{Body: b}).Decode("test", e) },
		} {
			var e Entry
			got := ""
			switch err := decode([]byte(`{"created":`+value+`}`), &e); {
			case err != nil:
				got = "refused"
			case e.Created.IsZero():
				got = "wrong: " + e.Created.wrong
			default:
				got = e.Created.String()
			}
			if got != want {
				t.Errorf("%s, %s: %q, want %q", name, value, got, want)
			}
		}
	}
}
