package xlsx

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/exporters/exportertest"
)

// TestRandomTablesAreWhatExcelizeMakesOfThem compares cell by cell with a workbook that excelize wrote all by itself.
func TestRandomTablesAreWhatExcelizeMakesOfThem(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 25 {
		table, rows := randomTable(random)
		file, w := write(t, table, rows...)
		want := peer(t, table, rows, w.book.headings)
		got := rawRows(t, open(t, file), w.book.sheetName(1))
		exportertest.Compare(t, trim(want), trim(got))
	}
}

// trim takes empty cells off the ends of rows.
func trim(rows [][]string) [][]string {
	for i := range rows {
		for len(rows[i]) > 0 && rows[i][len(rows[i])-1] == "" {
			rows[i] = rows[i][:len(rows[i])-1]
		}
	}
	return rows
}

func randomTable(random *rand.Rand) (exporters.Table, []exporters.Row) {
	table := exporters.Table{Name: "random", Zone: time.FixedZone("", (random.IntN(24)-12)*3600)}
	for i := range 1 + random.IntN(30) {
		kinds := []exporters.Kind{exporters.Text, exporters.Code, exporters.Int, exporters.Decimal, exporters.Bool, exporters.Date}
		table.Columns = append(table.Columns, exporters.Column{Name: "column_" + strconv.Itoa(i), Kind: kinds[random.IntN(len(kinds))]})
	}
	var rows []exporters.Row
	for range random.IntN(200) {
		row := make(exporters.Row, len(table.Columns))
		for i, column := range table.Columns {
			if random.IntN(5) > 0 {
				row[i] = randomCell(random, column.Kind)
			}
		}
		rows = append(rows, row)
	}
	return table, rows
}

func randomCell(random *rand.Rand, kind exporters.Kind) exporters.Cell {
	switch kind {
	case exporters.Int:
		return exporters.OfInt(random.Int64N(2e15-1) - 1e15 + 1)
	case exporters.Decimal:
		return exporters.OfDecimal(random.Int64N(2e9)-1e9, uint8(random.IntN(6)))
	case exporters.Bool:
		return exporters.OfBool(random.IntN(2) == 0)
	case exporters.Date:
		return exporters.OfDate(1901+random.IntN(280), time.Month(1+random.IntN(12)), 1+random.IntN(28))
	}
	letters := []rune("aB1 <>&'\"_x\t\näß€日🙂=-+")
	text := make([]rune, 1+random.IntN(40))
	for i := range text {
		text[i] = letters[random.IntN(len(letters))]
	}
	if kind == exporters.Code {
		return exporters.OfCode(string(text))
	}
	return exporters.OfText(string(text))
}

// peer writes the table with excelize's StreamWriter and reads it back.
func peer(t testing.TB, table exporters.Table, rows []exporters.Row, headings []string) [][]string {
	t.Helper()
	f := excelize.NewFile()
	s, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	header := make([]any, len(headings))
	for i, heading := range headings {
		header[i] = heading
	}
	if err := s.SetRow("A1", header); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		values := make([]any, len(row))
		for j, cell := range row {
			values[j] = peerValue(cell, table.Location())
		}
		if err := s.SetRow(fmt.Sprintf("A%d", i+2), values); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Flush(); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := f.Write(&file); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return rawRows(t, open(t, file.Bytes()), "Sheet1")
}

func peerValue(cell exporters.Cell, zone *time.Location) any {
	switch cell.Kind() {
	case exporters.Text, exporters.Code, exporters.List:
		return cell.Str()
	case exporters.Int:
		n, _, _ := cell.Number()
		return n
	case exporters.Decimal:
		return string(cell.Append(nil, zone)) // digits: a float64 would drop zeros
	case exporters.Bool:
		return cell.Bool()
	case exporters.Date:
		return int(cell.Date().Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24)
	case exporters.Time:
		_, offset := cell.Time(zone).Zone()
		return cell.Time(time.UTC).Add(time.Duration(offset) * time.Second)
	}
	return nil
}

// BenchmarkExcelize is the peer: excelize's StreamWriter as its examples show it.
func BenchmarkExcelize(b *testing.B) {
	ring, zone := exportertest.Ring(), exportertest.Table().Zone
	f := excelize.NewFile()
	s, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	values := make([]any, len(ring[0]))
	b.ReportAllocs()
	for n := range min(b.N, maxRows) {
		for j, cell := range ring[n%len(ring)] {
			values[j] = peerValue(cell, zone)
		}
		name, err := excelize.CoordinatesToCellName(1, n+1)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.SetRow(name, values); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Flush(); err != nil {
		b.Fatal(err)
	}
	var size counter
	if err := f.Write(&size); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(size)/float64(b.N), "bytes/row")
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
