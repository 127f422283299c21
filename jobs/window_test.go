package jobs

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestWindowFollowsFromSlotAndZone(t *testing.T) {
	for _, c := range []struct{ zone, period, slot, from, to, name string }{
		{"UTC", "previous-day", "2026-11-22T05:00:00Z", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z", "2026-11-21"},
		{"UTC", "previous-day", "2026-11-22T00:00:00Z", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z", "2026-11-21"},
		{"UTC", "previous-week", "2026-11-23T00:00:00Z", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z", "2026-11-16--2026-11-22"},
		{"UTC", "previous-week", "2026-11-22T23:59:59Z", "2026-11-09T00:00:00Z", "2026-11-16T00:00:00Z", "2026-11-09--2026-11-15"},
		{"UTC", "previous-month", "2028-03-31T12:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z", "2028-02"},
		{"UTC", "previous-month", "2026-01-01T00:00:00Z", "2025-12-01T00:00:00Z", "2026-01-01T00:00:00Z", "2025-12"},
		{"UTC", "last-90m", "2026-11-21T14:30:00Z", "2026-11-21T13:00:00Z", "2026-11-21T14:30:00Z", "20261121T130000Z--20261121T143000Z"},
		{"UTC", "now", "2026-11-21T05:00:00Z", "2026-11-21T05:00:00Z", "2026-11-21T05:00:00Z", "20261121T050000Z"},
		{"Europe/Berlin", "now", "2026-11-21T05:00:00+01:00", "2026-11-21T04:00:00Z", "2026-11-21T04:00:00Z", "20261121T040000Z"},
		{"Europe/Berlin", "previous-hour", "2026-11-21T14:00:00+01:00", "2026-11-21T12:00:00Z", "2026-11-21T13:00:00Z", "2026-11-21T13+0100"},
		// Clocks forward: a day of 23 hours, and an hour that is not there.
		{"Europe/Berlin", "previous-day", "2026-03-30T03:00:00+02:00", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-03-29"},
		{"Europe/Berlin", "previous-hour", "2026-03-29T03:10:00+02:00", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01+0100"},
		{"Europe/Berlin", "last-1d", "2026-03-29T12:00:00+02:00", "2026-03-28T11:00:00Z", "2026-03-29T10:00:00Z", "20260328T110000Z--20260329T100000Z"},
		{"Europe/Berlin", "last-24h", "2026-03-29T12:00:00+02:00", "2026-03-28T10:00:00Z", "2026-03-29T10:00:00Z", "20260328T100000Z--20260329T100000Z"},
		{"Europe/Berlin", "last-1d", "2026-03-30T00:00:00+02:00", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-03-29"},
		// Clocks back: a day of 25 hours, and an hour that comes twice.
		{"Europe/Berlin", "previous-day", "2026-10-26T03:00:00+01:00", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "2026-10-25"},
		{"Europe/Berlin", "previous-hour", "2026-10-25T02:00:00+01:00", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02+0200"},
		{"Europe/Berlin", "previous-hour", "2026-10-25T03:00:00+01:00", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z", "2026-10-25T02+0100"},
		{"Europe/Berlin", "last-2w", "2026-11-01T00:00:00+01:00", "2026-10-17T22:00:00Z", "2026-10-31T23:00:00Z", "2026-10-18--2026-10-31"},
		{"Europe/Berlin", "previous-month", "2026-11-01T00:00:00+01:00", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z", "2026-10"},
		{"America/New_York", "previous-week", "2026-11-02T06:00:00-05:00", "2026-10-26T04:00:00Z", "2026-11-02T05:00:00Z", "2026-10-26--2026-11-01"},
		// Hours of a zone 45 minutes off.
		{"Asia/Kathmandu", "previous-hour", "2026-11-21T13:10:00+05:45", "2026-11-21T06:15:00Z", "2026-11-21T07:15:00Z", "2026-11-21T12+0545"},
		{"Asia/Kathmandu", "previous-day", "2026-11-21T13:10:00+05:45", "2026-11-19T18:15:00Z", "2026-11-20T18:15:00Z", "2026-11-20"},
		// Clocks that change by 30 minutes: 02:00 becomes 02:30, and 02:00 becomes 01:30.
		{"Australia/Lord_Howe", "previous-hour", "2026-10-04T02:30:00+11:00", "2026-10-03T14:30:00Z", "2026-10-03T15:30:00Z", "2026-10-04T01+1030"},
		{"Australia/Lord_Howe", "previous-hour", "2026-10-04T03:00:00+11:00", "2026-10-03T15:30:00Z", "2026-10-03T16:00:00Z", "2026-10-04T02+1100"},
		{"Pacific/Chatham", "previous-hour", "2027-09-26T04:10:00+13:45", "2027-09-25T13:15:00Z", "2027-09-25T14:15:00Z", "2027-09-26T02+1245"},
		{"Pacific/Chatham", "previous-hour", "2027-04-04T03:10:00+12:45", "2027-04-03T13:15:00Z", "2027-04-03T14:15:00Z", "2027-04-04T03+1345"},
		{"Australia/Lord_Howe", "previous-hour", "2026-04-05T02:00:00+10:30", "2026-04-04T14:00:00Z", "2026-04-04T15:30:00Z", "2026-04-05T01+1100"},
		{"Australia/Lord_Howe", "previous-hour", "2026-04-05T01:45:00+10:30", "2026-04-04T13:00:00Z", "2026-04-04T14:00:00Z", "2026-04-05T00+1100"},
		{"Australia/Lord_Howe", "previous-day", "2026-04-06T00:00:00+10:30", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z", "2026-04-05"},
		// Days without midnight.
		{"America/Sao_Paulo", "previous-day", "2018-11-05T03:00:00-02:00", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z", "2018-11-04"},
		{"America/Sao_Paulo", "previous-day", "2018-11-04T01:00:00-02:00", "2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z", "2018-11-03"},
		{"America/Sao_Paulo", "previous-day", "2018-02-18T00:00:00-03:00", "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z", "2018-02-17"},
		{"Asia/Beirut", "previous-day", "2026-03-30T00:00:00+03:00", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z", "2026-03-29"},
		// The day that Samoa skipped, 2011-12-30, is nobody's window.
		{"Pacific/Apia", "previous-day", "2011-12-31T05:00:00+14:00", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-29"},
		{"Pacific/Apia", "previous-day", "2012-01-01T05:00:00+14:00", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z", "2011-12-31"},
		{"Pacific/Apia", "last-1d", "2011-12-31T05:00:00+14:00", "2011-12-29T15:00:00Z", "2011-12-30T15:00:00Z", "20111229T150000Z--20111230T150000Z"},
		{"Pacific/Apia", "previous-month", "2012-01-01T00:00:00+14:00", "2011-12-01T10:00:00Z", "2011-12-31T10:00:00Z", "2011-12"},
		// Clocks put back over midnight: the new day has begun, although they show the old one again.
		{"America/St_Johns", "previous-day", "2009-11-01T23:30:00-03:30", "2009-10-31T02:30:00Z", "2009-11-01T02:30:00Z", "2009-10-31"},
		{"America/St_Johns", "previous-day", "2009-10-31T23:30:00-03:30", "2009-10-31T02:30:00Z", "2009-11-01T02:30:00Z", "2009-10-31"},
	} {
		t.Run(c.zone+" "+c.period+" "+c.slot, func(t *testing.T) {
			period, err := ParsePeriod(c.period)
			if err != nil {
				t.Fatal(err)
			}
			w, err := period.Window(instant(t, c.slot), zone(t, c.zone), nil)
			if err != nil {
				t.Fatal(err)
			}
			if from, to := w.From.UTC().Format(time.RFC3339), w.To.UTC().Format(time.RFC3339); from != c.from || to != c.to {
				t.Errorf("window [%s, %s), want [%s, %s)", from, to, c.from, c.to)
			}
			if name := w.Name(zone(t, c.zone)); name != c.name {
				t.Errorf("name %s, want %s", name, c.name)
			}
		})
	}
}

func TestCalendarUnitsFollowOneAnother(t *testing.T) {
	spans := []struct{ zone, from string }{
		{"UTC", "2026-01-01T00:00:00Z"}, {"Europe/Berlin", "2026-03-20T00:00:00Z"}, {"Europe/Berlin", "2026-10-20T00:00:00Z"},
		{"America/New_York", "2026-10-28T00:00:00Z"}, {"Australia/Lord_Howe", "2026-04-01T00:00:00Z"},
		{"Australia/Lord_Howe", "2026-10-01T00:00:00Z"}, {"Asia/Kathmandu", "1985-12-28T00:00:00Z"},
		{"America/Sao_Paulo", "2018-02-14T00:00:00Z"}, {"America/Sao_Paulo", "2018-11-01T00:00:00Z"},
		{"Pacific/Apia", "2011-12-26T00:00:00Z"}, {"America/St_Johns", "2009-10-28T00:00:00Z"}, {"Asia/Pyongyang", "2018-05-01T00:00:00Z"},
		{"Asia/Pyongyang", "2015-08-10T00:00:00Z"}, {"America/Caracas", "2007-12-06T00:00:00Z"}, {"Antarctica/Troll", "2026-10-22T00:00:00Z"},
		{"America/Havana", "2026-10-29T00:00:00Z"}, {"Asia/Beirut", "2026-03-26T00:00:00Z"},
	}
	for _, span := range spans {
		z, from := zone(t, span.zone), instant(t, span.from)
		names := map[string]time.Time{}
		for name, u := range map[string]unit{"hour": hours, "day": days, "week": weeks, "month": months} {
			last := u(from, z)
			for at := from; at.Before(from.AddDate(0, 0, 12)); at = at.Add(5 * time.Minute) {
				start := u(at, z)
				switch {
				case start.After(at) || start.Before(last) || !u(start, z).Equal(start):
					t.Fatalf("%s: the %s of %s starts at %s, after one that starts at %s", span.zone, name, at.In(z), start, last)
				case start.After(last):
					w := u.previous(at, z)
					if !w.From.Equal(last) || !w.To.Equal(start) {
						t.Fatalf("%s: the %s before %s is %s to %s, want %s to %s", span.zone, name, at.In(z), w.From, w.To, last, start)
					}
					if other, ok := names[w.Name(z)]; ok && !other.Equal(w.From) {
						t.Fatalf("%s: %s is the name of two windows", span.zone, w.Name(z))
					}
					names[w.Name(z)] = w.From
					last = start
				}
			}
		}
	}
}

func TestClocksAreReadOnTheLastDaysOfLeapYearsFarAhead(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Sydney", "Pacific/Auckland"} {
		zone := zone(t, name)
		for year := 2036; year <= 2060; year += 4 {
			for hour := -100; hour < 100; hour++ {
				wall := time.Date(year, 12, 31, hour, 30, 0, 0, time.UTC)
				c := ReadClock(wall, zone)
				if shown := unzoned(c.First); !shown.Equal(wall) || !c.Again.IsZero() || !c.Jump.IsZero() {
					t.Fatalf("%s: %v is read as %+v", name, wall, c)
				}
			}
		}
		w, err := PreviousMonth.Window(time.Date(2041, 1, 1, 3, 0, 0, 0, zone), zone, nil)
		if err != nil || w.Name(zone) != "2040-12" {
			t.Errorf("%s: got %s, %v", name, w.Name(zone), err)
		}
	}
}

func TestInstantIsATimeOrTheFirstInstantOfADay(t *testing.T) {
	for _, c := range []struct{ s, zone, want string }{
		{"2026-11-21T13:00:00+01:00", "UTC", "2026-11-21T12:00:00Z"},
		{"2026-11-21T13:00:00Z", "Europe/Berlin", "2026-11-21T13:00:00Z"},
		{"2026-11-21T13:00:00.000Z", "UTC", "2026-11-21T13:00:00Z"},
		{"2026-11-21", "Europe/Berlin", "2026-11-20T23:00:00Z"},
		{"2026-11-21", "Asia/Kathmandu", "2026-11-20T18:15:00Z"},
		{"2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z"}, // begins at 01:00
		{"2026-11-01", "America/Havana", "2026-11-01T04:00:00Z"},    // midnight comes twice
		{"2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z"},      // was skipped
	} {
		got, err := ParseInstant(c.s, zone(t, c.zone))
		if err != nil || got.UTC().Format(time.RFC3339) != c.want {
			t.Errorf("%s in %s: %v, %v; want %s", c.s, c.zone, got, err, c.want)
		}
	}
	for _, s := range []string{
		"", "now", "2026-11-21T13:00:00", "2026-11-21 13:00:00Z", "2026-11-21T1:00:00Z", "2026-11-21T13:00:00,5Z", "2026-02-30", "2026-2-3",
		"2026-11-21T13:00:00.5Z", "2026-11-21T24:00:00Z", "1764000000", "2026-11-21T13:00:00+25:00", strings.Repeat("9", 1000),
	} {
		if got, err := ParseInstant(s, time.UTC); err == nil {
			t.Errorf("%q was read as %s", s, got)
		} else if len(err.Error()) > 300 || !strings.Contains(err.Error(), "such as") {
			t.Errorf("%q: the error helps nobody: %v", s, err)
		}
	}
}

func TestWindowNeedsAnEndAfterItsStart(t *testing.T) {
	at := instant(t, "2026-11-21T00:00:00Z")
	for _, from := range []time.Time{at, at.Add(time.Second)} {
		if _, err := NewWindow(from, at); err == nil {
			t.Errorf("a window from %s to %s was accepted", from, at)
		}
	}
	if w, err := NewWindow(at, at.Add(time.Second)); err != nil || w.Snapshot() || !w.Contains(at) || w.Contains(w.To) {
		t.Errorf("window %v, %v: it holds its start and not its end", w, err)
	}
}

func TestPeriodIsReadAsItIsWritten(t *testing.T) {
	for _, s := range []string{
		"previous-hour", "previous-day", "previous-week", "previous-month", "since-last", "now",
		"last-90m", "last-24h", "last-1h30m", "last-7d", "last-2w", "last-3660d", "last-1s",
	} {
		p, err := ParsePeriod(s)
		if err != nil || p.String() != s || p.IsZero() || p.Snapshot() != (s == "now") {
			t.Errorf("%s: %q, %v", s, p, err)
		}
	}
	for s, say := range map[string]string{
		"": "previous-day", "previos-day": "did you mean previous-day?", "weekly": "did you mean previous-week?", "last-": "90m, 24h, 7d or 2w",
		"last-0d": "at least one", "last-0h": "at least one", "last--5m": "90m", "last-+5m": "90m", "last-5": "90m", "last-1.5d": "90m",
		"last-1d12h": "90m", "last-500ms": "whole seconds", "last-1.5s": "whole seconds", "last-3661d": "3660 days", "last-60000w": "3660 days",
		"last-99999h": "3660 days", "last-99999999999999h": "90m", "Previous-Day": "did you mean previous-day?", " now": "did you mean now?",
	} {
		if p, err := ParsePeriod(s); err == nil {
			t.Errorf("%q was read as %s", s, p)
		} else if !strings.Contains(err.Error(), say) {
			t.Errorf("%q: %v; want it to say %q", s, err, say)
		}
	}
}

func TestSinceLastStartsAtTheSlotBefore(t *testing.T) {
	slot := instant(t, "2026-11-21T05:00:00Z")
	w, err := SinceLast.Window(slot, time.UTC, func(s time.Time) (time.Time, bool) { return s.Add(-3 * time.Hour), true })
	if err != nil || !w.From.Equal(slot.Add(-3*time.Hour)) || !w.To.Equal(slot) {
		t.Errorf("window %v, %v", w, err)
	}
	if _, err := SinceLast.Window(slot, time.UTC, nil); err == nil || !strings.Contains(err.Error(), "no schedule") {
		t.Errorf("without a schedule: %v", err)
	}
	if _, err := SinceLast.Window(slot, time.UTC, func(time.Time) (time.Time, bool) { return time.Time{}, false }); err == nil {
		t.Error("a window was made without a slot before")
	}
	if _, err := (Period{}).Window(slot, time.UTC, nil); err == nil {
		t.Error("the zero period gave a window")
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"previous-day", "last-7d", "last-1h30m", "last-9223372036s", "last-1.5h", "last-1e9h", "since-last"} {
		f.Add(s)
	}
	slot := time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC)
	before := func(s time.Time) (time.Time, bool) { return s.Add(-time.Hour), true }
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePeriod(s)
		if err != nil {
			return
		}
		if again, err := ParsePeriod(p.String()); err != nil || again != p {
			t.Errorf("%q: %v, %v", s, again, err)
		}
		if w, err := p.Window(slot, time.UTC, before); err != nil || !p.Snapshot() && !w.From.Before(w.To) || w.To.After(slot) {
			t.Errorf("%q: %v, %v", s, w, err)
		}
	})
}

func FuzzParseInstant(f *testing.F) {
	for _, s := range []string{"2026-11-21", "2026-11-21T13:00:00+01:00", "0000-01-01", "9999-12-31T23:59:59-23:59"} {
		f.Add(s)
	}
	z := zone(f, "America/Sao_Paulo")
	f.Fuzz(func(t *testing.T, s string) {
		at, err := ParseInstant(s, z)
		if err == nil && at.Nanosecond() != 0 {
			t.Errorf("%q: %s is no whole second", s, at)
		}
	})
}
