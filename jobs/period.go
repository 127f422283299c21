package jobs

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Period is the rule by which a window follows from a slot, the instant for which a run was scheduled. The zero
// Period is not valid. Periods can be compared by ==.
type Period struct {
	name string
	days int           // of last-<n>d and last-<n>w
	span time.Duration // of last-<duration>
}

// The periods of contract and configuration. PreviousDay and its like are calendar units in the report's zone: a day
// with a daylight-saving change has 23 or 25 hours. A week is Monday to Sunday.
var (
	PreviousHour  = Period{name: "previous-hour"}
	PreviousDay   = Period{name: "previous-day"}
	PreviousWeek  = Period{name: "previous-week"}
	PreviousMonth = Period{name: "previous-month"}
	SinceLast     = Period{name: "since-last"}
	Now           = Period{name: "now"}
)

// mostDays bounds last-<duration>: ten years are more than any API keeps.
const mostDays = 3660

// ParsePeriod reads a period: previous-hour, previous-day, previous-week, previous-month, since-last, now, or
// last-<duration>, such as last-90m or last-24h, which are real time, or last-7d or last-2w, which reach back to the
// same time of day in the report's zone.
func ParsePeriod(s string) (Period, error) {
	for _, p := range []Period{PreviousHour, PreviousDay, PreviousWeek, PreviousMonth, SinceLast, Now} {
		if s == p.name {
			return p, nil
		}
	}
	length, ok := strings.CutPrefix(s, "last-")
	if !ok {
		return Period{}, fmt.Errorf("window %q: expected previous-hour, previous-day, previous-week, previous-month, "+
			"last-<duration> such as last-24h, since-last, or now%s", clip(s), nearest(s))
	}
	p := Period{name: s}
	var err error
	if p.days, p.span, err = parseLength(length); err != nil {
		return Period{}, fmt.Errorf("window %q: %w", clip(s), err)
	}
	return p, nil
}

// parseLength reads what follows last-.
func parseLength(s string) (days int, span time.Duration, err error) {
	expected := errors.New("expected a length such as 90m, 24h, 7d or 2w after last-")
	if s == "" || s[0] < '0' || s[0] > '9' { // a sign is none of ours
		return 0, 0, expected
	}
	number, each := s[:len(s)-1], map[byte]int{'d': 1, 'w': 7}[s[len(s)-1]]
	if each > 0 {
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			return 0, 0, expected
		}
		days = int(n) * each
		span = time.Duration(min(days, mostDays+1)) * 24 * time.Hour
	} else if span, err = time.ParseDuration(s); err != nil {
		return 0, 0, expected
	}
	switch {
	case span < time.Second || span%time.Second != 0:
		return 0, 0, errors.New("expected whole seconds, and at least one of them")
	case span > mostDays*24*time.Hour:
		return 0, 0, fmt.Errorf("expected no more than %d days", mostDays)
	case days > 0:
		return days, 0, nil
	}
	return 0, span, nil
}

// nearest suggests the period that was probably meant.
func nearest(s string) string {
	for _, hint := range []struct{ word, period string }{
		{"hour", "previous-hour"}, {"day", "previous-day"}, {"daily", "previous-day"}, {"week", "previous-week"},
		{"month", "previous-month"}, {"since", "since-last"}, {"now", "now"}, {"snapshot", "now"},
	} {
		if strings.Contains(strings.ToLower(s), hint.word) {
			return "; did you mean " + hint.period + "?"
		}
	}
	return ""
}

// String is the period as ParsePeriod reads it; empty for the zero Period.
func (p Period) String() string { return p.name }

// MarshalText makes a period its name in JSON.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.name), nil }

// IsZero tells whether the period is none.
func (p Period) IsZero() bool { return p == Period{} }

// Snapshot tells whether the period is the present, which has no beginning and end.
func (p Period) Snapshot() bool { return p == Now }

// Window is the window of a slot, in whole seconds. previous finds the slot before a slot; SinceLast cannot do without
// it, and last-1d asks it whether a slot is one that the clocks have moved. Else it may be nil.
func (p Period) Window(slot time.Time, zone *time.Location, previous func(time.Time) (time.Time, bool)) (Window, error) {
	slot = slot.Truncate(time.Second).In(zone)
	switch p {
	case PreviousHour:
		return hours.previous(slot, zone), nil
	case PreviousDay:
		return days.previous(slot, zone), nil
	case PreviousWeek:
		return weeks.previous(slot, zone), nil
	case PreviousMonth:
		return months.previous(slot, zone), nil
	case Now:
		return Window{slot, slot}, nil
	case SinceLast:
		return sinceLast(slot, previous)
	}
	switch {
	case p.days > 0:
		return NewWindow(p.daysBefore(slot, zone, previous), slot)
	case p.span > 0:
		return NewWindow(slot.Add(-p.span), slot)
	}
	return Window{}, errors.New("window: no period is given")
}

// daysBefore is the instant some days before a slot, at the same time of day.
func (p Period) daysBefore(slot time.Time, zone *time.Location, previous func(time.Time) (time.Time, bool)) time.Time {
	wall := unzoned(slot)
	// A slot that the clocks skipped was moved forward. The one before it was not, and no gap must open between them.
	if meant, ok := beforeJump(slot); ok && previous != nil {
		from := ReadClock(meant.AddDate(0, 0, -p.days), zone).First
		if last, ok := previous(slot); ok && last.Equal(from) {
			return from
		}
	}
	for days := p.days; ; days++ { // for more than one round only where a whole day was skipped
		if from := ReadClock(wall.AddDate(0, 0, -days), zone).First; from.Before(slot) {
			return from
		}
	}
}

// beforeJump is the wall-clock time that the clocks would show at an instant, had they not just jumped over it.
func beforeJump(t time.Time) (wall time.Time, ok bool) {
	start, _ := t.ZoneBounds()
	if start.IsZero() {
		return time.Time{}, false
	}
	_, before := start.Add(-time.Nanosecond).Zone()
	_, after := t.Zone()
	jump := time.Duration(after-before) * time.Second
	return unzoned(t).Add(-jump), t.Sub(start) < jump
}

func sinceLast(slot time.Time, previous func(time.Time) (time.Time, bool)) (Window, error) {
	if previous == nil {
		return Window{}, errors.New("window since-last: the report has no schedule, and so no slot before this one")
	}
	last, ok := previous(slot)
	if !ok {
		return Window{}, fmt.Errorf("window since-last: the schedule has no slot before %s", slot.Format(time.RFC3339))
	}
	return NewWindow(last.In(slot.Location()), slot)
}

// UnmarshalText reads a period's name, as ParsePeriod does.
func (p *Period) UnmarshalText(text []byte) error {
	parsed, err := ParsePeriod(string(text))
	if err == nil {
		*p = parsed
	}
	return err
}
