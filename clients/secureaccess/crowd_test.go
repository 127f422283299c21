package secureaccess

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/internal/raced"
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

// among makes events of one second, spread evenly over some people.
func among(at int64, verdict string, people, n int) []occurrence {
	events := second(at, verdict, n)
	for i := range events {
		events[i].what = i%people + i/people*100
	}
	return events
}

func TestCrowdedSecondIsSplitByTheIdentitiesThatAreSeenInIt(t *testing.T) {
	for _, tt := range []struct {
		name           string
		events         []occurrence
		deaf           string
		doubts, losses int
	}{
		{name: "a page more", events: among(7, "allowed", 4, 14)},
		{name: "all that are listed but one", events: among(7, "allowed", 5, 29)},
		{name: "two verdicts, one of which fits", events: slices.Concat(among(7, "allowed", 5, 19), among(7, "blocked", 3, 9))},
		{name: "somebody fills a page", events: slices.Concat(among(7, "allowed", 1, 12), among(7, "allowed", 5, 10)), doubts: 1},
		{name: "nobody", events: append(among(7, "allowed", 4, 15), occurrence{7, 99, "dns", "allowed"}), doubts: 1},
		{name: "a filter that does nothing", events: among(7, "allowed", 5, 20), deaf: IdentityIDs, doubts: 1},
		{name: "more than are listed, and nothing tells whether these are all", events: among(7, "allowed", 6, 48), doubts: 1},
		{name: "more than are listed of one", events: slices.Concat(among(7, "allowed", 1, 40), among(7, "allowed", 5, 5)), losses: 1},
	} {
		for _, parts := range [][]string{{"verdict", IdentityIDs}, {IdentityIDs, "verdict"}} {
			f := &fake{order: "up", deaf: tt.deaf, rand: rand.New(rand.NewPCG(5, 5)), events: tt.events}
			got := readAll(t, f.listing(10, 4, parts...), 0, 60)
			if len(f.doubts) != tt.doubts || len(f.losses) != tt.losses {
				t.Errorf("%s, %v: %d rows of %d, doubts %q, losses %q", tt.name, parts, len(got), len(tt.events), f.doubts, f.losses)
			}
			open := len(f.doubts) == 1 && strings.Contains(f.doubts[0], "came by filters")
			if certain := tt.doubts+tt.losses == 0 || open; certain && !maps.Equal(tally(got), tally(tt.events)) {
				t.Errorf("%s, %v: other rows than there are", tt.name, parts)
			}
			if open != strings.Contains(tt.name, "these are all") {
				t.Errorf("%s, %v: doubts %q", tt.name, parts, f.doubts)
			}
		}
	}
}

func TestNothingIsCertainOfACrowdedSecondUnlessItIsRight(t *testing.T) {
	certain, seeds := 0, uint64(raced.Few(3000))
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 3))
		f := &fake{order: "up", rand: rand.New(rand.NewPCG(seed, 4))}
		for range 1 + r.IntN(4) {
			f.events = append(f.events, among(7, []string{"allowed", "blocked", "warned"}[r.IntN(3)], 1+r.IntN(12), r.IntN(16))...)
		}
		got := readAll(t, f.listing(10, 2, "verdict", IdentityIDs), 0, 60)
		if len(f.doubts)+len(f.losses) > 0 {
			continue
		}
		certain++
		if !maps.Equal(tally(got), tally(f.events)) {
			t.Fatalf("seed %d: %d rows of %d, or others, and no doubt", seed, len(got), len(f.events))
		}
	}
	if certain < int(seeds)/3 {
		t.Errorf("%d of %d crowded seconds were read for certain", certain, seeds)
	}
}

func TestIdentitiesOfOneRequestAreAsManyAsAnAddressCanHold(t *testing.T) {
	d := dimension[occurrence]{name: IdentityIDs, of: func(o *occurrence) string { return fmt.Sprintf("%09d", o.what) }}
	rows := second(7, "allowed", 5000)
	values, sides := d.found(rows, nil, 5000)
	seen := 0
	for i, value := range values {
		if ids := strings.Split(value, ","); len(value) > longest+10 || len(ids) > 4000 {
			t.Errorf("value %d has %d bytes and %d identities", i, len(value), len(ids))
		} else {
			seen += len(ids)
		}
	}
	for i := range rows {
		if list := sides(&rows[i]); len(list) != 1 || !strings.Contains(values[list[0]], d.of(&rows[i])) {
			t.Fatalf("row %d is on the sides %v", i, list)
		}
	}
	if seen != 5000 {
		t.Errorf("%d identities of 5000", seen)
	}
}

func TestTheTotalOfTheAPISettlesWhatFiltersLeaveOpen(t *testing.T) {
	const n = 16_000 // more than the API lists of one second
	at := yesterday.From.Add(time.Hour).UnixMilli()
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`{"timestamp":%d,"domain":"d%d.example","verdict":"allowed","identities":[{"id":%d}]}`, at, i, i%40))
	}
	for total, want := range map[int]string{n: "complete", n + 1: "unproven", n + 1000: "truncated"} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			from, _ := strconv.ParseInt(q.Get("from"), 10, 64)
			to, _ := strconv.ParseInt(q.Get("to"), 10, 64)
			if strings.Contains(r.URL.Path, "total-requests") {
				fmt.Fprintf(w, `{"data":{"count":%d},"meta":{}}`, total)
				return
			}
			offset, _ := strconv.Atoi(q.Get("offset"))
			limit, _ := strconv.Atoi(q.Get("limit"))
			var rows []string
			ids, shown := strings.Split(q.Get(IdentityIDs), ","), from <= at && at <= to && q.Get("verdict") != "blocked"
			for i, row := range all {
				if shown && (!q.Has(IdentityIDs) || slices.Contains(ids, strconv.Itoa(i%40))) {
					rows = append(rows, row)
				}
			}
			rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			rows = rows[min(offset, len(rows)):]
			fmt.Fprintf(w, `{"data":[%s],"meta":{}}`, strings.Join(rows[:min(limit, len(rows))], ","))
		})
		p := &progress{}
		got, err := collect(s.client().ActivityDNS(t.Context(), All, yesterday, p))
		domains := map[string]bool{}
		for _, row := range got {
			domains[row.Domain] = true
		}
		if err != nil || len(got) != n || len(domains) != n || p.verdict != want {
			t.Errorf("a total of %d: %d rows, %d of them different, %s %q, %v", total, len(got), len(domains), p.verdict, p.doubts, err)
		}
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
