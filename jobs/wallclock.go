package jobs

import "time"

// Clock tells when the clocks of a zone show a wall-clock time.
type Clock struct {
	// First is the first instant at which the clocks show it. Where they never do, because they jump over it, it is the
	// instant that is moved forward by as much as the clocks jump: 02:30 becomes 03:30.
	First time.Time
	// Again is the instant at which the clocks show it for the second time, after they were put back; usually zero.
	Again time.Time
	// Jump is the instant at which the clocks jump over it; zero where they show it.
	Jump time.Time
}

// reach is more than any zone's distance from UTC and any jump of its clocks: Samoa once jumped over a whole day.
const reach = 50 * time.Hour

// ReadClock finds a wall-clock time in a zone. Only the date and the time of day of wall count; its own zone does not.
func ReadClock(wall time.Time, zone *time.Location) Clock {
	wall = unzoned(wall)
	var c Clock
	before := 0 // seconds east of UTC before the clocks were changed
	for t := wall.Add(-reach).In(zone); ; {
		start, end := bounds(t)
		_, offset := t.Zone()
		from, to := shown(start, offset), shown(end, offset)
		switch {
		case !end.IsZero() && !wall.Before(to): // all of it comes before
		case !start.IsZero() && wall.Before(from):
			if c.First.IsZero() {
				c.First, c.Jump = at(wall, before, zone), start
			}
		case c.First.IsZero():
			c.First = at(wall, offset, zone)
		default:
			c.Again = at(wall, offset, zone)
			return c
		}
		if end.IsZero() || end.Sub(wall) > reach {
			return c
		}
		t, before = end.In(zone), offset
	}
}

// bounds are those between which the clocks of a zone are not changed, as ZoneBounds tells them, but that the end is
// always later: for times beyond its tables, after 2037, ZoneBounds ends every year after 365 days, and so the last day of
// a leap year before it begins.
func bounds(t time.Time) (start, end time.Time) {
	start, end = t.ZoneBounds()
	if !end.IsZero() && !end.After(t) {
		return end, end.AddDate(0, 0, 1)
	}
	return start, end
}

// FirstInstant is the first instant at which the clocks of a zone show a wall-clock time or a later one. Some days have
// no midnight: their first instant is then one at which the clocks show 01:00.
func FirstInstant(wall time.Time, zone *time.Location) time.Time {
	c := ReadClock(wall, zone)
	if !c.Jump.IsZero() {
		return c.Jump.In(zone)
	}
	return c.First
}

// unzoned is a wall-clock time as an instant of UTC, in which wall-clock times can be compared and counted.
func unzoned(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// shown is the wall-clock time at an instant, under an offset that need not be in force then.
func shown(t time.Time, offset int) time.Time {
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// at is the instant at which a clock with an offset shows a wall-clock time.
func at(wall time.Time, offset int, zone *time.Location) time.Time {
	return wall.Add(-time.Duration(offset) * time.Second).In(zone)
}
