package sierra

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// library answers the lists of circulation from a list of ids that may change between two requests.
type library struct {
	ids   []int
	page  int                        // the most that a page holds
	total func(all, onPage int) int  // what the answers give as the total; none if nil
	then  func(l *library, asks int) // what happens behind an answer
	deaf  bool                       // to the offset
	mute  bool                       // behind the first page: the others are empty
	none  bool                       // an empty page is 404

	offsets []int
}

func (l *library) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		fmt.Fprint(w, `{"access_token":"a-token-of-the-library","token_type":"bearer","expires_in":3600}`)
		return
	}
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	l.offsets = append(l.offsets, offset)
	if l.deaf {
		offset = 0
	}
	rest := l.ids[min(offset, len(l.ids)):]
	if l.mute && offset > 0 {
		rest = nil
	}
	entries := []map[string]any{}
	for _, id := range rest[:min(limit, l.page, len(rest))] {
		entries = append(entries, map[string]any{"id": fmt.Sprintf("https://sierra.example/v6/patrons/holds/%d", id)})
	}
	answer := map[string]any{"entries": entries}
	if l.total != nil {
		answer["total"] = l.total(len(l.ids), len(entries))
	}
	if l.then != nil {
		l.then(l, len(l.offsets))
	}
	if l.none && len(entries) == 0 {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, nothing)
		return
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// said gathers what a reading says.
type said struct{ verdict, text, warnings string }

func (s *said) say(verdict, format string, args ...any) {
	s.verdict += verdict
	s.text += fmt.Sprintf(format, args...)
}
func (s *said) Complete(format string, args ...any)  { s.say("complete", format, args...) }
func (s *said) Unproven(format string, args ...any)  { s.say("unproven", format, args...) }
func (s *said) Truncated(format string, args ...any) { s.say("truncated", format, args...) }
func (s *said) Warn(format string, args ...any)      { s.warnings += fmt.Sprintf(format, args...) }
func (s *said) Account(string)                       {}

func testClient(t *testing.T, h http.Handler, page int) *Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL + "/iii/sierra-api/v6/")
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{BaseURL: base, Key: rest.NewSecret("the-key-of-a-library"), Secret: rest.NewSecret("the-secret-of-a-library"), Rate: -1, PageSize: page})
}

func collect[T any](seq iter.Seq2[T, error], id func(*T) string) (ids []int, err error) {
	for one, err := range seq {
		if err != nil {
			return ids, err
		}
		n, _ := strconv.Atoi(id(&one))
		ids = append(ids, n)
	}
	return ids, nil
}

// upTo are the numbers from 1 to n.
func upTo(n int) []int {
	ids := make([]int, n)
	for i := range ids {
		ids[i] = i + 1
	}
	return ids
}

func grand(all, _ int) int     { return all }
func ofPage(_, onPage int) int { return onPage }

func TestListsByOffsetProveThemselvesOrSayWhyNot(t *testing.T) {
	t.Parallel()
	// The pages of these cases hold nine rows and overlap by three.
	remove := func(n int) func(*library, int) {
		return func(l *library, asks int) {
			if asks == 1 {
				l.ids = l.ids[n:]
			}
		}
	}
	for name, c := range map[string]struct {
		library  library
		rows     int
		readings int // how often the list is read from its start
		verdict  string
		says     string
	}{
		"nothing":                           {library{total: grand}, 0, 1, "complete", "empty"},
		"one page":                          {library{ids: upTo(5), total: grand}, 5, 1, "complete", "total of 5 was met"},
		"exactly one page":                  {library{ids: upTo(9), total: grand}, 9, 1, "complete", "total of 9 was met"},
		"several pages":                     {library{ids: upTo(100), total: grand}, 100, 1, "complete", "total of 100 was met"},
		"a total of the page":               {library{ids: upTo(100), total: ofPage}, 100, 1, "complete", "until one was short"},
		"no total":                          {library{ids: upTo(100)}, 100, 1, "complete", "until one was short"},
		"pages that the server cuts":        {library{ids: upTo(100), total: grand, page: 5}, 100, 1, "complete", "total of 100 was met"},
		"rows that go, by the total":        {library{ids: upTo(40), total: grand, then: remove(2)}, 40, 2, "complete", "total of 38 was met"},
		"a few rows that go, without total": {library{ids: upTo(40), then: remove(2)}, 40, 1, "complete", "until one was short"},
		"many rows that go, without total":  {library{ids: upTo(40), then: remove(8)}, 40, 2, "complete", "until one was short"},
		"rows that are never given": {library{ids: upTo(40), total: func(all, _ int) int { return all + 1 }},
			40, 3, "truncated", "counts 41 and gave 40, in each of 3 readings"},
		"a list that never rests": {library{ids: upTo(40), total: grand, then: func(l *library, asks int) { l.ids = append(l.ids, 1000+asks) }},
			-1, 3, "unproven", "changed while it was read, in each of 3 readings"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.library.page == 0 {
				c.library.page = 9
			}
			all := slices.Clone(c.library.ids)
			var p said
			ids, err := collect(testClient(t, &c.library, 9).Holds(t.Context(), Query{}, &p), (*Hold).id)
			if err != nil || p.verdict != c.verdict || !strings.Contains(p.text, c.says) {
				t.Errorf("%s: %s: %v", p.verdict, p.text, err)
			}
			if c.rows >= 0 && len(ids) != c.rows {
				t.Errorf("%d rows, want %d", len(ids), c.rows)
			}
			slices.Sort(ids)
			if once := slices.Compact(slices.Clone(ids)); len(once) != len(ids) {
				t.Errorf("%d rows came twice", len(ids)-len(once))
			}
			for _, id := range all {
				if !slices.Contains(ids, id) {
					t.Errorf("row %d is missing", id)
				}
			}
			starts := 0
			for _, offset := range c.library.offsets {
				if offset == 0 {
					starts++
				}
			}
			if starts != c.readings {
				t.Errorf("read %d times, want %d", starts, c.readings)
			}
		})
	}
}

func TestNoRowsWhereKnownOnesWereToComeAgainAreNoEndOfAList(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		total         func(all, onPage int) int
		verdict, says string
	}{
		"no total":          {nil, "unproven", "did not begin where the one before it ended, in each of 3 readings (rows in the last: 9)"},
		"total of the page": {ofPage, "unproven", "did not begin where the one before it ended, in each of 3 readings (rows in the last: 9)"},
		"total of the list": {grand, "truncated", "counts 40 and gave 9, in each of 3 readings"},
	} {
		for _, none := range []bool{false, true} {
			var p said
			l := &library{ids: upTo(40), page: 9, total: c.total, mute: true, none: none}
			ids, err := collect(testClient(t, l, 9).Fines(t.Context(), Query{}, &p), (*Fine).id)
			if err != nil || !slices.Equal(ids, upTo(9)) || p.verdict != c.verdict || !strings.Contains(p.text, c.says) {
				t.Errorf("%s, 404 %v: %v, %s: %s: %v", name, none, ids, p.verdict, p.text, err)
			}
			if want := []int{0, 6, 0, 6, 0, 6}; !slices.Equal(l.offsets, want) {
				t.Errorf("%s, 404 %v: asked from %v, want %v", name, none, l.offsets, want)
			}
		}
	}
}

func TestAListThatShrankBehindItsFirstPageIsSettledByReadingItAgain(t *testing.T) {
	t.Parallel()
	for left, says := range map[int]string{0: "the list is empty", 4: "(rows: 4, pages: 1)", 12: "(rows: 12, pages: 2)"} {
		for _, none := range []bool{false, true} {
			var p said
			l := &library{ids: upTo(40), page: 9, none: none, then: func(l *library, asks int) {
				switch asks {
				case 1:
					l.ids = nil
				case 2:
					l.ids = upTo(left)
				}
			}}
			ids, err := collect(testClient(t, l, 9).Checkouts(t.Context(), Query{}, &p), (*Checkout).id)
			if err != nil || !slices.Equal(ids, upTo(max(9, left))) || p.verdict != "complete" || !strings.Contains(p.text, says) {
				t.Errorf("%d left, 404 %v: %v, %s: %s: %v", left, none, ids, p.verdict, p.text, err)
			}
		}
	}
}

// A server that cuts pages to 50 rows without a word, and whose total counts the page, must not end a list.
func TestPagesThatTheServerCutsAreNoEnd(t *testing.T) {
	t.Parallel()
	for _, n := range []int{50, 120, 150} {
		var p said
		l := &library{ids: upTo(n), page: 50, total: ofPage}
		ids, err := collect(testClient(t, l, 0).Fines(t.Context(), Query{}, &p), (*Fine).id)
		if err != nil || !slices.Equal(ids, upTo(n)) || p.verdict != "complete" {
			t.Errorf("by offset: %d rows, want %d, %s: %v", len(ids), n, p.verdict, err)
		}
		h := &pages{}
		for page := range slices.Chunk(upTo(n), 50) {
			h.bodies = append(h.bodies, bibs(fmt.Sprintf(`"total":%d,`, len(page)), page...))
		}
		p = said{}
		ids, err = collect(testClient(t, h, 0).Bibs(t.Context(), Query{}, &p), func(b *Bib) string { return string(b.ID) })
		if err != nil || !slices.Equal(ids, upTo(n)) || p.verdict != "complete" {
			t.Errorf("by id: %d rows, want %d, %s: %v", len(ids), n, p.verdict, err)
		}
	}
}

func TestPatronsOfFinesAreAskedForOnlyIfWanted(t *testing.T) {
	t.Parallel()
	for _, personal := range []bool{false, true} {
		var p said
		h := &pages{bodies: []string{`{"total":0,"entries":[]}`}}
		if _, err := collect(testClient(t, h, 0).Fines(t.Context(), Query{Personal: personal}, &p), (*Fine).id); err != nil {
			t.Fatal(err)
		}
		fields := strings.Split(h.queries[0].Get("fields"), ",")
		if slices.Contains(fields, "originalPatron") != personal || slices.Contains(fields, "initials") != personal {
			t.Errorf("personal %v: asks for %q", personal, fields)
		}
		if slices.Contains(fields, "patron") != personal || slices.Contains(fields, "default") || !slices.Contains(fields, "paidAmount") {
			t.Errorf("personal %v: asks for %q", personal, fields)
		}
	}
}

func TestListThatIsDeafToTheOffsetIsNotReadForEver(t *testing.T) {
	t.Parallel()
	var p said
	l := &library{ids: upTo(50), page: 9, deaf: true}
	_, err := collect(testClient(t, l, 9).Fines(t.Context(), Query{}, &p), (*Fine).id)
	var e *rest.Error
	if !errors.As(err, &e) || e.Kind != rest.Unexpected || !strings.Contains(e.Text, "nothing but what came before") || len(l.offsets) > 2 {
		t.Errorf("%d requests: %v", len(l.offsets), err)
	}
}

// pages answers one page after the other, whatever is asked.
type pages struct {
	bodies  []string
	queries []url.Values
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		fmt.Fprint(w, `{"access_token":"a-token-of-the-library","token_type":"bearer","expires_in":3600}`)
		return
	}
	p.queries = append(p.queries, r.URL.Query())
	body := `{"code":107,"specificCode":0,"httpStatus":404,"name":"Record not found"}`
	if n := len(p.queries); n <= len(p.bodies) {
		body = p.bodies[n-1]
	}
	if strings.Contains(body, `"code"`) {
		w.WriteHeader(http.StatusNotFound)
	}
	fmt.Fprint(w, body)
}

// bibs is a page of titles.
func bibs(total string, ids ...int) string {
	entries := make([]string, len(ids))
	for i, id := range ids {
		entries[i] = fmt.Sprintf(`{"id":"%d","updatedDate":"2026-11-21T10:00:00Z","deleted":false}`, id)
	}
	return `{` + total + `"entries":[` + strings.Join(entries, ",") + `]}`
}

func TestListsByIDEndWhereTheyEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		bodies []string
		rows   int
		asked  []string // the ids of the queries
	}{
		"404 at once":             {nil, 0, []string{""}},
		"no entries":              {[]string{bibs(``)}, 0, []string{""}},
		"a short page":            {[]string{bibs(`"total":2,`, 7, 9)}, 2, []string{""}},
		"a full page, then 404":   {[]string{bibs(`"total":3,`, 7, 8, 9)}, 3, []string{"", "[10,]"}},
		"a full page, then short": {[]string{bibs(`"total":3,`, 7, 8, 9), bibs(`"total":1,`, 12)}, 4, []string{"", "[10,]"}},
		"a full page, then empty": {[]string{bibs(`"total":3,`, 7, 8, 9), bibs(``)}, 3, []string{"", "[10,]"}},
		"a page cut by the server, whose total tells of more": {[]string{bibs(`"total":4,`, 7, 8), bibs(`"total":2,`, 9, 10)}, 4, []string{"", "[9,]"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var p said
			h := &pages{bodies: c.bodies}
			ids, err := collect(testClient(t, h, 3).Bibs(t.Context(), Query{}, &p), func(b *Bib) string { return string(b.ID) })
			if err != nil || len(ids) != c.rows || p.verdict != "complete" {
				t.Errorf("%d rows, want %d, %s: %v", len(ids), c.rows, p.verdict, err)
			}
			var asked []string
			for _, q := range h.queries {
				asked = append(asked, q.Get("id"))
				if q.Get("deleted") != "false" || q.Get("limit") != "3" || q.Has("updatedDate") || strings.Contains(q.Get("fields"), "isRequestable") {
					t.Errorf("asked with %v", q)
				}
			}
			if !slices.Equal(asked, c.asked) {
				t.Errorf("asked for %q, want %q", asked, c.asked)
			}
		})
	}
}

func TestDeletionsAreThoseOfTheDaysOfTheWindow(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", -5*3600)
	from := time.Date(2026, 11, 20, 0, 0, 0, 0, zone)
	h := &pages{bodies: []string{`{"start":0,"entries":[{"id":"1","deletedDate":"2026-11-19"},{"id":"2","deletedDate":"2026-11-20"},` +
		`{"id":"3","deletedDate":"2026-11-21"},{"id":"4","deletedDate":"2026-11-22"}]}`}}
	var p said
	ids, err := collect(testClient(t, h, 9).DeletedItems(t.Context(), Query{From: from, To: from.AddDate(0, 0, 2), Zone: zone}, &p),
		func(d *Deletion) string { return string(d.ID) })
	if err != nil || !slices.Equal(ids, []int{2, 3}) {
		t.Errorf("%v: %v", ids, err)
	}
	if q := h.queries[0]; q.Get("deletedDate") != "[2026-11-20,2026-11-21]" || q.Get("deleted") != "true" || q.Get("fields") != "id,deletedDate" {
		t.Errorf("asked with %v", q)
	}
}

func TestIDsThatDoNotRiseAreRefused(t *testing.T) {
	t.Parallel()
	for name, bodies := range map[string][]string{
		"on a page":         {bibs(``, 7, 9, 8)},
		"twice":             {bibs(``, 7, 7, 8)},
		"on the next page":  {bibs(``, 7, 8, 9), bibs(``, 9, 10, 11)},
		"the page again":    {bibs(``, 7, 8, 9), bibs(``, 7, 8, 9)},
		"beyond any number": {`{"entries":[{"id":"99999999999999999999","updatedDate":"2026-11-21T10:00:00Z"}]}`},
	} {
		var p said
		_, err := collect(testClient(t, &pages{bodies: bodies}, 3).Bibs(t.Context(), Query{}, &p), func(b *Bib) string { return string(b.ID) })
		var e *rest.Error
		if !errors.As(err, &e) || e.Kind != rest.Unexpected || !strings.Contains(e.Text, "id: ") || p.verdict != "" {
			t.Errorf("%s: %s: %v", name, p.verdict, err)
		}
	}
}

func TestWindowIncludesItsStartAndNotItsEnd(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 11, 21, 0, 0, 0, 0, time.FixedZone("", 3600))
	h := &pages{bodies: []string{`{"entries":[{"id":1,"updatedDate":"2026-11-20T23:00:00Z"},{"id":2,"updatedDate":"2026-11-21T23:00:00Z"}]}`}}
	var p said
	ids, err := collect(testClient(t, h, 9).Items(t.Context(), Query{From: from, To: from.AddDate(0, 0, 1)}, &p), func(i *Item) string { return string(i.ID) })
	if err != nil || !slices.Equal(ids, []int{1}) || !strings.Contains(p.warnings, "1 records") {
		t.Errorf("%v, warned of %q: %v", ids, p.warnings, err)
	}
	if got := h.queries[0].Get("updatedDate"); got != "[2026-11-20T23:00:00Z,2026-11-21T22:59:59Z]" {
		t.Errorf("asked for %s", got)
	}
}
