package exportertest

import (
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

// Table is a table of twelve columns as reports have them, with marks and a summary; Rows are its rows.
func Table() exporters.Table {
	return exporters.Table{
		Name:   "dns-activity",
		Title:  "DNS activity",
		Window: "2026-11-21",
		Zone:   time.FixedZone("", 2*60*60),
		Columns: []exporters.Column{
			{Name: "requested", Kind: exporters.Time, Meaning: "When it was asked for.", Field: "data[].timestamp"},
			{Name: "identity", Kind: exporters.Text, Meaning: "Who asked.", Field: "data[].identities[0].label"},
			{Name: "requests", Kind: exporters.Int, Meaning: "How often.", Field: "data[].requests", Marks: []exporters.Mark{exporters.MarkedAbove(exporters.Doubtful, 800)}},
			{Name: "volume", Kind: exporters.Int, Unit: "bytes", Meaning: "What came back.", Field: "data[].volume"},
			{Name: "score", Kind: exporters.Decimal, Meaning: "How bad it is.", Field: "data[].score"},
			{Name: "external_ip", Kind: exporters.Code, Meaning: "From where.", Field: "data[].externalip"},
			{Name: "domain", Kind: exporters.Text, Meaning: "What was asked for.", Field: "data[].domain"},
			{Name: "url", Kind: exporters.Text},
			{Name: "categories", Kind: exporters.List, Meaning: "What it is.", Field: "data[].categories[].label"},
			{Name: "verdict", Kind: exporters.Text, Meaning: "What was decided.", Field: "data[].verdict", Marks: []exporters.Mark{
				exporters.Marked(exporters.Bad, "blocked"), exporters.Marked(exporters.Doubtful, "proxied"),
			}},
			{Name: "caller", Kind: exporters.Code},
			{Name: "cached", Kind: exporters.Bool},
		},
		Summary: []exporters.Block{
			{Title: "Volume", Sum: "volume"},
			{Title: "Requests by hour", By: "requested", Every: exporters.HourOrDay, Split: "verdict", Chart: exporters.Stacked},
			{Title: "Most requested domains", By: "domain", Top: 10, Chart: exporters.Bars},
			{Title: "Identities with the most volume", By: "identity", Sum: "volume", Top: 10, Chart: exporters.Bars},
		},
	}
}

// Facts are facts about the table.
func Facts() []exporters.Fact {
	return []exporters.Fact{
		{Name: "Report", Values: []string{"DNS activity (dns-activity)"}},
		{Name: "Window", Values: []string{"2026-11-21 00:00:00 +0200 to 2026-11-22 00:00:00 +0200, which is not part of it"}},
		{Name: "Evidence", Values: []string{"the API's total was met", "and so was that of each hour"}},
	}
}

var (
	categories = [...]string{"Software; Business", "News; Media", "Search Engines", "Ads; Tracking; Analytics", "Malware; Phishing"}
	verdicts   = [...]string{"allowed", "blocked", "proxied"}
)

// Rows are n rows for Table, all different and the same at every call. A row is valid until the next one.
func Rows(n int) iter.Seq[exporters.Row] {
	return func(yield func(exporters.Row) bool) {
		row := make(exporters.Row, len(Table().Columns))
		start := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
		state := uint64(42)
		for i := range n {
			state = state*6364136223846793005 + 1442695040888963407
			fill(row, i, state>>16, start)
			if !yield(row) {
				return
			}
		}
	}
}

func fill(row exporters.Row, i int, random uint64, start time.Time) {
	row[0] = exporters.OfTime(start.Add(time.Duration(i) * 86 * time.Millisecond))
	row[1] = exporters.OfText(fmt.Sprintf("Laptop %05d of Floor %d", random%5000, random%17))
	row[2] = exporters.OfInt(int64(random % 900))
	row[3] = exporters.OfInt(int64(random % 70_000_000))
	row[4] = exporters.OfDecimal(int64(random%100_000), 3)
	row[5] = exporters.OfCode(fmt.Sprintf("10.%d.%d.%d", random%250, random>>8%250, random>>16%250))
	row[6] = exporters.OfText(fmt.Sprintf("host%d.example%d.org", random%20_000, random>>9%300))
	row[7] = exporters.OfText(fmt.Sprintf("https://www.example%d.org/path/%06x/item?id=%010d&ref=mail", random>>9%300, random%0xFFFFFF, i))
	row[8] = exporters.OfList(categories[random%5])
	row[9] = exporters.OfText(verdicts[random>>5%3])
	row[10] = exporters.OfCode(fmt.Sprintf("4930%08d", random>>7%100_000_000))
	row[11] = exporters.OfBool(random>>11%2 == 0)
}

// clones are rows that may be kept.
func clones(rows iter.Seq[exporters.Row]) iter.Seq[exporters.Row] {
	return func(yield func(exporters.Row) bool) {
		for row := range rows {
			if !yield(slices.Clone(row)) {
				return
			}
		}
	}
}

// Benchmark measures a format by rows of Table; one operation is one row. Peers that do the same by other means are
// given the rows by Ring.
func Benchmark(b *testing.B, format exporters.Format) {
	ring := Ring()
	counted := &counter{}
	w, err := format.New(counted, Table())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := w.Write(ring[i%len(ring)]); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(counted.n)/float64(b.N), "bytes/row")
}

// Ring is enough rows that repeating them does not flatter a compressor.
func Ring() []exporters.Row { return slices.Collect(clones(Rows(20_000))) }

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return io.Discard.Write(p)
}

var kinds = []exporters.Kind{
	exporters.Text, exporters.Code, exporters.List, exporters.Int, exporters.Decimal, exporters.Money, exporters.Bool,
	exporters.Date, exporters.Time, exporters.Duration,
}

// instants avoid the hours that a clock shows twice, which a format without offsets cannot tell apart.
var instants = []time.Time{
	time.Date(2026, 11, 21, 13, 0, 5, 0, time.UTC),
	time.Date(2026, 3, 29, 0, 59, 59, 0, time.UTC),
	time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC),
	time.Date(2026, 7, 1, 23, 59, 59, 999_999_000, time.UTC),
	time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC),
	time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(2028, 2, 29, 12, 0, 0, 1000, time.UTC),
	time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(1969, 12, 31, 23, 59, 59, 999_000_000, time.UTC),
	time.Date(1901, 1, 2, 3, 4, 5, 0, time.UTC),
	time.Date(1893, 3, 31, 23, 0, 0, 0, time.UTC), // Berlin's offset had seconds
	time.Date(1582, 10, 15, 0, 0, 0, 0, time.UTC),
	time.Date(9999, 6, 30, 23, 59, 59, 0, time.UTC),
	time.Date(10000, 6, 30, 0, 0, 0, 0, time.UTC),
}

var texts = []string{
	"plain", "with, comma", "with; semicolon", `with "quotes"`, `"`, `""`, "two\nlines", "carriage\rreturn", "both\r\nof them",
	"\ttab in front", " space in front", "space behind ", "  ", "\n", "tab\tinside", "'", "'quoted'", "''", "''=2+3",
	"=1+1", "+49 30 1234", "-5", "-5,5 %", "@x", "-", "+", "- item", "'=1", "'-5", "=cmd|' /C calc'!A0", "＝1+1", "-1e5", "+1.5%", "\t=1", "\r=1", "\n=1",
	"true", "TRUE", "null", "0", "007", "1e5", "1,5", "2026-11-21", "#N/A", "#REF!", "A1", "R1C1",
	"Grüße", "日本語", "שלום", "🙂", "👩‍👩‍👧", "e\u0301", "\uFEFFmark in front", "\u2028 and \u2029", "\u0085", "\u00a0hard space", "\uFFFD",
	"\x00", "a\x00b", "\x01\x02\x1f", "\x7f", "\uFFFE", "\uFFFF", "\U0010FFFF", "\x1b[31mred\x1b[0m",
	"bad \xff byte", "\xff\xfe", "cut \xf0\x9f\x99", "lone \xed\xa0\x80 surrogate",
	"_x0041_", "_x005F_", "_x005F_x0041_", "_x0041_x0042_", "_x00", "_x0041", "_", "_x_", "_xZZZZ_", "_xd83d_", "_x000a_", "_X0041_", "_x0041\x01", "_x005F\x00x0041_",
	"<b>&amp;</b>", "]]>", "<![CDATA[x]]>", "&#65;", "<!-- -->", "a>b", `it's`, `\n \u0041 \\`, "{\"a\":1}", "</t></is></c>",
}

// Examples are cells of a kind that are worth trying.
func Examples(kind exporters.Kind) []exporters.Cell { return slices.Clone(examples[kind]) }

// examples are cells worth trying, by kind.
var examples = map[exporters.Kind][]exporters.Cell{
	exporters.Text: cellsOf(exporters.OfText, texts...),
	exporters.Code: append(cellsOf(exporters.OfCode, texts...), cellsOf(exporters.OfCode,
		"4930123456789012345", "0049301234", "+49(0)30/123-4", "+49 30 1234", "-12", "b-12", "192.0.2.1", "2001:db8::1", "::1", "1E5", "3E10",
		"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "1/2", "-", "+", "0")...),
	exporters.List: append(cellsOf(func(s string) exporters.Cell { return exporters.OfList(s) }, texts...),
		exporters.OfList("a", "b", "c"), exporters.OfList("", "b"), exporters.OfList("=1", "2"), exporters.OfList(), exporters.OfList("-1", "-2")),
	exporters.Int: {
		exporters.OfInt(0), exporters.OfInt(1), exporters.OfInt(-1), exporters.OfInt(999_999_999_999_999), exporters.OfInt(-999_999_999_999_999),
		exporters.OfInt(1_000_000_000_000_000), exporters.OfInt(-1_000_000_000_000_000), exporters.OfInt(1<<53 + 1), exporters.OfInt(math.MaxInt64),
		exporters.OfInt(math.MinInt64), number(exporters.Int, "9223372036854775808"), number(exporters.Int, "-340282366920938463463374607431768211456"),
		number(exporters.Int, "1e30"),
	},
	exporters.Decimal: decimals(exporters.Decimal),
	exporters.Money:   decimals(exporters.Money),
	exporters.Bool:    {exporters.OfBool(true), exporters.OfBool(false)},
	exporters.Date: {
		exporters.OfDate(2026, 11, 21), exporters.OfDate(2028, 2, 29), exporters.OfDate(1970, 1, 1), exporters.OfDate(1969, 12, 31),
		exporters.OfDate(1900, 3, 1), exporters.OfDate(1900, 2, 28), exporters.OfDate(1900, 1, 1), exporters.OfDate(1899, 12, 31),
		exporters.OfDate(1582, 10, 4), exporters.OfDate(9999, 12, 31), exporters.OfDate(1, 1, 1),
	},
	exporters.Time: cellsOf(exporters.OfTime, instants...),
	exporters.Duration: cellsOf(exporters.OfDuration, 0, time.Second, 35*time.Second, 59*time.Minute+59*time.Second, 25*time.Hour, 10_000*time.Hour,
		-time.Second, -25*time.Hour, 1500*time.Millisecond, time.Millisecond, 1, -1, 86399*time.Second+999_999_999, math.MaxInt64, math.MinInt64),
}

func cellsOf[T any](of func(T) exporters.Cell, values ...T) []exporters.Cell {
	var cells []exporters.Cell
	for _, v := range values {
		cells = append(cells, of(v))
	}
	return cells
}

func decimals(kind exporters.Kind) []exporters.Cell {
	var cells []exporters.Cell
	for _, s := range []string{
		"0", "0.00", "14.99", "-14.99", "0.1", "-0.05", "1.500", "1e-7", "-1e-30", "123456789012.345", "1234567890123.456", "99999999999999.9",
		"0.000000000000001", "1e-31", "9223372036854775807.5", "-9223372036854775.808", "123456789012345678901234567890.123456789", "1e60", "-1e-60",
	} {
		cells = append(cells, number(kind, s))
	}
	return cells
}

func number(kind exporters.Kind, s string) exporters.Cell {
	cell, err := exporters.ParseNumber(kind, s)
	if err != nil {
		panic(err)
	}
	return cell
}
