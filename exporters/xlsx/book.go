package xlsx

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
)

// book is all of the workbook but its rows. It is built more than once while a file is written: for what stands before
// the rows of a sheet, and when their number is known for all the rest. Each time it is the same but for that number.
// Sheets beside those of the data would be added here.
type book struct {
	table    exporters.Table
	headings []string
	sheet    string
	looks    *looks
}

func newBook(table exporters.Table, looks *looks) *book {
	return &book{table: table, headings: headings(table.Columns), sheet: cleanName(table.Name), looks: looks}
}

// build builds the workbook for so many data rows by sheet.
func (b *book) build(rows []int, widths []float64) (parts, error) {
	f := excelize.NewFile()
	defer f.Close() // it has no temporary files, since it has no rows
	if err := b.describe(f); err != nil {
		return nil, err
	}
	if err := b.addStyles(f); err != nil {
		return nil, err
	}
	for i, n := range rows {
		if err := b.addSheet(f, i+1, n, widths); err != nil {
			return nil, fmt.Errorf("sheet %d: %w", i+1, err)
		}
	}
	return collect(f)
}

// created is the date in every workbook's properties: a true one would make other bytes of the same rows.
const created = "2000-01-01T00:00:00Z"

func (b *book) describe(f *excelize.File) error {
	title := b.table.Title
	if title == "" {
		title = b.table.Name
	}
	if err := f.SetDocProps(&excelize.DocProperties{Title: cleanText(title), Creator: "reportjob", Created: created, Modified: created}); err != nil {
		return err
	}
	return f.SetAppProps(&excelize.AppProperties{Application: "reportjob"})
}

// addStyles adds the styles in the order in which cells count on them.
func (b *book) addStyles(f *excelize.File) error {
	styles := []*excelize.Style{headerStyle - 1: {
		Font:      &excelize.Font{Bold: true, Color: "1F2937", Family: "Calibri", Size: 11},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E5EAF1"}},
		Border:    []excelize.Border{{Type: "bottom", Style: 2, Color: "7B8CA5"}},
		Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "center"},
	}}
	for _, look := range b.looks.used {
		format := look.format()
		styles = append(styles, &excelize.Style{CustomNumFmt: &format, Alignment: look.alignment()})
	}
	for i, style := range styles {
		id, err := f.NewStyle(style)
		if err != nil {
			return err
		}
		if id != i+1 {
			return fmt.Errorf("style %d became %d", i+1, id)
		}
	}
	return nil
}

// addSheet adds the n-th data sheet with its header, and a table over it and so many rows.
func (b *book) addSheet(f *excelize.File, n, rows int, widths []float64) error {
	name := b.sheetName(n)
	if n == 1 {
		if err := f.SetSheetName(f.GetSheetName(0), name); err != nil {
			return err
		}
	} else if _, err := f.NewSheet(name); err != nil {
		return err
	}
	last, err := excelize.ColumnNumberToName(len(b.headings))
	if err != nil {
		return err
	}
	steps := []func() error{
		func() error { return b.addHeader(f, name, last, widths) },
		func() error {
			return f.SetPanes(name, &excelize.Panes{
				Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft",
				Selection: []excelize.Selection{{SQRef: "A2", ActiveCell: "A2", Pane: "bottomLeft"}},
			})
		},
		func() error { return setPage(f, name) },
		// The range of cells would be A1, for which some readers would see no rows. They count themselves without it.
		func() error { return f.SetSheetDimension(name, "") },
		// No green triangle on numbers that are names.
		func() error {
			return f.AddIgnoredErrors(name, "A2:"+last+strconv.Itoa(maxRows+1), excelize.IgnoredErrorsNumberStoredAsText)
		},
		func() error {
			return f.AddTable(name, &excelize.Table{
				Range: "A1:" + last + strconv.Itoa(max(rows, 1)+1), Name: tableName(b.sheet, n), StyleName: "TableStyleLight1",
			})
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (b *book) addHeader(f *excelize.File, sheet, last string, widths []float64) error {
	for i, heading := range b.headings {
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := f.SetCellStr(sheet, column+"1", heading); err != nil {
			return err
		}
		if err := f.SetColWidth(sheet, column, column, widths[i]); err != nil {
			return err
		}
	}
	if err := f.SetRowHeight(sheet, 1, 20); err != nil {
		return err
	}
	return f.SetCellStyle(sheet, "A1", last+"1", headerStyle)
}

// setPage prints the sheet as wide as a page lies, with the header on every page.
func setPage(f *excelize.File, sheet string) error {
	landscape, wide, high, yes := "landscape", 1, 0, true
	if err := f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high}); err != nil {
		return err
	}
	if err := f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	quoted := "'" + strings.ReplaceAll(sheet, "'", "''") + "'"
	return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: quoted + "!$1:$1", Scope: sheet})
}

// sheetName is the name of the n-th data sheet.
func (b *book) sheetName(n int) string {
	if n == 1 {
		return clipUnits(b.sheet, excelize.MaxSheetNameLength)
	}
	suffix := " (" + strconv.Itoa(n) + ")"
	return clipUnits(b.sheet, excelize.MaxSheetNameLength-len(suffix)) + suffix
}

// cleanName is the name without what sheets must not be called.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) {
			return '-'
		}
		return r
	}, cleanText(name))
	name = strings.Trim(clipUnits(name, excelize.MaxSheetNameLength), "' ")
	if name == "" || strings.EqualFold(name, "history") { // which Excel keeps for itself
		return "Data"
	}
	return name
}

// cleanText is text without control characters, which have no place in names and headings.
func cleanText(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.TrimSpace(s)
}

// clipUnits cuts s to so many UTF-16 units.
func clipUnits(s string, limit int) string {
	units := 0
	for i, r := range s {
		if units++; r > 0xFFFF {
			units++
		}
		if units > limit {
			return strings.TrimRight(s[:i], "' ")
		}
	}
	return s
}

// tableName is the name of the n-th sheet's table in formulas. In front stands what keeps it from looking like a cell.
func tableName(sheet string, n int) string {
	name := "data_" + strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, sheet)
	if n > 1 {
		name += "_" + strconv.Itoa(n)
	}
	return name
}

// maxHeading is how long the name of a table's column may be.
const maxHeading = 255

// headings are the columns' names for people. Those of a table must not be empty or alike but for capitals.
func headings(columns []exporters.Column) []string {
	taken := make(map[string]bool, len(columns))
	var headings []string
	for i, column := range columns {
		heading := clipUnits(cleanText(column.Heading()), maxHeading-len(" (16384)"))
		for plain, n := heading, i+1; heading == "" || taken[strings.ToLower(heading)]; n++ {
			heading = strings.TrimSpace(plain + " (" + strconv.Itoa(n) + ")")
		}
		taken[strings.ToLower(heading)] = true
		headings = append(headings, heading)
	}
	return headings
}

// parts are the files within the zip, by name.
type parts map[string][]byte

// firstParts do not depend on the rows. By the name of the first, programs know a zip as an Office file.
var firstParts = []string{"_rels/.rels", "docProps/core.xml", "xl/theme/theme1.xml"}

// sheetPart is the name of the n-th sheet's part.
func sheetPart(n int) string { return "xl/worksheets/sheet" + strconv.Itoa(n) + ".xml" }

// names are the parts' names in order.
func (p parts) names() []string { return slices.Sorted(maps.Keys(p)) }

// split cuts a sheet where its rows end.
func (p parts) split(name string) (head, tail []byte, err error) {
	const end = "</sheetData>"
	head, tail, found := bytes.Cut(p[name], []byte(end))
	if !found {
		return nil, nil, fmt.Errorf("part %s has no rows", name)
	}
	return head, append([]byte(end), tail...), nil
}

// collect takes the parts of a workbook as excelize would write them.
func collect(f *excelize.File) (parts, error) {
	c := collector{}
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return c })
	if err := f.Write(io.Discard); err != nil {
		return nil, err
	}
	parts := parts{}
	for name, content := range c {
		parts[name] = content.Bytes()
	}
	parts[stylesPart] = sortFonts(parts[stylesPart])
	return parts, nil
}

// collector is a zip that keeps its parts.
type collector map[string]*bytes.Buffer

func (c collector) Create(name string) (io.Writer, error) {
	c[name] = new(bytes.Buffer)
	return c[name], nil
}

func (collector) AddFS(fs.FS) error { return fmt.Errorf("folders are not parts of a workbook") }

func (collector) Close() error { return nil }
