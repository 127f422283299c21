// Package csv writes tables as CSV: RFC 4180 with "\n" line ends, UTF-8, one header line, and text that a spreadsheet
// would evaluate made harmless. It knows nothing of where rows come from and where the file goes.
package csv

import (
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
	out         io.Writer
	err         error // the first of what is below
	table       exporters.Table
	zone        *time.Location
	locale      locale
	separators  uint64 // the separator, eight times
	rows        []byte // as yet unwritten
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
	c := &writer{
		out: w, table: table, zone: table.Location(), locale: locale, separators: lows * uint64(locale.separator), rows: make([]byte, 0, bufferSize+bufferSize/4),
	}
	return c, c.header()
}

func (c *writer) header() error {
	if c.locale.mark {
		c.rows = append(c.rows, "\uFEFF"...)
	}
	for i, column := range c.table.Columns {
		if i > 0 {
			c.rows = append(c.rows, c.locale.separator)
		}
		c.rows = c.appendField(c.rows, column.Name)
	}
	return c.end()
}

// Write appends a row.
func (c *writer) Write(row exporters.Row) error {
	switch {
	case c.closed:
		return exporters.ErrClosed
	case c.err != nil:
		return c.err
	}
	if err := c.table.CheckRow(row); err != nil {
		return err
	}
	dst := c.rows
	begin := len(dst)
	for i := range row {
		if i > 0 {
			dst = append(dst, c.locale.separator)
		}
		if !row[i].IsNull() {
			dst = c.appendCell(dst, &row[i])
		}
	}
	if len(dst) == begin {
		dst = append(dst, `""`...) // readers pass over a line with nothing in it
	}
	c.rows = dst
	return c.end()
}

// end ends a row, and passes on those that there are once they are enough.
func (c *writer) end() error {
	if c.rows = append(c.rows, '\n'); len(c.rows) < bufferSize {
		return nil
	}
	return c.flush()
}

func (c *writer) flush() error {
	if c.err == nil && len(c.rows) > 0 {
		n, err := c.out.Write(c.rows)
		if err == nil && n < len(c.rows) {
			err = io.ErrShortWrite
		}
		if err != nil {
			c.err = fmt.Errorf("csv: %w", err)
		}
	}
	c.rows = c.rows[:0]
	return c.err
}

// Close writes what is left.
func (c *writer) Close() error {
	c.closed = true
	return c.flush()
}

// Neutralised is the number of cells with an apostrophe in front.
func (c *writer) Neutralised() int64 { return c.neutralised }

func (c *writer) appendCell(dst []byte, cell *exporters.Cell) []byte {
	switch kind := cell.Kind(); kind {
	case exporters.Text, exporters.Code, exporters.List:
		s := cell.Str()
		if exporters.MustNeutralise(kind, s) {
			c.neutralised++
			s = "'" + s
		}
		return c.appendField(dst, s)
	case exporters.Date:
		return c.locale.appendDate(dst, *cell)
	case exporters.Time:
		return c.locale.appendTime(dst, *cell, c.zone)
	default:
		if c.locale.decimal == '.' {
			return cell.Append(dst, c.zone)
		}
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
	n := len(s)
	if n < 8 {
		for i := range n {
			if b := s[i]; b == '"' || b == '\n' || b == '\r' || b == c.locale.separator {
				return true
			}
		}
		return false
	}
	found := c.odd(s[n-8:]) // some of it twice, where the rest is not a multiple of eight
	for i := 0; i+8 < n; i += 8 {
		found |= c.odd(s[i : i+8])
	}
	return found != 0
}

// odd is not 0 if one of eight bytes needs quotes.
func (c *writer) odd(s string) uint64 {
	_ = s[7]
	x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	quote, line, feed, separator := x^lows*'"', x^lows*'\n', x^lows*'\r', x^c.separators
	return ((quote-lows)&^quote | (line-lows)&^line | (feed-lows)&^feed | (separator-lows)&^separator) & highs
}

const (
	lows  = 0x0101010101010101
	highs = lows << 7
)

func space(b byte) bool { return b == ' ' || b == '\t' }
