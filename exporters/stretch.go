package exporters

import "time"

// series counts by stretches of time. It begins with the shortest that its block wants and goes over to longer ones when
// rows span more than can be shown, so that it never has more than a few hundred lines.
type series struct {
	zone     *time.Location
	stretch  Stretch
	most     int // how many hours there may be
	tally    *tally
	min, max Cell // the first and the last stretch so far

	// The stretch of the row before, in which the next one often is, too.
	from, to int64 // microseconds since 1970; none if they are the same
	last     int   // its number in the tally
}

// How many stretches there may be before the next longer ones take their place. Days, months and years have room for
// more than a window ever spans.
const (
	hoursOfHourOrDay = 72
	hoursOfHour      = 31 * 24
	mostDays         = 800
	mostMonths       = 600
)

// Times of other years are counted with those that are not known: they are mistakes, and an axis that reached them would
// show nothing else.
const (
	firstYear = 1900
	lastYear  = 2199
)

func newSeries(stretch Stretch, zone *time.Location) *series {
	s := &series{zone: zone, stretch: stretch, most: hoursOfHour, tally: newTally(tallyRoom)}
	if stretch == HourOrDay {
		s.stretch, s.most = Hour, hoursOfHourOrDay
	}
	return s
}

func (s *series) add(at Cell, part int, amount Cell) {
	if at.kind == Time && s.from <= at.num && at.num < s.to {
		s.tally.addTo(s.last, part, amount)
		return
	}
	label, from, to := s.begin(at)
	if !label.IsNull() {
		s.reach(label)
		for s.crowded() {
			s.coarsen()
			label, from, to = s.begin(at)
		}
	}
	s.last = s.tally.add(label, part, amount)
	s.from, s.to = from, to
}

// begin is the beginning of the stretch that a time is in, as a time if it is an hour and otherwise as a date, and
// the microseconds from which to which times are in the same.
func (s *series) begin(at Cell) (label Cell, from, to int64) {
	var t time.Time
	switch at.kind {
	case Time:
		t = at.Time(s.zone)
	case Date:
		t = at.Date()
	}
	if y := t.Year(); at.IsNull() || y < firstYear || y > lastYear {
		return Null, 0, 0
	}
	if s.stretch == Hour {
		start, end := hourOf(t)
		return OfTime(start), start.UnixMicro(), end.UnixMicro()
	}
	y, m, d := t.Date()
	switch s.stretch {
	case Month:
		d = 1
	case Year:
		m, d = time.January, 1
	}
	if at.kind == Time { // the rest of the hour is in the same day, whatever clocks do
		start, end := hourOf(t)
		from, to = start.UnixMicro(), end.UnixMicro()
	}
	return OfDate(y, m, d), from, to
}

// hourOf is the hour of a clock in the zone. When clocks are set back, the hour that comes twice is two; a change within
// an hour parts it.
func hourOf(t time.Time) (start, end time.Time) {
	into := time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
	start, end = t.Add(-into), t.Add(time.Hour-into)
	since, until := t.ZoneBounds()
	if !since.IsZero() && since.After(start) {
		start = since
	}
	if !until.IsZero() && until.Before(end) {
		end = until
	}
	return start, end
}

// reach takes note of a stretch.
func (s *series) reach(label Cell) {
	if s.min.IsNull() || label.num < s.min.num {
		s.min = label
	}
	if s.max.IsNull() || label.num > s.max.num {
		s.max = label
	}
}

// crowded tells whether rows span more stretches than can be shown.
func (s *series) crowded() bool {
	span := s.max.num - s.min.num
	switch s.stretch {
	case Hour:
		return span >= int64(s.most)*time.Hour.Microseconds()
	case Day:
		return span >= mostDays
	case Month:
		return span >= mostMonths*365/12
	}
	return false
}

// coarsen goes over to the next longer stretch.
func (s *series) coarsen() {
	before := s.tally
	switch s.stretch {
	case Hour:
		s.stretch = Day
	case Day:
		s.stretch = Month
	default:
		s.stretch = Year
	}
	s.tally = newTally(tallyRoom)
	s.min, _, _ = s.begin(s.min)
	s.max, _, _ = s.begin(s.max)
	for i := range before.entries {
		label := before.label(i)
		if !label.IsNull() {
			label, _, _ = s.begin(label)
		}
		s.tally.merge(label, before, i)
	}
}

// labels are all stretches from the first to the last, whether there are rows in them or not, and null if there are rows
// of no known time.
func (s *series) labels() (labels []Cell) {
	if !s.min.IsNull() {
		for label := s.min; label.num <= s.max.num; label = s.next(label) {
			labels = append(labels, label)
		}
	}
	if _, some := s.tally.known(Null); some {
		labels = append(labels, Null)
	}
	return labels
}

// next is the stretch after one. A day that a zone left out, as Samoa did in 2011, is none.
func (s *series) next(label Cell) Cell {
	if s.stretch == Hour {
		_, end := hourOf(label.Time(s.zone))
		return OfTime(end)
	}
	t := label.Date()
	switch s.stretch {
	case Month:
		t = t.AddDate(0, 1, 0)
	case Year:
		t = t.AddDate(1, 0, 0)
	default:
		t = t.AddDate(0, 0, 1)
		if noon := time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, s.zone); noon.Day() != t.Day() {
			t = t.AddDate(0, 0, 1)
		}
	}
	return OfDate(t.Date())
}
