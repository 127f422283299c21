package xlsx

import (
	"fmt"
	"io"
	"math"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
)

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

// sheets encodes the rows of a table into a buffer, which it passes on to the part of the current sheet.
type sheets struct {
	table  exporters.Table
	cells  *encoder
	widths *widths
	sums   *exporters.Summary
	// open begins the part of the last sheet. head and tail are what stands there before and behind the rows.
	open   func() (part io.Writer, head, tail []byte, err error)
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

func newSheets(table exporters.Table, looks *looks) (*sheets, error) {
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
	cells, err := newEncoder(table, looks)
	if err != nil {
		return nil, err
	}
	return &sheets{
		table:   table,
		cells:   cells,
		widths:  newWidths(table.Columns, headings(table.Columns)),
		sums:    sums,
		rows:    []int{0},
		maxRows: maxRows,
		maxPart: maxPart,
	}, nil
}

// Write appends a row.
func (w *sheets) Write(row exporters.Row) error {
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

func (w *sheets) write(row exporters.Row) error {
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
func (w *sheets) begin() error {
	part, head, tail, err := w.open()
	if err != nil {
		return err
	}
	w.part, w.tail = part, tail
	w.bytes += int64(len(head) + len(tail))
	if _, err := w.part.Write(head); err != nil {
		return err
	}
	return w.flush(bufferBytes)
}

// end ends the part of the last sheet.
func (w *sheets) end() error {
	if w.part == nil {
		if err := w.begin(); err != nil {
			return err
		}
	}
	w.buf = append(w.buf, w.tail...)
	return w.flush(0)
}

// nextSheet goes on to another sheet.
func (w *sheets) nextSheet() error {
	if err := w.end(); err != nil {
		return err
	}
	w.rows, w.bytes = append(w.rows, 0), 0
	return w.begin()
}

// flush passes the buffer on if it holds at least so much.
func (w *sheets) flush(least int) error {
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

// close ends the sheets by a function that is called once, unless something failed before.
func (w *sheets) close(finish func() error) error {
	if w.closed {
		return w.err
	}
	w.closed = true
	if w.err == nil {
		if w.err = finish(); w.err != nil {
			w.err = fmt.Errorf("xlsx: %w", w.err)
		}
	}
	w.buf = nil
	return w.err
}

// ending is what is known of the table when its last row was written.
func (w *sheets) ending(facts []exporters.Fact) *ending {
	e := &ending{facts: facts, sections: w.sums.Sections(), cut: w.cells.cut}
	for _, n := range w.rows {
		e.rows += n
	}
	return e
}

// Warnings says what of the table does not stand in the workbook as it is.
func (w *sheets) Warnings() []string {
	var warnings []string
	switch n := w.cells.cut; n {
	case 0:
	case 1:
		warnings = append(warnings, fmt.Sprintf("1 cell held more than %d characters and was cut", maxText))
	default:
		warnings = append(warnings, fmt.Sprintf("%d cells held more than %d characters and were cut", n, maxText))
	}
	if n := len(w.rows); n > 1 {
		warnings = append(warnings, fmt.Sprintf("the rows did not fit on one sheet and continue on %q", newBook(w.table, new(looks)).sheetName(n)))
	}
	return warnings
}
