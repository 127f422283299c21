package xlsx

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/exporters/exportertest"
)

// described makes a workbook of rows as a run does, with the facts.
func described(t testing.TB, table exporters.Table, facts []exporters.Fact, rows ...exporters.Row) []byte {
	t.Helper()
	var file strings.Builder
	w, err := newWriter(&file, table, fast)
	if err != nil {
		t.Fatal(err)
	}
	w.maxRows = max(50, len(rows)/3) // several sheets, and not many
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	w.Describe(facts)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return []byte(file.String())
}

// texts is a sheet as it shows, without what is empty at the ends of rows and below them.
func texts(t testing.TB, f *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// contains tells whether one of the rows begins with these cells.
func contains(rows [][]string, cells ...string) bool {
	return slices.ContainsFunc(rows, func(row []string) bool { return len(row) >= len(cells) && slices.Equal(row[:len(cells)], cells) })
}

func TestSummaryShowsWhatTheRowsComeTo(t *testing.T) {
	table := exporters.Table{
		Name: "calls", Title: "Calls", Window: "2026-11-21", Zone: time.UTC,
		Columns: []exporters.Column{
			{Name: "at", Kind: exporters.Time}, {Name: "caller", Kind: exporters.Code}, {Name: "answered", Kind: exporters.Bool},
			{Name: "length", Kind: exporters.Duration}, {Name: "price", Kind: exporters.Money, Unit: "EUR"},
		},
		Summary: []exporters.Block{
			{Title: "Price", Sum: "price", Split: "answered"},
			{Title: "By hour", By: "at", Every: exporters.HourOrDay, Split: "answered", Chart: exporters.Stacked},
			{Title: "By caller", By: "caller", Sum: "length", Top: 2, Chart: exporters.Bars},
			{Title: "Hidden", By: "nobody"},
		},
	}
	var rows []exporters.Row
	for i := range 2400 {
		rows = append(rows, exporters.Row{
			exporters.OfTime(time.Date(2026, 11, 21, 8+3*(i%2), 0, 0, 0, time.UTC)), exporters.OfCode([]string{"+4930", "+4940", "+4950"}[i%3]),
			exporters.OfBool(i%2 == 0), exporters.OfDuration(time.Duration(i%3) * time.Minute), exporters.OfMoney(int64(50+i%2), 2),
		})
	}
	file := described(t, table, nil, rows...)
	f := open(t, file)
	got := texts(t, f, "Summary")
	for _, cells := range [][]string{
		{"Calls"}, {"2026-11-21"}, {"Rows", "2,400"}, {"Price", "EUR 1,212.00"}, {"– Answered: no", "EUR 612.00"}, {"– Answered: yes", "EUR 600.00"},
		{"Hour of 2026-11-21", "Rows", "no", "yes"}, {"08:00", "1,200", "0", "1,200"}, {"09:00", "0", "0", "0"}, {"11:00", "1,200", "1,200", "0"}, {"All rows", "2,400", "1,200", "1,200"},
		{"The 2 with the most of 3."}, {"Caller", "Length"}, {"+4950", "26:40:00"}, {"+4940", "13:20:00"}, {"All rows", "40:00:00"},
	} {
		if !contains(got, cells...) {
			t.Errorf("no row %q in\n%q", cells, got)
		}
	}
	if contains(got, "Hidden") {
		t.Error("a block over a hidden column is shown")
	}
	checkCharts(t, file, 2)
}

// drawing is what matters of a sheet's drawings.
type drawing struct {
	Anchors []struct {
		From struct {
			Col int `xml:"col"`
			Row int `xml:"row"`
		} `xml:"from"`
		To struct {
			Col int `xml:"col"`
			Row int `xml:"row"`
		} `xml:"to"`
	} `xml:",any"`
}

var chartRange = regexp.MustCompile(`<f>(?:&#39;)Summary(?:&#39;)!\$([A-Z]+)\$(\d+)(?::\$[A-Z]+\$(\d+))?</f>`)

// checkCharts checks that there are so many charts, that they are of cells which are not empty, and that they overlap
// neither each other nor any cell.
func checkCharts(t testing.TB, file []byte, n int) {
	t.Helper()
	parts := checkParts(t, file)
	rows := texts(t, open(t, file), "Summary")
	var drawn drawing
	if err := xml.Unmarshal([]byte(parts["xl/drawings/drawing1.xml"]), &drawn); err != nil || len(drawn.Anchors) != n {
		t.Fatalf("there are %d charts, expected %d: %v", len(drawn.Anchors), n, err)
	}
	below := 0
	for _, a := range drawn.Anchors {
		if a.From.Row < below {
			t.Errorf("a chart begins in row %d, and the one above ends in row %d", a.From.Row+1, below)
		}
		below = a.To.Row + 1
		for i := a.From.Row; i <= a.To.Row && i < len(rows); i++ {
			if len(rows[i]) > a.From.Col {
				t.Errorf("a chart that begins in column %d hides cells of row %d: %q", a.From.Col+1, i+1, rows[i])
			}
		}
	}
	for i := range n {
		ranges := chartRange.FindAllStringSubmatch(parts[fmt.Sprintf("xl/charts/chart%d.xml", i+1)], -1)
		if len(ranges) < 3 {
			t.Errorf("chart %d has the ranges %q", i+1, ranges)
		}
		for _, r := range ranges {
			var first, last int
			fmt.Sscan(r[2], &first)
			if last = first; r[3] != "" {
				fmt.Sscan(r[3], &last)
			}
			column, err := excelize.ColumnNameToNumber(r[1])
			if err != nil {
				t.Fatal(err)
			}
			for row := first; row <= last; row++ {
				if cells := rows[row-1]; len(cells) < column || cells[column-1] == "" || cells[0] == "All rows" {
					t.Errorf("chart %d is of row %d, column %s: %q", i+1, row, r[1], cells)
				}
			}
		}
	}
}

func TestHoursThatComeTwiceAreToldApart(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	table := exporters.Table{
		Name: "t", Zone: berlin, Columns: []exporters.Column{{Name: "at", Kind: exporters.Time}},
		Summary: []exporters.Block{{Title: "By hour", By: "at", Every: exporters.Hour, Chart: exporters.Lines}},
	}
	var rows []exporters.Row
	for i := range 5 {
		rows = append(rows, exporters.Row{exporters.OfTime(time.Date(2026, 10, 24, 23+i, 30, 0, 0, time.UTC))})
	}
	file := described(t, table, nil, append(rows, exporters.Row{exporters.Null})...)
	got := texts(t, open(t, file), "Summary")
	for _, label := range []string{"01:00", "02:00 +02:00", "02:00 +01:00", "03:00", "04:00", "(no time)"} {
		if !contains(got, label, "1") {
			t.Errorf("no line %q in %q", label, got)
		}
	}
	checkCharts(t, file, 1)
}

func TestOnePointInTimeHasNoChart(t *testing.T) {
	table := exporters.Table{
		Name: "t", Zone: time.UTC, Columns: []exporters.Column{{Name: "at", Kind: exporters.Time}, {Name: "who", Kind: exporters.Text}},
		Summary: []exporters.Block{
			{Title: "By hour", By: "at", Every: exporters.Hour, Chart: exporters.Lines},
			{Title: "By day", By: "at", Every: exporters.Day, Split: "who", Chart: exporters.Stacked},
			{Title: "By whom", By: "who", Chart: exporters.Bars},
		},
	}
	row := func(hour int) exporters.Row {
		return exporters.Row{exporters.OfTime(time.Date(2026, 11, 21, hour, 0, 0, 0, time.UTC)), exporters.OfText("Ada")}
	}
	nowhen := exporters.Row{exporters.Null, exporters.OfText("Ada")}
	for name, c := range map[string]struct {
		rows   []exporters.Row
		charts int
	}{
		"one hour":             {[]exporters.Row{row(9)}, 1},
		"one hour and no time": {[]exporters.Row{row(9), nowhen}, 1},
		"two hours":            {[]exporters.Row{row(9), row(10)}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			file := described(t, table, nil, c.rows...)
			checkCharts(t, file, c.charts)
			got := texts(t, open(t, file), "Summary")
			for _, cells := range [][]string{{"By hour"}, {"Hour of 2026-11-21", "Rows"}, {"09:00", "1"}, {"By day"}, {"2026-11-21"}, {"By whom"}, {"Ada"}} {
				if !contains(got, cells...) {
					t.Errorf("no row %q in %q", cells, got)
				}
			}
			for i, cells := range got {
				if len(cells) > 0 && strings.HasPrefix(cells[0], "By ") && len(got[i-1]) > 0 {
					t.Errorf("%q follows upon %q without a blank row", cells, got[i-1])
				}
			}
		})
	}
}

func TestSummaryIsLeftOutWhereThereIsNothingToSay(t *testing.T) {
	summed := exportertest.Table()
	for _, c := range []struct {
		table  exporters.Table
		rows   int
		sheets []string
	}{
		{summed, 3, []string{"dns-activity", "Summary", "About"}},
		{summed, 0, []string{"dns-activity", "About"}},
		{exporters.Table{Name: "dns-activity", Columns: summed.Columns}, 3, []string{"dns-activity", "About"}},
		{exporters.Table{Name: "about", Columns: summed.Columns, Summary: summed.Summary[:1]}, 3, []string{"about", "Summary", "About sheet"}},
		{summed, 51, []string{"dns-activity", "dns-activity (2)", "Summary", "About"}},
	} {
		file := described(t, c.table, exportertest.Facts(), slices.Collect(keep(exportertest.Rows(c.rows)))...)
		checkParts(t, file)
		f := open(t, file)
		if sheets := f.GetSheetList(); !slices.Equal(sheets, c.sheets) {
			t.Errorf("sheets are %q, expected %q", sheets, c.sheets)
		}
		if active := f.GetActiveSheetIndex(); active != 0 {
			t.Errorf("sheet %d opens first", active+1)
		}
	}
}

func TestAboutSaysEverythingThatAReaderNeeds(t *testing.T) {
	table := exportertest.Table()
	rows := slices.Collect(keep(exportertest.Rows(3)))
	facts := append(exportertest.Facts(), exporters.Fact{Name: "Odd", Values: []string{"_x0041_ \x01 <&> עברית 🙂", strings.Repeat("long ", 10_000)}})
	f := open(t, described(t, table, facts, rows...))
	got := texts(t, f, "About")
	for _, cells := range [][]string{
		{"DNS activity"}, {"Report", "DNS activity (dns-activity)"}, {"Evidence", "the API's total was met"}, {"", "and so was that of each hour"},
		{"Odd", "_x0041_   <&> עברית 🙂"}, {"Column", "Meaning", "Unit", "Kind", "Name in files", "API field"},
		{"Volume", "What came back.", "bytes", "int", "volume", "data[].volume"}, {"External IP", "From where.", "", "code", "external_ip", "data[].externalip"},
	} {
		if !contains(got, cells...) {
			t.Errorf("no row %q in\n%q", cells, got)
		}
	}
	tables, err := f.GetTables("About")
	if err != nil || len(tables) != 1 || strings.HasPrefix(tables[0].Name, "data_") {
		t.Errorf("tables are %+v, %v: only those of rows may be named so", tables, err)
	}
	rows[1][6] = exporters.OfText(strings.Repeat("x", 40_000))
	whole, cut := fmt.Sprint(got), fmt.Sprint(texts(t, open(t, described(t, table, nil, rows...)), "About"))
	if !strings.Contains(whole, "No text was cut") || !strings.Contains(cut, "Cells that were cut: 1.") || !strings.Contains(cut, cutMark) {
		t.Errorf("what was cut is not told:\n%.300s\n%.300s", whole, cut)
	}
}

func TestHeadingsHaveNotes(t *testing.T) {
	table := exporters.Table{Name: "t", Columns: []exporters.Column{
		{Name: "volume", Kind: exporters.Int, Unit: "bytes", Meaning: "What came back & how <much>.", Field: "data[].volume"},
		{Name: "plain", Kind: exporters.Int},
		{Name: "long", Kind: exporters.Text, Meaning: strings.Repeat("It is long. ", 40), Field: "long"},
	}}
	rows := make([]exporters.Row, 60)
	for i := range rows {
		rows[i] = make(exporters.Row, 3)
	}
	file := described(t, table, nil, rows...)
	f := open(t, file)
	for _, sheet := range []string{"t", "t (2)"} {
		comments, err := f.GetComments(sheet)
		if err != nil || len(comments) != 2 || comments[0].Cell != "A1" || comments[1].Cell != "C1" {
			t.Fatalf("notes of %q are %+v, %v", sheet, comments, err)
		}
		if text := comments[0].Paragraph[0].Text; text != "What came back & how <much>.\nUnit: bytes\nAPI field: data[].volume" {
			t.Errorf("the note is %q", text)
		}
	}
	ids := map[string]bool{}
	for name, part := range checkParts(t, file) {
		if strings.HasSuffix(name, ".vml") {
			for _, id := range regexp.MustCompile(`<v:shape id="([^"]*)"`).FindAllStringSubmatch(part, -1) {
				ids[id[1]] = true
			}
		}
	}
	if len(ids) != 4 {
		t.Errorf("four notes have the ids %v", ids)
	}
}

func TestMarkedValuesStandOutOnEverySheet(t *testing.T) {
	five := int64(5)
	table := exporters.Table{Name: "t", Columns: []exporters.Column{
		{Name: "verdict", Kind: exporters.Text, Marks: []exporters.Mark{exporters.Marked(exporters.Bad, `"blocked"`), exporters.Marked(exporters.Good, "fine")}},
		{Name: "days", Kind: exporters.Int, Marks: []exporters.Mark{exporters.MarkedAbove(exporters.Bad, 30), exporters.MarkedAbove(exporters.Doubtful, 7)}},
		{Name: "length", Kind: exporters.Duration, Marks: []exporters.Mark{{Mood: exporters.Doubtful, Above: &five}}},
		{Name: "lost", Kind: exporters.Bool, Marks: []exporters.Mark{exporters.Marked(exporters.Bad, "true")}},
		{Name: "plain", Kind: exporters.Text},
	}}
	rows := make([]exporters.Row, 60)
	for i := range rows {
		rows[i] = make(exporters.Row, 5)
	}
	f := open(t, described(t, table, nil, rows...))
	want := map[string]string{
		"A2:A1048576": `equal to """blocked"""; equal to "fine"`, "B2:B1048576": "greater than 30; greater than 7",
		"C2:C1048576": "greater than 5/86400", "D2:D1048576": "equal to TRUE",
	}
	for _, sheet := range dataSheets(t, f) {
		formats, err := f.GetConditionalFormats(sheet)
		if err != nil || len(formats) != len(want) {
			t.Fatalf("%s: %v, %v", sheet, formats, err)
		}
		for area, rules := range formats {
			var got []string
			for _, r := range rules {
				got = append(got, r.Criteria+" "+r.Value)
				if style, err := f.GetConditionalStyle(*r.Format); err != nil || len(style.Fill.Color) != 1 || !r.StopIfTrue {
					t.Errorf("%s, %s: a rule has the style %+v, %v", sheet, area, style, err)
				}
			}
			if strings.Join(got, "; ") != want[area] {
				t.Errorf("%s, %s: rules are %q, expected %q", sheet, area, got, want[area])
			}
		}
	}
}

func TestAmountsStandWithTheirCurrency(t *testing.T) {
	for unit, want := range map[string]string{
		"EUR": `[$EUR]\ #,##0.00`, "": "0.00", "the currency beside it": "0.00", "eur": "0.00", "EURO": "0.00",
	} {
		table := one(exporters.Money)
		table.Columns[0].Unit = unit
		file, _ := write(t, table, exporters.Row{exporters.OfMoney(-123456, 2)})
		f := open(t, file)
		if format := formatOf(t, f, "A2"); format != want {
			t.Errorf("an amount in %q has the format %q, expected %q", unit, format, want)
		}
		if raw, err := f.GetCellValue("one", "A2", excelize.Options{RawCellValue: true}); err != nil || raw != "-1234.56" {
			t.Errorf("the amount is %q, %v", raw, err)
		}
	}
}

func TestPagesSayWhatTheyAreOf(t *testing.T) {
	for _, c := range []struct{ title, window, want string }{
		{"Calls", "2026-11-21", "&LCalls – 2026-11-21&Rpage &P of &N"},
		{"R&D", "", "&LR&&D&Rpage &P of &N"},
		{strings.Repeat("&", 300), "", "&L" + strings.Repeat("&", 238) + "&Rpage &P of &N"},
	} {
		table := one(exporters.Text)
		table.Title, table.Window = c.title, c.window
		f := open(t, described(t, table, nil, make([]exporters.Row, 0)...))
		for _, sheet := range f.GetSheetList() {
			footer, err := f.GetHeaderFooter(sheet)
			if err != nil || footer == nil || footer.OddFooter != c.want {
				t.Errorf("%s: the footer is %+v, %v, expected %q", sheet, footer, err, c.want)
			}
			props, err := f.GetSheetProps(sheet)
			if err != nil || props.TabColorRGB == nil || *props.TabColorRGB == "" || props.FitToPage == nil || !*props.FitToPage {
				t.Errorf("%s: properties are %+v, %v", sheet, props, err)
			}
		}
	}
}

func TestAddressesStayText(t *testing.T) {
	file, _ := write(t, one(exporters.Text), exporters.Row{exporters.OfText("https://www.example.org/?a=b&c=d")})
	for name, part := range checkParts(t, file) {
		if strings.Contains(part, "hyperlink") {
			t.Errorf("part %s has a link", name)
		}
	}
}

func TestOtherFactsGiveOtherBytesAndTheSameFactsTheSame(t *testing.T) {
	rows := slices.Collect(keep(exportertest.Rows(200)))
	first := string(described(t, exportertest.Table(), exportertest.Facts(), rows...))
	for range 5 { // what is written in the order of a map would differ in one of them
		if string(described(t, exportertest.Table(), exportertest.Facts(), rows...)) != first {
			t.Fatal("the same rows and facts gave other bytes")
		}
	}
	if string(described(t, exportertest.Table(), exportertest.Facts()[1:], rows...)) == first {
		t.Error("a fact makes no difference")
	}
}

// oddTexts are what spreadsheets are known to change.
var oddTexts = []string{
	"_x0041_", "_x000D_", "__x0041__", "_x005F_x0041_", "a\x00b", "\x01\x1f\x7f", "\u0085", "\uFFFE\uFFFF", "a\r\nb", "\r", " leading", "trailing ", "\tTab\t", "  ",
	"\xff\xfe", "\xed\xa0\x80 lone surrogate", "עברית \u200fmixed", "\u202eoverride", "👩‍👩‍👧‍👦 🏳️‍🌈", "e\u0301", "=1+1", "'quoted", "00123", "1234567890123456", "1e5", "TRUE", "2026-11-21", "<b>&amp;</b>", "]]>",
}

func TestOddTextsComeBackAsTheyWere(t *testing.T) {
	for _, kind := range []exporters.Kind{exporters.Text, exporters.Code, exporters.List} {
		table := one(kind)
		var rows []exporters.Row
		var want [][]string
		for _, s := range oddTexts {
			cell := exporters.OfText(s)
			switch kind {
			case exporters.Code:
				cell = exporters.OfCode(s)
			case exporters.List:
				cell = exporters.OfList(s)
			}
			rows = append(rows, exporters.Row{cell})
			want = append(want, []string{strings.ToValidUTF8(s, "\uFFFD")})
		}
		file, _ := write(t, table, rows...)
		exportertest.Compare(t, want, readBack(t, table, file))
	}
	table := one(exporters.Int)
	file, _ := write(t, table, exporters.Row{parse(t, exporters.Int, "1234567890123456")}, exporters.Row{parse(t, exporters.Int, "123456789012345678901234567890")})
	exportertest.Compare(t, [][]string{{"1234567890123456"}, {"123456789012345678901234567890"}}, readBack(t, table, file))
}
