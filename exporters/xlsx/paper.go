package xlsx

import (
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
)

// paper is a sheet beside those of the data, which is written from top to bottom.
type paper struct {
	file *excelize.File
	book *book
	name string
	row  int
	err  error // the first error; nothing is written after it
}

// free is a name that no sheet of data has.
func free(f *excelize.File, name string) string {
	if slices.ContainsFunc(f.GetSheetList(), func(sheet string) bool { return strings.EqualFold(sheet, name) }) {
		name += " sheet"
	}
	return name
}

// addPaper adds a sheet with columns of these widths and the table's title.
func (b *book) addPaper(f *excelize.File, name, tab string, widths []float64) (*paper, error) {
	if err := newSheet(f, name); err != nil {
		return nil, err
	}
	return b.fillPaper(f, name, tab, widths)
}

// fillPaper is addPaper for a sheet that is there already.
func (b *book) fillPaper(f *excelize.File, name, tab string, widths []float64) (*paper, error) {
	s := &paper{file: f, book: b, name: name, row: 1}
	for i, width := range widths {
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return nil, err
		}
		if err := f.SetColWidth(name, column, column, width); err != nil {
			return nil, err
		}
	}
	if err := b.setPage(f, name, tab); err != nil {
		return nil, err
	}
	no := false
	if err := f.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &no}); err != nil {
		return nil, err
	}
	s.text(1, b.title(), &excelize.Style{Font: &excelize.Font{Bold: true, Color: "1F2937", Family: "Calibri", Size: 16}})
	s.do(func() error { return f.SetRowHeight(name, 1, 26) })
	s.row += 2
	return s, s.err
}

// do takes a step unless one has failed.
func (s *paper) do(step func() error) {
	if s.err == nil {
		s.err = step()
	}
}

// cell is the name of the cell in a column of the current row.
func (s *paper) cell(column int) string {
	name, err := excelize.CoordinatesToCellName(column, s.row)
	s.do(func() error { return err })
	return name
}

// text writes text into a column of the current row.
func (s *paper) text(column int, text string, style *excelize.Style) {
	text, _ = clipText(cleanText(text))
	text = guard(text)
	cell := s.cell(column)
	s.do(func() error { return s.file.SetCellStr(s.name, cell, text) })
	s.style(cell, style)
}

func (s *paper) style(cell string, style *excelize.Style) {
	s.do(func() error {
		id, err := s.file.NewStyle(style)
		if err != nil {
			return err
		}
		return s.file.SetCellStyle(s.name, cell, cell, id)
	})
}

// fact writes a name, and what is to be said under it line by line.
func (s *paper) fact(name string, values ...string) {
	for i, value := range values {
		if i > 0 {
			name = ""
		}
		s.text(1, name, &excelize.Style{Font: &excelize.Font{Bold: true, Color: "475569", Family: "Calibri", Size: 11}, Alignment: &excelize.Alignment{Vertical: "top"}})
		s.text(2, value, &excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
		s.endRow(textWidth(value, 10_000), wrapWidth)
	}
}

const (
	wrapWidth  = 78 // of the column whose text goes on in further lines, in characters
	lineHeight = 15 // in points
)

// endRow goes on to the next row, and makes this one high enough for a text of so many characters: not every program does
// so itself.
func (s *paper) endRow(characters, width int) {
	lines := 1 + characters*4/5/width // most letters are narrower than a digit
	row := s.row
	s.do(func() error { return s.file.SetRowHeight(s.name, row, float64(min(lines, 20)*lineHeight)) })
	s.row++
}

// amounts are how numbers of one sort look: in a currency, if it is not empty, and with so many decimals at least.
type amounts struct {
	currency string
	scale    uint8
}

// number writes a number or a duration, as text if Excel does not hold it as it is.
func (s *paper) number(column int, c exporters.Cell, a amounts, look *excelize.Style) {
	cell, style := s.cell(column), *look
	raw, format, ok := plainNumber(c, a)
	if !ok {
		s.text(column, raw, &style)
		return
	}
	style.CustomNumFmt = &format
	s.do(func() error { return s.file.SetCellDefault(s.name, cell, raw) })
	s.style(cell, &style)
}

// plainNumber is the value of a number or a duration and how it is formatted, its thousands grouped. It is not ok if it
// must be text.
func plainNumber(c exporters.Cell, a amounts) (raw, format string, ok bool) {
	if c.Kind() != exporters.Duration {
		scale, ok := exact(c)
		return string(c.Append(nil, nil)), groupedFormat(max(scale, a.scale), a.currency), ok
	}
	d := c.Duration()
	if d < 0 {
		return string(appendClock(nil, d)), "", false
	}
	look := duration
	if d%1e9 != 0 {
		look = durationFraction
	}
	return string(appendDays(nil, int64(d/day), d%day, 15)), look.format(""), true
}
