// Package jsonl writes tables as JSON Lines: one object a row, its members in the order of the columns and typed. It
// knows nothing of where rows come from and where the file goes.
package jsonl

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

// Format is JSON Lines: https://jsonlines.org. Int, decimal and money are JSON numbers digit for digit, duration is a
// number of seconds, bool is a boolean, null is null, and all else is a string that looks as in CSV: list joined by
// "; ", date as 2026-11-21, time as RFC 3339 in the table's zone. Every row has every member.
func Format() exporters.Format {
	return exporters.Format{Name: "jsonl", Ext: "jsonl", MIME: "application/jsonl", New: newWriter}
}

const bufferSize = 64 << 10

// writer appends every row to one buffer that it keeps, so that a row costs no allocation.
type writer struct {
	out    *bufio.Writer // keeps the first error of the file below
	table  exporters.Table
	zone   *time.Location
	keys   []string // `{"first":`, `,"second":`, …
	row    []byte
	closed bool
}

func newWriter(w io.Writer, table exporters.Table) (exporters.Writer, error) {
	if err := table.Check(); err != nil {
		return nil, err
	}
	j := &writer{out: bufio.NewWriterSize(w, bufferSize), table: table, zone: table.Location()}
	mark := "{"
	for _, column := range table.Columns {
		j.keys = append(j.keys, string(append(appendString([]byte(mark), column.Name), ':')))
		mark = ","
	}
	return j, nil
}

// Write appends a row.
func (j *writer) Write(row exporters.Row) error {
	if j.closed {
		return exporters.ErrClosed
	}
	if err := j.table.CheckRow(row); err != nil {
		return err
	}
	dst := j.row[:0]
	for i, cell := range row {
		dst = append(dst, j.keys[i]...)
		dst = j.appendCell(dst, cell)
	}
	j.row = append(dst, "}\n"...)
	if _, err := j.out.Write(j.row); err != nil {
		return fmt.Errorf("jsonl: %w", err)
	}
	return nil
}

// Close writes what is left.
func (j *writer) Close() error {
	j.closed = true
	if err := j.out.Flush(); err != nil {
		return fmt.Errorf("jsonl: %w", err)
	}
	return nil
}

func (j *writer) appendCell(dst []byte, cell exporters.Cell) []byte {
	switch cell.Kind() {
	case exporters.Text, exporters.Code, exporters.List:
		return appendString(dst, cell.Str())
	case exporters.Date, exporters.Time:
		return append(cell.Append(append(dst, '"'), j.zone), '"')
	case exporters.Int, exporters.Decimal, exporters.Money, exporters.Duration, exporters.Bool:
		return cell.Append(dst, j.zone)
	}
	return append(dst, "null"...)
}

const hex = "0123456789abcdef"

// appendString appends a JSON string. Cells hold valid UTF-8, so only what JSON itself forbids is escaped, and the two
// line separators that JavaScript takes for ends of lines.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		b := s[i]
		if b >= ' ' && b != '"' && b != '\\' && b != 0xE2 {
			continue
		}
		if b == 0xE2 && !lineSeparator(s[i:]) {
			continue
		}
		dst = append(dst, s[start:i]...)
		switch b {
		case '"', '\\':
			dst = append(dst, '\\', b)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		case 0xE2:
			dst = append(dst, `\u202`...)
			dst = append(dst, hex[s[i+2]&0xF])
			i += 2
		default:
			dst = append(dst, `\u00`...)
			dst = append(dst, hex[b>>4], hex[b&0xF])
		}
		start = i + 1
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// lineSeparator tells whether s begins with U+2028 or U+2029.
func lineSeparator(s string) bool {
	return len(s) >= 3 && s[1] == 0x80 && (s[2] == 0xA8 || s[2] == 0xA9)
}
