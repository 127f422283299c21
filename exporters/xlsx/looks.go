package xlsx

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
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
	link
	number
)

// maxDecimals is how many decimals Excel shows.
const maxDecimals = 30

// format is the look's number format. Thousands of numbers are not grouped, since they may be of anything; those of
// amounts in a currency are.
func (l look) format(currency string) string {
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
	case link: // as text it would turn into its own formula once somebody edits it
		return ""
	}
	if currency != "" {
		return groupedFormat(uint8(l-number), currency)
	}
	return "0" + decimalsFormat(uint8(l-number))
}

// groupedFormat is the number format of counts, sums and amounts.
func groupedFormat(scale uint8, currency string) string {
	format := "#,##0" + decimalsFormat(scale)
	if currency != "" {
		return "[$" + currency + `]\ ` + format
	}
	return format
}

func decimalsFormat(scale uint8) string {
	if scale == 0 {
		return ""
	}
	return "." + strings.Repeat("0", int(scale))
}

// currency is the ISO 4217 code of the currency in which a column's amounts are, empty if that is not known.
func currency(c exporters.Column) string {
	if c.Kind != exporters.Money || len(c.Unit) != 3 || strings.Trim(c.Unit, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return ""
	}
	return c.Unit
}

// alignment keeps numbers, which stand on the right, apart from text in the next column, which stands on the left. Dates
// and times are all of one length, and look best on the left.
func (l look) alignment() *excelize.Alignment {
	switch l {
	case code, link:
		return nil
	case logical, date, clock, clockFraction:
		return &excelize.Alignment{Horizontal: "left"}
	}
	return &excelize.Alignment{Horizontal: "right", Indent: 1}
}

// font is that of the look, nil for the one of all other cells.
func (l look) font() *excelize.Font {
	if l == link {
		return &excelize.Font{Color: "0563C1", Underline: "single", Family: "Calibri", Size: 11}
	}
	return nil
}

// looks are the looks that a workbook uses, in the order of their first cells. Which decimals there will be is known
// only from the rows; the styles themselves are written after them, in that order.
type looks struct {
	used       []styled
	attributes [number]string
	decimals   map[string]*decimals
	moods      []exporters.Mood // of the columns' marks
}

// styled is a look, of numbers with or without a currency.
type styled struct {
	look     look
	currency string
}

// decimals are the looks of numbers of one currency, or of those without.
type decimals struct {
	currency   string
	attributes [maxDecimals + 1]string
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
		s.attributes[l] = s.use(styled{look: l})
	}
	return s.attributes[l]
}

// number is the attribute of a number with so many decimals.
func (s *looks) number(d *decimals, scale uint8) string {
	if d.attributes[scale] == "" {
		d.attributes[scale] = s.use(styled{number + look(scale), d.currency})
	}
	return d.attributes[scale]
}

func (s *looks) use(look styled) string {
	s.used = append(s.used, look)
	return `" s="` + strconv.Itoa(firstLook+len(s.used)-1)
}

// of are the looks of a column's numbers.
func (s *looks) of(column exporters.Column) *decimals {
	code := currency(column)
	if s.decimals[code] == nil {
		if s.decimals == nil {
			s.decimals = map[string]*decimals{}
		}
		s.decimals[code] = &decimals{currency: code}
	}
	return s.decimals[code]
}

// mark takes the moods of the columns' marks among the looks.
func (s *looks) mark(columns []exporters.Column) {
	for _, c := range columns {
		for _, m := range c.Marks {
			if !slices.Contains(s.moods, m.Mood) {
				s.moods = append(s.moods, m.Mood)
			}
		}
	}
}

// fixedLooks are all looks that cells of these columns may have, in an order that does not depend on the rows.
func fixedLooks(tables []exporters.Table) *looks {
	s := &looks{}
	for l := code; l < link; l++ {
		s.attribute(l)
	}
	if slices.ContainsFunc(tables, func(t exporters.Table) bool { return t.Links }) {
		s.attribute(link)
	}
	plain := s.of(exporters.Column{})
	for _, t := range tables {
		s.mark(t.Columns)
		for _, c := range t.Columns {
			s.of(c)
		}
	}
	for _, d := range append([]*decimals{plain}, s.currencies()...) {
		for scale := range uint8(maxDecimals + 1) {
			s.number(d, scale)
		}
	}
	return s
}

// currencies are the looks of amounts, in the order of their currencies.
func (s *looks) currencies() (list []*decimals) {
	for _, code := range slices.Sorted(maps.Keys(s.decimals)) {
		if code != "" {
			list = append(list, s.decimals[code])
		}
	}
	return list
}

// addStyles adds the styles in the order in which cells and marks count on them.
func (s *looks) addStyles(f *excelize.File) error {
	styles := []*excelize.Style{headerStyle - 1: headerLook()}
	for _, used := range s.used {
		style := &excelize.Style{Alignment: used.look.alignment(), Font: used.look.font()}
		if format := used.look.format(used.currency); format != "" {
			style.CustomNumFmt = &format
		}
		styles = append(styles, style)
	}
	for i, style := range styles {
		id, err := f.NewStyle(style)
		if err != nil {
			return err
		}
		if id != i+1 {
			return fmt.Errorf("style %d became %d", i+1, id)
		}
	}
	for i, mood := range s.moods {
		id, err := f.NewConditionalStyle(moodStyle(mood))
		if err != nil {
			return err
		}
		if id != i {
			return fmt.Errorf("style %d of marks became %d", i, id)
		}
	}
	return nil
}
