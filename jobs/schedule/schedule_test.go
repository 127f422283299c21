package schedule

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/robfig/cron/v3"

	"github.com/reportjob/reportjob/internal/raced"
	"github.com/reportjob/reportjob/jobs"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func parse(t testing.TB, spec, zoneName string) *Schedule {
	t.Helper()
	s, err := Parse(spec, zone(t, zoneName))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestSlotsFollowTheClocks(t *testing.T) {
	for _, c := range []struct{ zone, spec, after, slots string }{
		{"UTC", "30 5 * * *", "2026-11-21T05:30:00Z", "2026-11-22T05:30:00Z 2026-11-23T05:30:00Z"},
		{"UTC", "CRON_TZ=Europe/Berlin 30 5 * * *", "2026-11-21T05:30:00Z", "2026-11-22T05:30:00+01:00"},
		{"UTC", "TZ=Asia/Kathmandu 0 0 * * *", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00+05:45"},
		{"UTC", "0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"},
		{"UTC", "0 0 13 * 5", "2026-11-01T00:00:00Z", "2026-11-06T00:00:00Z 2026-11-13T00:00:00Z"}, // either day suffices
		{"UTC", "0 0 31 2 5", "2026-01-31T00:00:00Z", "2026-02-06T00:00:00Z"},
		{"UTC", "0 6 * * 7", "2026-11-21T00:00:00Z", "2026-11-22T06:00:00Z"},
		{"UTC", "0 6 * * fri-7", "2026-11-19T00:00:00Z", "2026-11-20T06:00:00Z 2026-11-21T06:00:00Z 2026-11-22T06:00:00Z 2026-11-27T06:00:00Z"},
		{"UTC", "5/20 23 * Dec *", "2026-11-19T00:00:00Z", "2026-12-01T23:05:00Z 2026-12-01T23:25:00Z 2026-12-01T23:45:00Z 2026-12-02T23:05:00Z"},
		{"UTC", "@every 25m", "1970-01-01T00:00:00Z", "1970-01-01T00:25:00Z 1970-01-01T00:50:00Z 1970-01-01T01:15:00Z"},
		{"Europe/Berlin", "@every 6h", "2026-11-21T00:00:00Z", "2026-11-21T07:00:00+01:00 2026-11-21T13:00:00+01:00"},
		{"UTC", "@weekly", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"},
		{"UTC", "@yearly", "2026-11-21T00:00:00Z", "2027-01-01T00:00:00Z"},
		// Clocks forward.
		{"Europe/Berlin", "30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T03:30:00+02:00 2026-03-30T02:30:00+02:00"},
		{"Europe/Berlin", "30 2,3 * * *", "2026-03-28T12:00:00Z", "2026-03-29T03:30:00+02:00 2026-03-30T02:30:00+02:00"},
		{"Europe/Berlin", "0 * * * *", "2026-03-28T23:30:00Z", "2026-03-29T01:00:00+01:00 2026-03-29T03:00:00+02:00"},
		{"Australia/Lord_Howe", "20,40 2 * * *", "2026-10-03T00:00:00Z", "2026-10-04T02:40:00+11:00 2026-10-04T02:50:00+11:00 2026-10-05T02:20:00+11:00"},
		{"Australia/Lord_Howe", "0 * * * *", "2026-10-03T14:00:00Z", "2026-10-04T01:00:00+10:30 2026-10-04T02:30:00+11:00 2026-10-04T03:00:00+11:00"},
		{"America/Sao_Paulo", "0 0 * * *", "2018-11-03T12:00:00Z", "2018-11-04T01:00:00-02:00 2018-11-05T00:00:00-02:00"},
		{"Asia/Beirut", "15 0 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:15:00+03:00 2026-03-30T00:15:00+03:00"},
		{"Pacific/Apia", "0 5 * * *", "2011-12-29T20:00:00Z", "2011-12-31T05:00:00+14:00 2012-01-01T05:00:00+14:00"},
		{"Pacific/Apia", "0 5 30 12 *", "2011-12-01T00:00:00Z", "2011-12-31T05:00:00+14:00 2012-12-30T05:00:00+14:00"},
		// Clocks back.
		{"Europe/Berlin", "30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T02:30:00+02:00 2026-10-26T02:30:00+01:00"},
		{"Europe/Berlin", "30 * * * *", "2026-10-24T23:00:00Z", "2026-10-25T01:30:00+02:00 2026-10-25T02:30:00+02:00 2026-10-25T02:30:00+01:00 2026-10-25T03:30:00+01:00"},
		{"America/New_York", "0 1 * * *", "2026-10-31T12:00:00Z", "2026-11-01T01:00:00-04:00 2026-11-02T01:00:00-05:00"},
		{"Australia/Lord_Howe", "45 * * * *", "2026-04-04T14:00:00Z", "2026-04-05T01:45:00+11:00 2026-04-05T02:45:00+10:30"},
		{"America/Sao_Paulo", "30 23 * * *", "2018-02-17T12:00:00Z", "2018-02-17T23:30:00-02:00 2018-02-18T23:30:00-03:00"},
	} {
		s := parse(t, c.spec, c.zone)
		var got []string
		at := instant(t, c.after)
		for range strings.Fields(c.slots) {
			before := at
			at = s.Next(at)
			got = append(got, at.Format(time.RFC3339))
			if last, ok := s.Last(at); !ok || !last.Equal(at) {
				t.Errorf("%s in %s: the last slot at %s is %s", c.spec, c.zone, at, last)
			}
			if last, ok := s.Last(at.Add(-time.Second)); !ok || last.After(before) {
				t.Errorf("%s in %s: the slot before %s is %s", c.spec, c.zone, at, last)
			}
		}
		if slots := strings.Join(got, " "); slots != c.slots {
			t.Errorf("%s in %s after %s:\n got %s\nwant %s", c.spec, c.zone, c.after, slots, c.slots)
		}
	}
}

func TestNoteSaysWhatAClockChangeDid(t *testing.T) {
	for _, c := range []struct{ zone, spec, slot, note string }{
		{"Europe/Berlin", "30 2 * * *", "2026-03-28T02:30:00+01:00", ""},
		{"Europe/Berlin", "30 2 * * *", "2026-03-29T03:30:00+02:00", "02:30 does not exist on this day: moved to 03:30"},
		{"Europe/Berlin", "30 2,3 * * *", "2026-03-29T03:30:00+02:00", ""},
		{"Europe/Berlin", "30 2 * * *", "2026-10-25T02:30:00+02:00", "02:30 comes twice on this day: runs once, the first time"},
		{"Europe/Berlin", "30 * * * *", "2026-10-25T02:30:00+02:00", ""},
		{"Europe/Berlin", "0 * * * *", "2026-03-29T03:00:00+02:00", ""},
		{"Europe/Berlin", "@every 30m", "2026-03-29T03:30:00+02:00", ""},
		{"Australia/Lord_Howe", "0 * * * *", "2026-10-04T02:30:00+11:00", "02:00 does not exist on this day: moved to 02:30"},
		{"Australia/Lord_Howe", "45 * * * *", "2026-04-05T01:45:00+11:00", "01:45 comes twice on this day: runs once, the first time"},
		{"Pacific/Apia", "0 5 * * *", "2011-12-31T05:00:00+14:00", ""},
		{"Pacific/Apia", "0 5 30 12 *", "2011-12-31T05:00:00+14:00", "2011-12-30 05:00 does not exist: moved to 2011-12-31 05:00"},
		{"UTC", "30 2 * * *", "2026-03-29T11:11:11Z", ""},
	} {
		if note := parse(t, c.spec, c.zone).Note(instant(t, c.slot)); note != c.note {
			t.Errorf("%s in %s at %s: %q, want %q", c.spec, c.zone, c.slot, note, c.note)
		}
	}
}

func TestScheduleThatCannotBeMeantIsRefused(t *testing.T) {
	for spec, say := range map[string]string{
		"":                               "five fields",
		"  ":                             "five fields",
		"CRON_TZ=Europe/Berlin":          "five fields",
		"CRON_TZ=":                       "zone \"\"",
		"TZ= 0 5 * * *":                  "zone \"\"",
		"TZ=Europe/Berlin":               "five fields",
		"CRON_TZ=Mars/Olympus 0 5 * * *": "Mars/Olympus",
		"CRON_TZ=Local 0 5 * * *":        "zone \"Local\"",
		"CRON_TZ=../../etc 0 5 * * *":    "zone",
		"0 5 * *":                        "found 4",
		"0 0 5 * * *":                    "found 6",
		"60 5 * * *":                     "minute \"60\": expected 0 to 59",
		"-1 5 * * *":                     "minute",
		"0 24 * * *":                     "hour \"24\": expected 0 to 23",
		"0 5 0 * *":                      "day of month \"0\": expected 1 to 31",
		"0 5 * 13 *":                     "month \"13\": expected 1 to 12 or jan to dec",
		"0 5 * foo *":                    "month \"foo\"",
		"0 5 * * 8":                      "day of week \"8\": expected 0 to 6 (Sunday is 0) or sun to sat",
		"0 5 * * unm":                    "day of week",
		"0 5 31 2 *":                     "none of the months",
		"0 5 30,31 feb *":                "none of the months",
		"0 5 31 4,6,9,11 *":              "none of the months",
		"0 5 * * 5-1":                    "day of week",
		"1,,2 5 * * *":                   "minute",
		", 5 * * *":                      "minute",
		"*-5 5 * * *":                    "minute",
		"+5 5 * * *":                     "minute",
		"*/0 5 * * *":                    "minute",
		"*/60 5 * * *":                   "minute",
		"1-2-3 5 * * *":                  "minute",
		"*/5/5 5 * * *":                  "minute",
		"99999999999999999999 5 * * *":   "minute",
		"@reboot":                        "@hourly, @daily",
		"@daily 5":                       "@hourly, @daily",
		"@every":                         "@every 15m",
		"@every 0s":                      "whole seconds",
		"@every -5m":                     "whole seconds",
		"@every 500ms":                   "whole seconds",
		"@every 1500ms":                  "whole seconds",
		"@every 1d":                      "whole seconds",
		"@every 5m 5s":                   "whole seconds",
	} {
		if s, err := Parse(spec, time.UTC); err == nil {
			t.Errorf("%q was read as %s", spec, s)
		} else if !strings.Contains(err.Error(), say) {
			t.Errorf("%q: %v; want it to say %s", spec, err, say)
		}
	}
}

// random makes a schedule out of a seed: most fields are *, so that some are dense and some are rare.
func random(r *rand.Rand) string {
	var words []string
	for _, f := range fields {
		low := f.min + r.IntN(f.max-f.min+1)
		high := low + r.IntN(f.max-low+1)
		words = append(words, []string{
			"*", "*", fmt.Sprint(low), fmt.Sprintf("%d-%d", low, high), fmt.Sprintf("%d,%d", low, high), fmt.Sprintf("*/%d", 1+r.IntN(f.max)),
		}[r.IntN(6)])
	}
	return strings.Join(words, " ")
}

func TestSchedulesAgreeWithCronWhereClocksAreNotChanged(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		spec := random(r)
		ours, err := Parse(spec, time.UTC)
		theirs, other := cron.ParseStandard("CRON_TZ=UTC " + spec)
		if err != nil || other != nil {
			continue // 7 for Sunday, and days that never come, are seen differently
		}
		at := time.Unix(1.7e9+r.Int64N(1e8), 0).UTC()
		for range 5 {
			want := theirs.Next(at)
			if got := ours.Next(at); !got.Equal(want) {
				t.Fatalf("%s after %s: %s, cron says %s", spec, at, got, want)
			}
			at = want
		}
	}
}

func TestNextAndLastAgreeWithOneAnother(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	starts := map[string]string{
		"Europe/Berlin": "2026-10-23T00:00:00Z", "America/New_York": "2026-03-06T00:00:00Z", "Australia/Lord_Howe": "2026-04-03T00:00:00Z",
		"America/Sao_Paulo": "2018-11-02T00:00:00Z", "Pacific/Apia": "2011-12-28T00:00:00Z", "Asia/Kathmandu": "2026-01-01T00:00:00Z",
	}
	for name, start := range starts {
		for range 15 {
			s, err := Parse(random(r), zone(t, name))
			if err != nil {
				continue
			}
			from := instant(t, start).Add(time.Duration(r.IntN(48*60)) * time.Minute)
			var slots []time.Time // as Next finds them
			for at := s.Next(from); at.Before(from.AddDate(0, 0, 5)) && len(slots) < 40; at = s.Next(at) {
				slots = append(slots, at)
			}
			for i, slot := range slots {
				if i > 0 && !slot.After(slots[i-1]) {
					t.Fatalf("%s in %s: %s comes after %s", s, name, slot, slots[i-1])
				}
				if before, ok := s.Before(slot); i > 0 && (!ok || !before.Equal(slots[i-1])) {
					t.Fatalf("%s in %s: before %s comes %s, want %s", s, name, slot, before, slots[i-1])
				}
				if i == 7 { // any minute after a slot leads back to it
					for at := slot; at.Before(s.Next(slot)) && at.Before(slot.Add(90*time.Minute)); at = at.Add(7 * time.Minute) {
						if last, ok := s.Last(at); !ok || !last.Equal(slot) {
							t.Fatalf("%s in %s: the last slot at %s is %s, want %s", s, name, at, last, slot)
						}
					}
				}
			}
		}
	}
}

func TestConsecutiveSlotsLeaveNoGapAndNoOverlap(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	starts := map[string]string{
		"Europe/Berlin": "2026-02-01T00:00:00Z", "America/New_York": "2026-10-01T00:00:00Z", "Australia/Lord_Howe": "2026-03-01T00:00:00Z",
		"Asia/Kathmandu": "2026-01-01T00:00:00Z", "America/Sao_Paulo": "2018-10-01T00:00:00Z", "Pacific/Apia": "2011-11-20T00:00:00Z",
		"Asia/Beirut": "2026-03-01T00:00:00Z", "America/Havana": "2026-10-01T00:00:00Z", "Antarctica/Troll": "2026-10-01T00:00:00Z",
	}
	for _, c := range []struct {
		period, spec string
		slots        int
	}{
		{"previous-hour", "M * * * *", 1800}, {"previous-day", "M H * * *", 80}, {"previous-week", "M H * * W", 12}, {"previous-month", "M H D * *", 4},
		{"since-last", "*/20 * * * *", 2000}, {"since-last", "M H,13 * * W,3", 40}, {"since-last", "M */5 * * *", 300}, {"last-15m", "@every 15m", 300},
		{"last-1d", "M H * * *", 80}, {"last-1d", "30 2 * * *", 80}, {"last-1d", "30 3 * * *", 80}, {"last-1d", "15 0 * * *", 80}, {"last-1d", "0 1 * * *", 80},
		{"last-7d", "M 2 * * 0", 20}, {"last-1w", "M H * * W", 20}, {"since-last", "@every 37m", 300}, {"previous-day", "@daily", 80}, {"previous-hour", "@hourly", 1800},
	} {
		period, err := jobs.ParsePeriod(c.period)
		if err != nil {
			t.Fatal(err)
		}
		for name, start := range starts {
			spec := strings.NewReplacer("M", fmt.Sprint(r.IntN(60)), "H", fmt.Sprint(r.IntN(24)), "W", fmt.Sprint(r.IntN(7)), "D", fmt.Sprint(1+r.IntN(28))).Replace(c.spec)
			s, at, end := parse(t, spec, name), instant(t, start), time.Time{}
			names := map[string]bool{}
			for range raced.Few(c.slots) {
				at = s.Next(at)
				w, err := period.Window(at, s.Zone(), s.Before)
				if err != nil {
					t.Fatal(err)
				}
				if !end.IsZero() && !w.From.Equal(end) {
					t.Fatalf("%s with %s in %s: the window of %s starts at %s, the one before ended at %s", spec, c.period, name, at, w.From.In(s.Zone()), end.In(s.Zone()))
				}
				if n := w.Name(s.Zone()); names[n] {
					t.Fatalf("%s with %s in %s: %s is the name of two windows", spec, c.period, name, n)
				} else {
					names[n] = true
				}
				end = w.To
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"30 5 * * *", "@every 15m", "CRON_TZ=Europe/Berlin 0 2 29 2 *", "TZ=", "0 0 31 2 *", "*/15 1-5,7 ? jan-mar sun", "@every 2562047h"} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, spec string) {
		s, err := Parse(spec, time.UTC)
		if err != nil {
			return
		}
		next := s.Next(now)
		if !next.After(now) {
			t.Errorf("%q has no next slot: %s", spec, next)
		}
		if last, ok := s.Before(next); !ok || last.After(now) {
			t.Errorf("%q: before %s comes %s", spec, next, last)
		}
		if note := s.Note(next); s.Zone() == time.UTC && note != "" {
			t.Errorf("%q: UTC has no change of the clocks: %s", spec, note)
		}
		if again, err := Parse(s.String(), time.UTC); err != nil || !again.Next(now).Equal(next) {
			t.Errorf("%q and %q differ: %v", spec, s, err)
		}
	})
}

func BenchmarkNext(b *testing.B) {
	for _, spec := range []string{"* * * * *", "30 5 * * *", "0 0 29 2 *"} {
		s := parse(b, spec, "Europe/Berlin")
		now := time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC)
		b.Run(spec, func(b *testing.B) {
			for b.Loop() {
				s.Next(now)
			}
		})
	}
}
