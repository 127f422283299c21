package readback

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/exporters/exportertest"
	"github.com/reportjob/reportjob/exporters/xlsx"
	"github.com/reportjob/reportjob/internal/raced"
	"github.com/reportjob/reportjob/jobs"
)

// kept is a file with this content.
func kept(t testing.TB, content []byte) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := f.Write(content); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	return f
}

// readAll is the header and the rows of a file, and what ended them if it was not the file's end.
func readAll(format string, f *os.File) (names []string, rows []string, err error) {
	s, err := opened(format, f)
	if err != nil {
		return nil, nil, err
	}
	defer s.close()
	for {
		row, err := s.safely()
		if errors.Is(err, io.EOF) {
			return s.header(), rows, nil
		}
		if err != nil {
			return s.header(), rows, err
		}
		rows = append(rows, string(bytes.Join(row, []byte("|"))))
	}
}

func TestMalformedFilesAreRefusedWithWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ format, content, want string }{
		{"csv", "", "no header"},
		{"csv", "a,b\n1,2", "row 1: unexpected EOF"},
		{"csv", "a,b\n1\n", "row 1 has 1 fields, expected 2"},
		{"csv", "a,b\n1,2\n1,2,3\n", "row 2 has 3 fields, expected 2"},
		{"csv", "a,b\n1,\"2\"3\n", "row 1: field 2 goes on behind its quotes"},
		{"csv", "a,b\n1,2\"3\n", "row 1: field 2 has quotes inside"},
		{"csv", "a,b\n1,\"2\n", "row 1: unexpected EOF"},
		{"jsonl", "{\"a\":1}", "unexpected EOF"},
		{"jsonl", "{\"a\":1}\n{\"b\":1}\n", `row 2: member 1 is "b", unlike in the first row`},
		{"jsonl", "{\"a\":1,\"b\":2}\n{\"a\":1}\n", "row 2: it has 1 members, expected 2"},
		{"jsonl", "{\"a\":1,\"a\":2}\n", `row 1: member "a" stands twice`},
		{"jsonl", "{\"a\":[1]}\n", "row 1: unexpected"},
		{"jsonl", "{\"a\":01}\n", "row 1: unexpected"},
		{"jsonl", "{\"a\":1} x\n", "row 1: unexpected"},
		{"jsonl", "[1]\n", "row 1: unexpected"},
		{"jsonl", "{\"a\":\"\\x\"}\n", "row 1: invalid character"},
		{"csv.gz", "a,b\n", "gzip"},
		{"csv.zst", "a,b\n", "magic"},
		{"csv.br", "a,b\n", "unknown format"},
		{"xlsx.gz", "a,b\n", "gzip"},
		{"xlsx", "a,b\n", "zip"},
		{"parquet", "a,b\n", "parquet"},
		{"ods", "a,b\n", `unknown format "ods"`},
	} {
		_, _, err := readAll(c.format, kept(t, []byte(c.content)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: the error is %v, expected %q", c.format, c.content, err, c.want)
		}
	}
}

func TestBytesThatAreCutOffOrTurnedAroundAreErrorsOrOtherCells(t *testing.T) {
	table := exportertest.Table()
	rows := slices.Collect(func(yield func(exporters.Row) bool) {
		for row := range exportertest.Rows(40) {
			if !yield(slices.Clone(row)) {
				return
			}
		}
	})
	for _, format := range all {
		var file bytes.Buffer
		writeRows(t, &file, format, table, rows)
		_, want, err := readAll(format.Name, kept(t, file.Bytes()))
		if err != nil || len(want) != len(rows) {
			t.Fatalf("%s: %d rows, %v", format.Name, len(want), err)
		}
		for i := 1; i <= 40; i++ {
			at := file.Len() * i / 41
			if _, rows, err := readAll(format.Name, kept(t, file.Bytes()[:at])); err == nil && len(rows) == len(want) {
				t.Errorf("%s: all rows are read from %d of %d bytes", format.Name, at, file.Len())
			}
			damaged := bytes.Clone(file.Bytes())
			damaged[at] ^= 0x10
			_, _, _ = readAll(format.Name, kept(t, damaged)) // whatever comes, it comes as an error or as rows
		}
	}
}

// book makes a workbook by other means than the exporter's.
func book(t testing.TB, build func(*excelize.File)) *os.File {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	build(f)
	var file bytes.Buffer
	if err := f.Write(&file); err != nil {
		t.Fatal(err)
	}
	return kept(t, file.Bytes())
}

func fill(t testing.TB, f *excelize.File, sheet, table string, rows ...[]any) {
	t.Helper()
	if i, _ := f.GetSheetIndex(sheet); i < 0 {
		if _, err := f.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
	}
	for i, row := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow(sheet, cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	if table != "" {
		last, _ := excelize.CoordinatesToCellName(len(rows[0]), len(rows))
		if err := f.AddTable(sheet, &excelize.Table{Range: "A1:" + last, Name: table}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSheetsBesideTheDataAreNotTakenForData(t *testing.T) {
	header, first, second := []any{"Name", "Size"}, []any{"a & <b> _x0041_ _x000D_", 1}, []any{"c", true}
	for name, c := range map[string]struct {
		build func(*excelize.File)
		want  []string
	}{
		"known by their tables": {func(f *excelize.File) {
			fill(t, f, "Sheet1", "summary_1", []any{"Title", "Count"}, []any{"x", 9})
			fill(t, f, "calls", "data_calls", header, first)
			fill(t, f, "calls (2)", "data_calls_2", header, second)
			fill(t, f, "About", "", []any{"Window"})
		}, []string{"a & <b> A \r|1", "c|1"}},
		"known by their names": {func(f *excelize.File) {
			fill(t, f, "Sheet1", "", header, first)
			fill(t, f, "Summary", "", []any{"Title"})
			fill(t, f, "Sheet1 (2)", "", header, second)
			fill(t, f, "About (this)", "", []any{"Window"})
		}, []string{"a & <b> A \r|1", "c|1"}},
		"without rows": {func(f *excelize.File) { fill(t, f, "Sheet1", "", header) }, nil},
	} {
		names, rows, err := readAll("xlsx", book(t, c.build))
		if err != nil || strings.Join(names, "|") != "Name|Size" || !slices.Equal(rows, c.want) {
			t.Errorf("%s: columns %q, rows %q, %v", name, names, rows, err)
		}
	}
}

func TestDataSheetsThatDisagreeAreRefused(t *testing.T) {
	_, _, err := readAll("xlsx", book(t, func(f *excelize.File) {
		fill(t, f, "Sheet1", "data_a", []any{"Name", "Size"}, []any{"a", 1})
		fill(t, f, "Sheet1 (2)", "data_b", []any{"Name", "Weight"}, []any{"a", 1})
	}))
	if err == nil || !strings.Contains(err.Error(), `column 2 is "Weight", unlike on the first sheet`) {
		t.Errorf("the error is %v", err)
	}
}

func TestACellThatWasCutIsComparedUpToTheCut(t *testing.T) {
	long := strings.Repeat("long 🙂 ", 8000)
	table := exporters.Table{Name: "t", Columns: []exporters.Column{{Name: "text", Kind: exporters.Text}}}
	for other, same := range map[string]bool{long: true, long + "!": true, "L" + long[1:]: false, "long": false} {
		rows := func(i int) []exporters.Row {
			return []exporters.Row{{exporters.OfText([]string{long, other}[i])}}
		}
		for _, formats := range [][]exporters.Format{{xlsx.Format(), all[0]}, {all[1], all[0]}} {
			cuts := formats[0].Name == "xlsx"
			deliver(t, t.TempDir(), table, formats, rows, func(m jobs.Manifest, files []jobs.OpenFile) {
				found := Inspect(m, files)
				if agree := len(found[1].Problems) == 0; agree != (other == long || cuts && same) {
					t.Errorf("%s: %q…: they agree: %v", formats[0].Name, other[:4], agree)
				}
			})
		}
	}
}

func TestDamageIsLocatedByTheOtherFiles(t *testing.T) {
	table := exporters.Table{Name: "t", Columns: []exporters.Column{{Name: "word", Kind: exporters.Text}}}
	rows := []exporters.Row{{exporters.OfText("one")}, {exporters.OfText("two")}, {exporters.OfText("three")}}
	deliver(t, t.TempDir(), table, all[:3], func(int) []exporters.Row { return rows }, func(m jobs.Manifest, files []jobs.OpenFile) {
		files[0].Intact, files[2].Intact = false, false
		files[0].Content = kept(t, []byte("{\"word\":\"one\"}\n{\"word\":\"tvo\"}\n{\"word\":\"three\"}\n"))
		found := Inspect(m, files)
		if want := []string{`row 2, column word: it has "tvo", and csv has "two"`}; !slices.Equal(found[0].Problems, want) {
			t.Errorf("found %q, expected %q", found[0].Problems, want)
		}
		if want := []string{"its cells are those of csv"}; !slices.Equal(found[2].Problems, want) || len(found[1].Problems) > 0 {
			t.Errorf("found %q and %q, expected %q", found[2].Problems, found[1].Problems, want)
		}
	})
}

func TestAManifestThatCannotBeFollowedIsAnError(t *testing.T) {
	for _, m := range []jobs.Manifest{
		{Columns: []jobs.ManifestColumn{{Name: "a", Kind: "colour"}}},
		{Window: jobs.ManifestWindow{Zone: "Europe/Atlantis"}},
	} {
		if found := Inspect(m, []jobs.OpenFile{{}}); len(found) != 1 || found[0].Err == nil {
			t.Errorf("found %+v", found)
		}
	}
}

// TestMemoryDoesNotGrowWithRows reads a table all the way, and looks at the heap at a third of it and near its end.
func TestMemoryDoesNotGrowWithRows(t *testing.T) {
	if raced.Enabled {
		t.Skip("the race detector's own memory is none of ours")
	}
	const count = 60_000
	for _, format := range all {
		f := kept(t, nil)
		w, err := format.New(f, exportertest.Table())
		if err != nil {
			t.Fatal(err)
		}
		for row := range exportertest.Rows(count) {
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		s, err := open(format.Name, f)
		if err != nil {
			t.Fatal(err)
		}
		heap := map[int]uint64{}
		for i := range count {
			if _, err := s.next(); err != nil {
				t.Fatal(err)
			}
			if i == count/3 || i == count-10 {
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				heap[i] = m.HeapAlloc
			}
		}
		if before, after := heap[count/3], heap[count-10]; after > before+1<<20 {
			t.Errorf("%s: %d KiB, and %d KiB after more rows", format.Name, before>>10, after>>10)
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}
}

// What is read may be anything: readers that are ours must not panic, and must come to an end.
func FuzzCSV(f *testing.F) {
	f.Add([]byte("\uFEFFa;b\n\"1\";2\n"))
	f.Add([]byte("a\n\"\"\n"))
	f.Fuzz(func(_ *testing.T, file []byte) {
		if r, err := newCSV(bytes.NewReader(file)); err == nil {
			drain(r)
		}
	})
}

func FuzzJSONL(f *testing.F) {
	f.Add([]byte("{\"a\":\"\\u0041\", \"b\":null}\n{\"a\":1,\"b\":true}\n"))
	f.Fuzz(func(_ *testing.T, file []byte) {
		if r, err := newJSONL(bytes.NewReader(file)); err == nil {
			drain(r)
		}
	})
}

func FuzzSheet(f *testing.F) {
	f.Add([]byte(`<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a&amp;_x0041_</t></is></c><c r="C1"><v>1</v></c></row></sheetData>`))
	f.Fuzz(func(_ *testing.T, file []byte) {
		s := newScanner(bytes.NewReader(file))
		if s.find("sheetData") == nil {
			drain(&xlsxReader{scanner: s, names: make([]string, maxColumns)})
		}
	})
}

func drain(r reader) {
	for {
		if _, err := r.next(); err != nil {
			return
		}
	}
}

// FuzzCommon makes common text of cells that may hold anything.
func FuzzCommon(f *testing.F) {
	f.Add([]byte("2026-11-21T13:00:05.25+01:00"))
	f.Add([]byte("02.11.2026 13:00:05,25"))
	f.Add([]byte("46000.541724537037"))
	f.Add([]byte("-1:02:03.5"))
	f.Fuzz(func(_ *testing.T, cell []byte) {
		for _, kind := range kinds {
			commonCSV(nil, cell, kind, exportertest.Table().Zone)
			commonXLSX(nil, cell, kind, exportertest.Table().Zone)
			commonText(nil, cell, kind, exportertest.Table().Zone)
		}
	})
}
