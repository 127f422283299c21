package secureaccess

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// second makes events of one second.
func second(at int64, verdict string, n int) []occurrence {
	var events []occurrence
	for i := range n {
		events = append(events, occurrence{at, i, "dns", verdict})
	}
	return events
}

// of makes events be of a kind.
func of(kind string, events []occurrence) []occurrence {
	for i := range events {
		events[i].kind = kind
	}
	return events
}

func TestCrowdedSecondIsSplitByVerdict(t *testing.T) {
	for _, tt := range []struct {
		name                      string
		allowed, blocked, proxied int
		split                     bool
		deaf                      string
		rows, doubts, losses      int
	}{
		{name: "fits two pages by verdict", allowed: 9, blocked: 9, split: true, rows: 18},
		{name: "a verdict fills a page and no more", allowed: 10, blocked: 3, split: true, rows: 13},
		{name: "a verdict is more than a page", allowed: 12, blocked: 3, split: true, rows: 15, doubts: 1},
		{name: "a verdict that no filter knows", allowed: 5, blocked: 3, proxied: 4, split: true, rows: 12, doubts: 1},
		{name: "no filter", allowed: 9, blocked: 9, rows: 18, doubts: 1},
		{name: "a filter that does nothing", allowed: 9, blocked: 9, split: true, deaf: "verdict", rows: 18, doubts: 1},
		{name: "more than is listed, but not by verdict", allowed: 22, blocked: 22, split: true, rows: 44, doubts: 1},
		{name: "more than is listed of one verdict", allowed: 41, blocked: 3, split: true, rows: 33, losses: 1},
		{name: "more than is listed, no filter", allowed: 41, rows: 30, losses: 1},
		{name: "just as many as are listed", allowed: 30, rows: 30, losses: 1},
		{name: "just a page", allowed: 10, rows: 10},
	} {
		for _, atOnce := range []int{1, 4} {
			t.Run(tt.name, func(t *testing.T) {
				f := &fake{order: "up", deaf: tt.deaf, rand: rand.New(rand.NewPCG(5, 5))}
				f.events = slices.Concat(second(3, "allowed", 2), second(7, "allowed", tt.allowed), second(7, "blocked", tt.blocked),
					second(7, "proxied", tt.proxied), second(8, "allowed", 4))
				var split []string
				if tt.split {
					split = []string{"verdict"}
				}
				got := readAll(t, f.listing(10, atOnce, split...), 0, 60)
				if len(got) != tt.rows+6 || len(f.doubts) != tt.doubts || len(f.losses) != tt.losses {
					t.Errorf("%d rows, doubts %q, losses %q", len(got)-6, f.doubts, f.losses)
				}
				if tt.doubts+tt.losses == 0 && !maps.Equal(tally(got), tally(f.events)) {
					t.Error("other rows than there are")
				}
			})
		}
	}
}

func TestPartOfACrowdedSecondThatOverflowsIsSplitByTheNextDimension(t *testing.T) {
	for _, tt := range []struct {
		name                 string
		dns, blocked, proxy  int // allowed DNS, blocked DNS, allowed proxy
		ztna                 int // which no traffic filter knows
		deaf                 string
		rows, doubts, losses int
	}{
		{name: "each kind fits a page", dns: 5, blocked: 4, proxy: 9, rows: 18},
		{name: "a kind is split by verdict", dns: 9, blocked: 9, proxy: 8, rows: 26},
		{name: "one of two full kinds is split by verdict", dns: 9, blocked: 9, proxy: 9, rows: 27},
		{name: "the first filter does nothing, the second does", dns: 8, blocked: 8, deaf: "kind", rows: 16},
		{name: "a kind without a filter is told from the rest", dns: 9, blocked: 9, ztna: 1, rows: 19, doubts: 1},
		{name: "too many of a kind and verdict", dns: 35, blocked: 1, proxy: 2, rows: 33, losses: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := &fake{order: "up", deaf: tt.deaf, rand: rand.New(rand.NewPCG(5, 5))}
			f.events = slices.Concat(second(7, "allowed", tt.dns), second(7, "blocked", tt.blocked), of("proxy", second(7, "allowed", tt.proxy)),
				of("ztna", second(7, "warn", tt.ztna)))
			got := readAll(t, f.listing(10, 4, "kind", "verdict"), 0, 60)
			if len(got) != tt.rows || len(f.doubts) != tt.doubts || len(f.losses) != tt.losses {
				t.Errorf("%d rows, doubts %q, losses %q", len(got), f.doubts, f.losses)
			}
			if tt.doubts+tt.losses == 0 && !maps.Equal(tally(got), tally(f.events)) {
				t.Error("other rows than there are")
			}
		})
	}
}

func TestPartsThatDoNotAddUpAreNotTrusted(t *testing.T) {
	f := &fake{order: "up", rand: rand.New(rand.NewPCG(5, 5)), events: slices.Concat(second(7, "allowed", 9), second(7, "blocked", 9))}
	l := f.listing(10, 1, "verdict")
	l.fetch = func(ctx context.Context, p page) ([]occurrence, error) {
		rows, err := f.fetch(ctx, p)
		if len(p.only) > 0 && len(rows) > 3 {
			rows = rows[:3]
		}
		return rows, err
	}
	if got := readAll(t, l, 0, 60); len(got) != 18 || len(f.doubts) != 1 {
		t.Errorf("%d rows, doubts %q", len(got), f.doubts)
	}
}

func TestListingWithoutOffsetsIsNeverAskedForOne(t *testing.T) {
	for _, tt := range []struct {
		allowed, blocked, rows, doubts, losses int
	}{{12, 0, 10, 0, 1}, {9, 9, 18, 1, 0}, {9, 1, 10, 0, 1}} {
		f := &fake{order: "down", rand: rand.New(rand.NewPCG(5, 5))}
		f.events = slices.Concat(second(3, "allowed", 8), second(7, "allowed", tt.allowed), second(7, "blocked", tt.blocked), second(9, "allowed", 3))
		l := f.listing(10, 4)
		if tt.blocked > 1 {
			l = f.listing(10, 4, "verdict")
		}
		l.offset = 0
		f.offset = 0
		got := readAll(t, l, 0, 60)
		if len(got) != tt.rows+11 || len(f.doubts) != tt.doubts || len(f.losses) != tt.losses {
			t.Errorf("%+v: %d rows, doubts %q, losses %q", tt, len(got), f.doubts, f.losses)
		}
		if tt.losses > 0 && !strings.Contains(f.losses[0], "10 could be read") {
			t.Errorf("losses %q", f.losses)
		}
	}
}
