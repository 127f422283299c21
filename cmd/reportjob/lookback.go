package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/cmd/reportjob/internal/settings"
	"github.com/reportjob/reportjob/jobs"
)

// withEarlier is an order, and behind it those for the windows before its own that are to be read again, the newest
// first. Windows that were never delivered are not among them.
func withEarlier(report settings.Report, f runFlags, o jobs.Order) ([]jobs.Order, error) {
	orders := []jobs.Order{o}
	if f.from != "" {
		return orders, nil
	}
	delivered := jobs.Delivered(o.Output, o.Job.Info().Name)
	for range report.Lookback {
		slot, ok := slotBefore(report, o.Window)
		if !ok {
			break
		}
		w, err := windowOf(o.Job.Info().Name, report, slot)
		if err != nil {
			return nil, err
		}
		o.Slot, o.Window, o.Again = slot, w, true
		if delivered(w) {
			orders = append(orders, o)
		}
	}
	return orders, nil
}

// slotBefore is the slot of the window before a window: by the schedule or, without one, the beginning of the window.
func slotBefore(report settings.Report, w jobs.Window) (time.Time, bool) {
	if report.Schedule != nil {
		return report.Schedule.Before(w.To)
	}
	return w.From, true
}

// readRows reads the rows of delivered files, to compare two deliveries, without the code that wrote them.
func readRows(format string, f *os.File) iter.Seq2[[]byte, error] {
	switch format {
	case "csv":
		return readCSV(f)
	case "jsonl":
		return readJSONL(f)
	case "xlsx":
		return readXLSX(f)
	}
	return func(yield func([]byte, error) bool) { yield(nil, fmt.Errorf("unknown format %q", format)) }
}

// joined is one text for all fields of a row.
func joined(text []byte, fields []string) []byte {
	text = text[:0]
	for _, field := range fields {
		text = append(append(text, field...), 0)
	}
	return text
}

func readCSV(f io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		r := csv.NewReader(f)
		r.ReuseRecord, r.FieldsPerRecord, r.LazyQuotes = true, -1, true
		var text []byte
		for rows := -1; ; rows++ {
			record, err := r.Read()
			switch {
			case errors.Is(err, io.EOF):
				return
			case err != nil:
				yield(nil, err)
				return
			case rows < 0:
				continue // the header
			}
			if text = joined(text, record); !yield(text, nil) {
				return
			}
		}
	}
}

func readJSONL(f io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		d := json.NewDecoder(f)
		for {
			var row json.RawMessage
			err := d.Decode(&row)
			if errors.Is(err, io.EOF) || !yield(bytes.TrimSpace(row), err) || err != nil {
				return
			}
		}
	}
}

func readXLSX(f io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		book, err := excelize.OpenReader(f)
		if err != nil {
			yield(nil, err)
			return
		}
		defer book.Close()
		sheets, err := dataSheets(book)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, sheet := range sheets {
			if !readSheet(book, sheet, yield) {
				return
			}
		}
	}
}

func readSheet(book *excelize.File, sheet string, yield func([]byte, error) bool) bool {
	r, err := book.Rows(sheet)
	if err != nil {
		return yield(nil, err) && false
	}
	defer r.Close()
	var text []byte
	for rows := -1; r.Next(); rows++ {
		columns, err := r.Columns()
		if err != nil {
			return yield(nil, err) && false
		}
		if rows < 0 {
			continue // the header
		}
		if text = joined(text, columns); !yield(text, nil) {
			return false
		}
	}
	return true
}
