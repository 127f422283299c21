package secureaccess

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// occurrence is an event of the fake listing. Several may be equal.
type occurrence struct {
	at      int64
	what    int
	verdict string
}

// fake is a listing as the API has it: sorted by second, shuffled anew within a second at every request, and without
// a total.
type fake struct {
	events   []occurrence
	order    string // up, down, or none
	deaf     bool   // the verdict filter does nothing
	rand     *rand.Rand
	requests int
	reach    int // greatest offset
	doubts   []string
	losses   []string
	warnings int
}

func (f *fake) listing(limit int, split bool) listing[occurrence] {
	f.reach = 2 * limit
	l := listing[occurrence]{
		fetch:   f.fetch,
		second:  func(o *occurrence) int64 { return o.at },
		compare: func(a, b *occurrence) int { return cmp.Compare(a.what, b.what) },
		limit:   limit,
		offset:  f.reach,
		doubt:   func(format string, args ...any) { f.doubts = append(f.doubts, fmt.Sprintf(format, args...)) },
		loss:    func(format string, args ...any) { f.losses = append(f.losses, fmt.Sprintf(format, args...)) },
		warn:    func(string, ...any) { f.warnings++ },
		strange: fmt.Errorf,
	}
	if split {
		l.verdict = func(o *occurrence) string { return o.verdict }
	}
	return l
}

func (f *fake) fetch(_ context.Context, p page) ([]occurrence, error) {
	f.requests++
	if p.offset > f.reach || p.from >= p.to {
		return nil, fmt.Errorf("the API refuses %+v", p)
	}
	var found []occurrence
	for _, e := range f.events {
		if e.at >= p.from && e.at < p.to && (p.verdict == "" || f.deaf || e.verdict == p.verdict) {
			found = append(found, e)
		}
	}
	f.rand.Shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
	switch f.order {
	case "up":
		slices.SortStableFunc(found, func(a, b occurrence) int { return cmp.Compare(a.at, b.at) })
	case "down":
		slices.SortStableFunc(found, func(a, b occurrence) int { return cmp.Compare(b.at, a.at) })
	}
	start := min(p.offset, len(found))
	return found[start:min(start+p.limit, len(found))], nil
}

// bursts makes events in a window: quiet stretches, seconds with several, and seconds with many. No second has as many
// of one verdict as a page has rows, and none more than are listed.
func bursts(r *rand.Rand, window int64, n, limit int) []occurrence {
	var events []occurrence
	verdicts := []string{"allowed", "allowed", "allowed", "blocked"}
	used := map[int64]int{}
	for len(events) < n {
		at, size := r.Int64N(window), 1
		if r.IntN(6) == 0 {
			size = 1 + r.IntN(2*limit)
		}
		for range min(size, n-len(events)) {
			verdict := verdicts[r.IntN(len(verdicts))]
			if count(events, at, verdict) >= limit-1 {
				continue
			}
			used[at]++
			events = append(events, occurrence{at, r.IntN(4), verdict})
		}
		if len(used) == int(window) && len(events) > int(window)*limit {
			break // No room for more.
		}
	}
	return events
}

func count(events []occurrence, at int64, verdict string) int {
	n := 0
	for _, e := range events {
		if e.at == at && e.verdict == verdict {
			n++
		}
	}
	return n
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
	for seed := range uint64(4000) {
		r := rand.New(rand.NewPCG(seed, 1))
		limit := 2 + r.IntN(9)
		window := 1 + r.Int64N(200)
		f := &fake{order: []string{"up", "down", "none"}[seed%3], rand: r}
		if f.order == "none" {
			// Two rows are always in some order; only a page of many shows that there is none.
			limit += 15
			window += 50
		}
		f.events = bursts(r, window, r.IntN(min(200, 2+int(window)*limit/2)), limit)

		got := readAll(t, f.listing(limit, true), 0, window)

		if !maps.Equal(tally(got), tally(f.events)) {
			t.Fatalf("seed %d (%s, limit %d): %d events were read of %d, or others", seed, f.order, limit, len(got), len(f.events))
		}
		if !slices.IsSortedFunc(got, func(a, b occurrence) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.what, b.what)) }) {
			t.Fatalf("seed %d: not in order", seed)
		}
		if len(f.doubts)+len(f.losses) > 0 {
			t.Fatalf("seed %d: doubts %v, losses %v", seed, f.doubts, f.losses)
		}
	}
}

func TestSameEventsAreTheSameSequence(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	events := bursts(r, 50, 300, 20)
	first := readAll(t, (&fake{events: events, order: "up", rand: rand.New(rand.NewPCG(1, 1))}).listing(20, true), 0, 50)
	second := readAll(t, (&fake{events: events, order: "down", rand: rand.New(rand.NewPCG(2, 2))}).listing(20, true), 0, 50)
	for i := range first {
		if first[i].at != second[i].at || first[i].what != second[i].what {
			t.Fatalf("row %d: %v and %v", i, first[i], second[i])
		}
	}
}

// A day of traffic, with a rhythm, in pages of a fiftieth of the real size.
func day(r *rand.Rand, n int) []occurrence {
	var events []occurrence
	for len(events) < n {
		hour := r.Int64N(24)
		if (hour < 7 || hour > 18) && r.IntN(8) > 0 {
			continue
		}
		at := hour*3600 + r.Int64N(3600)
		for range min(1+r.IntN(4), n-len(events)) {
			events = append(events, occurrence{at, len(events), "allowed"})
		}
	}
	return events
}

func TestRequestsAreHardlyMoreThanTheLeastPossible(t *testing.T) {
	const limit = 100
	// The last page must be short to be the last.
	least := func(n int) int { return n/limit + 1 }
	for _, order := range []string{"up", "down"} {
		for _, n := range []int{0, 1, 99, 100, 360, 1000, 4000} {
			r := rand.New(rand.NewPCG(uint64(n), 3))
			f := &fake{events: day(r, n), order: order, rand: r}
			got := readAll(t, f.listing(limit, true), 0, 86_400)
			if len(got) != n {
				t.Fatalf("%s, %d events: %d were read", order, n, len(got))
			}
			most := least(n) + 1 + n/limit/20 // Some rows are read twice, in the seconds where pages end.
			if order == "down" {
				most = 2*least(n) + 3 // Windows are guessed, and meant to give three quarters of a page.
			}
			if f.requests > most {
				t.Errorf("%s, %d events: %d requests, at least %d are needed", order, n, f.requests, least(n))
			}
			t.Logf("%s, %d events: %d requests, at least %d are needed", order, n, f.requests, least(n))
		}
	}
}

// second makes events of one second.
func second(at int64, verdict string, n int) []occurrence {
	var events []occurrence
	for i := range n {
		events = append(events, occurrence{at, i, verdict})
	}
	return events
}

func TestCrowdedSecondIsSplitByVerdict(t *testing.T) {
	for _, tt := range []struct {
		name                        string
		allowed, blocked, proxied   int
		split, deaf                 bool
		rows, doubts, losses, least int
	}{
		{name: "fits two pages by verdict", allowed: 9, blocked: 9, split: true, rows: 18},
		{name: "a verdict fills a page", allowed: 12, blocked: 3, split: true, rows: 15, doubts: 1},
		{name: "a verdict that no filter knows", allowed: 5, blocked: 3, proxied: 4, split: true, rows: 12, doubts: 1},
		{name: "no filter", allowed: 9, blocked: 9, rows: 18, doubts: 1},
		{name: "a filter that does nothing", allowed: 9, blocked: 9, split: true, deaf: true, rows: 18, doubts: 1},
		{name: "more than is listed, but not by verdict", allowed: 22, blocked: 22, split: true, rows: 44, doubts: 1},
		{name: "more than is listed of one verdict", allowed: 41, blocked: 3, split: true, rows: 33, losses: 1},
		{name: "more than is listed, no filter", allowed: 41, rows: 30, losses: 1},
		{name: "just as many as are listed", allowed: 30, rows: 30, losses: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := &fake{order: "up", deaf: tt.deaf, rand: rand.New(rand.NewPCG(5, 5))}
			f.events = slices.Concat(second(3, "allowed", 2), second(7, "allowed", tt.allowed), second(7, "blocked", tt.blocked),
				second(7, "proxied", tt.proxied), second(8, "allowed", 4))
			got := readAll(t, f.listing(10, tt.split), 0, 60)
			if len(got) != tt.rows+6 || len(f.doubts) != tt.doubts || len(f.losses) != tt.losses {
				t.Errorf("%d rows, doubts %q, losses %q", len(got)-6, f.doubts, f.losses)
			}
			if tt.doubts+tt.losses == 0 && !maps.Equal(tally(got), tally(f.events)) {
				t.Error("other rows than there are")
			}
		})
	}
}

func TestListingThatIgnoresItsWindowIsAnErrorAndNotALoop(t *testing.T) {
	f := &fake{order: "up", rand: rand.New(rand.NewPCG(5, 5)), events: day(rand.New(rand.NewPCG(1, 1)), 25)}
	l := f.listing(10, true)
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
	l := f.listing(10, true)
	l.fetch = func(ctx context.Context, p page) ([]occurrence, error) {
		p.from, p.to = 0, 86_400
		return f.fetch(ctx, p)
	}
	if got := readAll(t, l, 0, 60); len(got) != 3 || f.warnings != 1 {
		t.Errorf("%d rows, %d warnings", len(got), f.warnings)
	}
}

func TestFailedPageEndsTheReading(t *testing.T) {
	broken := errors.New("broken")
	f := &fake{order: "up", rand: rand.New(rand.NewPCG(5, 5)), events: day(rand.New(rand.NewPCG(1, 1)), 25)}
	l := f.listing(10, true)
	l.fetch = func(ctx context.Context, p page) ([]occurrence, error) {
		if f.requests == 2 {
			return nil, broken
		}
		return f.fetch(ctx, p)
	}
	n := 0
	var err error
	for _, err = range l.events(t.Context(), 0, 86_400) {
		n++
	}
	if !errors.Is(err, broken) || n == 1 {
		t.Errorf("%v after %d elements", err, n)
	}
}
