package xlsx

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/exporters/exportertest"
)

// spool is a file in memory.
type spool struct{ bytes.Buffer }

func (s *spool) ReadAt(p []byte, at int64) (int, error) {
	return bytes.NewReader(s.Bytes()).ReadAt(p, at)
}

// bookTables are tables with a name that sheets cannot all have, looks of every kind, marks, and a summary.
func bookTables() []exporters.Table {
	long := "a-report-with-a-very-long-name-"
	price := exporters.Column{Name: "price", Kind: exporters.Money, Unit: "EUR"}
	verdict := exporters.Column{Name: "verdict", Kind: exporters.Text, Meaning: "What became of it.", Marks: []exporters.Mark{
		exporters.Marked(exporters.Bad, "blocked"), exporters.Marked(exporters.Good, "allowed")}}
	cost := exporters.Column{Name: "cost", Kind: exporters.Money, Unit: "USD"}
	return []exporters.Table{
		{Name: long + "one", Title: "One", Window: "2026-11-21", Columns: []exporters.Column{price, {Name: "at", Kind: exporters.Time}}},
		{Name: long + "two", Title: "Two", Window: "2026-11-21", Columns: []exporters.Column{verdict, cost},
			Summary: []exporters.Block{{Title: "By verdict", By: "verdict", Chart: exporters.Bars, Top: 3}}},
		{Name: "summary", Title: "Three", Columns: []exporters.Column{{Name: "id", Kind: exporters.Code}}},
	}
}

func bookRows(i int) (rows []exporters.Row) {
	for n := range 120 {
		switch i {
		case 0:
			rows = append(rows, exporters.Row{exporters.OfMoney(int64(n), uint8(n%4)), exporters.OfTime(time.Unix(int64(1795267829+n), 0))})
		case 1:
			rows = append(rows, exporters.Row{exporters.OfText([]string{"blocked", "allowed"}[n%2]), exporters.OfMoney(int64(n), 2)})
		default:
			rows = append(rows, exporters.Row{exporters.OfCode(fmt.Sprint(n))})
		}
	}
	return rows
}

// bind makes a workbook of the tables, whose parts are written in an order, or side by side if there is none. Those that
// stand in missing are not written.
func bind(t testing.TB, order, missing []int) (file []byte, sheets [][]string) {
	t.Helper()
	tables := bookTables()
	book, err := newBinder(exporters.Table{Name: "monday", Title: "Monday", Window: "2026-11-21"}, tables, fast)
	if err != nil {
		t.Fatal(err)
	}
	cover := exporters.Cover{Facts: []exporters.Fact{{Name: "Report", Values: []string{"Monday"}}}, Chapters: make([]exporters.Chapter, len(tables))}
	write := func(i int) {
		s := &spool{}
		p, err := book.Part(i, s)
		if err != nil {
			t.Error(err)
			return
		}
		p.(*part).maxRows = 50
		for _, row := range bookRows(i) {
			err = errors.Join(err, p.Write(row))
		}
		if err = errors.Join(err, p.Close()); err != nil {
			t.Error(err)
		}
		cover.Chapters[i] = exporters.Chapter{Part: p, Spool: s, Window: tables[i].Window, Rows: 120, Verdict: "complete", Mood: exporters.Good, Notes: []string{"a short page"}}
	}
	var writing sync.WaitGroup
	for i := range tables {
		switch {
		case slices.Contains(missing, i):
			cover.Chapters[i] = exporters.Chapter{Verdict: "failed", Mood: exporters.Bad, Notes: []string{"HTTP 500 <oh>"}}
		case order == nil:
			writing.Go(func() { write(i) })
		}
	}
	for _, i := range order {
		write(i)
	}
	writing.Wait()
	var out bytes.Buffer
	if sheets, err = book.Bind(&out, cover); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), sheets
}

func TestBookHoldsTheRowsOfEveryTable(t *testing.T) {
	file, sheets := bind(t, nil, nil)
	checkParts(t, file)
	want := [][]string{
		{"a-report-with-a-very-long-name", "a-report-with-a-very-long (2)", "a-report-with-a-very-long (3)"},
		{"a-report-with-a-very-long-na~2", "a-report-with-a-very-long~2", "a-report-with-a-very-long~3"},
		{"summary~2", "summary (2)", "summary (3)"},
	}
	f := open(t, file)
	for i, table := range bookTables() {
		single := described(t, table, nil, bookRows(i)...)
		peer := open(t, single)
		var got, expected [][]string
		for n, sheet := range sheets[i] {
			if len(sheets[i]) != len(want[i]) || len(sheet) > excelize.MaxSheetNameLength {
				t.Errorf("sheets %q", sheets[i])
			}
			got = append(got, texts(t, f, sheet)...)
			expected = append(expected, texts(t, peer, newBook(table, new(looks)).sheetName(n+1))...)
		}
		if fmt.Sprint(got) != fmt.Sprint(expected) || len(got) != 123 {
			t.Errorf("table %d shows otherwise than in a workbook of its own:\n%v\n%v", i, got, expected)
		}
	}
}

func TestFrontOfABookLeadsToEverySheet(t *testing.T) {
	file, sheets := bind(t, nil, []int{2})
	f := open(t, file)
	if list := f.GetSheetList(); list[0] != "Summary" || list[len(list)-1] != "About" {
		t.Fatalf("sheets %q", list)
	}
	front := texts(t, f, "Summary")
	for _, cells := range [][]string{
		{"Monday"}, {"Incomplete: of 3 reports, 1 could not be made"}, {"One", "120", "complete", "2026-11-21", "", "a short page"}, {"Two", "120", "complete", "2026-11-21", "Figures", "a short page"},
		{"Three", "", "failed", "", "", "HTTP 500 <oh>"},
	} {
		if !contains(front, cells...) {
			t.Errorf("no line %q in %q", cells, front)
		}
	}
	for row, cells := range front {
		if len(cells) == 0 || !slices.Contains([]string{"One", "Two", "Three"}, cells[0]) {
			continue
		}
		_, target, err := f.GetCellHyperLink("Summary", fmt.Sprint("A", row+1))
		i := slices.Index([]string{"One", "Two", "Three"}, cells[0])
		if err != nil || target != "'"+sheets[i][0]+"'!A1" {
			t.Errorf("%s leads to %q, %v", cells[0], target, err)
		}
	}
	if got := texts(t, f, sheets[2][0]); !contains(got, "Why", "HTTP 500 <oh>") {
		t.Errorf("the sheet of the missing table says %q", got)
	}
	if got := texts(t, f, "a-report-with-a-very-lo summary"); !contains(got, "blocked", "60") {
		t.Errorf("the summary says %q", got)
	}
	if got := texts(t, f, "About"); !contains(got, "Verdict", "What became of it.") || !contains(got, "Missing", "HTTP 500 <oh>") {
		t.Errorf("about says %q", got)
	}
}

func TestBookHasTheSameBytesWhateverPartWasFirst(t *testing.T) {
	want, _ := bind(t, []int{0, 1, 2}, nil)
	for _, order := range [][]int{{2, 1, 0}, {1, 2, 0}, nil} {
		if got, _ := bind(t, order, nil); !bytes.Equal(got, want) {
			t.Errorf("order %v gives other bytes", order)
		}
	}
}

func TestBookRefusesWhatItCannotBind(t *testing.T) {
	if _, err := newBinder(exporters.Table{Name: "none"}, nil, fast); err == nil {
		t.Error("a book without tables")
	}
	book, err := newBinder(exporters.Table{Name: "monday"}, bookTables(), fast)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := book.Bind(io.Discard, exporters.Cover{}); err == nil {
		t.Error("bound without its chapters")
	}
	s := &spool{}
	p, err := book.Part(2, s)
	if err != nil || p.Close() != nil {
		t.Fatal(err)
	}
	if err := p.Write(bookRows(2)[0]); !errors.Is(err, exporters.ErrClosed) {
		t.Errorf("a row after the end: %v", err)
	}
	chapters := []exporters.Chapter{{}, {}, {Part: p, Spool: strings.NewReader("")}}
	if _, err := book.Bind(io.Discard, exporters.Cover{Chapters: chapters}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a spool that lost its rows: %v", err)
	}
}

func TestPartSaysWhenItsSpoolIsFull(t *testing.T) {
	book, err := newBinder(exporters.Table{Name: "monday"}, bookTables(), fast)
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("full")
	p, err := book.Part(2, writerFunc(func([]byte) (int, error) { return 0, full }))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range bookRows(2) {
		if err := p.Write(row); err != nil {
			break
		}
	}
	if err := p.Close(); !errors.Is(err, full) {
		t.Errorf("the end says %v", err)
	}
}

// aloneInABook is a format whose files are books of one table.
func aloneInABook(t *testing.T) exporters.Format {
	f := Format()
	f.New = func(w io.Writer, table exporters.Table) (exporters.Writer, error) {
		book, err := f.Book(exporters.Table{Name: "monday"}, []exporters.Table{table})
		if err != nil {
			return nil, err
		}
		file, err := os.CreateTemp(t.TempDir(), "spool")
		if err != nil {
			return nil, err
		}
		t.Cleanup(func() { file.Close() })
		part, err := book.Part(0, file)
		return &alone{Writer: part, book: book, spool: file, to: w}, err
	}
	return f
}

// alone writes the book when its one table is closed.
type alone struct {
	exporters.Writer
	book   exporters.Book
	spool  io.ReaderAt
	to     io.Writer
	closed bool
	err    error
}

func (a *alone) Close() error {
	if a.closed {
		return a.err
	}
	a.closed = true
	if a.err = a.Writer.Close(); a.err == nil {
		_, a.err = a.book.Bind(a.to, exporters.Cover{Chapters: []exporters.Chapter{{Part: a.Writer, Spool: a.spool}}})
	}
	return a.err
}

func TestTableInABookKeepsWhatFilesOfOneTableKeep(t *testing.T) {
	exportertest.Run(t, aloneInABook(t), readBack)
}
