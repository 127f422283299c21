package jobs

import (
	"bytes"
	"context"
	"io"
	"iter"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

// tomorrow is an order for the day after that of another.
func tomorrow(o Order) Order {
	o.Slot, o.Window = o.Slot.AddDate(0, 0, 1), Window{o.Window.From.AddDate(0, 0, 1), o.Window.To.AddDate(0, 0, 1)}
	return o
}

func TestContentIsThatOfTheRowsWhateverTheFormat(t *testing.T) {
	one := deliver(t, order(t.TempDir(), calls(texts("a", "b")), "a")).Manifest
	other := deliver(t, order(t.TempDir(), calls(texts("a", "b")), "b", "c")).Manifest
	if one.Content != other.Content || len(one.Content) != 64 {
		t.Errorf("contents %q and %q", one.Content, other.Content)
	}
	read := NewContent(one.Columns)
	for _, cell := range []string{"0", "a", "0", "b"} {
		read.Add([]byte(cell))
	}
	if sum := read.Sum(); sum != one.Content {
		t.Errorf("read back: %q", sum)
	}
	seen := map[string]string{}
	for name, list := range map[string][]string{"rows": {"a", "b"}, "order": {"b", "a"}, "bounds": {"ab", ""}, "none": {}, "an empty row": {""}} {
		sum := deliver(t, order(t.TempDir(), calls(texts(list...)), "a")).Manifest.Content
		if seen[sum] != "" {
			t.Errorf("%s and %s have one content", name, seen[sum])
		}
		seen[sum] = name
	}
	other.Columns[0].Name = "id"
	if renamed := NewContent(other.Columns).Sum(); seen[renamed] != "" {
		t.Error("the names of columns do not count")
	}
}

func TestUnchangedReportSaysSinceWhen(t *testing.T) {
	folder := t.TempDir()
	o := order(folder, calls(texts("a")), "a")
	first := o.Slot
	for i, c := range []struct {
		rows  []string
		since time.Time
	}{
		{[]string{"a"}, time.Time{}}, {[]string{"a"}, first}, {[]string{"a"}, first}, {[]string{"b"}, time.Time{}},
		{[]string{"a"}, time.Time{}}, {[]string{"a"}, first.AddDate(0, 0, 4)},
	} {
		var log bytes.Buffer
		o.Job = calls(texts(c.rows...))
		if i == 2 {
			o.Formats = []exporters.Format{lines("b")} // the rows count, not their file
		}
		result := (&Runner{Log: slog.New(slog.NewTextHandler(&log, nil))}).Run(t.Context(), o)
		if result.Err != nil || !result.Manifest.UnchangedSince.Equal(c.since) {
			t.Errorf("day %d: unchanged since %v, want %v; %v", i, result.Manifest.UnchangedSince, c.since, result.Err)
		}
		if said := strings.Contains(log.String(), "unchanged_since="+c.since.Format("2006-01-02T15:04:05")); said != !c.since.IsZero() {
			t.Errorf("day %d: %s", i, log.String())
		}
		text, _ := os.ReadFile(result.ManifestPath)
		if bytes.Contains(text, []byte("unchanged_since")) != !c.since.IsZero() {
			t.Errorf("day %d: %s", i, text)
		}
		o = tomorrow(o)
	}
}

func TestUnchangedSinceKnowsOfAWindowThatWasReplaced(t *testing.T) {
	first := order(t.TempDir(), calls(texts("a")), "a")
	second := tomorrow(first)
	third := tomorrow(second)
	for _, o := range []Order{first, second, third} {
		deliver(t, o)
	}
	first.Job = calls(texts("b"))
	deliver(t, first)
	if next := deliver(t, tomorrow(third)); !next.Manifest.UnchangedSince.Equal(second.Slot) {
		t.Errorf("unchanged since %v, and the first set that says so is that of %v", next.Manifest.UnchangedSince, second.Slot)
	}
}

func TestAWindowIsComparedWithTheOneBeforeIt(t *testing.T) {
	folder := t.TempDir()
	first := order(folder, calls(texts("a")), "a")
	third := tomorrow(tomorrow(first))
	deliver(t, first)
	deliver(t, third)
	again := deliver(t, third)
	if !again.Manifest.UnchangedSince.Equal(first.Slot) || again.Unchanged {
		t.Errorf("made anew: %+v", again)
	}
	second := tomorrow(first)
	second.Job = calls(func(ctx context.Context, r Request) iter.Seq2[call, error] {
		return func(yield func(call, error) bool) {
			texts("a")(ctx, r)(yield)
			r.Proof.Account("another")
		}
	})
	if filled := deliver(t, second); !filled.Manifest.UnchangedSince.IsZero() {
		t.Errorf("the same rows of another account: %+v", filled)
	}
	earlier := first
	earlier.Window = Window{first.Window.From.AddDate(0, 0, -1), first.Window.From}
	if filled := deliver(t, earlier); !filled.Manifest.UnchangedSince.IsZero() {
		t.Errorf("nothing is before it: %+v", filled)
	}
}

// versioned is a format whose files hold more than rows, as workbooks do: the same rows may give other bytes.
func versioned(version string) exporters.Format {
	f := lines("v")
	inner := f.New
	f.New = func(w io.Writer, t exporters.Table) (exporters.Writer, error) {
		t.Columns = append([]exporters.Column{{Name: version}}, t.Columns...)
		return inner(w, t)
	}
	return f
}

func TestASetReadAgainStaysIfItsRowsAreTheSame(t *testing.T) {
	folder := t.TempDir()
	o := order(folder, calls(texts("a", "b")))
	o.Formats = []exporters.Format{versioned("one")}
	first := deliver(t, o)
	o.Formats, o.Again = []exporters.Format{versioned("two")}, true
	if result := deliver(t, o); !result.Unchanged || result.Files[0].SHA256 != first.Files[0].SHA256 {
		t.Errorf("other bytes, and the same rows: %+v", result)
	}
	o.Again = false
	if result := deliver(t, o); result.Unchanged || result.Change != "" || result.Files[0].SHA256 == first.Files[0].SHA256 {
		t.Errorf("asked for by hand: %+v", result)
	}
	o.Formats, o.Again = append(o.Formats, lines("a")), true
	if result := deliver(t, o); result.Unchanged || len(result.Files) != 2 {
		t.Errorf("another format: %+v", result)
	}
	o.Job = calls(texts("b", "a"))
	if result := deliver(t, o); result.Unchanged || result.Change == "" {
		t.Errorf("another order of rows: %+v", result)
	}
}

// every row of the benchmark has a cell of each kind but one.
func BenchmarkContent(b *testing.B) {
	cells := exporters.Row{
		exporters.OfTime(time.Date(2026, 11, 21, 13, 0, 0, 123e6, time.UTC)), exporters.OfText("an identity of some length"), exporters.OfInt(123456),
		exporters.OfInt(42), exporters.OfDecimal(1499, 2), exporters.OfCode("192.0.2.17"), exporters.OfText("www.example.org"),
		exporters.OfText("https://www.example.org/a/path/of/sixty/characters/in/all?q=1"), exporters.OfList("a", "b"), exporters.OfText("allowed"),
		exporters.OfCode("4915112345678"), exporters.OfBool(true),
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		b.Fatal(err)
	}
	d := newDigest(nil, berlin)
	b.ReportAllocs()
	for b.Loop() {
		d.row(cells)
	}
}
