package parquet

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"runtime"
	"strings"
	"testing"
	"time"

	parquetgo "github.com/parquet-go/parquet-go"

	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/exporters/exportertest"
	"github.com/reportjob/reportjob/internal/raced"
)

func TestFormat(t *testing.T) {
	exportertest.Run(t, Format(), readBack, exportertest.ByValue)
}

// readBack reads values by the types that the file declares, and tells nothing of the table but the zone.
func readBack(t testing.TB, table exporters.Table, file []byte) [][]string {
	t.Helper()
	f := open(t, file)
	columns := f.Schema().Columns()
	width := len(table.Columns)
	var rows [][]string
	for _, values := range valuesOf(t, f) {
		row := make([]string, width)
		for i := range row {
			if columns[i][0] != table.Columns[i].Name {
				t.Fatalf("column %d is %q, expected %q", i+1, columns[i][0], table.Columns[i].Name)
			}
			row[i] = textOfValue(t, f, i, values[i], table.Location())
		}
		if len(columns) > width && !values[width].IsNull() {
			over := map[string]string{}
			if err := json.Unmarshal(values[width].ByteArray(), &over); err != nil {
				t.Fatal(err)
			}
			for i, column := range table.Columns {
				if text, ok := over[column.Name]; ok {
					if row[i] != "" {
						t.Errorf("column %q holds %q and overflows with %q", column.Name, row[i], text)
					}
					row[i] = trimmed(column.Kind, text)
				}
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func trimmed(kind exporters.Kind, text string) string {
	if (kind == exporters.Decimal || kind == exporters.Money) && strings.Contains(text, ".") {
		return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	return text
}

func open(t testing.TB, file []byte) *parquetgo.File {
	t.Helper()
	f, err := parquetgo.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func valuesOf(t testing.TB, f *parquetgo.File) []parquetgo.Row {
	t.Helper()
	var all []parquetgo.Row
	for _, group := range f.RowGroups() {
		r := group.Rows()
		buf := make([]parquetgo.Row, 100)
		for {
			n, err := r.ReadRows(buf)
			for _, row := range buf[:n] {
				all = append(all, row.Clone())
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func textOfValue(t testing.TB, f *parquetgo.File, i int, v parquetgo.Value, zone *time.Location) string {
	t.Helper()
	if v.IsNull() {
		return ""
	}
	switch declared := f.Root().Columns()[i].Type().String(); declared {
	case "STRING":
		return string(v.ByteArray())
	case "INT(64,true)":
		return big.NewInt(v.Int64()).String()
	case "BOOLEAN":
		return map[bool]string{true: "true", false: "false"}[v.Boolean()]
	case "DATE":
		return string(exporters.OfDate(1970, 1, 1+int(v.Int32())).Append(nil, zone))
	case "TIMESTAMP(isAdjustedToUTC=true,unit=MICROS)":
		return string(exporters.OfTime(time.UnixMicro(v.Int64())).Append(nil, zone))
	case "DECIMAL(18,9)":
		return decimalText(big.NewInt(v.Int64()))
	case "DECIMAL(38,9)":
		n := new(big.Int).SetBytes(v.ByteArray())
		if v.ByteArray()[0] >= 0x80 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), 128))
		}
		return decimalText(n)
	default:
		t.Fatalf("column %d is of type %s", i+1, declared)
		return ""
	}
}

func decimalText(unscaled *big.Int) string {
	text := new(big.Rat).SetFrac(unscaled, big.NewInt(1e9)).FloatString(9)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

func BenchmarkParquet(b *testing.B) { exportertest.Benchmark(b, Format()) }

func write(t testing.TB, table exporters.Table, facts []exporters.Fact, rows ...exporters.Row) ([]byte, exporters.Writer) {
	t.Helper()
	var file bytes.Buffer
	w, err := Format().New(&file, table)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	w.(exporters.Describer).Describe(facts)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), w
}

func number(t testing.TB, text string) exporters.Cell {
	t.Helper()
	cell, err := exporters.ParseNumber(exporters.Decimal, text)
	if err != nil {
		t.Fatal(err)
	}
	return cell
}

func TestWhatATypeCannotHoldOverflowsAndIsWarnedOf(t *testing.T) {
	table := exporters.Table{Name: "t", Columns: []exporters.Column{
		{Name: "score", Kind: exporters.Decimal}, {Name: "took", Kind: exporters.Duration}, {Name: "Overflow", Kind: exporters.Text},
	}}
	file, w := write(t, table, nil,
		exporters.Row{number(t, "99999999999999999999999999999.999999999"), exporters.OfDuration(time.Second), exporters.OfText("fits")},
		exporters.Row{number(t, "100000000000000000000000000000"), exporters.OfDuration(1e18), exporters.OfText("29 digits are too few")},
		exporters.Row{number(t, "-0.0000000001"), exporters.OfDuration(1e18 - 1), exporters.OfText("10 decimals")},
		exporters.Row{number(t, "0.1000000000"), exporters.OfInt(3), exporters.OfText("10 decimals that say no more than 1")},
	)
	f := open(t, file)
	if names := f.Schema().Columns(); len(names) != 4 || names[3][0] != "overflow_" {
		t.Fatalf("the columns are %q", names)
	}
	rows := valuesOf(t, f)
	for i, want := range []string{"", `{"score":"100000000000000000000000000000","took":"1000000000"}`, `{"score":"-0.0000000001"}`, `{"took":"3"}`} {
		if got := rows[i][3]; got.IsNull() != (want == "") || !got.IsNull() && string(got.ByteArray()) != want {
			t.Errorf("row %d overflows with %s, expected %s", i+1, got, want)
		}
		for j := range 2 {
			if over := strings.Contains(want, table.Columns[j].Name); rows[i][j].IsNull() != over {
				t.Errorf("row %d, column %d is %v", i+1, j+1, rows[i][j])
			}
		}
	}
	if all := w.(exporters.Warner).Warnings(); len(all) != 1 || !strings.Contains(all[0], `4 values do not fit`) {
		t.Errorf("warnings %q", all)
	}
}

func TestTheSchemaIsThatOfTheColumnsWhateverTheRows(t *testing.T) {
	table := exportertest.Table()
	empty, _ := write(t, table, nil)
	full, _ := write(t, table, nil, exporters.Row{11: exporters.Null, 4: number(t, "1e60")})
	if a, b := open(t, empty).Schema().String(), open(t, full).Schema().String(); a != b {
		t.Errorf("the schema is\n%s\nand with rows\n%s", a, b)
	}
	words, _ := write(t, exporters.Table{Name: "t", Columns: []exporters.Column{{Name: "a,b", Kind: exporters.Text}}}, nil)
	if names := open(t, words).Schema().Columns(); len(names) != 1 || names[0][0] != "a,b" {
		t.Errorf("a table of text has the columns %q", names)
	}
}

func TestFactsAndColumnsStandInTheMetadata(t *testing.T) {
	table := exporters.Table{Name: "t", Columns: []exporters.Column{{Name: "size", Kind: exporters.Int, Unit: "bytes", Meaning: "How big.", Field: "data.size"}}}
	file, _ := write(t, table, []exporters.Fact{{Name: "Made by", Values: []string{"reportjob 1"}}, {Name: "Evidence", Values: []string{"one", "two \xff"}}})
	f := open(t, file)
	for key, want := range map[string]string{
		"reportjob.made_by": "reportjob 1", "reportjob.evidence": "one\ntwo \uFFFD",
		"reportjob.columns": `[{"name":"size","kind":"int","unit":"bytes","meaning":"How big.","field":"data.size"}]`,
	} {
		if got, ok := f.Lookup(key); !ok || got != want {
			t.Errorf("%s is %q, expected %q", key, got, want)
		}
	}
}

// Rows wait for their row group to be full, and no longer.
func TestRowGroupsEndByRowsAndByBytes(t *testing.T) {
	table := exporters.Table{Name: "t", Columns: []exporters.Column{{Name: "a", Kind: exporters.Text}}}
	long := exporters.Row{exporters.OfText(strings.Repeat("long ", 100_000))}
	var file bytes.Buffer
	w, err := Format().New(&file, table)
	if err != nil {
		t.Fatal(err)
	}
	for range 2*groupRows + 1 {
		if err := w.Write(exporters.Row{exporters.Null}); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 {
		if err := w.Write(long); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	groups := open(t, file.Bytes()).RowGroups()
	if len(groups) < 4 || groups[0].NumRows() != groupRows || groups[3].NumRows() > 2*groupBytes/500_000 {
		for i, group := range groups {
			t.Errorf("row group %d has %d rows", i+1, group.NumRows())
		}
	}
}

func TestMemoryDoesNotGrowWithRowGroups(t *testing.T) {
	w, err := Format().New(io.Discard, exportertest.Table())
	if err != nil {
		t.Fatal(err)
	}
	ring := exportertest.Ring()
	write := func(groups int) uint64 {
		for i := range groups * groupRows {
			if err := w.Write(ring[i%len(ring)]); err != nil {
				t.Fatal(err)
			}
		}
		runtime.GC()
		runtime.GC() // only now are pools empty, which hold one time more and another less
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := write(2)
	more := raced.Few(4)
	if after := write(more); after > before+before/4+4<<20 {
		t.Errorf("%d MiB after 2 row groups, %d MiB after %d", before>>20, after>>20, 2+more)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
