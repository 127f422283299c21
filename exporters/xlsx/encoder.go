package xlsx

import (
	"fmt"
	"math/bits"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
)

// encoder appends rows as the XML of a sheet.
type encoder struct {
	zone    *time.Location
	looks   *looks
	links   bool        // addresses can be clicked
	begins  []string    // `<c r="A` and so on, by column
	numbers []*decimals // by column
	row     []byte      // the digits of the row's number
	scratch []byte
	cut     int64 // cells whose text was too long
}

func newEncoder(table exporters.Table, looks *looks) (*encoder, error) {
	e := &encoder{zone: table.Location(), looks: looks, links: table.Links}
	for i, column := range table.Columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return nil, fmt.Errorf("table %q: %w", table.Name, err)
		}
		e.begins = append(e.begins, `<c r="`+name)
		e.numbers = append(e.numbers, looks.of(column))
	}
	return e, nil
}

// appendRow appends a row. Null cells are left out.
func (e *encoder) appendRow(dst []byte, row exporters.Row, n int) []byte {
	e.row = strconv.AppendInt(e.row[:0], int64(n), 10)
	dst = append(dst, `<row r="`...)
	dst = append(dst, e.row...)
	dst = append(dst, `">`...)
	for i := range row {
		if row[i].IsNull() {
			continue
		}
		dst = append(dst, e.begins[i]...)
		dst = append(dst, e.row...)
		dst = e.appendCell(dst, i, row[i])
	}
	return append(dst, "</row>"...)
}

// appendCell appends what follows the name of the cell in the i-th column.
func (e *encoder) appendCell(dst []byte, i int, cell exporters.Cell) []byte {
	switch cell.Kind() {
	case exporters.Text, exporters.List:
		if e.links && cell.Kind() == exporters.Text && linkable(cell.Str()) {
			return e.appendLink(dst, cell.Str())
		}
		return e.appendInline(dst, cell.Str())
	case exporters.Code:
		return e.appendInline(append(dst, e.looks.attribute(code)...), cell.Str())
	case exporters.Int, exporters.Decimal, exporters.Money:
		return e.appendNumber(dst, e.numbers[i], cell)
	case exporters.Bool:
		dst = append(dst, e.looks.attribute(logical)...)
		if cell.Bool() {
			return append(dst, `" t="b"><v>1</v></c>`...)
		}
		return append(dst, `" t="b"><v>0</v></c>`...)
	case exporters.Date:
		return e.appendDate(dst, cell)
	case exporters.Time:
		return e.appendTime(dst, cell)
	case exporters.Duration:
		return e.appendDuration(dst, cell)
	}
	return append(dst, `"/>`...)
}

// appendInline appends text that stands in the cell itself, since a table of shared strings would have to be held in
// memory.
func (e *encoder) appendInline(dst []byte, s string) []byte {
	s, cut := clipText(s)
	if cut {
		e.cut++
	}
	if spaceAtEnds(s) {
		dst = append(dst, `" t="inlineStr"><is><t xml:space="preserve">`...)
	} else {
		dst = append(dst, `" t="inlineStr"><is><t>`...)
	}
	dst = appendText(dst, s)
	return append(dst, "</t></is></c>"...)
}

// appendAsText appends a value that Excel cannot hold as what it is.
func (e *encoder) appendAsText(dst []byte, cell exporters.Cell) []byte {
	e.scratch = cell.Append(e.scratch[:0], e.zone)
	return e.appendInline(dst, string(e.scratch))
}

// maxExact is the least number that has more digits than Excel keeps.
const maxExact = 1e15

// exact tells whether Excel holds a number as it is, and with how many decimals.
func exact(cell exporters.Cell) (scale uint8, ok bool) {
	unscaled, scale, ok := cell.Number()
	return scale, ok && unscaled < maxExact && unscaled > -maxExact && scale <= maxDecimals
}

func (e *encoder) appendNumber(dst []byte, looks *decimals, cell exporters.Cell) []byte {
	scale, ok := exact(cell)
	if !ok {
		return e.appendAsText(dst, cell)
	}
	dst = append(dst, e.looks.number(looks, scale)...)
	dst = append(dst, `"><v>`...)
	dst = cell.Append(dst, e.zone)
	return append(dst, "</v></c>"...)
}

const (
	secondsADay = 24 * 60 * 60
	day         = 24 * time.Hour
	// unixDay is 1970-01-01 as Excel counts days.
	unixDay = 25569
	// firstDay is 1900-03-01. Before it Excel counts a 29 February that never was.
	firstDay = 61
	// lastDay is 9999-12-31.
	lastDay = 2958465
)

func (e *encoder) appendDate(dst []byte, cell exporters.Cell) []byte {
	days := cell.Date().Unix()/secondsADay + unixDay
	if days < firstDay || days > lastDay {
		return e.appendAsText(dst, cell)
	}
	return appendSerial(append(dst, e.looks.attribute(date)...), days, 0, 0)
}

// appendTime appends what a clock in the zone shows. Twelve decimals of a day are finer than a microsecond, and than a
// float64 of this size.
func (e *encoder) appendTime(dst []byte, cell exporters.Cell) []byte {
	t := cell.Time(e.zone)
	_, offset := t.Zone()
	seconds := t.Unix() + int64(offset)
	days := seconds / secondsADay
	if seconds %= secondsADay; seconds < 0 {
		seconds, days = seconds+secondsADay, days-1
	}
	if days += unixDay; days < firstDay || days > lastDay {
		return e.appendAsText(dst, cell)
	}
	look := clock
	if t.Nanosecond() != 0 {
		look = clockFraction
	}
	part := time.Duration(seconds)*time.Second + time.Duration(t.Nanosecond())
	return appendSerial(append(dst, e.looks.attribute(look)...), days, part, 12)
}

func (e *encoder) appendDuration(dst []byte, cell exporters.Cell) []byte {
	d := cell.Duration()
	if d < 0 {
		e.scratch = appendClock(e.scratch[:0], d)
		return e.appendInline(dst, string(e.scratch))
	}
	look := duration
	if d%time.Second != 0 {
		look = durationFraction
	}
	return appendSerial(append(dst, e.looks.attribute(look)...), int64(d/day), d%day, 15)
}

// appendSerial appends the value of days and a part of a day, and ends the cell.
func appendSerial(dst []byte, days int64, part time.Duration, decimals int) []byte {
	return append(appendDays(append(dst, `"><v>`...), days, part, decimals), "</v></c>"...)
}

// appendDays appends days and a part of a day, rounded to so many decimals. All is computed in integers. Neither part
// comes so close to a whole day that it could round up to one.
func appendDays(dst []byte, days int64, part time.Duration, decimals int) []byte {
	dst = strconv.AppendInt(dst, days, 10)
	if part != 0 {
		unit := uint64(1)
		for range decimals {
			unit *= 10
		}
		hi, lo := bits.Mul64(uint64(part), unit)
		lo, carry := bits.Add64(lo, uint64(day)/2, 0)
		fraction, _ := bits.Div64(hi+carry, lo, uint64(day))
		point := len(dst)
		dst = strconv.AppendUint(dst, unit+fraction, 10)
		dst[point] = '.' // where the leading 1 stands that kept the zeros
		for dst[len(dst)-1] == '0' {
			dst = dst[:len(dst)-1]
		}
	}
	return dst
}

// appendClock appends a duration as Excel would show it if it could: -1:02:03.5.
func appendClock(dst []byte, d time.Duration) []byte {
	n := uint64(d)
	if d < 0 {
		dst, n = append(dst, '-'), -n
	}
	const second, minute, hour = uint64(time.Second), uint64(time.Minute), uint64(time.Hour)
	dst = strconv.AppendUint(dst, n/hour, 10)
	dst = appendTwo(append(dst, ':'), n%hour/minute)
	dst = appendTwo(append(dst, ':'), n%minute/second)
	if n %= second; n == 0 {
		return dst
	}
	point := len(dst)
	dst = strconv.AppendUint(dst, second+n, 10)
	dst[point] = '.'
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

func appendTwo(dst []byte, n uint64) []byte { return append(dst, '0'+byte(n/10), '0'+byte(n%10)) }
