package readback

import (
	"bytes"
	"math/bits"
	"strconv"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

// The text that all formats have in common: numbers and seconds with a point and without zeros at the end of their
// decimals; days as 2026-11-21; times as what a clock in the report's zone shows and, where the file says it, its offset
// in seconds (2026-11-21T13:00:05.25|3600); true and false; all else as it is. What cannot be understood stays as it
// stands in the file, and differs from what it should be.

// zone is where a report's clocks are.
type zone = *time.Location

// offsetMark stands between the time and its offset.
const offsetMark = '|'

// commonText is for formats that write cells as exporters.Cell.Append does.
func commonText(dst, cell []byte, kind exporters.Kind, z zone) []byte {
	switch kind {
	case exporters.Int, exporters.Decimal, exporters.Money, exporters.Duration:
		return appendNumber(dst, cell)
	case exporters.Date, exporters.Time:
		if t, offset, ok := parseTime(cell); ok {
			return appendCommon(dst, t, offset, kind, z)
		}
	}
	return append(dst, cell...)
}

// commonCSV undoes what is done to text that a spreadsheet would evaluate.
func commonCSV(dst, cell []byte, kind exporters.Kind, z zone) []byte {
	switch kind {
	case exporters.Text, exporters.Code, exporters.List:
		if len(cell) > 1 && cell[0] == '\'' && exporters.MustNeutralise(kind, string(cell[1:])) {
			cell = cell[1:]
		}
		return append(dst, cell...)
	}
	return commonText(dst, cell, kind, z)
}

// commonXLSX turns the numbers by which a workbook counts days into what they stand for. What it cannot count stands there
// as text.
func commonXLSX(dst, cell []byte, kind exporters.Kind, z zone) []byte {
	switch kind {
	case exporters.Bool:
		switch string(cell) {
		case "0":
			return append(dst, "false"...)
		case "1":
			return append(dst, "true"...)
		}
	case exporters.Date, exporters.Time:
		if days, part, ok := parseSerial(cell); ok {
			t := time.Date(1899, 12, 30+days, 0, 0, 0, 0, time.UTC).Add(part.Round(time.Microsecond))
			return appendCommon(dst, t, unknown, kind, z)
		}
	case exporters.Duration:
		if days, part, ok := parseSerial(cell); ok {
			return appendSeconds(dst, time.Duration(days)*day+part)
		}
		if d, ok := parseClock(cell); ok {
			return appendSeconds(dst, d)
		}
	}
	return commonText(dst, cell, kind, z)
}

// appendNumber appends digits with a point, whatever the locale's mark, and no more decimals than say something.
func appendNumber(dst, cell []byte) []byte {
	start := len(dst)
	dst = append(dst, cell...)
	point := bytes.IndexAny(dst[start:], ".,")
	if point < 0 || bytes.ContainsAny(dst[start:], "eE") {
		return dst
	}
	dst[start+point] = '.'
	return bytes.TrimSuffix(bytes.TrimRight(dst, "0"), []byte("."))
}

// appendSeconds appends a length of time in seconds.
func appendSeconds(dst []byte, d time.Duration) []byte {
	n := uint64(d)
	if d < 0 {
		dst, n = append(dst, '-'), -n
	}
	const second = uint64(time.Second)
	dst = strconv.AppendUint(dst, n/second, 10)
	fraction := strconv.AppendUint([]byte{'.'}, second+n%second, 10)
	fraction = append(fraction[:1], fraction[2:]...) // without the 1 that kept the zeros
	return append(dst, bytes.TrimSuffix(bytes.TrimRight(fraction, "0"), []byte("."))...)
}

// unknown is the offset of a time of which only the clock is known.
const unknown = -1 << 31

// appendCommon appends a day, or a time: t is in UTC what a clock shows that is ahead of UTC by the offset.
func appendCommon(dst []byte, t time.Time, offset int, kind exporters.Kind, z zone) []byte {
	if kind == exporters.Date {
		return t.AppendFormat(dst, time.DateOnly)
	}
	if offset == unknown {
		return t.AppendFormat(dst, "2006-01-02T15:04:05.999999")
	}
	t = t.Add(-time.Duration(offset) * time.Second).In(z)
	_, here := t.Zone()
	return strconv.AppendInt(append(t.AppendFormat(dst, "2006-01-02T15:04:05.999999"), offsetMark), int64(here), 10)
}

// parseTime reads a day, or a day and a time, as RFC 3339 or a locale has it: year, month and day in this order or the
// other way round. t is what a clock shows, taken for UTC. A sign in front is that of a year below zero, which a Parquet
// file holds as well as any other.
func parseTime(cell []byte) (t time.Time, offset int, ok bool) {
	cell, below := bytes.CutPrefix(cell, []byte("-"))
	first, separator, rest := digits(cell)
	month, again, rest := digits(rest)
	if separator == 0 || separator != again || bytes.IndexByte([]byte("-./"), separator) < 0 {
		return t, 0, false
	}
	last, after, rest := digits(rest)
	year, dayOfMonth := first, last
	if len(first) < 4 {
		year, dayOfMonth = last, first
	}
	y, m, d := number(year), number(month), number(dayOfMonth)
	if y < 0 || m < 1 || d < 1 {
		return t, 0, false
	}
	if below {
		y = -y
	}
	if after == 0 && len(rest) == 0 {
		return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC), unknown, true
	}
	hour, colon, rest := digits(rest)
	minute, second, rest := digits(rest)
	if after != 'T' && after != ' ' || colon != ':' || second != ':' {
		return t, 0, false
	}
	nanoseconds, offset, seconds, ok := parseSeconds(rest)
	h, min := number(hour), number(minute)
	if !ok || h < 0 || min < 0 {
		return t, 0, false
	}
	return time.Date(y, time.Month(m), d, h, min, seconds, nanoseconds, time.UTC), offset, true
}

// parseSeconds reads what follows the minutes: 05, 05.25, 05,25, 05Z, 05+01:00.
func parseSeconds(text []byte) (nanoseconds, offset, seconds int, ok bool) {
	whole, mark, rest := digits(text)
	if mark == '.' || mark == ',' {
		var fraction []byte
		fraction, mark, rest = digits(rest)
		if len(fraction) == 0 || len(fraction) > 9 {
			return 0, 0, 0, false
		}
		nanoseconds = number(fraction)
		for range 9 - len(fraction) {
			nanoseconds *= 10
		}
	}
	if seconds = number(whole); seconds < 0 {
		return 0, 0, 0, false
	}
	switch mark {
	case 0:
		return nanoseconds, unknown, seconds, true
	case 'Z':
		return nanoseconds, 0, seconds, len(rest) == 0
	case '+', '-':
		hours, colon, rest := digits(rest)
		minutes, end, _ := digits(rest)
		offset = number(hours)*3600 + number(minutes)*60
		if mark == '-' {
			offset = -offset
		}
		return nanoseconds, offset, seconds, colon == ':' && end == 0 && len(hours) == 2 && len(minutes) == 2
	}
	return 0, 0, 0, false
}

// digits takes the digits off the front of a text, and the byte behind them, which is 0 at the end.
func digits(text []byte) (front []byte, behind byte, rest []byte) {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	if n == len(text) {
		return text, 0, nil
	}
	return text[:n], text[n], text[n+1:]
}

// number is what digits say, -1 if there are none or too many.
func number(digits []byte) int {
	if len(digits) == 0 || len(digits) > 9 {
		return -1
	}
	n := 0
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}

const day = 24 * time.Hour

// parseSerial reads a number of days: whole ones, and the rest of one rounded to the nanosecond.
func parseSerial(cell []byte) (days int, part time.Duration, ok bool) {
	whole, point, fraction := digits(cell)
	days = number(whole)
	if days < 0 || point != 0 && point != '.' || len(fraction) > 18 {
		return 0, 0, false
	}
	if point == 0 {
		return days, 0, true
	}
	n, err := strconv.ParseUint(string(fraction), 10, 64)
	if err != nil {
		return 0, 0, false
	}
	unit := uint64(1)
	for range len(fraction) {
		unit *= 10
	}
	hi, lo := bits.Mul64(n, uint64(day))
	lo, carry := bits.Add64(lo, unit/2, 0)
	nanoseconds, _ := bits.Div64(hi+carry, lo, unit) // n < unit, so that this is no more than a day
	return days, time.Duration(nanoseconds), true
}

// parseClock reads a length of time as -1:02:03.5, which is how a workbook shows one below zero.
func parseClock(cell []byte) (time.Duration, bool) {
	text, negative := bytes.CutPrefix(cell, []byte("-"))
	hours, first, rest := digits(text)
	minutes, second, rest := digits(rest)
	nanoseconds, offset, seconds, ok := parseSeconds(rest)
	h, m := number(hours), number(minutes)
	if !ok || offset != unknown || first != ':' || second != ':' || h < 0 || m < 0 {
		return 0, false
	}
	n := uint64(h)*uint64(time.Hour) + uint64(m)*uint64(time.Minute) + uint64(seconds)*uint64(time.Second) + uint64(nanoseconds)
	if negative {
		n = -n
	}
	return time.Duration(n), true
}
