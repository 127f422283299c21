package exporters

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Cell is one value of a table: a small union, copied by value and never boxed. The zero Cell is null, which every
// format shows as empty. The text in a cell is always valid UTF-8: what is not becomes U+FFFD on its way in, so that
// no format has to care.
//
// A cell has no more than four fields and 32 bytes: the compiler keeps no larger struct in registers, and all that is
// exported passes through cells.
type Cell struct {
	str   string // text, code, list; or the digits of a number that int64 does not hold
	num   int64  // int, unscaled decimal, bool, days since 1970-01-01, microseconds since 1970, nanoseconds
	kind  Kind   // 0: null
	scale uint8  // decimals of num
}

// big tells whether the cell is a number that stands in str.
func (c Cell) big() bool {
	return c.str != "" && (c.kind == Int || c.kind == Decimal || c.kind == Money)
}

// Null is the absent value.
var Null Cell

// OfText is a text cell. An empty string is an empty cell, as in every format.
func OfText(s string) Cell { return ofString(Text, s) }

// OfCode is a cell for what looks like a number but is a name: phone numbers, bar codes, ids, hashes, IP addresses.
func OfCode(s string) Cell { return ofString(Code, s) }

// OfList joins items by "; ". Empty items are left out.
func OfList(items ...string) Cell {
	switch len(items) {
	case 0:
		return Null
	case 1:
		return ofString(List, items[0])
	}
	kept := make([]string, 0, len(items))
	for _, item := range items {
		if item != "" {
			kept = append(kept, item)
		}
	}
	return ofString(List, strings.Join(kept, "; "))
}

// ListOf is OfList of one text from each element, without a list of them in between: most lists have one element or none.
func ListOf[E any, S ~string](list []E, text func(*E) S) Cell {
	one, n, size := S(""), 0, 0
	for i := range list {
		if s := text(&list[i]); s != "" {
			if n == 0 {
				one = s
			}
			n, size = n+1, size+len("; ")+len(s)
		}
	}
	if n < 2 {
		return ofString(List, string(one))
	}
	joined := make([]byte, 0, size)
	for i := range list {
		if s := text(&list[i]); s != "" {
			joined = append(append(joined, s...), "; "...)
		}
	}
	return ofString(List, string(joined[:len(joined)-len("; ")]))
}

func ofString(k Kind, s string) Cell {
	if s == "" {
		return Null
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return Cell{kind: k, str: s}
}

// OfInt is a whole number.
func OfInt(n int64) Cell { return Cell{kind: Int, num: n} }

// OfBool is true or false.
func OfBool(b bool) Cell {
	if b {
		return Cell{kind: Bool, num: 1}
	}
	return Cell{kind: Bool}
}

// OfDecimal is unscaled × 10^-scale: OfDecimal(1499, 2) is 14.99.
func OfDecimal(unscaled int64, scale uint8) Cell {
	return Cell{kind: Decimal, num: unscaled, scale: scale}
}

// OfMoney is an amount of unscaled × 10^-scale in the column's currency.
func OfMoney(unscaled int64, scale uint8) Cell {
	return Cell{kind: Money, num: unscaled, scale: scale}
}

// OfDate is a calendar day, which has no zone.
func OfDate(year int, month time.Month, day int) Cell {
	return Cell{kind: Date, num: time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsADay}
}

// OfTime is an instant, exact to the microsecond. The zero time is null.
func OfTime(t time.Time) Cell {
	if t.IsZero() {
		return Null
	}
	return Cell{kind: Time, num: t.UnixMicro()}
}

// OfDuration is a length of time, exact to the nanosecond.
func OfDuration(d time.Duration) Cell { return Cell{kind: Duration, num: int64(d)} }

const secondsADay = 24 * 60 * 60

// The longest number that ParseNumber takes: far beyond what an API means, and short enough that nobody can fill the
// memory with "1e999999999".
const (
	maxDigits = 400
	maxScale  = 60
)

// ParseNumber reads a decimal number as JSON writes it (14.99, -3, 1e3) into an Int, Decimal or Money cell, exactly:
// no digit is lost and none is added, however long the number. An Int must have no fraction other than zeros. Zero may have
// any exponent, which makes no digits of it. An empty string is null.
func ParseNumber(k Kind, s string) (Cell, error) {
	if s == "" {
		return Null, nil
	}
	digits, scale, ok := plain(s)
	if !ok {
		return Null, fmt.Errorf("%q is not a decimal number", clip(s))
	}
	if k == Int {
		digits, scale = trimFraction(digits, scale)
		if scale > 0 {
			return Null, fmt.Errorf("%q is not a whole number", clip(s))
		}
	}
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return Cell{kind: k, num: n, scale: uint8(scale)}, nil
	}
	return Cell{kind: k, str: string(appendPoint(nil, []byte(digits), scale, '.')), scale: uint8(scale)}, nil
}

// trimFraction takes the zeros off the end of the decimals.
func trimFraction(digits string, scale int) (string, int) {
	if digits == "0" {
		return digits, 0
	}
	for scale > 0 && strings.HasSuffix(digits, "0") {
		digits, scale = digits[:len(digits)-1], scale-1
	}
	return digits, scale
}

// plain turns a JSON number into signed digits without a point or leading zeros, and the number of decimals among them.
func plain(s string) (digits string, scale int, ok bool) {
	mantissa, exp := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		if mantissa = s[:i]; !parseExponent(s[i+1:], &exp) {
			return "", 0, false
		}
	}
	mantissa, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, hasPoint := strings.Cut(mantissa, ".")
	if whole == "" || !allDigits(whole) || hasPoint && fraction == "" || !allDigits(fraction) {
		return "", 0, false
	}
	if exp > maxScale || exp < -maxScale {
		if strings.Trim(whole+fraction, "0") != "" {
			return "", 0, false
		}
		exp = 0
	}
	digits, scale = whole+fraction, len(fraction)-exp
	if scale < 0 {
		digits, scale = digits+strings.Repeat("0", -scale), 0
	}
	if scale > maxScale || len(digits) > maxDigits {
		return "", 0, false
	}
	digits = strings.TrimLeft(digits, "0")
	switch {
	case digits == "":
		return "0", scale, true
	case negative:
		return "-" + digits, scale, true
	}
	return digits, scale, true
}

// parseExponent reads what follows the e of a number.
func parseExponent(s string, exp *int) bool {
	unsigned := s
	if s != "" && (s[0] == '+' || s[0] == '-') {
		unsigned = s[1:]
	}
	n, err := strconv.Atoi(unsigned)
	if err != nil || !allDigits(unsigned) {
		return false
	}
	if s[0] == '-' {
		n = -n
	}
	*exp = n
	return true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// appendPoint appends signed digits with the decimal mark before the last scale of them.
func appendPoint(dst, digits []byte, scale int, mark byte) []byte {
	if digits[0] == '-' {
		dst, digits = append(dst, '-'), digits[1:]
	}
	if scale == 0 {
		return append(dst, digits...)
	}
	if len(digits) <= scale {
		dst = append(dst, '0', mark)
		for range scale - len(digits) {
			dst = append(dst, '0')
		}
		return append(dst, digits...)
	}
	dst = append(dst, digits[:len(digits)-scale]...)
	dst = append(dst, mark)
	return append(dst, digits[len(digits)-scale:]...)
}

// clip keeps an error message short.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// Kind is the cell's kind; 0 if it is null.
func (c Cell) Kind() Kind { return c.kind }

// IsNull tells whether the cell is empty.
func (c Cell) IsNull() bool { return c.kind == 0 }

// Str is the text of a Text, Code or List cell.
func (c Cell) Str() string { return c.str }

// Number is the exact value of an Int, Decimal or Money cell, unscaled × 10^-scale. It is not ok for a number that
// int64 does not hold: such a number is to be had from Append alone.
func (c Cell) Number() (unscaled int64, scale uint8, ok bool) {
	switch c.kind {
	case Int, Decimal, Money:
		return c.num, c.scale, c.str == ""
	}
	return 0, 0, false
}

// Bool is the value of a Bool cell.
func (c Cell) Bool() bool { return c.num != 0 }

// Date is the value of a Date cell as midnight UTC of that day.
func (c Cell) Date() time.Time { return time.Unix(c.num*secondsADay, 0).UTC() }

// Time is the value of a Time cell, in loc.
func (c Cell) Time(loc *time.Location) time.Time { return time.UnixMicro(c.num).In(loc) }

// Duration is the value of a Duration cell.
func (c Cell) Duration() time.Duration { return time.Duration(c.num) }
