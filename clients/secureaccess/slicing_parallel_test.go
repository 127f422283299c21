package secureaccess

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportjob/reportjob/internal/raced"
)

// wild is traffic whose rate changes from nothing to much within minutes, with bursts that fill pages.
func wild(r *rand.Rand, limit int) []occurrence {
	var events []occurrence
	for at := int64(0); at < 86_400; {
		stretch := min(60+r.Int64N(7200), 86_400-at)
		rows := min(int(float64(limit)*r.ExpFloat64()*float64(r.IntN(4))), 20*int(stretch))
		for range rows {
			events = append(events, occurrence{at + r.Int64N(stretch), len(events), "dns", "allowed"})
		}
		if r.IntN(5) == 0 {
			for range limit / 2 {
				events = append(events, occurrence{at + r.Int64N(min(stretch, 20)), len(events), "proxy", "blocked"})
			}
		}
		at += stretch
	}
	return sortEvents(events)
}

func TestWildTrafficTakesFewMoreRequestsThanTheLeastPossible(t *testing.T) {
	const limit = 200
	for _, order := range []string{"up", "down"} {
		for atOnce := 1; atOnce <= 5; atOnce++ {
			asked, needed := 0, 0
			for seed := range uint64(raced.Few(8)) {
				events := wild(rand.New(rand.NewPCG(seed, 4)), limit)
				f := &fake{events: events, order: order, rand: rand.New(rand.NewPCG(seed, 5))}
				got := readAll(t, f.listing(limit, atOnce, "kind"), 0, 86_400)
				if !maps.Equal(tally(got), tally(events)) {
					t.Fatalf("seed %d: %d events were read of %d, or others", seed, len(got), len(events))
				}
				if most := 2*least(len(events), limit) + 4*atOnce; f.requests > most {
					t.Errorf("%s, %d at once, seed %d: %d requests for %d rows, at least %d are needed",
						order, atOnce, seed, f.requests, len(events), least(len(events), limit))
				}
				asked, needed = asked+f.requests, needed+least(len(events), limit)
			}
			t.Logf("%s, %d at once: %d requests, at least %d are needed: %.2f", order, atOnce, asked, needed, float64(asked)/float64(needed))
			bound := 1.8
			if order == "up" && atOnce == 1 {
				bound = 1.05
			}
			if float64(asked) > bound*float64(needed) {
				t.Errorf("%s, %d at once: %d requests, at least %d are needed", order, atOnce, asked, needed)
			}
		}
	}
}

func TestPagesAreReadSideBySideAndWaitInBoundedMemory(t *testing.T) {
	for _, order := range []string{"up", "down"} {
		synctest.Test(t, func(t *testing.T) {
			const limit, atOnce = 100, 4
			r := rand.New(rand.NewPCG(1, 1))
			f := &fake{events: day(r, 6000), order: order, rand: r}
			// The earliest pieces are the slowest, so that later ones have to wait for them.
			f.takes = func() time.Duration { return time.Duration(50+f.rand.IntN(2000)) * time.Millisecond }
			s := &slicer[occurrence]{listing: f.listing(limit, atOnce), answers: make(chan answer[occurrence], 16)}
			s.pieces = s.waiting(0, 86_400)
			began, came, most := time.Now(), 0, 0
			s.run(t.Context(), func(_ occurrence, err error) bool {
				if err != nil {
					t.Fatal(err)
				}
				pages := s.flying
				for _, p := range s.pieces {
					if p.rows != nil {
						pages++
					}
				}
				most = max(most, pages)
				if came++; came%100 == 0 {
					time.Sleep(100 * time.Millisecond) // Whoever takes the rows is slow at times.
				}
				return true
			})
			took := time.Since(began)
			if came != 6000 || f.most != atOnce {
				t.Errorf("%s: %d events, %d requests at once at most", order, came, f.most)
			}
			if want := map[string]int{"up": atOnce + waitingRoom, "down": atOnce + waitingRoom + 4}[order]; most > want {
				t.Errorf("%s: %d pages in memory, besides the one that leaves; want %d at most", order, most, want)
			}
			if alone := time.Duration(f.requests) * time.Second; took > alone*4/5 {
				t.Errorf("%s: %s for %d requests of a second each", order, took, f.requests)
			}
			t.Logf("%s: %d requests in %s, %d pages in memory", order, f.requests, took, most)
		})
	}
}

func TestNothingIsAskedForBeforeItIsWanted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	f := &fake{events: day(r, 1000), order: "up", rand: r}
	for range f.listing(100, 1).events(t.Context(), 0, 86_400) {
		break
	}
	if f.requests != 1 {
		t.Errorf("%d requests for the first row", f.requests)
	}
	f.requests = 0
	f.listing(100, 4).events(t.Context(), 0, 86_400)
	if f.requests != 0 {
		t.Errorf("%d requests before the first row was asked for", f.requests)
	}
}

func TestFirstErrorEndsTheReading(t *testing.T) {
	broken := errors.New("broken")
	for _, atOnce := range []int{1, 4} {
		for bad := 1; bad < 12; bad++ {
			synctest.Test(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(5, 5))
				f := &fake{order: "up", rand: r, events: day(r, 1000), takes: func() time.Duration { return time.Second }}
				l := f.listing(100, atOnce)
				l.fetch = func(ctx context.Context, p page) ([]occurrence, error) {
					rows, err := f.fetch(ctx, p)
					f.mu.Lock()
					defer f.mu.Unlock()
					if f.requests >= bad && err == nil {
						return nil, broken
					}
					return rows, err
				}
				elements, failures := 0, 0
				var last error
				for _, last = range l.events(t.Context(), 0, 86_400) {
					elements++
					if last != nil {
						failures++
					}
				}
				if !errors.Is(last, broken) || failures != 1 {
					t.Errorf("request %d, %d at once: %v after %d elements, %d errors", bad, atOnce, last, elements, failures)
				}
				if f.requests > bad+2*atOnce {
					t.Errorf("request %d, %d at once: %d requests", bad, atOnce, f.requests)
				}
			})
		}
	}
}

func TestReadingStopsAtOnceAndLeavesNothingBehind(t *testing.T) {
	for _, how := range []string{"the consumer stops", "the context ends", "the context ends while nothing comes"} {
		for _, atOnce := range []int{1, 4} {
			synctest.Test(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(5, 5))
				f := &fake{order: "up", rand: r, events: day(r, 2000), takes: func() time.Duration { return time.Hour }}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if how == "the context ends while nothing comes" {
					time.AfterFunc(90*time.Minute, cancel)
				}
				n, began := 0, time.Now()
				var last error
				for _, last = range f.listing(100, atOnce).events(ctx, 0, 86_400) {
					n++
					if n == 150 && how == "the context ends" {
						cancel()
					}
					if n == 150 && how == "the consumer stops" {
						break
					}
				}
				took := time.Since(began)
				// A goroutine that is left behind would be waiting for ever, which synctest does not let pass.
				if took > 3*time.Hour || (how != "the consumer stops") != errors.Is(last, context.Canceled) {
					t.Errorf("%s, %d at once: %v after %s and %d elements", how, atOnce, last, took, n)
				}
			})
		}
	}
}

func TestWindowIsCutToWhatARequestMaySpan(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	f := &fake{order: "down", rand: r, events: day(r, 300)}
	l := f.listing(100, 4)
	l.widest = 20_000
	l.fetch = func(ctx context.Context, p page) ([]occurrence, error) {
		if p.to-p.from > 20_000 {
			return nil, fmt.Errorf("the API refuses %+v", p)
		}
		return f.fetch(ctx, p)
	}
	if got := readAll(t, l, 0, 86_400); !maps.Equal(tally(got), tally(f.events)) {
		t.Errorf("%d events", len(got))
	}
}
