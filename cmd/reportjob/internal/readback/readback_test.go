package readback

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/exporters/compressed"
	"github.com/reportjob/reportjob/exporters/csv"
	"github.com/reportjob/reportjob/exporters/exportertest"
	"github.com/reportjob/reportjob/exporters/jsonl"
	"github.com/reportjob/reportjob/exporters/parquet"
	"github.com/reportjob/reportjob/exporters/xlsx"
	"github.com/reportjob/reportjob/internal/raced"
	"github.com/reportjob/reportjob/jobs"
)

var all = []exporters.Format{
	jsonl.Format(), csv.Format(), parquet.Format(), xlsx.Format(),
	compressed.Gzip(csv.Format()), compressed.Zstd(csv.Format()), compressed.Gzip(jsonl.Format()), compressed.Zstd(jsonl.Format()),
}

// deliver writes a table in some formats into a folder, and calls use with what Inspect is given. Each format may have rows
// of its own.
func deliver(t testing.TB, folder string, table exporters.Table, formats []exporters.Format, rows func(i int) []exporters.Row, use func(jobs.Manifest, []jobs.OpenFile)) {
	t.Helper()
	m := jobs.Manifest{Window: jobs.ManifestWindow{Zone: table.Location().String()}}
	for _, c := range table.Columns {
		m.Columns = append(m.Columns, jobs.ManifestColumn{Name: c.Name, Kind: c.Kind.String()})
	}
	m.Content = contentOf(m, table, rows(0))
	var files []jobs.OpenFile
	for i, format := range formats {
		f, err := os.Create(filepath.Join(folder, "table."+format.Ext))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		writeRows(t, f, format, table, rows(i))
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		files = append(files, jobs.OpenFile{File: jobs.File{Name: format.Ext, Format: format.Name}, Content: f, Intact: true})
	}
	use(m, files)
}

// contentOf is what the manifest of a table says as its content.
func contentOf(m jobs.Manifest, table exporters.Table, rows []exporters.Row) string {
	content := jobs.NewContent(m.Columns)
	for _, row := range rows {
		for _, cell := range row {
			content.Add(cell.Append(nil, table.Location()))
		}
	}
	return content.Sum()
}

func writeRows(t testing.TB, to io.Writer, format exporters.Format, table exporters.Table, rows []exporters.Row) {
	t.Helper()
	w, err := format.New(to, table)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// random makes tables.
type random struct{ *rand.Rand }

var (
	zones   = []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe"}
	locales = []string{"", "en", "de-DE", "de-CH", "fr-FR", "fr-CA", "nl-NL", "sv-SE", "ja-JP", "pt-BR", "ar-EG"}
	runes   = []rune("aB1 <>&'\"_x\t\n\r;,.=-+@äß€日🙂\u2028\x00\uFEFF")
	kinds   = []exporters.Kind{
		exporters.Text, exporters.Code, exporters.Int, exporters.Decimal, exporters.Money, exporters.Bool, exporters.Date,
		exporters.Time, exporters.Duration, exporters.List,
	}
)

func pick[T any](r random, of []T) T { return of[r.IntN(len(of))] }

func (r random) table(t testing.TB) (exporters.Table, []exporters.Row) {
	zone, err := time.LoadLocation(pick(r, zones))
	if err != nil {
		t.Fatal(err)
	}
	table := exporters.Table{Name: "random", Zone: zone, Locale: pick(r, locales), Links: r.IntN(2) == 0}
	for i := range 1 + r.IntN(6) {
		table.Columns = append(table.Columns, exporters.Column{Name: fmt.Sprintf("column_%d", i), Kind: pick(r, kinds)})
	}
	var rows []exporters.Row
	for range r.IntN(8) {
		row := make(exporters.Row, len(table.Columns))
		for i, column := range table.Columns {
			row[i] = r.cell(column.Kind)
		}
		rows = append(rows, row)
	}
	return table, rows
}

// cell is null, one of the examples, or a random one.
func (r random) cell(kind exporters.Kind) exporters.Cell {
	switch r.IntN(6) {
	case 0:
		return exporters.Null
	case 1, 2:
		return pick(r, exportertest.Examples(kind))
	}
	n := r.Int64() >> r.IntN(63)
	if r.IntN(2) == 0 {
		n = -n
	}
	switch kind {
	case exporters.Int:
		return exporters.OfInt(n)
	case exporters.Decimal:
		return exporters.OfDecimal(n, uint8(r.IntN(14)))
	case exporters.Money:
		return exporters.OfMoney(n, uint8(r.IntN(4)))
	case exporters.Bool:
		return exporters.OfBool(n > 0)
	case exporters.Date:
		return exporters.OfDate(1+r.IntN(9998), time.Month(1+r.IntN(12)), 1+r.IntN(31))
	case exporters.Time:
		return exporters.OfTime(time.UnixMicro(r.Int64N(8e15) - 2e15)) // from 1906 to 2160, with every change of clocks
	case exporters.Duration:
		return exporters.OfDuration(time.Duration(n))
	case exporters.Code:
		return exporters.OfCode(r.text())
	case exporters.List:
		return exporters.OfList(r.text(), r.text())
	}
	return exporters.OfText(pick(r, []string{"", "", "https://example.org/a_x0041_&b?"}) + r.text())
}

func (r random) text() string {
	text := make([]rune, r.IntN(12))
	for i := range text {
		text[i] = pick(r, runes)
	}
	return string(text)
}

// TestAllFormatsAgreeOnRandomTables writes thousands of tables. Workbooks, which take the longest, are made of some.
func TestAllFormatsAgreeOnRandomTables(t *testing.T) {
	t.Parallel()
	r := random{rand.New(rand.NewPCG(1, 2))}
	folder := t.TempDir()
	for n := range raced.Few(2000) {
		table, rows := r.table(t)
		formats := slices.Clone(all[:2])
		switch n % 10 {
		case 0, 1:
			formats = append(formats, all[2:4]...)
		case 2:
			formats = append(formats, all[4:]...)
		}
		same := func(int) []exporters.Row { return rows }
		deliver(t, folder, table, formats, same, func(m jobs.Manifest, files []jobs.OpenFile) {
			for i, found := range Inspect(m, files) {
				if found.Err != nil || found.Rows != int64(len(rows)) || len(found.Problems) > 0 {
					t.Errorf("table %d (zone %s, locale %q), %s: %d of %d rows, %v, %s", n, table.Zone, table.Locale, files[i].Name,
						found.Rows, len(rows), found.Err, strings.Join(found.Problems, "\n"))
				}
			}
		})
		if t.Failed() {
			return
		}
	}
}

// TestAllFormatsAgreeOnTimesAtTheEndsOfTheCalendar takes what RFC 3339 can write with any offset, in zones that carry times
// over either end, and dates beside them.
func TestAllFormatsAgreeOnTimesAtTheEndsOfTheCalendar(t *testing.T) {
	t.Parallel()
	r := random{rand.New(rand.NewPCG(7, 8))}
	folder := t.TempDir()
	const first, last, day = -62167219200, 253402300799, 86400
	for n, name := range append([]string{"America/St_Johns", "Asia/Tokyo", "Pacific/Kiritimati", "Etc/GMT+12"}, zones...) {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for m, locale := range locales {
			table := exporters.Table{Name: "ends", Zone: zone, Locale: locale, Columns: []exporters.Column{{Name: "at", Kind: exporters.Time}, {Name: "day", Kind: exporters.Date}}}
			ends := []int64{first, first - 3600, first + 3600, last, last - 3600, last + 1}
			for range 20 {
				ends = append(ends, first-day+r.Int64N(3*day), last+day-r.Int64N(3*day))
			}
			var rows []exporters.Row
			for i, seconds := range ends {
				at := time.Unix(seconds, int64(i%3)*r.Int64N(1e6)*1e3)
				rows = append(rows, exporters.Row{exporters.OfTime(at), exporters.OfDate(at.In(zone).Date())})
			}
			formats := all[:4]
			if (n+m)%5 == 0 {
				formats = all
			}
			same := func(int) []exporters.Row { return rows }
			deliver(t, folder, table, formats, same, func(manifest jobs.Manifest, files []jobs.OpenFile) {
				for i, found := range Inspect(manifest, files) {
					if found.Err != nil || found.Rows != int64(len(rows)) || len(found.Problems) > 0 {
						t.Errorf("zone %s, locale %q, %s: %d of %d rows, %v, %s", name, locale, files[i].Name, found.Rows, len(rows), found.Err, strings.Join(found.Problems, "\n"))
					}
				}
			})
		}
	}
}

// TestEveryCellThatDiffersIsFound changes one cell of one file at a time.
func TestEveryCellThatDiffersIsFound(t *testing.T) {
	t.Parallel()
	r := random{rand.New(rand.NewPCG(3, 4))}
	folder := t.TempDir()
	changed := 0
	for changed < raced.Few(400) {
		table, rows := r.table(t)
		if len(rows) == 0 {
			continue
		}
		row, column := r.IntN(len(rows)), r.IntN(len(table.Columns))
		other, ok := r.other(rows[row][column], table.Columns[column].Kind)
		if !ok {
			continue
		}
		changed++
		off := slices.Clone(rows)
		off[row] = slices.Clone(rows[row])
		off[row][column] = other
		formats := []exporters.Format{all[r.IntN(2)], all[2+changed%6]}
		side := r.IntN(2)
		its := func(i int) []exporters.Row {
			if i == side {
				return off
			}
			return rows
		}
		deliver(t, folder, table, formats, its, func(m jobs.Manifest, files []jobs.OpenFile) {
			found := Inspect(m, files)
			want := fmt.Sprintf("row %d, column %s: ", row+1, table.Columns[column].Name)
			if len(found[0].Problems) > 0 || len(found[1].Problems) != 1 || !strings.HasPrefix(found[1].Problems[0], want) {
				t.Errorf("%s and %s, zone %s: %q was changed to %q, and what is found is %q", files[0].Name, files[1].Name, table.Zone,
					rows[row][column].Append(nil, time.UTC), other.Append(nil, time.UTC), found[1].Problems)
			}
		})
	}
}

// other is a cell that says something else in every format.
func (r random) other(cell exporters.Cell, kind exporters.Kind) (exporters.Cell, bool) {
	text := string(commonText(nil, cell.Append(nil, time.UTC), kind, time.UTC))
	for range 20 {
		made := r.cell(kind)
		if kind == exporters.Time && made.Time(time.UTC).Sub(cell.Time(time.UTC)).Abs() < 24*time.Hour {
			continue // which a clock without an offset may show alike
		}
		if string(commonText(nil, made.Append(nil, time.UTC), kind, time.UTC)) != text {
			return made, true
		}
	}
	return exporters.Null, false
}

// TestReadersGiveWhatWasWritten holds the common text against the cells themselves.
func TestReadersGiveWhatWasWritten(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range kinds {
		table := exporters.Table{Name: "cells", Zone: berlin, Locale: "de-DE", Columns: []exporters.Column{
			{Name: "before", Kind: exporters.Int}, {Name: "value", Kind: kind},
		}}
		var rows []exporters.Row
		for i, cell := range exportertest.Examples(kind) {
			rows = append(rows, exporters.Row{exporters.OfInt(int64(i)), cell})
		}
		same := func(int) []exporters.Row { return rows }
		deliver(t, t.TempDir(), table, all, same, func(_ jobs.Manifest, files []jobs.OpenFile) {
			for _, file := range files {
				s, err := open(file.Format, file.Content)
				if err != nil {
					t.Fatal(err)
				}
				for i, row := range rows {
					cells, err := s.next()
					if err != nil {
						t.Fatalf("%s, row %d: %v", file.Name, i+1, err)
					}
					want := trim(string(row[1].Append(nil, berlin)), kind)
					got := untrim(string(s.common(nil, cells[1], kind, berlin)), kind, row[1], berlin)
					if got != want {
						t.Errorf("%s, %v: %q reads as %q", file.Name, kind, want, got)
					}
				}
				if _, err := s.next(); !errors.Is(err, io.EOF) {
					t.Errorf("%s goes on with %v", file.Name, err)
				}
				if err := s.close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// trim takes the zeros off the end of the decimals.
func trim(text string, kind exporters.Kind) string {
	if (kind == exporters.Decimal || kind == exporters.Money) && strings.Contains(text, ".") {
		return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// untrim makes of the common text of a time what a file has that shows offsets. Where the offset is not known, that of the
// cell must fit.
func untrim(text string, kind exporters.Kind, cell exporters.Cell, zone *time.Location) string {
	clock, _, _ := strings.Cut(text, "|")
	if kind != exporters.Time || clock != cell.Time(zone).Format("2006-01-02T15:04:05.999999") {
		return text
	}
	return string(cell.Append(nil, zone))
}
