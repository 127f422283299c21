package compressed

import (
	"bytes"
	stdgzip "compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/exporters/csv"
	"github.com/reportjob/reportjob/exporters/exportertest"
	"github.com/reportjob/reportjob/exporters/jsonl"
	"github.com/reportjob/reportjob/internal/raced"
)

func TestGzip(t *testing.T) {
	exportertest.Run(t, Gzip(jsonl.Format()), func(t testing.TB, table exporters.Table, file []byte) [][]string {
		return readBack(t, table, gunzip(t, file))
	})
}

func TestZstd(t *testing.T) {
	exportertest.Run(t, Zstd(jsonl.Format()), func(t testing.TB, table exporters.Table, file []byte) [][]string {
		return readBack(t, table, unzstd(t, file))
	})
}

// gunzip is the standard library's, which is not the package that wrote.
func gunzip(t testing.TB, file []byte) []byte {
	t.Helper()
	r, err := stdgzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if !r.ModTime.IsZero() || r.Name != "" || r.Comment != "" {
		t.Errorf("the header says more than it needs to: %+v", r.Header)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func unzstd(t testing.TB, file []byte) []byte {
	t.Helper()
	r, err := zstd.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// readBack reads lines of JSON.
func readBack(t testing.TB, table exporters.Table, text []byte) [][]string {
	t.Helper()
	var rows [][]string
	for line := range bytes.Lines(text) {
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		var object map[string]any
		if err := d.Decode(&object); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		row := make([]string, len(table.Columns))
		for i, column := range table.Columns {
			if value := object[column.Name]; value != nil {
				row[i] = fmt.Sprint(value)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func TestNamesSayWhatIsInsideAndHowItIsCompressed(t *testing.T) {
	for _, c := range []struct {
		format    exporters.Format
		name, ext string
	}{
		{Gzip(csv.Format()), "csv.gz", "csv.gz"}, {Zstd(csv.Format()), "csv.zst", "csv.zst"},
		{Gzip(jsonl.Format()), "jsonl.gz", "jsonl.gz"}, {Zstd(jsonl.Format()), "jsonl.zst", "jsonl.zst"},
	} {
		if c.format.Name != c.name || c.format.Ext != c.ext {
			t.Errorf("the format is named %q and %q, expected %q", c.format.Name, c.format.Ext, c.name)
		}
	}
}

// told is a format that keeps what it is told.
type told struct {
	exporters.Writer
	facts []exporters.Fact
}

func (*told) Neutralised() int64            { return 7 }
func (*told) Warnings() []string            { return []string{"mind the gap"} }
func (w *told) Describe(f []exporters.Fact) { w.facts = f }

func TestWhatTheInnerWriterSaysIsPassedOn(t *testing.T) {
	inner := &told{}
	chatty := exporters.Format{Name: "x", Ext: "x", New: func(w io.Writer, table exporters.Table) (exporters.Writer, error) {
		silent, err := jsonl.Format().New(w, table)
		inner.Writer = silent
		return inner, err
	}}
	for _, c := range []struct {
		format      exporters.Format
		neutralised int64
		warnings    int
	}{{Gzip(chatty), 7, 1}, {Gzip(jsonl.Format()), 0, 0}} {
		w, err := c.format.New(io.Discard, exportertest.Table())
		if err != nil {
			t.Fatal(err)
		}
		w.(exporters.Describer).Describe([]exporters.Fact{{Name: "Window"}})
		if n := w.(exporters.Neutraliser).Neutralised(); n != c.neutralised {
			t.Errorf("%d cells neutralised, expected %d", n, c.neutralised)
		}
		if all := w.(exporters.Warner).Warnings(); len(all) != c.warnings {
			t.Errorf("warnings %q, expected %d", all, c.warnings)
		}
	}
	if len(inner.facts) != 1 {
		t.Errorf("the inner writer was told %v", inner.facts)
	}
}

// The text inside is the other format's, byte for byte, and the bytes around it do not depend on the machine.
func TestBytesDoNotDependOnTheNumberOfCores(t *testing.T) {
	for _, format := range []exporters.Format{Gzip(csv.Format()), Zstd(csv.Format())} {
		var files [2]string
		for i, cores := range []int{1, 7} {
			before := runtime.GOMAXPROCS(cores)
			files[i] = write(t, format, raced.Few(40_000))
			runtime.GOMAXPROCS(before)
		}
		if files[0] != files[1] {
			t.Errorf("%s: other cores, other bytes", format.Name)
		}
	}
	if plain := write(t, csv.Format(), 1000); string(gunzip(t, []byte(write(t, Gzip(csv.Format()), 1000)))) != plain {
		t.Error("what is inside is not what the other format writes")
	}
}

func write(t testing.TB, format exporters.Format, rows int) string {
	t.Helper()
	var file strings.Builder
	w, err := format.New(&file, exportertest.Table())
	if err != nil {
		t.Fatal(err)
	}
	for row := range exportertest.Rows(rows) {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.String()
}

func BenchmarkCSVGzip(b *testing.B) { exportertest.Benchmark(b, Gzip(csv.Format())) }

func BenchmarkCSVZstd(b *testing.B) { exportertest.Benchmark(b, Zstd(csv.Format())) }

func BenchmarkJSONLGzip(b *testing.B) { exportertest.Benchmark(b, Gzip(jsonl.Format())) }

func BenchmarkJSONLZstd(b *testing.B) { exportertest.Benchmark(b, Zstd(jsonl.Format())) }
