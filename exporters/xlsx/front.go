package xlsx

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
)

const (
	missingTab = "FFC0392B"
	notesWidth = 70.0 // of the column that says why a verdict is what it is, in characters
	mostNotes  = 3    // of the sentences there; all of them are on the last sheet
)

func missingLook() *excelize.Style {
	return &excelize.Style{Font: &excelize.Font{Bold: true, Color: "9B1C1C", Family: "Calibri", Size: 12}}
}

func linkLook() *excelize.Style {
	return &excelize.Style{
		Font:      &excelize.Font{Color: "1D5F8A", Underline: "single", Family: "Calibri", Size: 11},
		Alignment: &excelize.Alignment{Vertical: "top", WrapText: true},
	}
}

// addFront writes the first sheet: a line for each table, which leads to its sheets.
func (b *bound) addFront(name, about string) error {
	s, err := b.about.fillPaper(b.file, name, summaryTab, []float64{labelWidth, 13, 13, 26, 14, notesWidth})
	if err != nil {
		return err
	}
	s.text(1, b.about.table.Window, &excelize.Style{Font: &excelize.Font{Color: "64748B", Family: "Calibri", Size: 11}})
	s.row++
	b.count(s)
	s.row++
	for i, heading := range []string{"Report", "Rows", "Verdict", "Of", "Summary", "Why"} {
		style := headerLook()
		if heading == "Rows" {
			style = (&summarySheet{paper: s}).numberHeader()
		}
		s.text(i+1, heading, style)
	}
	s.row++
	for _, c := range b.chapters {
		c.line(s)
	}
	s.row++
	s.link(1, "What the reports, and all columns, mean", about)
	return s.err
}

// count says how many of the tables there are.
func (b *bound) count(s *paper) {
	missing := 0
	for _, c := range b.chapters {
		if c.part == nil {
			missing++
		}
	}
	text, style := strconv.Itoa(len(b.chapters))+" reports", &excelize.Style{Font: &excelize.Font{Color: "1F2937", Family: "Calibri", Size: 11}}
	if len(b.chapters) == 1 {
		text = "1 report"
	}
	if missing > 0 {
		text, style = fmt.Sprintf("Incomplete: of %s, %d could not be made", text, missing), missingLook()
	}
	s.text(1, text, style)
	s.row++
}

// line is the line of a table.
func (c *chapter) line(s *paper) {
	top := &excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}
	s.link(1, c.title(), c.sheets[0])
	if c.part != nil {
		s.number(2, exporters.OfInt(c.Rows), amounts{}, &excelize.Style{Alignment: &excelize.Alignment{Horizontal: "right", Vertical: "top", Indent: 1}})
	}
	s.text(3, c.Verdict, verdictLook(c.Mood))
	s.text(4, c.Window, top)
	if c.summary != "" {
		s.link(5, "Figures", c.summary)
	}
	notes := strings.Join(c.Notes[:min(len(c.Notes), mostNotes)], "; ")
	if more := len(c.Notes) - mostNotes; more > 0 {
		notes += fmt.Sprintf("; and %d more", more)
	}
	s.text(6, notes, top)
	s.endRow(max(textWidth(notes, 10_000), 2*textWidth(c.title(), 1000)), int(notesWidth))
}

// verdictLook is how a verdict stands out.
func verdictLook(m exporters.Mood) *excelize.Style {
	style := &excelize.Style{Font: &excelize.Font{}}
	if m != 0 {
		style = moodStyle(m)
	}
	style.Font.Family, style.Font.Size = "Calibri", 11
	style.Alignment = &excelize.Alignment{Vertical: "top"}
	return style
}

// link writes text that leads to a sheet.
func (s *paper) link(column int, text, sheet string) {
	s.text(column, text, linkLook())
	cell := s.cell(column)
	s.do(func() error { return s.file.SetCellHyperLink(s.name, cell, quoted(sheet)+"!A1", "Location") })
}

// addAbout adds the last sheet: what is known of the book, and of each table in it.
func (b *bound) addAbout(name string) error {
	s, err := b.about.addPaper(b.file, name, aboutTab, aboutWidths())
	if err != nil {
		return err
	}
	for _, fact := range b.Facts {
		s.fact(fact.Name, fact.Values...)
	}
	for i, c := range b.chapters {
		s.row += 2
		s.text(1, c.title(), sectionTitle())
		s.row++
		if c.part != nil {
			c.tell(s, "about_columns_"+strconv.Itoa(i+1))
			continue
		}
		s.fact("Missing", c.Notes...)
		for _, fact := range c.Facts {
			s.fact(fact.Name, fact.Values...)
		}
	}
	return s.err
}
