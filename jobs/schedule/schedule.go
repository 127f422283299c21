// Package schedule says when reports are due, and runs them then. It follows cron, with one addition: what the clocks
// skip in spring or show twice in autumn never costs a report nor doubles it. It knows nothing of what it runs.
package schedule

import (
	"fmt"
	"iter"
	"time"

	"github.com/reportjob/reportjob/jobs"
)

// Schedule is a rule for slots, the instants at which something is due.
//
// Slots follow the clocks of the schedule's zone. A time that the clocks skip is moved forward by as much as they
// jump, and one that they show twice counts the first time only; two times that fall on one instant are one slot. A
// schedule of all 24 hours follows real time instead: it has a slot in each of the two hours that bear one name.
type Schedule struct {
	spec string
	zone *time.Location

	every time.Duration // of @every; the rest is then unused

	minutes, hours, days, months, weekdays uint64 // sets of bits
	anyDay, anyWeekday                     bool
}

const (
	allHours  = 1<<24 - 1
	secsADay  = 24 * 60 * 60
	horizon   = 8*366 + 7 // days: 29 February can be eight years away
	surrounds = 3         // days by which a change of the clocks can displace a slot, and one more
)

// String is the schedule as it was given.
func (s *Schedule) String() string { return s.spec }

// Zone is the zone whose clocks the schedule follows.
func (s *Schedule) Zone() *time.Location {
	if s.zone == nil {
		return time.UTC
	}
	return s.zone
}

// Next is the first slot after an instant, in the schedule's zone; the zero time if there is none.
func (s *Schedule) Next(after time.Time) time.Time {
	if s.every > 0 {
		return s.multiple(after.Unix(), 1)
	}
	var next time.Time
	today, last := s.day(after), horizon
	for i := -surrounds; i <= last; i++ {
		offset, steady := s.offset(today + i)
		if steady && i < 0 {
			continue
		}
		for slot := range s.on(today+i, offset, steady) {
			if !slot.After(after) || !next.IsZero() && !slot.Before(next) {
				continue
			}
			if next, last = slot, min(last, i+surrounds); steady {
				return next
			}
		}
	}
	return next
}

// Last is the latest slot that is not after an instant.
func (s *Schedule) Last(at time.Time) (time.Time, bool) {
	if s.every > 0 {
		slot := s.multiple(at.Unix(), 0)
		return slot, !slot.IsZero()
	}
	var latest time.Time
	today, last := s.day(at), horizon
	for i := -surrounds; i <= last; i++ {
		offset, steady := s.offset(today - i)
		if steady && i < 0 {
			continue
		}
		for slot := range s.on(today-i, offset, steady) {
			if !slot.After(at) && slot.After(latest) {
				latest, last = slot, min(last, i+surrounds)
			}
		}
		if steady && !latest.IsZero() {
			break
		}
	}
	return latest, !latest.IsZero()
}

// Before is the latest slot before another one.
func (s *Schedule) Before(slot time.Time) (time.Time, bool) {
	return s.Last(slot.Add(-time.Nanosecond))
}

// Note says what a change of the clocks did to a slot; it is empty for almost all.
func (s *Schedule) Note(slot time.Time) string {
	if s.every > 0 {
		return ""
	}
	wall := unzoned(slot.In(s.Zone()))
	if s.matches(wall) && has(s.minutes, wall.Minute()) && has(s.hours, wall.Hour()) {
		if clock := jobs.ReadClock(wall, s.Zone()); !clock.Again.IsZero() && !s.twice(clock) {
			return wall.Format("15:04") + " comes twice on this day: runs once, the first time"
		}
		return ""
	}
	for day := range surrounds {
		for skipped := range s.walls(s.day(slot) - day) {
			clock := jobs.ReadClock(skipped, s.Zone())
			switch {
			case clock.Jump.IsZero() || !clock.First.Equal(slot):
			case day > 0:
				return fmt.Sprintf("%s does not exist: moved to %s", skipped.Format("2006-01-02 15:04"), wall.Format("2006-01-02 15:04"))
			default:
				return fmt.Sprintf("%s does not exist on this day: moved to %s", skipped.Format("15:04"), wall.Format("15:04"))
			}
		}
	}
	return ""
}

// offset is the offset of a day, in seconds, and whether it is steady: whether no change of the clocks is near, so that
// all times of the day are there once and none comes over from another day.
func (s *Schedule) offset(day int) (offset int, steady bool) {
	noon := time.Unix(int64(day)*secsADay+secsADay/2, 0).In(s.Zone())
	start, end := noon.ZoneBounds()
	_, offset = noon.Zone()
	const near = surrounds * 24 * time.Hour
	return offset, (start.IsZero() || noon.Sub(start) > near) && (end.IsZero() || end.Sub(noon) > near)
}

// on is the slots that follow from the times of one day, in their order if the day is steady.
func (s *Schedule) on(day, offset int, steady bool) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		for wall := range s.walls(day) {
			if steady {
				if !yield(wall.Add(-time.Duration(offset) * time.Second).In(s.Zone())) {
					return
				}
				continue
			}
			clock := jobs.ReadClock(wall, s.Zone())
			if !yield(clock.First) || s.twice(clock) && !yield(clock.Again) {
				return
			}
		}
	}
}

// twice tells whether a time that the clocks show twice is two slots. It is not where the clocks are put back by less
// than an hour, since both would lie in the same hour.
func (s *Schedule) twice(c jobs.Clock) bool {
	return s.hours == allHours && !c.Again.IsZero() && c.Again.Sub(c.First)%time.Hour == 0
}

// walls is the wall-clock times of the schedule on a day, in UTC.
func (s *Schedule) walls(day int) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		midnight := time.Unix(int64(day)*secsADay, 0).UTC()
		if !s.matches(midnight) {
			return
		}
		for minute := range 24 * 60 {
			if has(s.hours, minute/60) && has(s.minutes, minute%60) && !yield(midnight.Add(time.Duration(minute)*time.Minute)) {
				return
			}
		}
	}
}

// matches tells whether a day is one of the schedule's.
func (s *Schedule) matches(day time.Time) bool {
	if !has(s.months, int(day.Month())) {
		return false
	}
	inMonth, inWeek := has(s.days, day.Day()), has(s.weekdays, int(day.Weekday()))
	if s.anyDay || s.anyWeekday {
		return inMonth && inWeek
	}
	return inMonth || inWeek
}

// multiple is a multiple of the interval: the last one that is not after a Unix time, or one that is some further on.
func (s *Schedule) multiple(unix, further int64) time.Time {
	every := int64(s.every / time.Second)
	count := unix / every
	if unix%every < 0 {
		count--
	}
	return time.Unix((count+further)*every, 0).In(s.Zone())
}

// day is the number of the day that the clocks show, counted from 1 January 1970.
func (s *Schedule) day(t time.Time) int {
	unix := unzoned(t.In(s.Zone())).Unix()
	if unix < 0 {
		unix -= secsADay - 1
	}
	return int(unix / secsADay)
}

// unzoned is a wall-clock time in UTC.
func unzoned(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

func has(set uint64, bit int) bool { return set>>bit&1 == 1 }
