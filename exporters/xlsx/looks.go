package xlsx

import (
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// look is how a cell is formatted. The looks from number on are numbers with so many decimals.
type look uint8

const (
	code look = iota
	logical
	date
	clock
	clockFraction
	duration
	durationFraction
	number
)

// maxDecimals is how many decimals Excel shows.
const maxDecimals = 30

// format is the look's number format.
func (l look) format() string {
	switch l {
	case code:
		return "@"
	case logical: // Excel shows a boolean as such whatever its format, LibreOffice at times as 1 or 0 if it has none
		return `"TRUE";"TRUE";"FALSE"`
	case date:
		return "yyyy-mm-dd"
	case clock:
		return "yyyy-mm-dd hh:mm:ss"
	case clockFraction:
		return "yyyy-mm-dd hh:mm:ss.000"
	case duration:
		return "[h]:mm:ss"
	case durationFraction:
		return "[h]:mm:ss.000"
	case number:
		return "0"
	}
	return "0." + strings.Repeat("0", int(l-number))
}

// alignment keeps numbers, which stand on the right, apart from text in the next column, which stands on the left. Dates
// and times are all of one length, and look best on the left.
func (l look) alignment() *excelize.Alignment {
	switch l {
	case code:
		return nil
	case logical, date, clock, clockFraction:
		return &excelize.Alignment{Horizontal: "left"}
	}
	return &excelize.Alignment{Horizontal: "right", Indent: 1}
}

// looks are the looks that a workbook uses, in the order of their first cells. Which decimals there will be is known
// only from the rows; the styles themselves are written after them, in that order.
type looks struct {
	used       []look
	attributes [number + maxDecimals + 1]string
}

// The styles that every workbook has before those of its looks.
const (
	plainStyle = iota
	headerStyle
	firstLook
)

// attribute is the attribute of a cell with this look.
func (s *looks) attribute(l look) string {
	if s.attributes[l] == "" {
		s.attributes[l] = `" s="` + strconv.Itoa(firstLook+len(s.used))
		s.used = append(s.used, l)
	}
	return s.attributes[l]
}
