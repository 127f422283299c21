//go:build unix

package main

import (
	"bytes"
	"math"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestTheWorkbookByHandIsOne(t *testing.T) {
	t.Run("with names of cells", func(t *testing.T) { byHandIsRead(t, true) })
	t.Run("without them", func(t *testing.T) { byHandIsRead(t, false) })
}

func byHandIsRead(t *testing.T, named bool) {
	const n = 5000 // some blocks
	all := records(n)
	var file bytes.Buffer
	if err := byHand(&file, n, all, named); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("bench", excelize.Options{RawCellValue: true})
	if err != nil || len(rows) != n+1 {
		t.Fatalf("there are %d rows, %v", len(rows), err)
	}
	for i, row := range rows[1:] {
		r := all[i%len(all)]
		serial, err := strconv.ParseFloat(row[0], 64)
		if err != nil {
			t.Fatal(err)
		}
		if days := float64(r.at.UnixMilli())/86_400_000 + 25569; math.Abs(serial-days) > 1e-8 { // a millisecond
			t.Fatalf("row %d is at %s; of %s", i, row[0], r.at)
		}
		if len(row) != 12 || row[1] != r.identity || row[7] != r.url || row[10] != r.rule {
			t.Fatalf("row %d is %q, of %+v", i, row, r)
		}
	}
}
