// Package csv writes tables as CSV: RFC 4180 with "\n" line ends, UTF-8, one header line, and text that a spreadsheet
// would evaluate made harmless. It knows nothing of where rows come from and where the file goes.
package csv

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

// Format is CSV. Numbers, dates, separator and byte-order mark follow Table.Locale; see CheckLocale.
//
// The header shows the columns' names as they are declared. Null is an empty field. Text that a spreadsheet would
// evaluate as a formula has an apostrophe in front, and the Writer counts it as an exporters.Neutraliser.
func Format() exporters.Format {
	return exporters.Format{Name: "csv", Ext: "csv", MIME: "text/csv; charset=utf-8; header=present", New: newWriter}
}

const bufferSize = 64 << 10

// writer appends every row to one buffer that it keeps, so that a row costs no allocation.
type writer struct {
	out         *bufio.Writer // keeps the first error of the file below
	table       exporters.Table
	zone        *time.Location
	locale      locale
	quoted      [256]bool // the bytes for which a field needs quotes
	row         []byte
	neutralised int64
	closed      bool
}

func newWriter(w io.Writer, table exporters.Table) (exporters.Writer, error) {
	if err := table.Check(); err != nil {
		return nil, err
	}
	locale, err := parseLocale(table.Locale)
	if err != nil {
		return nil, err
	}
	c := &writer{out: bufio.NewWriterSize(w, bufferSize), table: table, zone: table.Location(), locale: locale}
	for _, b := range []byte{'"', '\r', '\n', locale.separator} {
		c.quoted[b] = true
	}
	return c, c.header()
}

func (c *writer) header() error {
	if c.locale.mark {
		c.row = append(c.row, "\uFEFF"...)
	}
	for i, column := range c.table.Columns {
		if i > 0 {
			c.row = append(c.row, c.locale.separator)
		}
		c.row = c.appendField(c.row, column.Name)
	}
	return c.flush()
}

// Write appends a row.
func (c *writer) Write(row exporters.Row) error {
	if c.closed {
		return exporters.ErrClosed
	}
	if err := c.table.CheckRow(row); err != nil {
		return err
	}
	dst := c.row[:0]
	for i := range row {
		if i > 0 {
			dst = append(dst, c.locale.separator)
		}
		dst = c.appendCell(dst, row[i])
	}
	if len(dst) == 0 {
		dst = append(dst, `""`...) // readers pass over a line with nothing in it
	}
	c.row = dst
	return c.flush()
}

// flush passes the row on.
func (c *writer) flush() error {
	c.row = append(c.row, '\n')
	if _, err := c.out.Write(c.row); err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	return nil
}

// Close writes what is left.
func (c *writer) Close() error {
	c.closed = true
	if err := c.out.Flush(); err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	return nil
}

// Neutralised is the number of cells with an apostrophe in front.
func (c *writer) Neutralised() int64 { return c.neutralised }

func (c *writer) appendCell(dst []byte, cell exporters.Cell) []byte {
	switch kind := cell.Kind(); kind {
	case exporters.Text, exporters.Code, exporters.List:
		s := cell.Str()
		if exporters.MustNeutralise(kind, s) {
			c.neutralised++
			s = "'" + s
		}
		return c.appendField(dst, s)
	case exporters.Date:
		return c.locale.appendDate(dst, cell)
	case exporters.Time:
		return c.locale.appendTime(dst, cell, c.zone)
	default:
		return cell.AppendMarked(dst, c.zone, c.locale.decimal)
	}
}

// appendField appends text, in quotes where it needs them.
func (c *writer) appendField(dst []byte, s string) []byte {
	if !c.needsQuotes(s) {
		return append(dst, s...)
	}
	dst = append(dst, '"')
	for i := range len(s) {
		if s[i] == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, s[i])
	}
	return append(dst, '"')
}

// needsQuotes tells whether the text would be read as something else without quotes. Space at either end is none that
// RFC 4180 asks quotes for, but some readers trim it.
func (c *writer) needsQuotes(s string) bool {
	if s == "" {
		return false
	}
	if space(s[0]) || space(s[len(s)-1]) {
		return true
	}
	for i := range len(s) {
		if c.quoted[s[i]] {
			return true
		}
	}
	return false
}

func space(b byte) bool { return b == ' ' || b == '\t' }
