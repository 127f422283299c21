package readback

import (
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/exporters/csv"
	"github.com/reportjob/reportjob/exporters/jsonl"
	"github.com/reportjob/reportjob/exporters/parquet"
	"github.com/reportjob/reportjob/exporters/xlsx"
	"github.com/reportjob/reportjob/internal/raced"
	"github.com/reportjob/reportjob/jobs"
)

// TestAFileTellsTheContentOfItsSetOrNone writes random tables into one file each.
func TestAFileTellsTheContentOfItsSetOrNone(t *testing.T) {
	t.Parallel()
	r := random{rand.New(rand.NewPCG(5, 6))}
	folder := t.TempDir()
	told, all := map[string]int{}, map[string]int{}
	for n := range raced.Few(1200) {
		table, rows := r.table(t)
		format := []exporters.Format{jsonl.Format(), csv.Format(), csv.Format(), parquet.Format(), xlsx.Format()}[n%5]
		deliver(t, folder, table, []exporters.Format{format}, func(int) []exporters.Row { return rows }, func(m jobs.Manifest, files []jobs.OpenFile) {
			name := format.Name
			if name == "csv" && table.Locale != "" && table.Locale != "en" {
				name = "local csv"
			}
			all[name]++
			switch found := Inspect(m, files)[0]; found.Content {
			case m.Content:
				told[name]++
			case "":
			default:
				t.Errorf("table %d (zone %s, locale %q, %v): %s tells another content", n, table.Zone, table.Locale, table.Columns, name)
			}
		})
	}
	for name, n := range all {
		if told[name] == 0 || (name == "jsonl" || name == "csv") && told[name] < n {
			t.Errorf("%s tells the content of %d of %d tables", name, told[name], n)
		}
	}
}

// TestTheContentOfEveryKindIsToldByFilesThatHoldItExactly has the formats by the kinds that they tell.
func TestTheContentOfEveryKindIsToldByFilesThatHoldItExactly(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	r := random{rand.New(rand.NewPCG(7, 8))}
	for _, kind := range kinds {
		table := exporters.Table{Name: "cells", Zone: berlin, Locale: "de-DE", Columns: []exporters.Column{{Name: "value", Kind: kind}}}
		var rows []exporters.Row
		for range 40 {
			rows = append(rows, exporters.Row{r.cell(kind)})
		}
		for _, format := range all {
			exact := !slices.Contains(map[string][]exporters.Kind{
				"csv": {exporters.Time}, "xlsx": {exporters.Time}, "parquet": {exporters.Time, exporters.Decimal, exporters.Money},
			}[strings.TrimSuffix(strings.TrimSuffix(format.Name, ".gz"), ".zst")], kind)
			deliver(t, t.TempDir(), table, []exporters.Format{format}, func(int) []exporters.Row { return rows }, func(m jobs.Manifest, files []jobs.OpenFile) {
				if found := Inspect(m, files)[0]; (found.Content == m.Content) != exact || (found.Content == "") == exact {
					t.Errorf("%s, %v: content %q, expected %q: %v", format.Name, kind, found.Content, m.Content, exact)
				}
				m.Content = ""
				if _, err := files[0].Content.Seek(0, io.SeekStart); err != nil {
					t.Fatal(err)
				}
				if found := Inspect(m, files)[0]; found.Content != "" || found.Err != nil {
					t.Errorf("%s: nobody asked for the content: %+v", format.Name, found)
				}
			})
		}
	}
}

func TestATextThatWasCutLeavesTheContentToAnotherFile(t *testing.T) {
	t.Parallel()
	table := exporters.Table{Name: "cells", Columns: []exporters.Column{{Name: "value", Kind: exporters.Text}}}
	rows := func(int) []exporters.Row { return []exporters.Row{{exporters.OfText(strings.Repeat("x", 40_000))}} }
	for told, formats := range map[int][]exporters.Format{0: {csv.Format(), xlsx.Format()}, 1: {xlsx.Format(), csv.Format()}, 2: {xlsx.Format()}} {
		deliver(t, t.TempDir(), table, formats, rows, func(m jobs.Manifest, files []jobs.OpenFile) {
			for i, found := range Inspect(m, files) {
				if want := map[bool]string{true: m.Content}[i == told]; found.Content != want || len(found.Problems) > 0 {
					t.Errorf("%s: %+v, expected the content %q", files[i].Name, found, want)
				}
			}
		})
	}
}

func TestAFileThatIsNoTableOfTheManifestTellsNoContent(t *testing.T) {
	t.Parallel()
	table := exporters.Table{Name: "cells", Columns: []exporters.Column{{Name: "a", Kind: exporters.Text}, {Name: "b", Kind: exporters.Text}}}
	rows := func(int) []exporters.Row { return []exporters.Row{{exporters.OfText("x"), exporters.OfText("y")}} }
	for name, spoil := range map[string]func(*jobs.Manifest, *os.File) error{
		"torn": func(_ *jobs.Manifest, f *os.File) error { return f.Truncate(int64(len("a,b\nx,"))) },
		"narrow": func(m *jobs.Manifest, _ *os.File) error {
			m.Columns = append(m.Columns, jobs.ManifestColumn{Name: "c", Kind: "text"})
			return nil
		},
	} {
		deliver(t, t.TempDir(), table, []exporters.Format{csv.Format()}, rows, func(m jobs.Manifest, files []jobs.OpenFile) {
			if err := spoil(&m, files[0].Content); err != nil {
				t.Fatal(err)
			}
			if found := Inspect(m, files)[0]; found.Content != "" || (found.Err != nil) != (name == "torn") {
				t.Errorf("%s: %+v", name, found)
			}
		})
	}
}

func TestOnlyAnIntactFileTellsTheContent(t *testing.T) {
	t.Parallel()
	table := exporters.Table{Name: "cells", Columns: []exporters.Column{{Name: "value", Kind: exporters.Text}}}
	rows := func(int) []exporters.Row { return []exporters.Row{{exporters.OfText("x")}} }
	deliver(t, t.TempDir(), table, []exporters.Format{csv.Format(), jsonl.Format()}, rows, func(m jobs.Manifest, files []jobs.OpenFile) {
		files[0].Intact = false
		if found := Inspect(m, files); found[0].Content != "" || found[1].Content != m.Content {
			t.Errorf("%+v", found)
		}
	})
}
