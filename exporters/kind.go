package exporters

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Kind says what a column holds. It alone decides how a cell looks in a file.
type Kind uint8

// The kinds. The zero Kind is that of a null cell and never a column's.
const (
	Text     Kind = iota + 1 // as it is
	Code                     // phone numbers, bar codes, ids, hashes, IP addresses: digit for digit
	Int                      // a whole number
	Decimal                  // an exact number with decimals
	Money                    // an exact amount; the currency is the column's unit or a column of its own
	Bool                     // true, false
	Date                     // a calendar day without a zone
	Time                     // an instant, shown in the table's zone
	Duration                 // a length of time, shown in seconds or as h:mm:ss
	List                     // items joined by "; "
)

var kindNames = [...]string{"", "text", "code", "int", "decimal", "money", "bool", "date", "time", "duration", "list"}

// String is the kind's name as describe and manifests show it.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind(" + strconv.Itoa(int(k)) + ")"
}

// MarshalText makes a kind its name in JSON.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// ParseKind reads a kind's name.
func ParseKind(name string) (Kind, error) {
	for k, n := range kindNames {
		if n == name && n != "" {
			return Kind(k), nil
		}
	}
	return 0, fmt.Errorf("kind %q: expected one of %s", name, strings.Join(kindNames[1:], ", "))
}

// Append appends the cell as text: digits exact with a point for the decimals, dates as 2006-01-02, times as RFC 3339
// with the offset of loc, or in UTC where it cannot write that, durations in seconds, booleans as true and false, null as
// nothing.
func (c Cell) Append(dst []byte, loc *time.Location) []byte {
	switch c.kind {
	case Text, Code, List:
		return append(dst, c.str...)
	case Int, Decimal, Money:
		return c.appendNumber(dst, '.')
	case Bool:
		return strconv.AppendBool(dst, c.num != 0)
	case Date:
		if fourDigits(c.num * secondsADay) {
			return appendDay(dst, c.num)
		}
		return c.Date().AppendFormat(dst, time.DateOnly)
	case Time:
		return c.appendTime(dst, loc)
	case Duration:
		return c.appendSeconds(dst, '.')
	}
	return dst
}

// AppendMarked is Append with another decimal mark, for locales that have one.
func (c Cell) AppendMarked(dst []byte, loc *time.Location, mark byte) []byte {
	switch c.kind {
	case Int, Decimal, Money:
		return c.appendNumber(dst, mark)
	case Duration:
		return c.appendSeconds(dst, mark)
	}
	return c.Append(dst, loc)
}

func (c Cell) appendNumber(dst []byte, mark byte) []byte {
	if c.str != "" {
		start := len(dst)
		dst = append(dst, c.str...)
		if i := strings.IndexByte(c.str, '.'); i >= 0 {
			dst[start+i] = mark
		}
		return dst
	}
	if c.scale == 0 {
		return strconv.AppendInt(dst, c.num, 10)
	}
	var buf [20]byte
	return appendPoint(dst, strconv.AppendInt(buf[:0], c.num, 10), int(c.scale), mark)
}

// appendTime writes RFC 3339, with the offset of loc if it can.
func (c Cell) appendTime(dst []byte, loc *time.Location) []byte {
	offset := 0
	if loc != time.UTC {
		_, offset = c.Time(loc).Zone()
	}
	seconds, micro := c.num/1e6, c.num%1e6
	if micro < 0 {
		seconds, micro = seconds-1, micro+1e6
	}
	if offset%60 != 0 || !fourDigits(seconds+int64(offset)) {
		offset = otherOffset(seconds)
	}
	if seconds += int64(offset); !fourDigits(seconds) {
		return c.Time(time.UTC).AppendFormat(dst, time.RFC3339Nano)
	}
	day := seconds / secondsADay
	if seconds %= secondsADay; seconds < 0 {
		seconds, day = seconds+secondsADay, day-1
	}
	dst = append(appendDay(dst, day), 'T')
	second := uint32(seconds)
	dst = append(appendTwo(dst, second/3600), ':')
	dst = append(appendTwo(dst, second/60%60), ':')
	dst = appendTwo(dst, second%60)
	if micro > 0 {
		dst = append(dst, '.')
		for unit := int64(1e5); micro > 0; unit /= 10 {
			dst = append(dst, '0'+byte(micro/unit))
			micro %= unit
		}
	}
	sign := byte('+')
	switch {
	case offset == 0:
		return append(dst, 'Z')
	case offset < 0:
		sign, offset = '-', -offset
	}
	dst = append(appendTwo(append(dst, sign), uint32(offset/3600)), ':')
	return appendTwo(dst, uint32(offset/60%60))
}

// otherOffset is that of a time which a zone cannot show: RFC 3339 has neither offsets with seconds, which places had before
// there were zones, nor years of five digits or below zero, into which a zone carries times at the ends of the calendar. It
// is UTC where that will do. An API that writes such an end with an offset means a time beyond those of UTC; the largest
// offsets that there are show it.
func otherOffset(seconds int64) int {
	const largest = (23*60 + 59) * 60
	for _, offset := range [...]int{0, largest, -largest} {
		if fourDigits(seconds + int64(offset)) {
			return offset
		}
	}
	return 0
}

// fourDigits tells whether seconds since 1970 are in a year of four digits.
func fourDigits(seconds int64) bool {
	const first, last = -62167219200, 253402300799
	return seconds >= first && seconds <= last
}

// appendDay appends a day that is counted from 1970-01-01, in the years of four digits. It counts from 1 March of the year 0,
// in eras of 400 years, so that a leap day is the last of a year, and months that follow one another have 153 days in five.
func appendDay(dst []byte, day int64) []byte {
	n := uint32(day + 719468 + 146097) // in the era before, so that it is positive
	era := n / 146097
	n -= era * 146097
	year := (n - n/1460 + n/36524 - n/146096) / 365
	n -= 365*year + year/4 - year/100
	month := (5*n + 2) / 153
	n -= (153*month + 2) / 5
	if year += era * 400; month < 10 {
		month += 3
	} else {
		month, year = month-9, year+1
	}
	year -= 400
	dst = append(appendTwo(appendTwo(dst, year/100), year%100), '-')
	dst = append(appendTwo(dst, month), '-')
	return appendTwo(dst, n+1)
}

func appendTwo(dst []byte, n uint32) []byte { return append(dst, '0'+byte(n/10), '0'+byte(n%10)) }

// appendSeconds writes whole seconds as an integer, and parts of a second with as many decimals as they need.
func (c Cell) appendSeconds(dst []byte, mark byte) []byte {
	n := uint64(c.num)
	if c.num < 0 {
		dst, n = append(dst, '-'), -n
	}
	const second = uint64(time.Second)
	dst = strconv.AppendUint(dst, n/second, 10)
	if n%second == 0 {
		return dst
	}
	point := len(dst)
	dst = strconv.AppendUint(dst, second+n%second, 10)
	dst[point] = mark // where the leading 1 stands that kept the zeros
	return bytes.TrimRight(dst, "0")
}
