package schedule

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// field is one of the five fields of a schedule.
type field struct {
	name     string
	min, max int
	names    string // of the values from min on, three letters each
}

var fields = [5]field{
	{"minute", 0, 59, ""},
	{"hour", 0, 23, ""},
	{"day of month", 1, 31, ""},
	{"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
	{"day of week", 0, 7, "sunmontuewedthufrisat"}, // 0 and 7 are Sunday
}

var descriptors = map[string]string{
	"@hourly":   "0 * * * *",
	"@daily":    "0 0 * * *",
	"@midnight": "0 0 * * *",
	"@weekly":   "0 0 * * 0",
	"@monthly":  "0 0 1 * *",
	"@yearly":   "0 0 1 1 *",
	"@annually": "0 0 1 1 *",
}

// Parse reads a schedule: the five fields of cron (30 5 * * 1-5: minute, hour, day of month, month, day of week), or
// @hourly, @daily, @weekly, @monthly, @yearly, or @every with a duration, which counts from the Unix epoch. "CRON_TZ=Zone "
// in front of it names a zone that wins over the one given. A schedule that would never come is an error.
//
// Where both days are restricted, either suffices, as in every cron; a field is not restricted if * stands in it alone
// or with a step of 1.
func Parse(spec string, zone *time.Location) (*Schedule, error) {
	words := strings.Fields(spec)
	s := &Schedule{spec: strings.Join(words, " "), zone: zone}
	if err := s.parse(words); err != nil {
		return nil, fmt.Errorf("schedule %q: %w", clip(s.spec), err)
	}
	return s, nil
}

func (s *Schedule) parse(words []string) (err error) {
	if len(words) > 0 {
		name, isZone := strings.CutPrefix(words[0], "CRON_TZ=")
		if !isZone {
			name, isZone = strings.CutPrefix(words[0], "TZ=")
		}
		if isZone {
			if s.zone, err = loadZone(name); err != nil {
				return err
			}
			words = words[1:]
		}
	}
	switch {
	case len(words) == 0:
		return errors.New(`expected five fields such as "30 5 * * *", or a descriptor such as @daily`)
	case words[0] == "@every":
		s.every, err = parseEvery(words[1:])
		return err
	case strings.HasPrefix(words[0], "@"):
		meant, ok := descriptors[words[0]]
		if !ok || len(words) > 1 {
			return errors.New("expected @hourly, @daily, @weekly, @monthly, @yearly, or @every with a duration, such as @every 15m")
		}
		words = strings.Fields(meant)
	}
	return s.parseFields(words)
}

// loadZone loads a zone by its name in the IANA database. Local is refused: what it means depends on the machine.
func loadZone(name string) (*time.Location, error) {
	if name != "" && name != "Local" {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	return nil, fmt.Errorf("zone %q: expected a name of the time zone database and then the schedule, such as "+
		`"CRON_TZ=Europe/Berlin 30 5 * * *"`, clip(name))
}

func parseEvery(words []string) (time.Duration, error) {
	expected := errors.New("@every: expected a duration of whole seconds, such as @every 15m or @every 1h30m")
	if len(words) != 1 {
		return 0, expected
	}
	every, err := time.ParseDuration(words[0])
	if err != nil || every < time.Second || every%time.Second != 0 {
		return 0, expected
	}
	return every, nil
}

func (s *Schedule) parseFields(words []string) error {
	if len(words) != len(fields) {
		return fmt.Errorf(`expected five fields (minute, hour, day of month, month, day of week) such as "30 5 * * *", found %d`, len(words))
	}
	var sets [len(fields)]uint64
	for i, f := range fields {
		set, err := f.parse(words[i])
		if err != nil {
			return err
		}
		sets[i] = set
	}
	s.minutes, s.hours, s.days, s.months, s.weekdays = sets[0], sets[1], sets[2], sets[3], sets[4]&0x7f|sets[4]>>7
	s.anyDay, s.anyWeekday = unrestricted(words[2]), unrestricted(words[4])
	if s.anyWeekday && !s.comes() {
		return fmt.Errorf(`day of month %q: none of the months %q has such a day`, words[2], words[3])
	}
	return nil
}

// comes tells whether there is a month with one of the days.
func (s *Schedule) comes() bool {
	longest := [...]int{1: 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	for month, days := range longest {
		if has(s.months, month) && bits.TrailingZeros64(s.days) <= days {
			return true
		}
	}
	return false
}

func unrestricted(word string) bool {
	for item := range strings.SplitSeq(word, ",") {
		switch item {
		case "*", "?", "*/1", "?/1":
			return true
		}
	}
	return false
}

// parse reads a field: items with commas between them, each a value, a range or *, with a step if wanted.
func (f field) parse(word string) (set uint64, err error) {
	for item := range strings.SplitSeq(word, ",") {
		values, ok := f.item(item)
		if !ok {
			return 0, fmt.Errorf(`%s %q: expected %s, such as %s`, f.name, clip(word), f.expected(), f.example())
		}
		set |= values
	}
	return set, nil
}

func (f field) item(item string) (set uint64, ok bool) {
	span, stepWord, hasStep := strings.Cut(item, "/")
	lowWord, highWord, isRange := strings.Cut(span, "-")
	low, high, step := f.min, f.max, 1
	if span == "*" || span == "?" {
		if f.max == 7 {
			high = 6 // or Sunday would count twice in */2
		}
	} else {
		if low, ok = f.value(lowWord); !ok {
			return 0, false
		}
		switch {
		case isRange:
			if high, ok = f.value(highWord); !ok {
				return 0, false
			}
		case !hasStep:
			high = low
		case f.max == 7:
			high = 6
		}
	}
	if hasStep {
		if step, ok = number(stepWord); !ok || step == 0 || step > f.max {
			return 0, false
		}
	}
	for v := low; v <= high; v += step {
		set |= 1 << v
	}
	return set, set != 0
}

// value reads a number or a name.
func (f field) value(word string) (int, bool) {
	if len(word) == 3 {
		if i := strings.Index(f.names, strings.ToLower(word)); i >= 0 && i%3 == 0 {
			return f.min + i/3, true
		}
	}
	v, ok := number(word)
	return v, ok && v >= f.min && v <= f.max
}

func number(word string) (int, bool) {
	v, err := strconv.ParseUint(word, 10, 8)
	return int(v), err == nil
}

func (f field) expected() string {
	switch {
	case f.max == 7:
		return "0 to 6 (Sunday is 0) or sun to sat"
	case f.names != "":
		return "1 to 12 or jan to dec"
	}
	return fmt.Sprintf("%d to %d", f.min, f.max)
}

func (f field) example() string {
	switch f.name {
	case "minute":
		return "30, 0,30 or */15"
	case "day of week":
		return "1-5, mon,thu or *"
	}
	return fmt.Sprintf("%d, %d-%d or *", f.min, f.min, f.min+5)
}

// clip keeps an error message short.
func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}
