package xlsx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/big"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
)

// readBack reads all data sheets with excelize, and checks every part of the file on the way.
func readBack(t testing.TB, table exporters.Table, file []byte) [][]string {
	t.Helper()
	checkParts(t, file)
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all [][]string
	for _, sheet := range dataSheets(t, f) {
		rows := rawRows(t, f, sheet)
		if len(rows) == 0 {
			t.Fatalf("sheet %q has no header", sheet)
		}
		for _, row := range rows[1:] {
			texts := make([]string, len(table.Columns))
			for i, raw := range row {
				if raw != "" {
					texts[i] = cellText(t, table, i, raw)
				}
			}
			all = append(all, texts)
		}
	}
	return all
}

// dataSheets are the sheets with a table that is named as one of rows.
func dataSheets(t testing.TB, f *excelize.File) (names []string) {
	t.Helper()
	for _, sheet := range f.GetSheetList() {
		tables, err := f.GetTables(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if len(tables) == 1 && strings.HasPrefix(tables[0].Name, "data_") {
			names = append(names, sheet)
		}
	}
	return names
}

func rawRows(t testing.TB, f *excelize.File, sheet string) [][]string {
	t.Helper()
	iterator, err := f.Rows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	defer iterator.Close()
	var rows [][]string
	for iterator.Next() {
		row, err := iterator.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

// cellText turns what stands in a cell into what Cell.Append makes of it.
func cellText(t testing.TB, table exporters.Table, i int, raw string) string {
	t.Helper()
	switch table.Columns[i].Kind {
	case exporters.Bool:
		return map[string]string{"0": "false", "1": "true"}[raw]
	case exporters.Date:
		if !strings.Contains(raw, "-") {
			return excelDay.Add(serial(t, raw)).Format(time.DateOnly)
		}
	case exporters.Time:
		if !strings.Contains(raw, "T") {
			d := excelDay.Add(serial(t, raw).Round(time.Microsecond))
			local := time.Date(d.Year(), d.Month(), d.Day(), d.Hour(), d.Minute(), d.Second(), d.Nanosecond(), table.Location())
			return string(exporters.OfTime(local).Append(nil, table.Location()))
		}
	case exporters.Duration:
		if strings.Contains(raw, ":") {
			return negativeDuration(t, raw)
		}
		return string(exporters.OfDuration(serialDuration(t, raw)).Append(nil, time.UTC))
	}
	return raw
}

// excelDay stands for serial 0 in what follows. Durations of Go reach 292 years, so that days are added as days.
var excelDay = epochPlus{time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)}

type epochPlus struct{ time.Time }

type span struct {
	days int
	part time.Duration
}

func (s span) Round(d time.Duration) span { return span{s.days, s.part.Round(d)} }

func (e epochPlus) Add(s span) time.Time { return e.AddDate(0, 0, s.days).Add(s.part) }

func serial(t testing.TB, raw string) span {
	t.Helper()
	r, ok := new(big.Rat).SetString(raw)
	if !ok {
		t.Fatalf("%q is no number", raw)
	}
	days := new(big.Int).Div(r.Num(), r.Denom())
	part := new(big.Rat).Sub(r, new(big.Rat).SetInt(days))
	part.Mul(part, big.NewRat(int64(day), 1))
	f, _ := part.Float64()
	return span{int(days.Int64()), time.Duration(f + 0.5)}
}

func serialDuration(t testing.TB, raw string) time.Duration {
	s := serial(t, raw)
	return time.Duration(s.days)*day + s.part
}

func negativeDuration(t testing.TB, raw string) string {
	t.Helper()
	var h, m int64
	var s string
	if _, err := fmt.Sscanf(raw, "-%d:%d:%s", &h, &m, &s); err != nil {
		t.Fatalf("%q is no negative duration: %v", raw, err)
	}
	seconds, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("%q has no seconds", raw)
	}
	seconds.Add(seconds, big.NewRat(h*3600+m*60, 1))
	cell, err := exporters.ParseNumber(exporters.Decimal, "-"+strings.TrimRight(strings.TrimRight(seconds.FloatString(9), "0"), "."))
	if err != nil {
		t.Fatal(err)
	}
	return string(cell.Append(nil, time.UTC))
}

// checkParts reads every part as XML, and checks that nothing stands twice and nothing is missing.
func checkParts(t testing.TB, file []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, part := range z.File {
		if _, twice := parts[part.Name]; twice {
			t.Errorf("part %s stands twice", part.Name)
		}
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("part %s: %v", part.Name, err)
		}
		parts[part.Name] = string(content)
		checkXML(t, part.Name, content)
	}
	for name := range parts {
		if name == contentTypes {
			continue
		}
		byName, byExtension := `PartName="/`+name+`"`, `Extension="`+strings.TrimPrefix(path.Ext(name), ".")+`"`
		if !strings.Contains(parts[contentTypes], byName) && (path.Ext(name) == ".xml" || !strings.Contains(parts[contentTypes], byExtension)) {
			t.Errorf("part %s has no type", name)
		}
	}
	return parts
}

const contentTypes = "[Content_Types].xml"

func checkXML(t testing.TB, name string, content []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(content))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("part %s: %v", name, err)
		}
	}
}
