package sipgate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/internal/raced"
)

// restless is an account in which entries come, go and are moved between inbox and archive while it is read. It is asked
// without a network, so that thousands of readings take a second.
type restless struct {
	*pbx
	r       *rand.Rand
	next    int             // the id of the next entry that comes
	moves   int             // at most, before each request
	chance  int             // of moves before a request, in a hundred
	flipped map[string]bool // was moved once already
	gone    map[string]bool
	late    map[string]bool // was not there from the beginning
}

// newRestless has up to thirty entries, and servers that cut pages to two rows and more.
func newRestless(seed uint64) *restless {
	r := rand.New(rand.NewPCG(seed, 17))
	a := &restless{r: r, next: 5000, moves: 1 + r.IntN(4), chance: pickOne(r, 0, 10, 40, 100),
		flipped: map[string]bool{}, gone: map[string]bool{}, late: map[string]bool{}}
	n := r.IntN(31)
	entries := calls(n)
	for i := range entries {
		entries[i].archived = r.IntN(3) == 0
	}
	a.pbx = &pbx{entries: entries, page: 2 + r.IntN(9), account: keepsAll, groups: classicGroups, exclusive: r.IntN(2) == 0}
	return a
}

func pickOne(r *rand.Rand, choices ...int) int { return choices[r.IntN(len(choices))] }

// RoundTrip moves entries about, then answers.
func (a *restless) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == HistoryPath && len(a.queries) > 0 && a.r.IntN(100) < a.chance {
		for range 1 + a.r.IntN(a.moves) {
			a.move()
		}
	}
	w := &memory{header: http.Header{}}
	a.ServeHTTP(w, r)
	return &http.Response{StatusCode: max(w.status, http.StatusOK), Header: w.header, Body: io.NopCloser(&w.body), Request: r}, nil
}

// move makes one change: as in life, most are that something comes or is archived.
func (a *restless) move() {
	i := 0
	if len(a.entries) > 0 {
		i = a.r.IntN(len(a.entries))
	}
	switch kind := a.r.IntN(10); {
	case kind < 3: // something comes, as a rule at the top
		a.next++
		id := fmt.Sprint(a.next)
		a.late[id] = true
		if a.r.IntN(4) > 0 {
			i = 0
		}
		a.entries = slices.Insert(a.entries, i, row{id, day.Add(20 * time.Hour), Call, a.r.IntN(4) == 0})
	case len(a.entries) == 0:
	case kind < 6:
		a.gone[a.entries[i].id] = true
		a.entries = slices.Delete(a.entries, i, i+1)
	case !a.flipped[a.entries[i].id]:
		a.flipped[a.entries[i].id] = true
		a.entries[i].archived = !a.entries[i].archived
	}
}

// memory is what an answer is written to.
type memory struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (m *memory) Header() http.Header         { return m.header }
func (m *memory) WriteHeader(status int)      { m.status = status }
func (m *memory) Write(b []byte) (int, error) { return m.body.Write(b) }

func TestNoEntryThatStaysIsMissingFromAHistoryThatIsCalledComplete(t *testing.T) {
	t.Parallel()
	verdicts := map[string]int{}
	for seed := range raced.Few(6000) {
		a := newRestless(uint64(seed))
		before := map[string]bool{}
		for _, e := range a.entries {
			before[e.id] = true
		}
		client := New(Config{BaseURL: &url.URL{Scheme: "http", Host: "account.example"}, Transport: a, Rate: -1,
			TokenID: "token-T3st00", Token: rest.NewSecret("5a4db0c5-7e1e-4f0e-9a6b-5a4db0c5e711")})
		said, came := &progress{}, map[string]int{}
		for e, err := range client.History(t.Context(), HistoryQuery{Types: []string{Call}, From: day, To: day.AddDate(0, 0, 1)}, said) {
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			came[string(e.ID)]++
		}
		verdict := said.worst()
		verdicts[verdict]++
		for id, times := range came {
			if times > 1 || !before[id] && !a.late[id] {
				t.Fatalf("seed %d: entry %s came %d times", seed, id, times)
			}
		}
		for id := range before {
			if verdict == "complete" && !a.gone[id] && came[id] == 0 {
				t.Fatalf("seed %d (pages of %d): entry %s was there all the time and did not come: %q", seed, a.page, id, said.said)
			}
		}
		if a.chance == 0 && verdict != "complete" {
			t.Fatalf("seed %d: nothing moved, and it is %s: %q", seed, verdict, said.said)
		}
	}
	if verdicts["complete"] < raced.Few(2000) || verdicts["unproven"] < raced.Few(500) {
		t.Errorf("verdicts %v: the test proves little", verdicts)
	}
}

func TestNumbersThatComeAndGoAreReadAgainOrUnproven(t *testing.T) {
	t.Parallel()
	verdicts := map[string]int{}
	for seed := range raced.Few(3000) {
		r := rand.New(rand.NewPCG(uint64(seed), 23))
		s := &shelf{r: r, page: 1 + r.IntN(7), counted: r.IntN(2) == 0, chance: pickOne(r, 0, 30, 100), gone: map[string]bool{}}
		for n := range r.IntN(25) {
			s.ids = append(s.ids, fmt.Sprint(100+n))
		}
		before := slices.Clone(s.ids)
		client := New(Config{BaseURL: &url.URL{Scheme: "http", Host: "account.example"}, Transport: s, Rate: -1})
		said, came := &progress{}, map[string]int{}
		for n, err := range client.Numbers(t.Context(), Query{}, said) {
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			came[string(n.ID)]++
		}
		verdict := said.worst()
		verdicts[verdict]++
		for _, id := range before {
			if came[id] > 1 || s.page > 1 && verdict == "complete" && !s.gone[id] && came[id] == 0 {
				t.Fatalf("seed %d: number %s came %d times: %q", seed, id, came[id], said.said)
			}
		}
		if s.chance == 0 && (verdict != "complete" || len(came) != len(before)) {
			t.Fatalf("seed %d: nothing moved, %d of %d came: %q", seed, len(came), len(before), said.said)
		}
	}
	if verdicts["complete"] < raced.Few(1000) || verdicts["unproven"] < raced.Few(200) {
		t.Errorf("verdicts %v: the test proves little", verdicts)
	}
}

// shelf is a list by limit and offset of which rows go, and to which rows come.
type shelf struct {
	r            *rand.Rand
	ids          []string
	page, chance int
	counted      bool
	asked, next  int
	gone         map[string]bool
}

// RoundTrip changes the list, then answers.
func (s *shelf) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.asked++; s.asked > 1 && s.r.IntN(100) < s.chance {
		if len(s.ids) > 0 && s.r.IntN(2) == 0 {
			i := s.r.IntN(len(s.ids))
			s.gone[s.ids[i]] = true
			s.ids = slices.Delete(s.ids, i, i+1)
		}
		if s.r.IntN(2) == 0 {
			s.next++
			s.ids = slices.Insert(s.ids, s.r.IntN(len(s.ids)+1), fmt.Sprint(900+s.next))
		}
	}
	var offset int
	_, _ = fmt.Sscan(r.URL.Query().Get("offset"), &offset)
	items := []map[string]any{}
	rows := s.ids[min(offset, len(s.ids)):]
	for _, id := range rows[:min(s.page, len(rows))] {
		items = append(items, map[string]any{"id": id, "number": "+4930" + id})
	}
	answer := map[string]any{"items": items}
	if s.counted {
		answer["totalCount"] = len(s.ids)
	}
	var body bytes.Buffer
	err := json.NewEncoder(&body).Encode(answer)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(&body), Request: r}, err
}
