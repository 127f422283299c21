// Package xlsx writes tables as Excel workbooks. excelize builds the workbook with its styles, columns, panes and
// tables; the rows of the data sheets, which are nearly all of a file, are appended as XML by this package and go
// straight through a parallel deflate into the zip, so that a million rows need neither memory nor a temporary file. It
// knows nothing of where rows come from and where the file goes.
//
// A data sheet is named after the table. Its header shows the columns' names for people, stays in sight, filters, and
// tells in notes what the columns mean. What a cell cannot hold exactly stands there as text: numbers of more than 15
// digits, days before March 1900, times below zero. Rows that do not fit on a sheet go on to the next one, "name (2)".
// Behind the data sheets, "Summary" shows what the table's blocks come to, with charts, and "About" all that is known of
// the rows. A data sheet is one with a table whose name begins with "data_". The same rows give the same bytes.
//
// A workbook of several tables begins with a "Summary" that leads to each of them.
package xlsx

import (
	"io"

	"github.com/reportjob/reportjob/exporters"
)

// Format is XLSX at a level of compression that gives files about as small as Excel's own.
func Format() exporters.Format { return format(thorough) }

// FastFormat is XLSX in little more than half of the time, and files that are a sixth bigger.
func FastFormat() exporters.Format { return format(fast) }

func format(effort effort) exporters.Format {
	return exporters.Format{
		Name: "xlsx", Ext: "xlsx", MIME: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		New: func(w io.Writer, table exporters.Table) (exporters.Writer, error) { return newWriter(w, table, effort) },
		Book: func(about exporters.Table, tables []exporters.Table) (exporters.Book, error) {
			return newBinder(about, tables, effort)
		},
	}
}

// writer writes a workbook of one table.
type writer struct {
	*sheets
	book  *book
	zip   *archive
	facts []exporters.Fact
}

func newWriter(w io.Writer, table exporters.Table, effort effort) (*writer, error) {
	looks := &looks{}
	s, err := newSheets(table, looks)
	if err != nil {
		return nil, err
	}
	made := &writer{sheets: s, book: newBook(table, looks), zip: newArchive(w, effort)}
	s.open = made.open
	return made, nil
}

// Describe takes the facts for the sheet that tells what the workbook is about.
func (w *writer) Describe(facts []exporters.Fact) { w.facts = facts }

// open begins the part of the last sheet.
func (w *writer) open() (part io.Writer, head, tail []byte, err error) {
	parts, err := w.book.build(w.rows, w.widths.widths())
	if err != nil {
		return nil, nil, nil, err
	}
	if len(w.rows) == 1 {
		if err := w.zip.add(parts, firstParts...); err != nil {
			return nil, nil, nil, err
		}
	}
	name := sheetPart(len(w.rows))
	if head, tail, err = parts.split(name); err != nil {
		return nil, nil, nil, err
	}
	part, err = w.zip.create(name)
	return part, head, tail, err
}

// Close writes the rest of the rows, and all parts of the workbook that depend on how many there were.
func (w *writer) Close() error { return w.close(w.finish) }

func (w *writer) finish() error {
	if err := w.end(); err != nil {
		return err
	}
	w.zip.free = nil
	w.book.ending = w.ending(w.facts)
	parts, err := w.book.build(w.rows, w.widths.widths())
	if err != nil {
		return err
	}
	if err := w.zip.add(parts, parts.names()...); err != nil {
		return err
	}
	return w.zip.Close()
}
