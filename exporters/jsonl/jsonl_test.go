package jsonl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/exporters/exportertest"
)

func TestFormat(t *testing.T) {
	exportertest.Run(t, Format(), readBack)
}

// readBack decodes every line on its own, and checks that members stand in the order of the columns.
func readBack(t testing.TB, table exporters.Table, file []byte) [][]string {
	t.Helper()
	var rows [][]string
	for line := range bytes.Lines(file) {
		if !bytes.HasSuffix(line, []byte("}\n")) {
			t.Fatalf("line %q does not end an object", line)
		}
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		next := func() json.Token {
			token, err := d.Token()
			if err != nil {
				t.Fatalf("line %q: %v", line, err)
			}
			return token
		}
		next()
		row := make([]string, len(table.Columns))
		for i, column := range table.Columns {
			if name := next(); name != column.Name {
				t.Fatalf("member %d is %v, expected %s", i+1, name, column.Name)
			}
			row[i] = text(t, column.Kind, next())
		}
		next()
		rows = append(rows, row)
	}
	return rows
}

// text checks that a value has its column's type.
func text(t testing.TB, kind exporters.Kind, value json.Token) string {
	t.Helper()
	switch v := value.(type) {
	case nil:
		return ""
	case json.Number:
		switch kind {
		case exporters.Int, exporters.Decimal, exporters.Money, exporters.Duration:
			return v.String()
		}
	case bool:
		if kind == exporters.Bool {
			return map[bool]string{true: "true", false: "false"}[v]
		}
	case string:
		switch kind {
		case exporters.Text, exporters.Code, exporters.List, exporters.Date, exporters.Time:
			return v
		}
	}
	t.Fatalf("a cell of kind %v is %T %v", kind, value, value)
	return ""
}

func TestFileLooksAsPromised(t *testing.T) {
	table := exporters.Table{Name: "t", Zone: time.FixedZone("", 3600)}
	for _, kind := range []exporters.Kind{exporters.Text, exporters.Code, exporters.Int, exporters.Decimal, exporters.Money, exporters.Bool,
		exporters.Date, exporters.Time, exporters.Duration, exporters.List} {
		table.Columns = append(table.Columns, exporters.Column{Name: kind.String(), Kind: kind})
	}
	long, err := exporters.ParseNumber(exporters.Decimal, "12345678901234567890.10")
	if err != nil {
		t.Fatal(err)
	}
	var file strings.Builder
	w, err := Format().New(&file, table)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []exporters.Row{{
		exporters.OfText("<a> & \"b\" \\ \u2028\x01\t\n\r=1"), exporters.OfCode("007"), exporters.OfInt(-1), long, exporters.OfMoney(1490, 2), exporters.OfBool(false),
		exporters.OfDate(2026, 11, 21), exporters.OfTime(time.Date(2026, 11, 21, 12, 0, 5, 0, time.UTC)), exporters.OfDuration(-1500 * time.Millisecond),
		exporters.OfList("a", "b"),
	}, make(exporters.Row, 10)} {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := `{"text":"<a> & \"b\" \\ \u2028\u0001\t\n\r=1","code":"007","int":-1,"decimal":12345678901234567890.10,"money":14.90,"bool":false,` +
		`"date":"2026-11-21","time":"2026-11-21T13:00:05+01:00","duration":-1.5,"list":"a; b"}` + "\n" +
		`{"text":null,"code":null,"int":null,"decimal":null,"money":null,"bool":null,"date":null,"time":null,"duration":null,"list":null}` + "\n"
	if file.String() != want {
		t.Errorf("the file is\n%s\nexpected\n%s", file.String(), want)
	}
}

func FuzzString(f *testing.F) {
	f.Add("plain")
	f.Add("\u2028\u2029\xe2\x80")
	f.Add("\x00\"\\<&>\xff")
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "\uFFFD")
		var got string
		if encoded := appendString(nil, s); json.Unmarshal(encoded, &got) != nil || got != s {
			t.Errorf("%q is written as %s and reads as %q", s, encoded, got)
		}
	})
}

// FuzzJSONLRoundTrip holds files against the reader that most Go programs have.
func FuzzJSONLRoundTrip(f *testing.F) {
	f.Add("name", "a", "1e30", int64(3))
	f.Add("\u2028\"", "<b>\x00\xff", "-0.10", int64(-1))
	f.Add("a\\", "", "12345678901234567890.5", int64(1<<62))
	f.Fuzz(func(t *testing.T, name, text, digits string, n int64) {
		number, err := exporters.ParseNumber(exporters.Decimal, digits)
		table := exporters.Table{Name: "t", Columns: []exporters.Column{
			{Name: name, Kind: exporters.Text}, {Name: name + "2", Kind: exporters.Decimal}, {Name: name + "3", Kind: exporters.Duration},
		}}
		if err != nil || table.Check() != nil {
			t.Skip()
		}
		row := exporters.Row{exporters.OfText(text), number, exporters.OfDuration(time.Duration(n))}
		var file strings.Builder
		w, err := Format().New(&file, table)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(strings.NewReader(file.String()))
		d.UseNumber()
		for range 2 {
			var object map[string]any
			if err := d.Decode(&object); err != nil || len(object) != 3 {
				t.Fatalf("%q reads as %v: %v", file.String(), object, err)
			}
			for i, column := range table.Columns {
				got := object[column.Name]
				want := string(row[i].Append(nil, time.UTC))
				if want == "" && got != nil || want != "" && fmt.Sprint(got) != want {
					t.Errorf("column %q: %q reads as %v", column.Name, want, got)
				}
			}
		}
		if d.More() {
			t.Errorf("more than two rows in %q", file.String())
		}
	})
}

func BenchmarkJSONL(b *testing.B) { exportertest.Benchmark(b, Format()) }
