package jobs

import "time"

// unit is a calendar unit of a zone: it finds the start of the unit that an instant lies in. Units follow one another
// without gap and overlap, whatever is done to the clocks.
type unit func(t time.Time, zone *time.Location) time.Time

var (
	hours  unit = startOfHour
	days   unit = dated(func(day time.Time) time.Time { return day }, 1)
	weeks  unit = dated(monday, 7)
	months unit = dated(func(day time.Time) time.Time { return day.AddDate(0, 0, 1-day.Day()) }, 31)
)

// starts tells whether a unit starts at an instant.
func (u unit) starts(t time.Time, zone *time.Location) bool { return u(t, zone).Equal(t) }

// spans tells whether a window is exactly one unit.
func (u unit) spans(w Window, zone *time.Location) bool {
	return w.From.Before(w.To) && u.starts(w.To, zone) && u(w.To.Add(-time.Nanosecond), zone).Equal(w.From)
}

// previous is the last unit that is over at an instant.
func (u unit) previous(t time.Time, zone *time.Location) Window {
	to := u(t, zone)
	return Window{u(to.Add(-time.Nanosecond), zone), to}
}

func monday(day time.Time) time.Time {
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}

// dated is a unit of whole days: first finds the first day of the unit that a day belongs to, and that many days after
// a first day is a day of the next unit.
func dated(first func(day time.Time) time.Time, length int) unit {
	return func(t time.Time, zone *time.Location) time.Time {
		this := first(unzoned(t.In(zone)).Truncate(24 * time.Hour))
		// Where the clocks are put back over midnight, they show the old day again after the new one has begun.
		if next := FirstInstant(first(this.AddDate(0, 0, length)), zone); !next.After(t) {
			return next
		}
		return FirstInstant(this, zone)
	}
}

// startOfHour finds where an hour of the clocks begins. Each is one hour of real time, also where the clocks are
// changed by whole hours: the hour that comes twice is two, and one that they leave amid goes on where they arrive, as on the
// Chatham Islands. Where they are changed by less, as by 30 minutes on Lord Howe Island, one hour is so much shorter or longer.
func startOfHour(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	_, offset := t.Zone()
	wall := shown(t, offset).Truncate(time.Hour)
	hour := at(wall, offset, zone)
	changed, _ := t.ZoneBounds()
	if changed.IsZero() {
		return hour
	}
	changed = changed.In(zone)
	_, before := changed.Add(-time.Nanosecond).Zone()
	reached := shown(changed, before) // by the clocks, when they were changed
	back := before - offset
	switch {
	case hour.Before(changed) && !wall.Before(reached) && reached.Equal(reached.Truncate(time.Hour)): // they jumped over the full hour
		return changed
	case hour.Before(changed), back > 0 && back%3600 != 0 && wall.Before(reached): // the hour began before the change
		return startOfHour(changed.Add(-time.Nanosecond), zone)
	}
	return hour
}
