package xlsx

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
)

// What the summary's lines look like.
const (
	labelWidth   = 34.0 // of the column of labels, in characters
	longestLabel = 48
	numberWidth  = 13.0
	widestNumber = 24.0
	longLines    = 40  // a section of more lines stands below those of fewer
	mostRows     = 110 // of a printed page
	rowPixels    = 20  // of a row of the default height
)

// addSummary adds the sheet of what the rows come to: totals, and a range of cells with a chart beside it for each of the
// other sections. There is none where nothing is declared or there are no rows.
func (b *book) addSummary(f *excelize.File, name string) error {
	if len(b.ending.sections) == 0 || b.ending.rows == 0 {
		return nil
	}
	sections := make([]*drawn, len(b.ending.sections))
	for i, section := range b.ending.sections {
		sections[i] = newDrawn(section, b.table)
	}
	widths := summaryWidths(sections)
	s, err := b.addPaper(f, name, summaryTab, append(widths, 3))
	if err != nil {
		return err
	}
	sum := &summarySheet{paper: s, charts: 2 + len(widths)}
	sum.text(1, b.table.Window, &excelize.Style{Font: &excelize.Font{Color: "64748B", Family: "Calibri", Size: 11}})
	sum.row += 2
	sum.totals(sections)
	// What is short comes first, so that a long series of times does not push it out of sight.
	slices.SortStableFunc(sections, func(a, b *drawn) int { return a.long() - b.long() })
	for _, section := range sections {
		if section.By.Name != "" {
			sum.section(section)
		}
	}
	sum.do(func() error { return fitPage(f, s.name, s.row) })
	return sum.err
}

// fitPage prints the sheet upright, and on one page if that can be read: a page break would cut charts in two.
func fitPage(f *excelize.File, sheet string, rows int) error {
	portrait, high := "portrait", 1
	if rows > mostRows {
		high = 0
	}
	return f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &portrait, FitToHeight: &high})
}

// summaryWidths are the widths of the columns of labels and of numbers.
func summaryWidths(sections []*drawn) []float64 {
	widths := []float64{labelWidth, numberWidth}
	for _, s := range sections {
		widths[1] = max(widths[1], shownWidth(s.All.Total, currency(s.Sum)))
		for _, label := range s.labels {
			widths[0] = max(widths[0], float64(textWidth(label, longestLabel))+2)
		}
		for i, heading := range s.headings {
			if s.By.Name == "" {
				break // its parts stand one below the other
			}
			if i+1 == len(widths) {
				widths = append(widths, numberWidth)
			}
			widths[i+1] = max(widths[i+1], min(headingWidth(heading), widestNumber))
			if i > 0 {
				widths[i+1] = max(widths[i+1], shownWidth(s.All.Parts[i-1], currency(s.Sum)))
			}
		}
	}
	numbers := 0.0
	for _, width := range widths[1:] {
		numbers += width
	}
	for _, s := range sections { // beside whose titles a chart begins
		widths[0] = max(widths[0], 1.4*float64(textWidth(s.Title, 60))-numbers)
	}
	return widths
}

// shownWidth is how wide a number is, in characters. Sums of all rows are the widest, unless there are amounts below zero.
func shownWidth(c exporters.Cell, currency string) float64 {
	text := c.Append(nil, nil)
	if c.Kind() == exporters.Duration {
		text = appendClock(nil, c.Duration())
	}
	groups := len(text) / 3
	return 1.1*float64(len(text)+groups+len(currency)) + 3
}

// summarySheet is the sheet of what the rows come to.
type summarySheet struct {
	*paper
	charts int // the column of the charts
}

func sectionTitle() *excelize.Style {
	return &excelize.Style{Font: &excelize.Font{Bold: true, Color: "1F2937", Family: "Calibri", Size: 13}}
}

func (s *summarySheet) numberHeader() *excelize.Style {
	style := headerLook()
	style.Alignment = &excelize.Alignment{Horizontal: "right", Vertical: "center", Indent: 1, WrapText: true}
	return style
}

// totals are the sections of one line each, one below the other, and the number of rows before them.
func (s *summarySheet) totals(sections []*drawn) {
	s.text(1, "Totals", sectionTitle())
	s.row++
	s.line(line{label: "Rows", numbers: []exporters.Cell{exporters.OfInt(int64(s.book.ending.rows))}}, amounts{}, false)
	for _, section := range sections {
		if section.By.Name != "" {
			continue
		}
		s.line(line{section.Title, []exporters.Cell{section.All.Total}}, section.amounts(), false)
		for i, part := range section.All.Parts {
			label := "– " + section.Split.Heading() + ": " + section.headings[i+1]
			s.line(line{label, []exporters.Cell{part}}, section.amounts(), false)
		}
	}
	s.row++
}

// section writes a section's range of cells and puts its chart beside it, so that neither reaches into the next.
func (s *summarySheet) section(d *drawn) {
	top := s.row
	s.text(1, d.Title, sectionTitle())
	s.row++
	if d.Note != "" {
		s.text(1, d.Note, &excelize.Style{Font: &excelize.Font{Italic: true, Color: "8A5A00", Family: "Calibri", Size: 10}})
		s.row++
	}
	d.header = s.row
	s.do(func() error { return s.file.SetRowHeight(s.name, d.header, d.headerHeight()) })
	s.text(1, d.heading, headerLook())
	for i, heading := range d.headings {
		s.text(i+2, heading, s.numberHeader())
	}
	s.row++
	for i, l := range d.Lines {
		s.line(line{d.labels[i], append([]exporters.Cell{l.Total}, l.Parts...)}, d.amounts(), false)
	}
	s.line(line{"All rows", append([]exporters.Cell{d.All.Total}, d.All.Parts...)}, d.amounts(), true)
	if chart := d.chart(s.name); chart != nil {
		column, err := excelize.ColumnNumberToName(s.charts)
		s.do(func() error { return err })
		s.do(func() error { return s.file.AddChart(s.name, column+strconv.Itoa(top), chart) })
		s.row = max(s.row, top+int(chart.Dimension.Height)/rowPixels+1)
	}
	s.row++
}

// line is a label and its numbers.
type line struct {
	label   string
	numbers []exporters.Cell
}

func (s *summarySheet) line(l line, a amounts, last bool) {
	font := &excelize.Font{Bold: last, Color: "1F2937", Family: "Calibri", Size: 11}
	var border []excelize.Border
	if last {
		border = []excelize.Border{{Type: "top", Style: 1, Color: "7B8CA5"}}
	}
	s.text(1, l.label, &excelize.Style{Font: font, Border: border, Alignment: &excelize.Alignment{Horizontal: "left"}})
	for i, n := range l.numbers {
		s.number(i+2, n, a, &excelize.Style{Font: font, Border: border, Alignment: &excelize.Alignment{Horizontal: "right", Indent: 1}})
	}
	s.row++
}

// drawn is a section with its words.
type drawn struct {
	exporters.Section
	heading  string   // of the labels
	headings []string // of the numbers
	labels   []string
	header   int // the row of the headings, once they are written
}

func newDrawn(section exporters.Section, table exporters.Table) *drawn {
	d := &drawn{Section: section, heading: section.By.Heading(), headings: []string{section.Sum.Heading()}}
	for _, split := range section.Splits {
		d.headings = append(d.headings, valueText(split))
	}
	if section.Others {
		d.headings = append(d.headings, "others")
	}
	d.label(table)
	return d
}

// amounts are how the section's numbers look: with the decimals of the sum of all rows, which has those of each.
func (d *drawn) amounts() amounts {
	scale, _ := exact(d.All.Total)
	return amounts{currency(d.Sum), min(scale, maxDecimals)}
}

// headerHeight is room for the longest heading, in points.
func (d *drawn) headerHeight() float64 {
	lines := 1
	for _, heading := range d.headings {
		lines = max(lines, 1+int(headingWidth(heading)/(widestNumber+1)))
	}
	return float64(lines * lineHeight)
}

// headingWidth is how wide a heading is, in characters of numbers.
func headingWidth(heading string) float64 { return 1.2*float64(textWidth(heading, 1000)) + 3 }

// long is 1 for a section of many lines.
func (d *drawn) long() int {
	if len(d.Lines) > longLines {
		return 1
	}
	return 0
}

// valueText is a value as people read it.
func valueText(c exporters.Cell) string {
	switch {
	case c.IsNull():
		return "(none)"
	case c.Kind() == exporters.Bool && c.Bool():
		return "yes"
	case c.Kind() == exporters.Bool:
		return "no"
	}
	return string(c.Append(nil, nil))
}

// label makes labels of the lines, and a heading for them. They are text, so that the axis of a chart shows every one of
// them as it is. An hour that comes twice, when clocks are set back, has its offset with it.
func (d *drawn) label(table exporters.Table) {
	layout := map[exporters.Stretch]string{
		exporters.Hour: "2006-01-02 15:04", exporters.Day: "2006-01-02", exporters.Month: "2006-01", exporters.Year: "2006",
	}[d.Every]
	var day string
	if d.Every == exporters.Hour {
		if day = d.oneDay(table); day != "" {
			layout = "15:04"
		}
	}
	seen := map[string]int{}
	for _, l := range d.Lines {
		seen[d.stretch(l.Label, layout, table)]++
	}
	for _, l := range d.Lines {
		text := d.stretch(l.Label, layout, table)
		if d.Every == exporters.Hour && seen[text] > 1 {
			text = d.stretch(l.Label, layout+" -07:00", table)
		}
		d.labels = append(d.labels, text)
	}
	d.shorten()
	switch d.Every {
	case exporters.Hour:
		d.heading = "Hour"
		if day != "" {
			d.heading += " of " + day
		}
	case exporters.Day:
		d.heading = "Day"
	case exporters.Month:
		d.heading = "Month"
	case exporters.Year:
		d.heading = "Year"
	}
}

// shorten cuts labels that would take the chart from its bars, unless that made two of them alike.
func (d *drawn) shorten() {
	short, seen := make([]string, len(d.labels)), map[string]bool{}
	for i, label := range d.labels {
		if short[i] = clipUnits(label, longestLabel); short[i] != label {
			short[i] += "…"
		}
		seen[short[i]] = true
	}
	if len(seen) == len(short) {
		d.labels = short
	}
}

// stretch is the label of a line.
func (d *drawn) stretch(c exporters.Cell, layout string, table exporters.Table) string {
	switch {
	case d.Every == exporters.NoStretch:
		return valueText(c)
	case c.IsNull():
		return "(no time)"
	case d.Every == exporters.Hour:
		return c.Time(table.Location()).Format(layout)
	}
	return c.Date().Format(layout)
}

// oneDay is the day that all hours are of, if they are of one.
func (d *drawn) oneDay(table exporters.Table) (day string) {
	for _, l := range d.Lines {
		if l.Label.IsNull() {
			continue
		}
		this := l.Label.Time(table.Location()).Format("2006-01-02")
		if day != "" && this != day {
			return ""
		}
		day = this
	}
	return day
}

// area is the range of a column's lines, as charts name it; without lines it is the heading.
func (d *drawn) area(sheet string, column int, lines bool) string {
	name, err := excelize.ColumnNumberToName(column)
	if err != nil {
		return ""
	}
	if !lines {
		return fmt.Sprintf("%s!$%s$%d", quoted(sheet), name, d.header)
	}
	return fmt.Sprintf("%s!$%s$%d:$%s$%d", quoted(sheet), name, d.header+1, name, d.header+len(d.Lines))
}
