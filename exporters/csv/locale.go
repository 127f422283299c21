package csv

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"github.com/reportjob/reportjob/exporters"
)

// locale is what a spreadsheet of some place expects of a CSV file that is opened with a double click.
type locale struct {
	separator byte
	decimal   byte
	mark      bool   // a byte-order mark in front, by which Excel knows UTF-8
	date      string // layout of dates; ISO 8601 if empty
	time      string // layout of times down to the second, in the table's zone; RFC 3339 if empty
}

// CheckLocale tells whether tag is a locale that the format can follow, a BCP 47 tag such as "en" or "de-DE".
//
// English of any region, which is also the default, is CSV for programs: commas, points, RFC 3339, no byte-order mark.
// Any other locale is CSV for a spreadsheet of that place. The decimal mark is the locale's. Fields are separated by
// semicolons where that mark is a comma, else by commas. Dates and times of day are in the local order where that is day,
// month, year, else as 2026-11-21 and 2026-11-21 13:00:05, which spreadsheets of every locale read; times have no offset,
// since spreadsheets know none, and decimals of the second only if there are any. Where the zone carries a time into a year of
// five digits or below zero, it is RFC 3339 in UTC. Text, codes and booleans do not change.
func CheckLocale(tag string) error {
	_, err := parseLocale(tag)
	return err
}

// canonical makes of a tag that by which CLDR has data: nb of no, and zh of cmn.
const canonical = language.All | language.CLDR

var plain = locale{separator: ',', decimal: '.'}

func parseLocale(tag string) (locale, error) {
	if tag == "" {
		return plain, nil
	}
	t, err := language.Parse(tag)
	if err != nil {
		return locale{}, fmt.Errorf("locale %q: not a known language tag such as en or de-DE", tag)
	}
	switch base, _, _ := t.Raw(); base.String() {
	case "und":
		return locale{}, fmt.Errorf("locale %q: names no language", tag)
	case "en":
		return plain, nil
	}
	if c, err := canonical.Canonicalize(t); err == nil {
		t = c
	}
	l := locale{separator: ',', decimal: decimalMark(t), mark: true, date: dateLayout(t)}
	if l.decimal == ',' {
		l.separator = ';'
	}
	l.time = l.date + " 15:04:05"
	return l, nil
}

// decimalMark is the mark between whole and decimals. Where that is neither a point nor a comma, as in Arabic, it is a
// point, the only other mark that spreadsheets there read.
func decimalMark(t language.Tag) byte {
	if strings.Contains(message.NewPrinter(latinDigits(t)).Sprint(number.Decimal(1.5)), ",") {
		return ','
	}
	return '.'
}

// latinDigits asks for the locale's numbers in the digits that we write.
func latinDigits(t language.Tag) language.Tag {
	if latin, err := t.SetTypeForKey("nu", "latn"); err == nil {
		return latin
	}
	return t
}

//go:generate go run gen.go

// dateLayout is the layout of dates in a locale, as CLDR's data have it for the locale or the nearest of its parents. It is
// ISO 8601 where the day does not come first, since that is never misread: to guess wrong would swap day and month without
// a sign.
func dateLayout(t language.Tag) string {
	for name := range lineage(t) {
		for _, d := range dates {
			if strings.Contains(d.locales, " "+name+" ") {
				return d.layout
			}
		}
	}
	return time.DateOnly
}

// lineage is the locale and its parents, without variants and extensions. A region may tell the script, as in zh-HK, and
// data may stand at the name with the script, as at zh-Hant-HK.
func lineage(t language.Tag) iter.Seq[string] {
	return func(yield func(string) bool) {
		base, script, region := t.Raw()
		t, _ := language.Raw.Compose(base, script, region)
		if !yield(t.String()) {
			return
		}
		if script, confidence := t.Script(); confidence != language.No {
			t, _ = language.Raw.Compose(base, script, region)
		}
		for ; t != language.Und; t = t.Parent() {
			if !yield(t.String()) {
				return
			}
		}
	}
}

func (l locale) appendDate(dst []byte, cell exporters.Cell) []byte {
	day := cell.Date()
	if l.date == "" || !fourDigits(day) {
		return cell.Append(dst, time.UTC)
	}
	return day.AppendFormat(dst, l.date)
}

func (l locale) appendTime(dst []byte, cell exporters.Cell, zone *time.Location) []byte {
	if l.time == "" {
		return cell.Append(dst, zone)
	}
	t := cell.Time(zone)
	if !fourDigits(t) {
		return cell.Append(dst, zone)
	}
	dst = t.AppendFormat(dst, l.time)
	if t.Nanosecond() == 0 {
		return dst
	}
	point := len(dst)
	dst = t.AppendFormat(dst, ".999999")
	dst[point] = l.decimal
	return dst
}

// fourDigits tells whether the year has four digits. No reader takes others in a local order.
func fourDigits(t time.Time) bool { return t.Year() >= 0 && t.Year() <= 9999 }
