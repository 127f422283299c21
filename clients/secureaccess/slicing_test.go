package secureaccess

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportjob/reportjob/internal/raced"
)

// occurrence is an event of the fake listing. Several may be equal.
type occurrence struct {
	at      int64
	what    int
	kind    string
	verdict string
}

// people are the identities of an event: one of its own, one of some that share a site, and the site. Some have none.
func (o occurrence) people() []string {
	if o.what%100 == 99 {
		return nil
	}
	return []string{fmt.Sprint("p", o.what%100), fmt.Sprint("g", o.what%2), "site"}
}

// fake is a listing as the API has it: sorted by second, shuffled anew within a second at every request, and without
// a total.
type fake struct {
	events []occurrence // in the order of time
	order  string       // up, down, or none
	deaf   string       // a filter that does nothing
	takes  func() time.Duration

	mu       sync.Mutex
	rand     *rand.Rand
	requests int
	flying   int // requests under way now
	most     int // and at most
	given    int // rows in answers
	offset   int // greatest offset
	doubts   []string
	losses   []string
	warnings int
}

func (f *fake) listing(limit, atOnce int, split ...string) listing[occurrence] {
	f.offset = 2 * limit
	l := listing[occurrence]{
		fetch:  f.fetch,
		second: func(o *occurrence) int64 { return o.at },
		compare: func(a, b *occurrence) int {
			return cmp.Or(cmp.Compare(a.what, b.what), cmp.Compare(a.kind, b.kind), cmp.Compare(a.verdict, b.verdict))
		},
		limit:   limit,
		offset:  f.offset,
		atOnce:  func() int { return atOnce },
		doubt:   func(format string, args ...any) { f.doubts = append(f.doubts, fmt.Sprintf(format, args...)) },
		loss:    func(format string, args ...any) { f.losses = append(f.losses, fmt.Sprintf(format, args...)) },
		warn:    func(string, ...any) { f.warnings++ },
		strange: fmt.Errorf,
	}
	for _, name := range split {
		switch name {
		case "verdict":
			l.parts = append(l.parts, dimension[occurrence]{name, []string{"allowed", "blocked"}, func(o *occurrence) string { return o.verdict }})
		case "kind":
			l.parts = append(l.parts, dimension[occurrence]{name, []string{"dns", "proxy"}, func(o *occurrence) string { return o.kind }})
		case IdentityIDs:
			l.parts = append(l.parts, dimension[occurrence]{name, nil, func(o *occurrence) string { return strings.Join(o.people(), ",") }})
		}
	}
	return l
}

func (f *fake) fetch(ctx context.Context, p page) ([]occurrence, error) {
	f.mu.Lock()
	f.requests++
	f.flying++
	f.most = max(f.most, f.flying)
	takes := time.Duration(0)
	if f.takes != nil {
		takes = f.takes()
	}
	f.mu.Unlock()
	if takes > 0 {
		select {
		case <-time.After(takes):
		case <-ctx.Done():
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.flying--
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if p.offset > f.offset || p.from >= p.to {
		return nil, fmt.Errorf("the API refuses %+v", p)
	}
	rows := f.page(p)
	f.given += len(rows)
	return rows, nil
}

func (f *fake) page(p page) []occurrence {
	from, _ := slices.BinarySearchFunc(f.events, p.from, func(o occurrence, at int64) int { return cmp.Compare(o.at, at) })
	to, _ := slices.BinarySearchFunc(f.events, p.to, func(o occurrence, at int64) int { return cmp.Compare(o.at, at) })
	var found []occurrence
	for _, e := range f.events[from:to] {
		if f.fits(e, p.only) {
			found = append(found, e)
		}
	}
	f.rand.Shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
	switch f.order {
	case "up":
		slices.SortStableFunc(found, byTime)
	case "down":
		slices.SortStableFunc(found, func(a, b occurrence) int { return byTime(b, a) })
	}
	start := min(p.offset, len(found))
	rows := slices.Clone(found[start:min(start+p.limit, len(found))])
	for f.order == "none" && len(rows) > 2 && rows[0].at != rows[len(rows)-1].at && sorted(rows) {
		f.rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] }) // Never sorted by chance.
	}
	return rows
}

func byTime(a, b occurrence) int { return cmp.Compare(a.at, b.at) }

// sorted tells whether rows of several seconds are in the order of time, or against it.
func sorted(rows []occurrence) bool {
	return slices.IsSortedFunc(rows, byTime) || slices.IsSortedFunc(rows, func(a, b occurrence) int { return byTime(b, a) })
}

func (f *fake) fits(e occurrence, only []choice) bool {
	for _, c := range only {
		if c.name == f.deaf {
			continue
		}
		if c.name == "verdict" && e.verdict != c.value || c.name == "kind" && e.kind != c.value ||
			c.name == IdentityIDs && !slices.ContainsFunc(strings.Split(c.value, ","), func(id string) bool { return slices.Contains(e.people(), id) }) {
			return false
		}
	}
	return true
}

func sortEvents(events []occurrence) []occurrence {
	slices.SortStableFunc(events, byTime)
	return events
}

// bursts makes events in a window: quiet stretches, seconds with several, and seconds with many. No second has as many
// of one kind and verdict as a page has rows, and none more than are listed.
func bursts(r *rand.Rand, window int64, n, limit int) []occurrence {
	type part struct {
		at            int64
		kind, verdict string
	}
	var events []occurrence
	verdicts, kinds := []string{"allowed", "allowed", "allowed", "blocked"}, []string{"dns", "dns", "proxy"}
	parts, seconds := map[part]int{}, map[int64]int{}
	for tries := 0; len(events) < n && tries < 20*n; tries++ {
		at, size := r.Int64N(window), 1
		if r.IntN(6) == 0 {
			size = 1 + r.IntN(3*limit)
		}
		for range min(size, n-len(events)) {
			p := part{at, kinds[r.IntN(len(kinds))], verdicts[r.IntN(len(verdicts))]}
			if parts[p] >= limit-1 || seconds[at] >= 3*limit-1 {
				continue
			}
			parts[p]++
			seconds[at]++
			events = append(events, occurrence{at, r.IntN(4), p.kind, p.verdict})
		}
	}
	return sortEvents(events)
}

func tally(events []occurrence) map[occurrence]int {
	m := map[occurrence]int{}
	for _, e := range events {
		m[e]++
	}
	return m
}

func readAll(t *testing.T, l listing[occurrence], from, to int64) []occurrence {
	t.Helper()
	var got []occurrence
	for e, err := range l.events(t.Context(), from, to) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e)
	}
	return got
}

func TestEveryEventIsReadOnceAndInTheOrderOfTime(t *testing.T) {
	for seed := range uint64(raced.Few(5000)) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			limit, window, atOnce := 2+r.IntN(9), 1+r.Int64N(200), 1+r.IntN(5)
			f := &fake{order: []string{"up", "down", "none"}[seed%3], rand: rand.New(rand.NewPCG(seed, 2))}
			f.takes = func() time.Duration { return time.Duration(f.rand.IntN(300)) * time.Millisecond }
			if f.order == "none" {
				// Two rows are always in some order; only a page of many shows that there is none.
				limit += 15
				window += 50
			}
			f.events = bursts(r, window, r.IntN(min(300, 2+int(window)*limit/2)), limit)

			l := f.listing(limit, atOnce, "kind", "verdict")
			if seed%7 == 0 {
				l.widest = 1 + window/3
			}
			got := readAll(t, l, 0, window)

			if !maps.Equal(tally(got), tally(f.events)) {
				t.Fatalf("seed %d (%s, limit %d): %d events were read of %d, or others", seed, f.order, limit, len(got), len(f.events))
			}
			if !slices.IsSortedFunc(got, func(a, b occurrence) int { return cmp.Or(cmp.Compare(a.at, b.at), l.compare(&a, &b)) }) {
				t.Fatalf("seed %d: not in order", seed)
			}
			if len(f.doubts)+len(f.losses) > 0 {
				t.Fatalf("seed %d: doubts %v, losses %v", seed, f.doubts, f.losses)
			}
			if f.most > atOnce {
				t.Fatalf("seed %d: %d requests at once, %d are allowed", seed, f.most, atOnce)
			}
		})
	}
}

func TestSameEventsAreTheSameSequence(t *testing.T) {
	events := bursts(rand.New(rand.NewPCG(7, 7)), 50, 300, 20)
	var first []occurrence
	for i, tt := range []struct {
		order         string
		limit, atOnce int
	}{{"up", 20, 1}, {"down", 20, 1}, {"up", 20, 4}, {"down", 20, 4}, {"up", 33, 3}, {"down", 400, 2}} {
		f := &fake{events: events, order: tt.order, rand: rand.New(rand.NewPCG(uint64(i), 1))}
		got := readAll(t, f.listing(tt.limit, tt.atOnce, "kind", "verdict"), 0, 50)
		if first == nil {
			first = got
		}
		if !slices.Equal(got, first) {
			t.Errorf("%+v: another sequence", tt)
		}
	}
}

// day is a day of traffic, with a rhythm, in pages of a fiftieth of the real size.
func day(r *rand.Rand, n int) []occurrence {
	var events []occurrence
	for len(events) < n {
		hour := r.Int64N(24)
		if (hour < 7 || hour > 18) && r.IntN(8) > 0 {
			continue
		}
		at := hour*3600 + r.Int64N(3600)
		for range min(1+r.IntN(4), n-len(events)) {
			events = append(events, occurrence{at, len(events), "dns", "allowed"})
		}
	}
	return sortEvents(events)
}

// least is the least number of requests that n rows take: the last page must be short to be the last.
func least(n, limit int) int { return n/limit + 1 }

func TestRequestsAreHardlyMoreThanTheLeastPossible(t *testing.T) {
	const limit = 100
	for _, atOnce := range []int{1, 2, 4} {
		for _, order := range []string{"up", "down"} {
			for _, n := range []int{0, 1, 99, 100, 360, 1000, 4000, raced.Few(20_000)} {
				r := rand.New(rand.NewPCG(uint64(n), 3))
				f := &fake{events: day(r, n), order: order, rand: r}
				got := readAll(t, f.listing(limit, atOnce), 0, 86_400)
				if len(got) != n {
					t.Fatalf("%s, %d events: %d were read", order, n, len(got))
				}
				most := least(n, limit) + 1 + n/limit/20 // Some rows are read twice, in the seconds where pages end.
				if order == "down" || atOnce > 1 {
					most = least(n, limit)*3/2 + 4 // Windows are guessed.
				}
				if f.requests > most {
					t.Errorf("%s, %d events, %d at once: %d requests, at least %d are needed", order, n, atOnce, f.requests, least(n, limit))
				}
				t.Logf("%s, %d events, %d at once: %d requests, at least %d are needed: %.2f", order, n, atOnce, f.requests, least(n, limit),
					float64(f.requests)/float64(least(n, limit)))
			}
		}
	}
}

func TestListingThatIgnoresItsWindowIsAnErrorAndNotALoop(t *testing.T) {
	f := &fake{order: "up", rand: rand.New(rand.NewPCG(5, 5)), events: day(rand.New(rand.NewPCG(1, 1)), 25)}
	l := f.listing(10, 1)
	l.fetch = func(ctx context.Context, p page) ([]occurrence, error) {
		p.from, p.to = 0, 86_400
		return f.fetch(ctx, p)
	}
	var err error
	for _, err = range l.events(t.Context(), 0, 86_400) {
	}
	if err == nil {
		t.Error("no error")
	}
}

func TestRowOutsideOfAWindowThatFitsAPageIsKeptAndWarnedOf(t *testing.T) {
	f := &fake{rand: rand.New(rand.NewPCG(5, 5)), events: second(500, "allowed", 3)}
	l := f.listing(10, 1)
	l.fetch = func(ctx context.Context, p page) ([]occurrence, error) {
		p.from, p.to = 0, 86_400
		return f.fetch(ctx, p)
	}
	if got := readAll(t, l, 0, 60); len(got) != 3 || f.warnings != 1 {
		t.Errorf("%d rows, %d warnings", len(got), f.warnings)
	}
}
