package csv

import (
	"bytes"
	stdcsv "encoding/csv"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/exporters/exportertest"
)

func TestFormat(t *testing.T) {
	exportertest.Run(t, Format(), readBack)
}

// readBack reads a file as any reader does, and takes away the apostrophes of neutralised text.
func readBack(t testing.TB, table exporters.Table, file []byte) [][]string {
	records := parse(t, string(file), ',')
	if len(records) == 0 {
		t.Fatal("the file has no header")
	}
	for _, record := range records[1:] {
		for i, field := range record {
			if bare, ok := strings.CutPrefix(field, "'"); ok && exporters.MustNeutralise(table.Columns[i].Kind, bare) {
				record[i] = bare
			}
		}
	}
	return records[1:]
}

// parse is a strict RFC 4180 parser that, unlike encoding/csv, leaves "\r\n" within quotes as it is.
func parse(t testing.TB, file string, separator byte) [][]string {
	t.Helper()
	var records [][]string
	for len(file) > 0 {
		var record []string
		for more := true; more; {
			var field string
			if strings.HasPrefix(file, `"`) {
				end := 1
				for end < len(file) && (file[end] != '"' || end+1 < len(file) && file[end+1] == '"') {
					if file[end] == '"' {
						end++
					}
					end++
				}
				field, file = strings.ReplaceAll(file[1:end], `""`, `"`), file[end+1:]
			} else {
				end := strings.IndexAny(file, string(separator)+"\n")
				field, file = file[:end], file[end:]
			}
			record = append(record, field)
			more = file[0] == separator
			if !more && file[0] != '\n' {
				t.Fatalf("%q follows a field", file[:1])
			}
			file = file[1:]
		}
		records = append(records, record)
	}
	return records
}

func write(t testing.TB, table exporters.Table, rows ...exporters.Row) (string, exporters.Writer) {
	t.Helper()
	var file strings.Builder
	w, err := Format().New(&file, table)
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
	return file.String(), w
}

func columns(kinds ...exporters.Kind) []exporters.Column {
	var columns []exporters.Column
	for i, kind := range kinds {
		columns = append(columns, exporters.Column{Name: "c" + strconv.Itoa(i+1), Kind: kind})
	}
	return columns
}

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestFileLooksAsPromised(t *testing.T) {
	decimal, err := exporters.ParseNumber(exporters.Decimal, "-1234567890123456789012.50")
	if err != nil {
		t.Fatal(err)
	}
	table := exporters.Table{Name: "all", Zone: berlin(t), Columns: columns(exporters.Text, exporters.Code, exporters.Int, exporters.Decimal,
		exporters.Money, exporters.Bool, exporters.Date, exporters.Time, exporters.Duration, exporters.List)}
	row := exporters.Row{
		exporters.OfText(`say "hi", twice`), exporters.OfCode("004930123"), exporters.OfInt(-7), decimal, exporters.OfMoney(1490, 2),
		exporters.OfBool(true), exporters.OfDate(2026, 11, 21), exporters.OfTime(time.Date(2026, 11, 21, 12, 0, 5, 0, time.UTC)),
		exporters.OfDuration(90 * time.Second), exporters.OfList("a", "b"),
	}
	got, _ := write(t, table, row, make(exporters.Row, 10))
	want := "c1,c2,c3,c4,c5,c6,c7,c8,c9,c10\n" +
		`"say ""hi"", twice",004930123,-7,-1234567890123456789012.50,14.90,true,2026-11-21,2026-11-21T13:00:05+01:00,90,a; b` + "\n" +
		",,,,,,,,,\n"
	if got != want {
		t.Errorf("the file is\n%s\nexpected\n%s", got, want)
	}
}

func TestTimesThatAZoneCarriesOutOfTheCalendarAreShownInUTC(t *testing.T) {
	johns, err := time.LoadLocation("America/St_Johns")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		locale   string
		zone     *time.Location
		at, want string
	}{
		{"en", berlin(t), "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
		{"de-DE", berlin(t), "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
		{"de-DE", berlin(t), "9999-12-31T22:59:59Z", "31.12.9999 23:59:59"},
		{"de-DE", johns, "0000-01-01T00:00:00.5Z", "0000-01-01T00:00:00.5Z"},
		{"de-DE", johns, "0000-01-01T12:00:00Z", "01.01.0000 08:29:08"},
		{"sv-SE", johns, "9999-12-31T23:59:59Z", "9999-12-31 20:29:59"},
		{"sv-SE", johns, "0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		table := exporters.Table{Name: "ends", Zone: c.zone, Locale: c.locale, Columns: columns(exporters.Time)}
		got, _ := write(t, table, exporters.Row{exporters.OfTime(at)})
		if _, body, _ := strings.Cut(got, "\n"); strings.TrimSuffix(body, "\n") != c.want {
			t.Errorf("%s in %s, locale %s: %q, want %q", c.at, c.zone, c.locale, body, c.want)
		}
	}
}

func TestLocaleDecidesSeparatorMarkAndDates(t *testing.T) {
	table := exporters.Table{Name: "local", Columns: columns(exporters.Decimal, exporters.Date, exporters.Time, exporters.Time, exporters.Bool,
		exporters.Duration, exporters.Text)}
	row := exporters.Row{
		exporters.OfDecimal(1499, 2), exporters.OfDate(2026, 11, 2), exporters.OfTime(time.Date(2026, 11, 2, 12, 0, 5, 0, time.UTC)),
		exporters.OfTime(time.Date(2026, 11, 2, 12, 0, 5, 250_000_000, time.UTC)), exporters.OfBool(true), exporters.OfDuration(1500 * time.Millisecond),
		exporters.OfText("a;b,1.5"),
	}
	for _, c := range []struct{ locale, want string }{
		{"", "14.99,2026-11-02,2026-11-02T13:00:05+01:00,2026-11-02T13:00:05.25+01:00,true,1.5,\"a;b,1.5\"\n"},
		{"en", "14.99,2026-11-02,2026-11-02T13:00:05+01:00,2026-11-02T13:00:05.25+01:00,true,1.5,\"a;b,1.5\"\n"},
		{"en-ZA", "14.99,2026-11-02,2026-11-02T13:00:05+01:00,2026-11-02T13:00:05.25+01:00,true,1.5,\"a;b,1.5\"\n"},
		{"de-DE", "14,99;02.11.2026;02.11.2026 13:00:05;02.11.2026 13:00:05,25;true;1,5;\"a;b,1.5\"\n"},
		{"de", "14,99;02.11.2026;02.11.2026 13:00:05;02.11.2026 13:00:05,25;true;1,5;\"a;b,1.5\"\n"},
		{"de-CH", "14.99,02.11.2026,02.11.2026 13:00:05,02.11.2026 13:00:05.25,true,1.5,\"a;b,1.5\"\n"},
		{"fr-FR", "14,99;02/11/2026;02/11/2026 13:00:05;02/11/2026 13:00:05,25;true;1,5;\"a;b,1.5\"\n"},
		{"fr-CA", "14,99;2026-11-02;2026-11-02 13:00:05;2026-11-02 13:00:05,25;true;1,5;\"a;b,1.5\"\n"},
		{"nl-NL", "14,99;02-11-2026;02-11-2026 13:00:05;02-11-2026 13:00:05,25;true;1,5;\"a;b,1.5\"\n"},
		{"sv-SE", "14,99;2026-11-02;2026-11-02 13:00:05;2026-11-02 13:00:05,25;true;1,5;\"a;b,1.5\"\n"},
		{"ja-JP", "14.99,2026-11-02,2026-11-02 13:00:05,2026-11-02 13:00:05.25,true,1.5,\"a;b,1.5\"\n"},
		{"pt-BR", "14,99;02/11/2026;02/11/2026 13:00:05;02/11/2026 13:00:05,25;true;1,5;\"a;b,1.5\"\n"},
		{"es-MX", "14.99,02/11/2026,02/11/2026 13:00:05,02/11/2026 13:00:05.25,true,1.5,\"a;b,1.5\"\n"},
	} {
		table.Locale, table.Zone = c.locale, berlin(t)
		got, _ := write(t, table, row)
		body, marked := strings.CutPrefix(got, "\uFEFF")
		_, body, _ = strings.Cut(body, "\n")
		if body != c.want {
			t.Errorf("locale %q: the row is\n%s expected\n%s", c.locale, body, c.want)
		}
		if english := c.locale == "" || strings.HasPrefix(c.locale, "en"); marked == english {
			t.Errorf("locale %q: byte-order mark is %v", c.locale, marked)
		}
	}
}

func TestDatesAreThoseOfTheLocaleOrItsParents(t *testing.T) {
	for layout, tags := range map[string]string{
		"02.01.2006": "de de-AT de-CH de-DE-u-nu-latn de-1996 de-Latn-DE fr-CH it-CH he iw nb nn no no-NO pl ru sr-ME sr-Cyrl-RS sh tr hr cs fi",
		"02/01/2006": "fr fr-FR fr-BE ca-valencia da es es-MX es-US it nl-BE pt-BR pt-PT ar-EG cy vi uz zh-HK zh-Hans-SG",
		"02-01-2006": "nl nl-NL es-CL fy sv-FI rm",
		"2006-01-02": "sv sv-SE fr-CA es-PA es-PR ja ko zh zh-TW cmn-CN hu lt fa af fil tl uz-Arab uz-AF",
	} {
		for tag := range strings.FieldsSeq(tags) {
			if l, err := parseLocale(tag); err != nil || l.date != layout {
				t.Errorf("locale %q: dates are written as %q, expected %q: %v", tag, l.date, layout, err)
			}
		}
	}
	if l, err := parseLocale("no"); err != nil || l.decimal != ',' {
		t.Errorf("Norwegian has %q: %v", l.decimal, err)
	}
}

func TestUnknownLocalesAreRefused(t *testing.T) {
	for _, tag := range []string{"german", "de-Deutschland-Berlin", "xx", "de_DE.UTF-8", "und", "1", "de-", "C", "-"} {
		if err := CheckLocale(tag); err == nil {
			t.Errorf("locale %q is accepted", tag)
		}
		if _, err := Format().New(io.Discard, exporters.Table{Name: "t", Columns: columns(exporters.Text), Locale: tag}); err == nil {
			t.Errorf("a table of locale %q is accepted", tag)
		}
	}
	for _, tag := range []string{"", "en", "en-GB", "de-DE", "de_AT", "DE-de", "zh-Hant-TW", "sr-Latn", "ar-EG"} {
		if err := CheckLocale(tag); err != nil {
			t.Errorf("locale %q: %v", tag, err)
		}
	}
}

func TestNeutralisedCellsAreCounted(t *testing.T) {
	table := exporters.Table{Name: "t", Columns: columns(exporters.Text, exporters.Code, exporters.Decimal, exporters.List)}
	got, w := write(t, table,
		exporters.Row{exporters.OfText("=1+1"), exporters.OfCode("+49 30 1234"), exporters.OfDecimal(-5, 0), exporters.OfList("-1", "-2")},
		exporters.Row{exporters.OfText("-5"), exporters.OfCode("=1"), exporters.Null, exporters.OfList("a", "=1")},
	)
	want := "c1,c2,c3,c4\n'=1+1,+49 30 1234,-5,'-1; -2\n-5,'=1,,a; =1\n"
	if got != want {
		t.Errorf("the file is\n%s\nexpected\n%s", got, want)
	}
	if n := w.(exporters.Neutraliser).Neutralised(); n != 3 {
		t.Errorf("%d cells are counted as neutralised, expected 3", n)
	}
}

func TestHeaderIsQuotedWhereItNeedsQuotes(t *testing.T) {
	got, _ := write(t, exporters.Table{Name: "t", Columns: []exporters.Column{
		{Name: "a,b", Kind: exporters.Text}, {Name: `say "hi"`, Kind: exporters.Text}, {Name: "plain", Kind: exporters.Text},
	}})
	if want := "\"a,b\",\"say \"\"hi\"\"\",plain\n"; got != want {
		t.Errorf("the header is %q, expected %q", got, want)
	}
}

// FuzzCSVRoundTrip holds files against the reader that most Go programs have.
func FuzzCSVRoundTrip(f *testing.F) {
	f.Add("a", "b", "en")
	f.Add(`"`, "\n", "de-DE")
	f.Add("=1", " x", "fr")
	f.Add("", "", "")
	f.Add("\xff", "'-1+1", "ja")
	f.Fuzz(func(t *testing.T, a, b, tag string) {
		if CheckLocale(tag) != nil {
			t.Skip()
		}
		row := exporters.Row{exporters.OfText(a), exporters.OfCode(b)}
		file, _ := write(t, exporters.Table{Name: "t", Columns: columns(exporters.Text, exporters.Code), Locale: tag}, row)
		r := stdcsv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\uFEFF")))
		if strings.HasPrefix(strings.TrimPrefix(file, "\uFEFF"), "c1;") {
			r.Comma = ';'
		}
		records, err := r.ReadAll()
		if err != nil || len(records) != 2 || len(records[1]) != 2 {
			t.Fatalf("%q reads as %q: %v", file, records, err)
		}
		for i, cell := range row {
			want := strings.ReplaceAll(cell.Str(), "\r\n", "\n") // as that reader does
			got := records[1][i]
			if exporters.MustNeutralise(cell.Kind(), cell.Str()) {
				want = "'" + want
			}
			if got != want {
				t.Errorf("%q reads as %q", want, got)
			}
		}
	})
}

func BenchmarkCSV(b *testing.B) { exportertest.Benchmark(b, Format()) }

// BenchmarkEncodingCSV is the peer: the standard library's writer with a reused record.
func BenchmarkEncodingCSV(b *testing.B) {
	ring, zone := exportertest.Ring(), exportertest.Table().Zone
	w := stdcsv.NewWriter(io.Discard)
	record := make([]string, len(ring[0]))
	var buf bytes.Buffer
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		for j, cell := range ring[i%len(ring)] {
			switch cell.Kind() {
			case exporters.Text, exporters.Code, exporters.List:
				record[j] = cell.Str()
			case exporters.Time:
				record[j] = cell.Time(zone).Format(time.RFC3339Nano)
			default:
				buf.Reset()
				record[j] = string(cell.Append(buf.AvailableBuffer(), zone))
			}
		}
		if err := w.Write(record); err != nil {
			b.Fatal(err)
		}
	}
}
