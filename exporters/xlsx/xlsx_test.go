package xlsx

import (
	"archive/zip"
	"bytes"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"go.uber.org/goleak"

	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/exporters/exportertest"
	"github.com/reportjob/reportjob/internal/raced"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFormat(t *testing.T) {
	exportertest.Run(t, Format(), readBack)
}

func TestFastFormatHoldsTheSame(t *testing.T) {
	rows := slices.Collect(keep(exportertest.Rows(500)))
	var file bytes.Buffer
	w, err := FastFormat().New(&file, exportertest.Table())
	if err != nil {
		t.Fatal(err)
	}
	writeAll(t, w, rows)
	exportertest.Compare(t, exportertest.Texts(exportertest.Table(), rows), readBack(t, exportertest.Table(), file.Bytes()))
}

// keep makes rows that may be kept.
func keep(rows func(func(exporters.Row) bool)) func(func(exporters.Row) bool) {
	return func(yield func(exporters.Row) bool) {
		for row := range rows {
			if !yield(slices.Clone(row)) {
				return
			}
		}
	}
}

func writeAll(t testing.TB, w exporters.Writer, rows []exporters.Row) {
	t.Helper()
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, table exporters.Table, rows ...exporters.Row) ([]byte, *writer) {
	t.Helper()
	var file bytes.Buffer
	w, err := newWriter(&file, table, fast)
	if err != nil {
		t.Fatal(err)
	}
	writeAll(t, w, rows)
	return file.Bytes(), w
}

func open(t testing.TB, file []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func one(kind exporters.Kind) exporters.Table {
	return exporters.Table{Name: "one", Columns: []exporters.Column{{Name: "value", Kind: kind}}}
}

func parse(t testing.TB, kind exporters.Kind, s string) exporters.Cell {
	t.Helper()
	cell, err := exporters.ParseNumber(kind, s)
	if err != nil {
		t.Fatal(err)
	}
	return cell
}

// TestCellsAreWhatExcelTakesThemFor looks at type, value and number format of a cell, and at what it shows.
func TestCellsAreWhatExcelTakesThemFor(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	inline, number, boolean := excelize.CellTypeInlineString, excelize.CellTypeUnset, excelize.CellTypeBool
	utc := func(month time.Month, day, hour, minute, second, nano int) exporters.Cell {
		return exporters.OfTime(time.Date(2026, month, day, hour, minute, second, nano, time.UTC))
	}
	for _, c := range []struct {
		cell   exporters.Cell
		kind   excelize.CellType
		raw    string
		format string
	}{
		{exporters.OfText("=1+1"), inline, "=1+1", ""},
		{exporters.OfCode("0049301234"), inline, "0049301234", "@"},
		{exporters.OfList("a", "b"), inline, "a; b", ""},
		{exporters.OfInt(-7), number, "-7", "0"},
		{exporters.OfInt(999_999_999_999_999), number, "999999999999999", "0"},
		{exporters.OfInt(1_000_000_000_000_000), inline, "1000000000000000", ""},
		{exporters.OfInt(math.MinInt64), inline, "-9223372036854775808", ""},
		{exporters.OfMoney(1490, 2), number, "14.90", "0.00"},
		{exporters.OfDecimal(-5, 3), number, "-0.005", "0.000"},
		{exporters.OfDecimal(5, 0), number, "5", "0"},
		{parse(t, exporters.Decimal, "1e-30"), number, "0.000000000000000000000000000001", "0." + strings.Repeat("0", 30)},
		{parse(t, exporters.Decimal, "1e-31"), inline, "0.0000000000000000000000000000001", ""},
		{parse(t, exporters.Decimal, "1234567890123.456"), inline, "1234567890123.456", ""},
		{exporters.OfBool(true), boolean, "1", `"TRUE";"TRUE";"FALSE"`},
		{exporters.OfBool(false), boolean, "0", `"TRUE";"TRUE";"FALSE"`},
		{exporters.OfDate(2026, 11, 21), number, "46347", "yyyy-mm-dd"},
		{exporters.OfDate(1900, 3, 1), number, "61", "yyyy-mm-dd"},
		{exporters.OfDate(1900, 2, 28), inline, "1900-02-28", ""},
		{exporters.OfDate(9999, 12, 31), number, "2958465", "yyyy-mm-dd"},
		{exporters.OfDate(10000, 1, 1), inline, "10000-01-01", ""},
		{utc(11, 21, 12, 0, 0, 0), number, "46347.541666666667", "yyyy-mm-dd hh:mm:ss"},
		{utc(11, 20, 23, 0, 0, 0), number, "46347", "yyyy-mm-dd hh:mm:ss"},
		{utc(11, 21, 12, 0, 0, 250_000_000), number, "46347.541669560185", "yyyy-mm-dd hh:mm:ss.000"},
		{utc(11, 21, 22, 59, 59, 999_999_000), number, "46347.999999999988", "yyyy-mm-dd hh:mm:ss.000"},
		{utc(10, 25, 0, 30, 0, 0), number, "46320.104166666667", "yyyy-mm-dd hh:mm:ss"}, // 02:30 for the first time
		{utc(10, 25, 1, 30, 0, 0), number, "46320.104166666667", "yyyy-mm-dd hh:mm:ss"}, // and for the second
		{utc(3, 29, 0, 59, 59, 0), number, "46110.083321759259", "yyyy-mm-dd hh:mm:ss"}, // 01:59:59
		{utc(3, 29, 1, 0, 0, 0), number, "46110.125", "yyyy-mm-dd hh:mm:ss"},            // 03:00:00
		{exporters.OfTime(time.Date(1899, 1, 1, 0, 0, 0, 0, time.UTC)), inline, "1899-01-01T01:00:00+01:00", ""},
		{exporters.OfDuration(90 * time.Second), number, "0.001041666666667", "[h]:mm:ss"},
		{exporters.OfDuration(25 * time.Hour), number, "1.041666666666667", "[h]:mm:ss"},
		{exporters.OfDuration(1500 * time.Millisecond), number, "0.000017361111111", "[h]:mm:ss.000"},
		{exporters.OfDuration(0), number, "0", "[h]:mm:ss"},
		{exporters.OfDuration(-90 * time.Second), inline, "-0:01:30", ""},
		{exporters.OfDuration(math.MinInt64), inline, "-2562047:47:16.854775808", ""},
	} {
		table := one(exporters.Text)
		table.Zone = berlin
		file, _ := write(t, table, exporters.Row{c.cell})
		f := open(t, file)
		kind, err := f.GetCellType("one", "A2")
		if err != nil {
			t.Fatal(err)
		}
		raw, err := f.GetCellValue("one", "A2", excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		if kind != c.kind || raw != c.raw {
			t.Errorf("%v cell is %q of type %d, expected %q of type %d", c.cell.Kind(), raw, kind, c.raw, c.kind)
		}
		if format := formatOf(t, f, "A2"); format != c.format {
			t.Errorf("%v cell %s has the format %q, expected %q", c.cell.Kind(), raw, format, c.format)
		}
	}
}

// formatOf is a cell's number format, empty if it has none.
func formatOf(t testing.TB, f *excelize.File, cell string) string {
	t.Helper()
	id, err := f.GetCellStyle("one", cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	if style.CustomNumFmt == nil {
		return ""
	}
	return *style.CustomNumFmt
}

func TestNullCellsAreLeftOut(t *testing.T) {
	file, _ := write(t, exporters.Table{Name: "t", Columns: []exporters.Column{
		{Name: "a", Kind: exporters.Int}, {Name: "b", Kind: exporters.Text}, {Name: "c", Kind: exporters.Bool},
	}}, exporters.Row{exporters.OfInt(1), exporters.Null, exporters.OfBool(true)}, make(exporters.Row, 3))
	sheet := checkParts(t, file)[sheetPart(1)]
	want := `<row r="2"><c r="A2" s="2"><v>1</v></c><c r="C2" s="3" t="b"><v>1</v></c></row><row r="3"></row></sheetData>`
	if !strings.Contains(sheet, want) {
		t.Errorf("rows are not %s in\n%s", want, sheet)
	}
}

func TestSheetIsReadyToWorkWith(t *testing.T) {
	file, _ := write(t, exportertest.Table(), slices.Collect(keep(exportertest.Rows(3)))...)
	f := open(t, file)
	if sheets := f.GetSheetList(); !slices.Equal(sheets, []string{"dns-activity", "Summary", "About"}) {
		t.Errorf("sheets are %q", sheets)
	}
	header, err := f.GetRows("dns-activity")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Requested", "Identity", "Requests", "Volume", "Score", "External IP", "Domain", "URL", "Categories", "Verdict", "Caller", "Cached"}
	if !slices.Equal(header[0], want) {
		t.Errorf("the header is %q, expected %q", header[0], want)
	}
	panes, err := f.GetPanes("dns-activity")
	if err != nil || !panes.Freeze || panes.YSplit != 1 || panes.TopLeftCell != "A2" {
		t.Errorf("panes are %+v, %v", panes, err)
	}
	tables, err := f.GetTables("dns-activity")
	if err != nil || len(tables) != 1 || tables[0].Range != "A1:L4" || tables[0].Name != "data_dns_activity" {
		t.Errorf("tables are %+v, %v", tables, err)
	}
	id, err := f.GetCellStyle("dns-activity", "L1")
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil || style.Font == nil || !style.Font.Bold || len(style.Fill.Color) != 1 || len(style.Border) != 1 || style.Border[0].Type != "bottom" {
		t.Errorf("the header's style is %+v, %v", style, err)
	}
	props, err := f.GetDocProps()
	if err != nil || props.Title != "DNS activity" || props.Created != created || props.Modified != created {
		t.Errorf("properties are %+v, %v", props, err)
	}
	sheet := checkParts(t, file)[sheetPart(1)]
	for _, want := range []string{`<ignoredError sqref="A2:L1048576" numberStoredAsText="true">`, `<tablePart r:id="rId1">`, `orientation="landscape"`} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the sheet has no %s", want)
		}
	}
	if strings.Contains(sheet, "<dimension") {
		t.Error("the sheet has a range of cells, which was not known when it was begun")
	}
	if names := f.GetDefinedName(); len(names) != 1 || names[0].RefersTo != "'dns-activity'!$1:$1" {
		t.Errorf("names are %+v", names)
	}
}

func TestEmptyTableHasRoomForOneRow(t *testing.T) {
	file, _ := write(t, exportertest.Table())
	tables, err := open(t, file).GetTables("dns-activity")
	if err != nil || len(tables) != 1 || tables[0].Range != "A1:L2" {
		t.Errorf("tables are %+v, %v", tables, err)
	}
}

func TestOfficeFilesAreKnownByTheirFirstParts(t *testing.T) {
	file, _ := write(t, exportertest.Table())
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	if z.File[0].Name != "_rels/.rels" || !strings.HasPrefix(z.File[2].Name, "xl/") {
		t.Errorf("the first parts are %s, %s, %s", z.File[0].Name, z.File[1].Name, z.File[2].Name)
	}
	for _, part := range z.File {
		if !part.Modified.Equal(epoch) {
			t.Errorf("part %s is of %v", part.Name, part.Modified)
		}
	}
}

func TestColumnsAreAsWideAsWhatIsInThem(t *testing.T) {
	table := exporters.Table{Name: "one", Columns: []exporters.Column{
		{Name: "short", Kind: exporters.Text}, {Name: "long", Kind: exporters.Text}, {Name: "a_heading_of_some_length", Kind: exporters.Bool},
		{Name: "at", Kind: exporters.Time}, {Name: "for", Kind: exporters.Duration}, {Name: "on", Kind: exporters.Date}, {Name: "count", Kind: exporters.Int},
		{Name: "wide", Kind: exporters.Text},
	}}
	file, _ := write(t, table, exporters.Row{
		exporters.OfText("ab"), exporters.OfText(strings.Repeat("long ", 100)), exporters.OfBool(true), exporters.OfTime(time.Unix(0, 0)),
		exporters.OfDuration(0), exporters.OfDate(2026, 1, 1), exporters.OfInt(123456789012345), exporters.OfText("日本語日本語日本語"),
	})
	f := open(t, file)
	for i, c := range []struct{ least, most float64 }{{8, 10}, {60, 60}, {28, 36}, {24, 30}, {15, 20}, {11, 15}, {17, 20}, {19, 23}} {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			t.Fatal(err)
		}
		if width, err := f.GetColWidth("one", name); err != nil || width < c.least || width > c.most {
			t.Errorf("column %s is %v wide, expected %v to %v (%v)", table.Columns[i].Name, width, c.least, c.most, err)
		}
	}
}

func TestRowsGoOnOnTheNextSheet(t *testing.T) {
	for _, c := range []struct {
		rows   int
		sheets []string
		ranges []string
	}{
		{9, []string{"dns-activity"}, []string{"A1:L10"}},
		{10, []string{"dns-activity"}, []string{"A1:L11"}},
		{11, []string{"dns-activity", "dns-activity (2)"}, []string{"A1:L11", "A1:L2"}},
		{30, []string{"dns-activity", "dns-activity (2)", "dns-activity (3)"}, []string{"A1:L11", "A1:L11", "A1:L11"}},
	} {
		rows := slices.Collect(keep(exportertest.Rows(c.rows)))
		var file bytes.Buffer
		w, err := newWriter(&file, exportertest.Table(), fast)
		if err != nil {
			t.Fatal(err)
		}
		w.maxRows = 10
		writeAll(t, w, rows)
		exportertest.Compare(t, exportertest.Texts(exportertest.Table(), rows), readBack(t, exportertest.Table(), file.Bytes()))
		f := open(t, file.Bytes())
		if !slices.Equal(dataSheets(t, f), c.sheets) {
			t.Errorf("%d rows: sheets are %q", c.rows, dataSheets(t, f))
		}
		names := map[string]bool{}
		for i, sheet := range dataSheets(t, f) {
			tables, err := f.GetTables(sheet)
			if err != nil || len(tables) != 1 || tables[0].Range != c.ranges[i] || names[tables[0].Name] {
				t.Errorf("%d rows: tables of %q are %+v, %v", c.rows, sheet, tables, err)
				continue
			}
			names[tables[0].Name] = true
		}
		if warned := len(w.Warnings()) > 0; warned != (len(c.sheets) > 1) {
			t.Errorf("%d rows: warnings are %q", c.rows, w.Warnings())
		}
	}
}

func TestNoPartOutgrowsTheZip(t *testing.T) {
	rows := slices.Collect(keep(exportertest.Rows(3000)))
	var file bytes.Buffer
	w, err := newWriter(&file, exportertest.Table(), fast)
	if err != nil {
		t.Fatal(err)
	}
	w.maxPart = 300_000
	writeAll(t, w, rows)
	for name, part := range checkParts(t, file.Bytes()) {
		if len(part) > 1_100_000 || name != sheetPart(1) && len(part) > 300_000 {
			t.Errorf("part %s has %d bytes", name, len(part))
		}
	}
	exportertest.Compare(t, exportertest.Texts(exportertest.Table(), rows), readBack(t, exportertest.Table(), file.Bytes()))
	if len(w.rows) < 4 {
		t.Errorf("there are %d sheets", len(w.rows))
	}
}

func TestTextThatIsTooLongIsCutWithAMark(t *testing.T) {
	for _, c := range []struct {
		name, text string
		cut        bool
	}{
		{"as long as a cell", strings.Repeat("a", maxText), false},
		{"one longer", strings.Repeat("a", maxText+1), true},
		{"two bytes a letter", strings.Repeat("ä", maxText), false},
		{"two bytes a letter, one longer", strings.Repeat("ä", maxText+1), true},
		{"two units a picture", strings.Repeat("🙂", maxText/2), false},
		{"two units a picture, one longer", strings.Repeat("🙂", maxText/2+1), true},
		{"pictures at the cut", "a" + strings.Repeat("🙂", maxText), true},
	} {
		file, w := write(t, one(exporters.Text), exporters.Row{exporters.OfText(c.text)})
		got, err := open(t, file).GetCellValue("one", "A2")
		if err != nil {
			t.Fatal(err)
		}
		units := len(utf16.Encode([]rune(got)))
		kept, cut := strings.CutSuffix(got, cutMark)
		switch {
		case units > maxText || cut && units < maxText-1:
			t.Errorf("%s: the cell holds %d units", c.name, units)
		case cut != c.cut || !strings.HasPrefix(c.text, kept) || !cut && got != c.text:
			t.Errorf("%s: cut is %v", c.name, cut)
		}
		if warnings := w.Warnings(); len(warnings) > 0 != c.cut {
			t.Errorf("%s: warnings are %q", c.name, warnings)
		}
	}
	_, w := write(t, one(exporters.Text), exporters.Row{exporters.OfText(strings.Repeat("a", 40_000))}, exporters.Row{exporters.OfText(strings.Repeat("b", 40_000))})
	if warnings := w.Warnings(); len(warnings) != 1 || !strings.Contains(warnings[0], "2 cells") {
		t.Errorf("warnings are %q", warnings)
	}
}

func TestSheetsAndTablesHaveLegalNames(t *testing.T) {
	for name, want := range map[string][3]string{
		"dns-activity":    {"dns-activity", "dns-activity (2)", "data_dns_activity"},
		"":                {"Data", "Data (2)", "data_Data"},
		"History":         {"Data", "Data (2)", "data_Data"},
		"a/b\\c?d*e[f]:g": {"a-b-c-d-e-f--g", "a-b-c-d-e-f--g (2)", "data_a_b_c_d_e_f__g"},
		"'quoted'":        {"quoted", "quoted (2)", "data_quoted"},
		"R1C1":            {"R1C1", "R1C1 (2)", "data_R1C1"},
		"a name that is much longer than sheets may have": {"a name that is much longer than", "a name that is much longer (2)", "data_a_name_that_is_much_longer_than"},
		strings.Repeat("🙂", 20):                           {strings.Repeat("🙂", 15), strings.Repeat("🙂", 13) + " (2)", "data_" + strings.Repeat("_", 15)},
		"tab\tand\nline":                                  {"tab and line", "tab and line (2)", "data_tab_and_line"},
	} {
		b := newBook(exporters.Table{Name: name, Columns: one(exporters.Text).Columns}, &looks{})
		if got := [3]string{b.sheetName(1), b.sheetName(2), tableName(b.sheet, 1)}; got != want {
			t.Errorf("%q gives %q, expected %q", name, got, want)
		}
		if _, err := b.build([]int{1, 1, 1}, []float64{10}); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestHeadingsOfATableAreDifferent(t *testing.T) {
	var columns []exporters.Column
	for _, name := range []string{"id", "ID", "a_b", "a b", "_", " ", "id (2)", "line\nbreak", strings.Repeat("x", 300)} {
		columns = append(columns, exporters.Column{Name: name, Kind: exporters.Text})
	}
	file, _ := write(t, exporters.Table{Name: "t", Columns: columns}, make(exporters.Row, len(columns)))
	rows, err := open(t, file).GetRows("t")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, heading := range rows[0] {
		if heading == "" || seen[strings.ToLower(heading)] || len(heading) > 255 {
			t.Errorf("heading %q cannot be in a table with %q", heading, rows[0])
		}
		seen[strings.ToLower(heading)] = true
		if !strings.Contains(checkParts(t, file)["xl/tables/table1.xml"], `name="`+heading+`"`) {
			t.Errorf("the table has no column %q", heading)
		}
	}
	if len(seen) != len(columns) {
		t.Errorf("%d headings, expected %d", len(seen), len(columns))
	}
}

func TestTheLongestHeadingIsShownWhole(t *testing.T) {
	column := exporters.Column{Name: strings.Repeat("x", exporters.LongestHeading), Kind: exporters.Text}
	if shown := headings([]exporters.Column{column})[0]; shown != column.Heading() {
		t.Errorf("%d of %d characters are shown", len(shown), exporters.LongestHeading)
	}
}

func TestMoreColumnsThanASheetHoldsAreRefused(t *testing.T) {
	table := exporters.Table{Name: "wide"}
	for i := range excelize.MaxColumns + 1 {
		table.Columns = append(table.Columns, exporters.Column{Name: "c" + strconv.Itoa(i), Kind: exporters.Int})
	}
	if _, err := Format().New(io.Discard, table); err == nil {
		t.Error("a table with too many columns is accepted")
	}
}

// TestBytesDoNotDependOnTheMachine writes enough for many blocks with one and with several at a time.
func TestBytesDoNotDependOnTheMachine(t *testing.T) {
	rows := slices.Collect(keep(exportertest.Rows(raced.Few(8000))))
	first, _ := write(t, exportertest.Table(), rows...)
	for _, n := range []int{1, 4} {
		was := runtime.GOMAXPROCS(n)
		again, _ := write(t, exportertest.Table(), rows...)
		runtime.GOMAXPROCS(was)
		if !bytes.Equal(first, again) {
			t.Errorf("%d blocks at a time give other bytes", n)
		}
	}
	exportertest.Compare(t, exportertest.Texts(exportertest.Table(), rows), readBack(t, exportertest.Table(), first))
}

func FuzzCellText(f *testing.F) {
	for _, s := range []string{"plain", "_x0041_", "_x0041\x01", "_x005F_x0041_", "\uFFFE_x", " a ", "<&>", "\r\n", "_x0041_x0042_", "\xff", "_xD83D_"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		cell := exporters.OfText(s)
		if cell.IsNull() || len(s) > maxText {
			t.Skip()
		}
		file, _ := write(t, one(exporters.Text), exporters.Row{cell})
		exportertest.Compare(t, [][]string{{cell.Str()}}, readBack(t, one(exporters.Text), file))
	})
}

func BenchmarkXLSX(b *testing.B) { exportertest.Benchmark(b, Format()) }

func BenchmarkFastXLSX(b *testing.B) { exportertest.Benchmark(b, FastFormat()) }
