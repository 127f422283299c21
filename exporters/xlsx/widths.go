package xlsx

import (
	"math"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
)

// widths learns from rows how wide columns should be, in characters.
type widths struct {
	columns []exporters.Column
	heads   []int
	most    []int
	scratch []byte
}

// maxWidth keeps one long text from taking the screen; text that is cut off there is still in the cell.
const (
	minWidth = 8
	maxWidth = 60
)

func newWidths(columns []exporters.Column, headings []string) *widths {
	w := &widths{columns: columns, most: make([]int, len(columns))}
	for i, heading := range headings {
		w.heads = append(w.heads, textWidth(heading, 1000))
		w.most[i] = leastWidth(columns[i].Kind)
	}
	return w
}

// leastWidth is what the kind needs whatever the rows turn out to be: Excel shows text that is too long as far as it
// goes, but nothing of a number, date or time. Durations have room for what Excel allows people to enter.
func leastWidth(kind exporters.Kind) int {
	switch kind {
	case exporters.Int, exporters.Decimal, exporters.Money:
		return len("-99999999.99")
	case exporters.Date:
		return len("2026-11-21")
	case exporters.Time:
		return len("2026-11-21 13:00:05.250")
	case exporters.Duration:
		return len("9999:59:59.250")
	}
	return 0
}

// learn takes note of a row.
func (w *widths) learn(row exporters.Row, zone *time.Location) {
	for i, cell := range row {
		if n := w.measure(i, cell, zone); n > w.most[i] {
			w.most[i] = n
		}
	}
}

func (w *widths) measure(i int, cell exporters.Cell, zone *time.Location) int {
	switch cell.Kind() {
	case exporters.Text, exporters.Code, exporters.List:
		return textWidth(cell.Str(), maxWidth)
	case exporters.Duration:
		w.scratch = appendClock(w.scratch[:0], cell.Duration())
		return len(w.scratch)
	case exporters.Time:
		return 0 // leastWidth has it
	}
	w.scratch = cell.Append(w.scratch[:0], zone)
	if code := currency(w.columns[i]); code != "" {
		return len(w.scratch)*4/3 + len(code) // with the groups of thousands
	}
	return len(w.scratch)
}

// textWidth counts characters up to a limit; East Asian ones and pictures are twice as wide.
func textWidth(s string, limit int) int {
	n := 0
	for len(s) > 0 && n < limit {
		r, size := utf8.DecodeRuneInString(s)
		if n++; r >= 0x1100 {
			n++
		}
		s = s[size:]
	}
	return n
}

// widths are the columns' widths in Excel's unit, a digit of the default font. Letters are a little wider than digits at
// times, headings are bold and share their cell with the button of the filter.
func (w *widths) widths() []float64 {
	widths := make([]float64, len(w.columns))
	for i := range widths {
		content := 1.1*float64(w.most[i]) + 1.5
		heading := 1.2*float64(w.heads[i]) + 4
		widths[i] = math.Ceil(min(max(minWidth, min(content, maxWidth), heading), excelize.MaxColumnWidth))
	}
	return widths
}
