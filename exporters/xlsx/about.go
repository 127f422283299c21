package xlsx

import (
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// fieldWidth is that of the column of the API's names, in characters.
const fieldWidth = 34

// addAbout adds the sheet that says everything which a reader needs in a year: the facts, what the columns mean, and what
// of the rows does not stand in the workbook as the API gave it.
func (b *book) addAbout(f *excelize.File, name string) error {
	s, err := b.addPaper(f, name, aboutTab, aboutWidths())
	if err != nil {
		return err
	}
	b.tell(s, "about_columns")
	return s.err
}

func aboutWidths() []float64 { return []float64{26, wrapWidth, 14, 11, 26, fieldWidth} }

// tell writes what is known of the rows, and of their columns as a table of this name.
func (b *book) tell(s *paper, table string) {
	for _, fact := range b.ending.facts {
		s.fact(fact.Name, fact.Values...)
	}
	s.fact("In the rows", b.remarks()...)
	s.row++
	first := s.row
	for i, name := range []string{"Column", "Meaning", "Unit", "Kind", "Name in files", "API field"} {
		s.text(i+1, name, headerLook())
	}
	s.row++
	for i, c := range b.table.Columns {
		for j, text := range []string{b.headings[i], c.Meaning, c.Unit, c.Kind.String(), c.Name, c.Field} {
			s.text(j+1, text, &excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
		}
		s.endRow(max(textWidth(c.Meaning, 10_000), textWidth(c.Field, 10_000)*wrapWidth/fieldWidth), wrapWidth)
	}
	yes := true
	s.do(func() error {
		return s.file.AddTable(s.name, &excelize.Table{
			Range: "A" + strconv.Itoa(first) + ":F" + strconv.Itoa(s.row-1), Name: table, StyleName: "TableStyleLight1", ShowRowStripes: &yes,
		})
	})
}

// remarks say how rows are told that could not be shown as they are.
func (b *book) remarks() []string {
	remarks := []string{
		"No text is evaluated as a formula: each is shown as the API gave it, with nothing in front.",
		"Numbers of more than 15 digits, and days before 1900-03-01, stand as text, since a cell would round or change them.",
	}
	switch n := b.ending.cut; n {
	case 0:
		remarks = append(remarks, fmt.Sprintf("No text was cut: none is longer than the %d characters that a cell holds.", maxText))
	default:
		remarks = append(remarks, fmt.Sprintf("Text that is longer than the %d characters that a cell holds ends in %q. Cells that were cut: %d. "+
			"The files in other formats have them whole.", maxText, cutMark, n))
	}
	return remarks
}
