package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

type sheet struct {
	name, table string
	rows        int
}

// workbook makes a workbook of sheets, each with a header and so many rows, and with a table of that name if it is not
// empty.
func workbook(t *testing.T, sheets ...sheet) *os.File {
	t.Helper()
	f := excelize.NewFile()
	for i, sheet := range sheets {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", sheet.name); err != nil {
				t.Fatal(err)
			}
		} else if _, err := f.NewSheet(sheet.name); err != nil {
			t.Fatal(err)
		}
		for row := range sheet.rows + 1 {
			cell, err := excelize.CoordinatesToCellName(1, row+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellStr(sheet.name, cell, sheet.name+" "+cell); err != nil {
				t.Fatal(err)
			}
		}
		if sheet.table != "" {
			if err := f.AddTable(sheet.name, &excelize.Table{Range: "A1:A2", Name: sheet.table}); err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "book.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

func TestOnlySheetsWithATableOfRowsAreCounted(t *testing.T) {
	book := workbook(t, sheet{"calls", "data_calls", 3}, sheet{"calls (2)", "data_calls_2", 2}, sheet{"Summary", "", 7}, sheet{"About", "about_columns", 9})
	columns, rows, err := inspectXLSX(book)
	if err != nil || rows != 5 || !slices.Equal(columns, []string{"calls A1"}) {
		t.Errorf("%d rows of %q, %v", rows, columns, err)
	}
	if _, err := book.Seek(0, 0); err != nil {
		t.Fatal(err)
	}
	var read []string
	for row, err := range readXLSX(book) {
		if err != nil {
			t.Fatal(err)
		}
		read = append(read, strings.TrimRight(string(row), "\x00"))
	}
	if want := []string{"calls A2", "calls A3", "calls A4", "calls (2) A2", "calls (2) A3"}; !slices.Equal(read, want) {
		t.Errorf("rows are %q, expected %q", read, want)
	}
}

func TestWorkbookWithoutATableOfRowsIsNoneOfOurs(t *testing.T) {
	if _, _, err := inspectXLSX(workbook(t, sheet{"calls", "calls", 3})); err == nil || !strings.Contains(err.Error(), "data_") {
		t.Errorf("the error is %v", err)
	}
	for _, err := range readXLSX(workbook(t, sheet{"calls", "", 3})) {
		if err == nil {
			t.Error("a row is read")
		}
	}
}
