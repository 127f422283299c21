package xlsx

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
)

// book is all of the workbook but its rows. It is built more than once while a file is written: for what stands before
// the rows of a sheet, and when their number is known for all the rest. Each time it is the same but for that number, and
// for the sheets behind those of the data, which are added at the end.
type book struct {
	table    exporters.Table
	headings []string
	sheet    string
	looks    *looks
	ending   *ending // nil until the last row was written
}

// ending is what is known when the last row was written.
type ending struct {
	rows     int
	facts    []exporters.Fact
	sections []exporters.Section
	cut      int64 // cells whose text was too long
}

func newBook(table exporters.Table, looks *looks) *book {
	looks.mark(table.Columns)
	return &book{table: table, headings: headings(table.Columns), sheet: cleanName(table.Name), looks: looks}
}

// build builds the workbook for so many data rows by sheet. The sheets of the data come first: programs that read one
// sheet read the first.
func (b *book) build(rows []int, widths []float64) (parts, error) {
	f, err := newFile() // it has no temporary files to be closed, since it has no rows
	if err != nil {
		return nil, err
	}
	if err := b.describe(f); err != nil {
		return nil, err
	}
	if err := b.looks.addStyles(f); err != nil {
		return nil, err
	}
	for i, n := range rows {
		if err := b.addSheet(f, b.sheetName(i+1), tableName(b.sheet, i+1), n, widths); err != nil {
			return nil, fmt.Errorf("sheet %d: %w", i+1, err)
		}
	}
	if b.ending != nil {
		if err := b.addSummary(f, free(f, "Summary")); err != nil {
			return nil, fmt.Errorf("summary: %w", err)
		}
		if err := b.addAbout(f, free(f, "About")); err != nil {
			return nil, fmt.Errorf("about: %w", err)
		}
	}
	return collect(f)
}

// created is the date in every workbook's properties: a true one would make other bytes of the same rows.
const created = "2000-01-01T00:00:00Z"

func (b *book) describe(f *excelize.File) error {
	if err := f.SetDocProps(&excelize.DocProperties{Title: b.title(), Creator: "reportjob", Created: created, Modified: created}); err != nil {
		return err
	}
	return f.SetAppProps(&excelize.AppProperties{Application: "reportjob"})
}

func headerLook() *excelize.Style {
	return &excelize.Style{
		Font:      &excelize.Font{Bold: true, Color: "1F2937", Family: "Calibri", Size: 11},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E5EAF1"}},
		Border:    []excelize.Border{{Type: "bottom", Style: 2, Color: "7B8CA5"}},
		Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "center"},
	}
}
