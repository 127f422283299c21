package xlsx

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
)

// sheetName is the name of the n-th data sheet.
func (b *book) sheetName(n int) string {
	if n == 1 {
		return clipUnits(b.sheet, excelize.MaxSheetNameLength)
	}
	suffix := " (" + strconv.Itoa(n) + ")"
	return clipUnits(b.sheet, excelize.MaxSheetNameLength-len(suffix)) + suffix
}

// cleanName is the name without what sheets must not be called.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) {
			return '-'
		}
		return r
	}, cleanText(name))
	name = strings.Trim(clipUnits(name, excelize.MaxSheetNameLength), "' ")
	if name == "" || strings.EqualFold(name, "history") { // which Excel keeps for itself
		return "Data"
	}
	return name
}

// cleanText is text without control characters, which have no place in names and headings.
func cleanText(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.TrimSpace(s)
}

// clipUnits cuts s to so many UTF-16 units.
func clipUnits(s string, limit int) string {
	units := 0
	for i, r := range s {
		if units++; r > 0xFFFF {
			units++
		}
		if units > limit {
			return strings.TrimRight(s[:i], "' ")
		}
	}
	return s
}

// tableName is the name of the n-th sheet's table in formulas. In front stands what keeps it from looking like a cell.
func tableName(sheet string, n int) string {
	name := "data_" + strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, sheet)
	if n > 1 {
		name += "_" + strconv.Itoa(n)
	}
	return name
}

// headings are the columns' names for people. Those of a table must not be empty or alike but for capitals.
func headings(columns []exporters.Column) []string {
	taken := make(map[string]bool, len(columns))
	var headings []string
	for i, column := range columns {
		heading := clipUnits(cleanText(column.Heading()), exporters.LongestHeading)
		for plain, n := heading, i+1; heading == "" || taken[strings.ToLower(heading)]; n++ {
			heading = strings.TrimSpace(plain + " (" + strconv.Itoa(n) + ")")
		}
		taken[strings.ToLower(heading)] = true
		headings = append(headings, heading)
	}
	return headings
}
