// Package exportertest holds the tests that every file format passes, and the rows that formats are measured with. It
// knows no format: a format's own test calls Run, and says how its files are read back.
package exportertest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/internal/raced"
)

// Reader reads a file back: for every row below the header the text that Cell.Append makes of each cell, whatever the
// format itself makes of it. A time is shown in the table's zone.
type Reader func(t testing.TB, table exporters.Table, file []byte) [][]string

// Option says what a format is allowed.
type Option func(*suite)

// ByValue lets a format forget how many decimals a number had, as typed columns do: 1.50 may come back as 1.5. The Reader
// returns numbers without zeros at the end of their decimals.
func ByValue(s *suite) { s.byValue = true }

// Run is the suite.
func Run(t *testing.T, format exporters.Format, read Reader, options ...Option) {
	s := suite{format: format, read: read}
	for _, option := range options {
		option(&s)
	}
	t.Run("IsNamed", s.isNamed)
	t.Run("CellsComeBackAsTheyWere", s.cellsComeBack)
	t.Run("TimesAreShownInTheTablesZone", s.zones)
	t.Run("ManyRowsComeBackInOrder", s.manyRows)
	t.Run("NoRowsAreAFileWithoutRows", s.noRows)
	t.Run("TablesThatCannotBeWrittenAreRefused", s.badTables)
	t.Run("RowsOfAnotherLengthAreRefusedAndLeaveNoTrace", s.badRows)
	t.Run("RowsAreNotKept", s.rowsAreNotKept)
	t.Run("TheSameRowsGiveTheSameBytes", s.deterministic)
	t.Run("EveryErrorOfTheFileSurfaces", s.errorsSurface)
	t.Run("ShortWritesAreErrors", s.shortWrites)
	t.Run("ClosingTwiceWritesOnce", s.closeTwice)
	t.Run("NothingIsWrittenAfterClose", s.writeAfterClose)
	t.Run("WritersDoNotKnowEachOther", s.interleaved)
	t.Run("MemoryDoesNotGrowWithRows", s.memory)
}

type suite struct {
	format  exporters.Format
	read    Reader
	byValue bool
}

// texts is what the format's Reader returns for a file of these rows.
func (s suite) texts(table exporters.Table, rows []exporters.Row) [][]string {
	texts := Texts(table, rows)
	for _, row := range texts {
		for i, column := range table.Columns {
			if s.byValue && (column.Kind == exporters.Decimal || column.Kind == exporters.Money) && strings.Contains(row[i], ".") {
				row[i] = strings.TrimSuffix(strings.TrimRight(row[i], "0"), ".")
			}
		}
	}
	return texts
}

func (s suite) isNamed(t *testing.T) {
	if s.format.Name == "" || s.format.Ext == "" || s.format.MIME == "" || s.format.New == nil {
		t.Errorf("format %+v: name, extension, type and constructor are needed", s.format)
	}
}

// write makes a file of rows.
func (s suite) write(t testing.TB, table exporters.Table, rows []exporters.Row) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := s.writeTo(&file, table, slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func (s suite) writeTo(file io.Writer, table exporters.Table, rows func(func(exporters.Row) bool)) error {
	w, err := s.format.New(file, table)
	if err != nil {
		return err
	}
	for row := range rows {
		if err := w.Write(row); err != nil {
			if again := w.Close(); again == nil {
				return fmt.Errorf("close after the failed write (%w) returned nil", err)
			}
			return err
		}
	}
	return finish(w)
}

// finish ends a file as a run does.
func finish(w exporters.Writer) error {
	if d, ok := w.(exporters.Describer); ok {
		d.Describe(Facts())
	}
	return w.Close()
}

// comesBack writes rows and compares what is read with what was written.
func (s suite) comesBack(t *testing.T, table exporters.Table, rows []exporters.Row) {
	t.Helper()
	Compare(t, s.texts(table, rows), s.read(t, table, s.write(t, table, rows)))
}

// Texts is what a Reader returns for a file of these rows.
func Texts(table exporters.Table, rows []exporters.Row) [][]string {
	texts := make([][]string, len(rows))
	for i, row := range rows {
		texts[i] = make([]string, len(row))
		for j, cell := range row {
			texts[i][j] = string(cell.Append(nil, table.Location()))
		}
	}
	return texts
}

// Compare reports the first cells that differ.
func Compare(t testing.TB, want, got [][]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d rows came back, expected %d", len(got), len(want))
	}
	for i := range min(len(want), len(got)) {
		if slices.Equal(want[i], got[i]) {
			continue
		}
		if len(want[i]) != len(got[i]) {
			t.Fatalf("row %d has %d cells, expected %d: %q", i+1, len(got[i]), len(want[i]), got[i])
		}
		for j := range want[i] {
			if want[i][j] != got[i][j] {
				t.Errorf("row %d, column %d is %q, expected %q", i+1, j+1, got[i][j], want[i][j])
			}
		}
		if i > 20 {
			return
		}
	}
}

// cellsComeBack writes one table per kind, with the examples one below the other.
func (s suite) cellsComeBack(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.String(), func(t *testing.T) {
			table := exporters.Table{Name: "cells", Columns: []exporters.Column{
				{Name: "number", Kind: exporters.Int}, {Name: "value", Kind: kind}, {Name: "last", Kind: exporters.Text},
			}}
			var rows []exporters.Row
			for i, cell := range examples[kind] {
				rows = append(rows, exporters.Row{exporters.OfInt(int64(i)), cell, exporters.OfText("|")})
			}
			s.comesBack(t, table, append(rows, exporters.Row{exporters.Null, exporters.Null, exporters.Null}))
		})
	}
	t.Run("alone", func(t *testing.T) {
		table := exporters.Table{Name: "alone", Columns: []exporters.Column{{Name: "value", Kind: exporters.Text}}}
		s.comesBack(t, table, []exporters.Row{{exporters.OfText("a")}, {exporters.Null}, {exporters.OfText("b")}, {exporters.Null}})
	})
}

func (s suite) zones(t *testing.T) {
	for _, name := range []string{"", "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"} {
		table := exporters.Table{Name: "zones", Columns: []exporters.Column{{Name: "at", Kind: exporters.Time}}}
		if name != "" {
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			table.Zone = zone
		}
		var rows []exporters.Row
		for _, at := range instants {
			rows = append(rows, exporters.Row{exporters.OfTime(at)})
		}
		s.comesBack(t, table, rows)
	}
}

func (s suite) manyRows(t *testing.T) {
	table := Table()
	s.comesBack(t, table, slices.Collect(clones(Rows(raced.Few(5000)))))
}

func (s suite) noRows(t *testing.T) {
	s.comesBack(t, Table(), nil)
}

func (s suite) badTables(t *testing.T) {
	column := exporters.Column{Name: "a", Kind: exporters.Text}
	for _, columns := range [][]exporters.Column{
		nil, {column, column}, {column, {Kind: exporters.Text}}, {column, {Name: "b"}}, {column, {Name: "b", Kind: 99}},
	} {
		if _, err := s.format.New(io.Discard, exporters.Table{Name: "bad", Columns: columns}); err == nil {
			t.Errorf("columns %v are accepted", columns)
		}
	}
}

func (s suite) badRows(t *testing.T) {
	table := Table()
	rows := slices.Collect(clones(Rows(3)))
	want := s.write(t, table, rows)
	var file bytes.Buffer
	w, err := s.format.New(&file, table)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, bad := range []exporters.Row{nil, row[1:], append(slices.Clone(row), exporters.Null)} {
			if err := w.Write(bad); err == nil {
				t.Errorf("a row of %d cells is accepted in a table of %d columns", len(bad), len(table.Columns))
			}
		}
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := finish(w); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file.Bytes(), want) {
		t.Error("the file differs from one without refused rows")
	}
}

func (s suite) rowsAreNotKept(t *testing.T) {
	table := Table()
	var file bytes.Buffer
	err := s.writeTo(&file, table, func(yield func(exporters.Row) bool) {
		for row := range Rows(100) {
			mine := slices.Clone(row)
			if !yield(mine) {
				return
			}
			clear(mine)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	Compare(t, s.texts(table, slices.Collect(clones(Rows(100)))), s.read(t, table, file.Bytes()))
}

func (s suite) deterministic(t *testing.T) {
	rows := slices.Collect(clones(Rows(raced.Few(3000))))
	first := s.write(t, Table(), rows)
	time.Sleep(time.Millisecond) // a clock that found its way into the file would show
	if !bytes.Equal(first, s.write(t, Table(), rows)) {
		t.Error("the same rows gave other bytes")
	}
}

var errDiskFull = errors.New("disk is full")

// fullDisk takes so many bytes and then fails.
type fullDisk struct{ left int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if len(p) > d.left {
		n := d.left
		d.left = 0
		return n, errDiskFull
	}
	d.left -= len(p)
	return len(p), nil
}

// errorsSurface lets the disk fill at every byte of a small file, or at 60 places of a bigger one, the last byte included.
// Under the race detector the places are fewer.
func (s suite) errorsSurface(t *testing.T) {
	table, rows := Table(), slices.Collect(clones(Rows(4)))
	size := len(s.write(t, table, rows))
	step := raced.Every(10)
	if size > 2000 {
		step = size / raced.Few(60)
	}
	for room := 0; room < size; room += max(1, min(step, size-1-room)) {
		if err := s.writeTo(&fullDisk{room}, table, slices.Values(rows)); !errors.Is(err, errDiskFull) {
			t.Fatalf("with room for %d of %d bytes the error is %v", room, size, err)
		}
	}
	if err := s.writeTo(&fullDisk{size}, table, slices.Values(rows)); err != nil {
		t.Errorf("with room for all %d bytes the error is %v", size, err)
	}
	err := s.writeTo(&fullDisk{raced.Few(100_000)}, table, Rows(raced.Few(20_000)))
	if !errors.Is(err, errDiskFull) {
		t.Errorf("the error among many rows is %v", err)
	}
}

// forgetful says that it wrote less than it was given, without an error.
type forgetful struct{}

func (forgetful) Write(p []byte) (int, error) { return max(0, len(p)-1), nil }

func (s suite) shortWrites(t *testing.T) {
	if err := s.writeTo(forgetful{}, Table(), Rows(3)); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("the error of a short write is %v", err)
	}
}

func (s suite) closeTwice(t *testing.T) {
	var file bytes.Buffer
	w, err := s.format.New(&file, Table())
	if err != nil {
		t.Fatal(err)
	}
	for row := range Rows(2) {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	size := file.Len()
	if err := w.Close(); err != nil {
		t.Errorf("the second close returned %v", err)
	}
	if file.Len() != size {
		t.Errorf("the second close wrote %d bytes", file.Len()-size)
	}
}

func (s suite) writeAfterClose(t *testing.T) {
	var file bytes.Buffer
	w, err := s.format.New(&file, Table())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	size := file.Len()
	for row := range Rows(1) {
		if err := w.Write(row); !errors.Is(err, exporters.ErrClosed) {
			t.Errorf("a write after close returned %v", err)
		}
	}
	if err := w.Close(); err != nil || file.Len() != size {
		t.Errorf("after a refused write, close returned %v and the file has %d bytes, expected %d", err, file.Len(), size)
	}
}

// interleaved fills two files row by row, as a run with two formats does.
func (s suite) interleaved(t *testing.T) {
	var files [2]bytes.Buffer
	var writers [2]exporters.Writer
	for i := range writers {
		w, err := s.format.New(&files[i], Table())
		if err != nil {
			t.Fatal(err)
		}
		writers[i] = w
	}
	for row := range Rows(raced.Few(2000)) {
		for _, w := range writers {
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, w := range writers {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
		t.Error("two files of the same rows differ")
	}
}

// memory counts what the heap hands out while rows are written, once the writer has settled. Its bytes say nothing under
// the race detector, where sync.Pool drops things at random, so that libraries which rely on it allocate more.
func (s suite) memory(t *testing.T) {
	settle, count := 20_000, 40_000
	if raced.Enabled {
		settle, count = settle/4, count/4
	}
	w, err := s.format.New(io.Discard, Table())
	if err != nil {
		t.Fatal(err)
	}
	ring := slices.Collect(clones(Rows(500)))
	write := func(n int) {
		for i := range n {
			if err := w.Write(ring[i%len(ring)]); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(settle)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	write(count)
	runtime.ReadMemStats(&after)
	if n := float64(after.Mallocs-before.Mallocs) / float64(count); n > 0.1 {
		t.Errorf("%.2f allocations a row", n)
	}
	if n := float64(after.TotalAlloc-before.TotalAlloc) / float64(count); n > 64 && !raced.Enabled {
		t.Errorf("%.0f bytes allocated a row", n)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
