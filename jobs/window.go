package jobs

import (
	"fmt"
	"strings"
	"time"
)

// Window is the half-open interval [From, To) that a report is about. A snapshot of the present has From equal to
// To: the slot for which it was taken.
type Window struct{ From, To time.Time }

// NewWindow is the window between two instants.
func NewWindow(from, to time.Time) (Window, error) {
	if !from.Before(to) {
		return Window{}, fmt.Errorf("window: it ends at %s, which is not after its start at %s",
			to.Format(time.RFC3339), from.Format(time.RFC3339))
	}
	return Window{from, to}, nil
}

// ParseInstant reads an instant as people write it: in RFC 3339 (2026-11-21T13:00:00+01:00), or as a date
// (2026-11-21), which stands for the first instant of that day in the zone. Instants are whole seconds.
func ParseInstant(s string, zone *time.Location) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return FirstInstant(day, zone), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || s[len("2006-01-02T15")] != ':' || strings.Contains(s, ",") { // Parse lets T1:00:00Z and 00,5Z pass
		return time.Time{}, fmt.Errorf("instant %q: expected a date such as 2026-11-21, or a time with its offset such as "+
			"2026-11-21T13:00:00+01:00 or 2026-11-21T12:00:00Z", clip(s))
	}
	if t.Nanosecond() != 0 {
		return time.Time{}, fmt.Errorf("instant %q: expected whole seconds, such as %s", clip(s), t.Truncate(time.Second).Format(time.RFC3339))
	}
	return t.In(zone), nil
}

// clip keeps an error message short.
func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}

// Snapshot tells whether the window is an instant.
func (w Window) Snapshot() bool { return w.From.Equal(w.To) }

// Contains tells whether an instant lies in the window.
func (w Window) Contains(t time.Time) bool { return !t.Before(w.From) && t.Before(w.To) }

// Name is the window's part of a file name. It is 2026-11-21 for a day of the zone, 2026-11-21T13+0100 for an hour,
// 2026-11 for a month, 2026-11-16--2026-11-22 (first and last day) for other whole days, 20261121T050000Z for a
// snapshot, and 20261121T130000Z--20261121T141500Z for anything else. Different windows of one zone have different
// names.
func (w Window) Name(zone *time.Location) string {
	from, last := w.From.In(zone), w.To.In(zone).Add(-time.Nanosecond)
	switch {
	case w.Snapshot():
		return instantName(w.From)
	case hours.spans(w, zone):
		return from.Format("2006-01-02T15-0700")
	case days.spans(w, zone):
		return from.Format(time.DateOnly)
	case months.spans(w, zone):
		return from.Format("2006-01")
	case days.starts(w.From, zone) && days.starts(w.To, zone):
		return from.Format(time.DateOnly) + "--" + last.Format(time.DateOnly)
	}
	return instantName(w.From) + "--" + instantName(w.To)
}

func instantName(t time.Time) string { return t.UTC().Format("20060102T150405Z") }
