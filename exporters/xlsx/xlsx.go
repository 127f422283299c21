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
package xlsx

import (
	"fmt"
	"io"
	"math"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
)

// Format is XLSX at a level of compression that gives files about as small as Excel's own.
func Format() exporters.Format { return format(6) }

// FastFormat is XLSX in two thirds of the time, and files that are a fifth bigger.
func FastFormat() exporters.Format { return format(flate.BestSpeed) }

func format(level int) exporters.Format {
	return exporters.Format{
		Name: "xlsx", Ext: "xlsx", MIME: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		New: func(w io.Writer, table exporters.Table) (exporters.Writer, error) { return newWriter(w, table, level) },
	}
}

// What Excel holds, see https://support.microsoft.com/office/excel-specifications-and-limits, and what zip holds
// without extensions that Excel refuses in files which are written in one go.
const (
	maxRows = excelize.TotalRows - 1 // of data, below the header
	maxPart = math.MaxUint32 - 1<<20
)

const (
	learnRows   = 1000    // rows that are held back until the columns have their widths
	learnBytes  = 1 << 20 // and how much of them at most
	bufferBytes = 64 << 10
)

// writer encodes rows into a buffer, which it passes on to the part of the current sheet.
type writer struct {
	table  exporters.Table
	book   *book
	zip    *archive
	cells  *encoder
	widths *widths
	sums   *exporters.Summary
	facts  []exporters.Fact
	buf    []byte
	part   io.Writer // nil until the first sheet is begun
	tail   []byte    // what ends the part
	bytes  int64     // of the part so far, with what is in the buffer
	rows   []int     // data rows by sheet
	err    error     // the first error; nothing is written after it
	closed bool

	maxRows int
	maxPart int64
}

func newWriter(w io.Writer, table exporters.Table, level int) (*writer, error) {
	if err := table.Check(); err != nil {
		return nil, err
	}
	if len(table.Columns) > excelize.MaxColumns {
		return nil, fmt.Errorf("table %q: %d columns, a sheet holds %d", table.Name, len(table.Columns), excelize.MaxColumns)
	}
	sums, err := exporters.NewSummary(table)
	if err != nil {
		return nil, err
	}
	looks := &looks{}
	cells, err := newEncoder(table, looks)
	if err != nil {
		return nil, err
	}
	book := newBook(table, looks)
	return &writer{
		table:   table,
		book:    book,
		zip:     newArchive(w, level),
		cells:   cells,
		widths:  newWidths(table.Columns, book.headings),
		sums:    sums,
		rows:    []int{0},
		maxRows: maxRows,
		maxPart: maxPart,
	}, nil
}

// Write appends a row.
func (w *writer) Write(row exporters.Row) error {
	switch {
	case w.closed:
		return exporters.ErrClosed
	case w.err != nil:
		return w.err
	}
	if err := w.table.CheckRow(row); err != nil {
		return err
	}
	if w.err = w.write(row); w.err != nil {
		w.err = fmt.Errorf("xlsx: %w", w.err)
		return w.err
	}
	w.sums.Add(row)
	return nil
}

// Describe takes the facts for the sheet that tells what the workbook is about.
func (w *writer) Describe(facts []exporters.Fact) { w.facts = facts }

func (w *writer) write(row exporters.Row) error {
	if w.rows[len(w.rows)-1] >= w.maxRows {
		if err := w.nextSheet(); err != nil {
			return err
		}
	}
	start := len(w.buf)
	w.buf = w.cells.appendRow(w.buf, row, w.rows[len(w.rows)-1]+2)
	if w.bytes+int64(len(w.buf)-start) > w.maxPart && w.rows[len(w.rows)-1] > 0 {
		w.buf = w.buf[:start]
		if err := w.nextSheet(); err != nil {
			return err
		}
		start = len(w.buf)
		w.buf = w.cells.appendRow(w.buf, row, 2)
	}
	w.bytes += int64(len(w.buf) - start)
	w.rows[len(w.rows)-1]++
	if w.part != nil {
		return w.flush(bufferBytes)
	}
	w.widths.learn(row, w.table.Location())
	if w.rows[0] < learnRows && len(w.buf) < learnBytes {
		return nil
	}
	return w.begin()
}

// begin begins the part of the last sheet, with all that stands before the rows.
func (w *writer) begin() error {
	parts, err := w.book.build(w.rows, w.widths.widths())
	if err != nil {
		return err
	}
	if len(w.rows) == 1 {
		if err := w.zip.add(parts, firstParts...); err != nil {
			return err
		}
	}
	name := sheetPart(len(w.rows))
	head, tail, err := parts.split(name)
	if err != nil {
		return err
	}
	if w.part, err = w.zip.create(name); err != nil {
		return err
	}
	w.tail = tail
	w.bytes += int64(len(head) + len(tail))
	if _, err := w.part.Write(head); err != nil {
		return err
	}
	return w.flush(bufferBytes)
}

// end ends the part of the last sheet.
func (w *writer) end() error {
	if w.part == nil {
		if err := w.begin(); err != nil {
			return err
		}
	}
	w.buf = append(w.buf, w.tail...)
	return w.flush(0)
}

// nextSheet goes on to another sheet.
func (w *writer) nextSheet() error {
	if err := w.end(); err != nil {
		return err
	}
	w.rows, w.bytes = append(w.rows, 0), 0
	return w.begin()
}

// flush passes the buffer on if it holds at least so much.
func (w *writer) flush(least int) error {
	if len(w.buf) < least {
		return nil
	}
	_, err := w.part.Write(w.buf)
	w.buf = w.buf[:0]
	if cap(w.buf) > learnBytes*2 {
		w.buf = nil
	}
	return err
}

// Close writes the rest of the rows, and all parts of the workbook that depend on how many there were.
func (w *writer) Close() error {
	if w.closed {
		return w.err
	}
	w.closed = true
	if w.err == nil {
		if w.err = w.finish(); w.err != nil {
			w.err = fmt.Errorf("xlsx: %w", w.err)
		}
	}
	w.buf, w.zip.free = nil, nil
	return w.err
}

func (w *writer) finish() error {
	if err := w.end(); err != nil {
		return err
	}
	w.book.ending = &ending{facts: w.facts, sections: w.sums.Sections(), cut: w.cells.cut}
	for _, n := range w.rows {
		w.book.ending.rows += n
	}
	parts, err := w.book.build(w.rows, w.widths.widths())
	if err != nil {
		return err
	}
	if err := w.zip.add(parts, parts.names()...); err != nil {
		return err
	}
	return w.zip.Close()
}

// Warnings says what of the table does not stand in the workbook as it is.
func (w *writer) Warnings() []string {
	var warnings []string
	switch n := w.cells.cut; n {
	case 0:
	case 1:
		warnings = append(warnings, fmt.Sprintf("xlsx: 1 cell held more than %d characters and was cut", maxText))
	default:
		warnings = append(warnings, fmt.Sprintf("xlsx: %d cells held more than %d characters and were cut", n, maxText))
	}
	if n := len(w.rows); n > 1 {
		warnings = append(warnings, fmt.Sprintf("xlsx: the rows did not fit on one sheet and continue on %q", w.book.sheetName(n)))
	}
	return warnings
}
