package sierra

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/internal/raced"
)

// trips answers requests without a network.
type trips func(path string, query url.Values) (status int, body string)

func (f trips) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := http.StatusOK, `{"access_token":"a-token-of-the-library","token_type":"bearer","expires_in":3600}`
	if r.Method == http.MethodGet {
		status, body = f(r.URL.Path, r.URL.Query())
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func fakeClient(f trips, page int) *Client {
	base := &url.URL{Scheme: "https", Host: "sierra.example", Path: "/iii/sierra-api/v6"}
	return New(Config{BaseURL: base, Key: rest.NewSecret("the-key-of-a-library"), Secret: rest.NewSecret("the-secret-of-a-library"), Login: "acq", Rate: -1, PageSize: page, Transport: f})
}

const nothing = `{"code":107,"specificCode":0,"httpStatus":404,"name":"Record not found"}`

// moving is a library whose records change, come and go behind each answer.
type moving struct {
	r       *rand.Rand
	churn   int // how much happens behind each answer, at most
	cut     int // rows of a page at most, whatever is asked
	totals  func(all, onPage int) any
	missing bool // an empty page is 404

	records map[int]time.Time // when each was updated last
	stayed  map[int]bool      // those that were there all the time, as they are
}

var theDay = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

func newMoving(r *rand.Rand) *moving {
	m := &moving{r: r, churn: r.IntN(6), cut: 1 << 20, missing: r.IntN(2) == 0, records: map[int]time.Time{}, stayed: map[int]bool{}}
	if r.IntN(3) == 0 {
		m.cut = 50
	}
	m.totals = []func(all, onPage int) any{
		func(_, onPage int) any { return onPage }, // as most lists do
		func(all, _ int) any { return all },       // as a few do
		func(_, _ int) any { return nil },
	}[r.IntN(3)]
	for range r.IntN(200) {
		m.records[1+r.IntN(1000)] = m.time()
	}
	for id := range m.records {
		m.stayed[id] = true
	}
	return m
}

// time is in the window as a rule, at its ends now and then, and also beyond them.
func (m *moving) time() time.Time {
	switch m.r.IntN(10) {
	case 0:
		return theDay
	case 1:
		return theDay.Add(24*time.Hour - time.Second)
	case 2:
		return theDay.Add(-time.Second)
	case 3:
		return theDay.Add(24 * time.Hour)
	}
	return theDay.Add(time.Duration(m.r.IntN(86400)) * time.Second)
}

// live lets something happen.
func (m *moving) live() {
	if m.churn == 0 {
		return
	}
	for range m.r.IntN(m.churn) {
		ids := m.ids()
		switch {
		case m.r.IntN(3) == 0 || len(ids) == 0:
			id := 1 + m.r.IntN(1200)
			m.records[id] = m.time()
			delete(m.stayed, id)
		default:
			id := ids[m.r.IntN(len(ids))]
			delete(m.stayed, id)
			if m.records[id] = m.time(); m.r.IntN(2) == 0 {
				delete(m.records, id)
			}
		}
	}
}

func (m *moving) ids() []int {
	ids := make([]int, 0, len(m.records))
	for id := range m.records {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func (m *moving) answer(entries []map[string]any, all int) (int, string) {
	defer m.live()
	if len(entries) == 0 && m.missing {
		return http.StatusNotFound, nothing
	}
	page := map[string]any{"entries": entries}
	if total := m.totals(all, len(entries)); total != nil {
		page["total"] = total
	}
	body, err := json.Marshal(page)
	if err != nil {
		panic(err)
	}
	return http.StatusOK, string(body)
}

// byID answers a list of records, filtered by the range of ids and the times of the updates.
func (m *moving) byID(_ string, q url.Values) (int, string) {
	least, from, to := 0, time.Time{}, theDay.AddDate(9, 0, 0)
	if first, _, ok := strings.Cut(strings.TrimPrefix(q.Get("id"), "["), ","); ok {
		least, _ = strconv.Atoi(first)
	}
	if first, last, ok := strings.Cut(strings.Trim(q.Get("updatedDate"), "[]"), ","); ok {
		from, _ = time.Parse(time.RFC3339, first)
		to, _ = time.Parse(time.RFC3339, last)
	}
	limit, _ := strconv.Atoi(q.Get("limit"))
	entries, all := []map[string]any{}, 0
	for _, id := range m.ids() {
		at := m.records[id]
		if id < least || at.Before(from) || at.After(to) {
			continue
		}
		if all++; len(entries) < min(limit, m.cut) {
			entries = append(entries, map[string]any{"id": id, "updatedDate": stamp(at), "deleted": false})
		}
	}
	return m.answer(entries, all)
}

// byOffset answers a list that is walked by offset, in a stable order that is not that of the ids.
func (m *moving) byOffset(_ string, q url.Values) (int, string) {
	limit, _ := strconv.Atoi(q.Get("limit"))
	offset, _ := strconv.Atoi(q.Get("offset"))
	ids := m.ids()
	slices.SortFunc(ids, func(a, b int) int { return cmp.Compare(a*7919%1201, b*7919%1201) })
	rows := ids[min(offset, len(ids)):]
	entries := []map[string]any{}
	for _, id := range rows[:min(limit, m.cut, len(rows))] {
		entries = append(entries, map[string]any{"id": fmt.Sprintf("https://sierra.example/patrons/holds/%d", id)})
	}
	return m.answer(entries, len(ids))
}

// cases runs a property on many libraries, and names the seed of one that breaks it.
func cases(t *testing.T, n int, property func(r *rand.Rand) error) {
	t.Helper()
	for seed := range raced.Few(n) {
		if err := property(rand.New(rand.NewPCG(uint64(seed), 11))); err != nil {
			t.Fatalf("case %d: %v", seed, err)
		}
	}
}

// once tells which ids came twice.
func once(ids []int) error {
	seen := map[int]bool{}
	for _, id := range ids {
		if seen[id] {
			return fmt.Errorf("%d came twice", id)
		}
		seen[id] = true
	}
	return nil
}

func TestWhatStaysInTheWindowComesExactlyOnceWhateverMovesAroundIt(t *testing.T) {
	t.Parallel()
	cases(t, 3000, func(r *rand.Rand) error {
		m := newMoving(r)
		q := Query{From: theDay, To: theDay.AddDate(0, 0, 1)}
		if r.IntN(4) == 0 {
			q = Query{}
		}
		wanted := func(id int) bool {
			at := m.records[id]
			return q.To.IsZero() || !at.Before(q.From) && at.Before(q.To)
		}
		var p said
		ids, err := collect(fakeClient(m.byID, 1+r.IntN(120)).Bibs(t.Context(), q, &p), func(b *Bib) string { return string(b.ID) })
		if err != nil || p.verdict != "complete" {
			return fmt.Errorf("%s %s: %w", p.verdict, p.text, err)
		}
		for id := range m.stayed {
			if wanted(id) && !slices.Contains(ids, id) {
				return fmt.Errorf("%d was there all the time and did not come (%d came)", id, len(ids))
			}
			if !wanted(id) && slices.Contains(ids, id) {
				return fmt.Errorf("%d of %v came unwanted", id, m.records[id])
			}
		}
		return once(ids)
	})
}

func TestACompleteListByOffsetHoldsAllThatStayed(t *testing.T) {
	t.Parallel()
	complete, moved := 0, 0
	cases(t, 3000, func(r *rand.Rand) error {
		m := newMoving(r)
		var p said
		ids, err := collect(fakeClient(m.byOffset, 3+r.IntN(120)).Holds(t.Context(), Query{}, &p), func(h *Hold) string { return h.id() })
		if err != nil {
			if strings.Contains(err.Error(), "nothing but what came before") && m.churn > 0 {
				return nil // So many rows came in front that a page repeats the one before: no reading, and no report.
			}
			return err
		}
		switch {
		case m.churn == 0 && p.verdict != "complete":
			return fmt.Errorf("nothing moved: %s %s", p.verdict, p.text)
		case p.verdict == "complete":
			complete++
			if m.churn > 0 {
				moved++
			}
			for id := range m.stayed {
				if !slices.Contains(ids, id) {
					return fmt.Errorf("%d was there all the time and did not come: %s", id, p.text)
				}
			}
		}
		return once(ids)
	})
	// Were every list that moves unproven, the property would hold for nothing.
	if complete < raced.Few(1000) || moved < raced.Few(500) {
		t.Errorf("%d complete, of them %d that moved", complete, moved)
	}
	t.Logf("%d complete, of them %d that moved", complete, moved)
}

func TestATotalThatIsMetByChanceProvesNothing(t *testing.T) {
	t.Parallel()
	// Pages of nine rows overlap by three. Five rows go in front, so that 10 and 11 slip between two pages, and five come
	// behind; then three come in front and three go behind. The total never changes, and as many rows come.
	l := &library{ids: upTo(30), page: 9, total: grand, then: func(l *library, asks int) {
		switch asks {
		case 1:
			l.ids = append(slices.Clone(l.ids[5:]), 31, 32, 33, 34, 35)
		case 2:
			l.ids = append([]int{41, 42, 43}, l.ids[:27]...)
		}
	}}
	var p said
	ids, err := collect(testClient(t, l, 9).Holds(t.Context(), Query{}, &p), func(h *Hold) string { return h.id() })
	if err != nil || p.verdict != "complete" || !slices.Contains(ids, 10) || !slices.Contains(ids, 11) || once(ids) != nil {
		t.Errorf("%s of %v: %v", p.verdict, ids, err)
	}
}
