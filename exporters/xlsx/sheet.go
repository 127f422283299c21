package xlsx

import (
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
)

// The colours of the sheets' tabs.
const (
	dataTab    = "FF2F6F9F"
	summaryTab = "FF4C9F70"
	aboutTab   = "FF94A3B8"
)

// unnamed is the name of the sheet that a new file has until it becomes the first one. No other sheet is called so.
const unnamed = " "

// newFile is a workbook of which nothing is written yet.
func newFile() (*excelize.File, error) {
	f := excelize.NewFile()
	return f, f.SetSheetName(f.GetSheetName(0), unnamed)
}

// newSheet adds a sheet.
func newSheet(f *excelize.File, name string) error {
	if f.GetSheetName(0) == unnamed {
		return f.SetSheetName(unnamed, name)
	}
	_, err := f.NewSheet(name)
	return err
}

// addSheet adds a data sheet with its header, and a table over it and so many rows.
func (b *book) addSheet(f *excelize.File, name, table string, rows int, widths []float64) error {
	if err := newSheet(f, name); err != nil {
		return err
	}
	last, err := excelize.ColumnNumberToName(len(b.headings))
	if err != nil {
		return err
	}
	return inTurn(
		func() error { return b.addHeader(f, name, last, widths) },
		func() error { return freeze(f, name, 1) },
		func() error { return b.setPage(f, name, dataTab) },
		func() error { return repeatHeader(f, name) },
		// The range of cells would be A1, for which some readers would see no rows. They count themselves without it.
		func() error { return f.SetSheetDimension(name, "") },
		// No green triangle on numbers that are names.
		func() error {
			return f.AddIgnoredErrors(name, "A2:"+last+strconv.Itoa(maxRows+1), excelize.IgnoredErrorsNumberStoredAsText)
		},
		func() error { return b.allowLinks(f, name, last) },
		func() error {
			yes := true
			return f.AddTable(name, &excelize.Table{
				Range: "A1:" + last + strconv.Itoa(max(rows, 1)+1), Name: table, StyleName: "TableStyleLight1", ShowRowStripes: &yes,
			})
		},
		func() error { return b.addMarks(f, name) },
		func() error { return b.addNotes(f, name) },
	)
}

// allowLinks has no green triangle on a link between two that lead elsewhere, as an odd one out among formulas would get.
func (b *book) allowLinks(f *excelize.File, sheet, last string) error {
	if !b.table.Links {
		return nil
	}
	return f.AddIgnoredErrors(sheet, "A2:"+last+strconv.Itoa(maxRows+1), excelize.IgnoredErrorsFormula)
}

// inTurn takes steps until one fails.
func inTurn(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (b *book) addHeader(f *excelize.File, sheet, last string, widths []float64) error {
	for i, heading := range b.headings {
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := f.SetCellStr(sheet, column+"1", heading); err != nil {
			return err
		}
		if err := f.SetColWidth(sheet, column, column, widths[i]); err != nil {
			return err
		}
	}
	if err := f.SetRowHeight(sheet, 1, 20); err != nil {
		return err
	}
	return f.SetCellStyle(sheet, "A1", last+"1", headerStyle)
}

// freeze keeps so many rows in sight.
func freeze(f *excelize.File, sheet string, rows int) error {
	first := "A" + strconv.Itoa(rows+1)
	return f.SetPanes(sheet, &excelize.Panes{
		Freeze: true, YSplit: rows, TopLeftCell: first, ActivePane: "bottomLeft",
		Selection: []excelize.Selection{{SQRef: first, ActiveCell: first, Pane: "bottomLeft"}},
	})
}

// setPage prints the sheet as wide as a page lies, with the table's title and the page's number at its foot.
func (b *book) setPage(f *excelize.File, sheet, tab string) error {
	landscape, wide, high, yes := "landscape", 1, 0, true
	return inTurn(
		func() error {
			return f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high})
		},
		func() error {
			return f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &yes, TabColorRGB: &tab})
		},
		func() error {
			return f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L" + b.footer() + "&Rpage &P of &N"})
		},
	)
}

// maxFooter is how long the text at a page's foot may be, with room for the number of the page.
const maxFooter = 255 - len("&L&Rpage &P of &N")

// footer says what the sheet is of. An ampersand would begin a code.
func (b *book) footer() string {
	text := b.title()
	if b.table.Window != "" {
		text += " – " + cleanText(b.table.Window)
	}
	for len(text) > 0 {
		if escaped := strings.ReplaceAll(text, "&", "&&"); clipUnits(escaped, maxFooter) == escaped {
			return escaped
		}
		text = clipUnits(text, len([]rune(text))-1)
	}
	return ""
}

// title is the table's name for people.
func (b *book) title() string {
	if b.table.Title == "" {
		return cleanText(b.table.Name)
	}
	return cleanText(b.table.Title)
}

// repeatHeader prints the header on every page.
func repeatHeader(f *excelize.File, sheet string) error {
	return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: quoted(sheet) + "!$1:$1", Scope: sheet})
}

// quoted is a sheet's name in formulas.
func quoted(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }

// addMarks has cells stand out that the columns' marks are about, down to the last row that a sheet may have.
func (b *book) addMarks(f *excelize.File, sheet string) error {
	for i, c := range b.table.Columns {
		var rules []excelize.ConditionalFormatOptions
		for _, mark := range c.Marks {
			id := slices.Index(b.looks.moods, mark.Mood)
			criteria, value := condition(c, mark)
			rules = append(rules, excelize.ConditionalFormatOptions{Type: "cell", Criteria: criteria, Value: value, Format: &id, StopIfTrue: true})
		}
		if len(rules) == 0 {
			continue
		}
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := f.SetConditionalFormat(sheet, column+"2:"+column+strconv.Itoa(maxRows+1), rules); err != nil {
			return err
		}
	}
	return nil
}

// condition is when a mark holds, as Excel compares cells. Durations are parts of a day there.
func condition(c exporters.Column, m exporters.Mark) (criteria, value string) {
	switch {
	case m.Above != nil && c.Kind == exporters.Duration:
		return ">", strconv.FormatInt(*m.Above, 10) + "/" + strconv.Itoa(secondsADay)
	case m.Above != nil:
		return ">", strconv.FormatInt(*m.Above, 10)
	case c.Kind == exporters.Bool:
		return "==", strings.ToUpper(m.Value)
	}
	return "==", `"` + strings.ReplaceAll(m.Value, `"`, `""`) + `"`
}

// moodStyle is how a cell stands out.
func moodStyle(m exporters.Mood) *excelize.Style {
	ink, paper := "1E6B43", "DCF3E4"
	switch m {
	case exporters.Doubtful:
		ink, paper = "8A5A00", "FFF0C7"
	case exporters.Bad:
		ink, paper = "9B1C1C", "FBDDDD"
	}
	return &excelize.Style{Font: &excelize.Font{Color: ink}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{paper}}}
}

// addNotes puts a note on each heading: what the column means, its unit, and the API's own name of the field.
func (b *book) addNotes(f *excelize.File, sheet string) error {
	for i, c := range b.table.Columns {
		lines := noteLines(c)
		if len(lines) == 0 {
			continue
		}
		cell, err := excelize.CoordinatesToCellName(i+1, 1)
		if err != nil {
			return err
		}
		if err := f.AddComment(sheet, excelize.Comment{
			Author: "reportjob", Cell: cell, Paragraph: []excelize.RichTextRun{{Text: strings.Join(lines, "\n")}},
			Width: noteWidth, Height: noteHeight(lines),
		}); err != nil {
			return err
		}
	}
	return nil
}

func noteLines(c exporters.Column) (lines []string) {
	for _, part := range []struct{ name, text string }{{"", c.Meaning}, {"Unit: ", c.Unit}, {"API field: ", c.Field}} {
		if text := cleanText(part.text); text != "" {
			lines = append(lines, part.name+text)
		}
	}
	return lines
}

// The size of a note, in pixels.
const (
	noteWidth      = 260
	noteCharacters = 40 // that fit beside one another
	noteLine       = 17
)

func noteHeight(lines []string) uint {
	n := 0
	for _, line := range lines {
		n += 1 + textWidth(line, 1000)/noteCharacters
	}
	return uint(n*noteLine + noteLine)
}
