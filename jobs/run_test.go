package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

func TestManifestIsWrittenFieldForField(t *testing.T) {
	folder := t.TempDir()
	r := &Runner{
		Version: "1.2.3",
		Now:     func() time.Time { return saturday.Add(30*time.Hour + 1234567) },
		Watch: func(ctx context.Context) (context.Context, func() Traffic) {
			return ctx, func() Traffic { return Traffic{Requests: 7, Retries: 2, Unknown: []string{"items[].mood", "total"}} }
		},
	}
	o := order(folder, calls(func(ctx context.Context, r Request) iter.Seq2[call, error] {
		r.Proof.Warn("the API speaks of <other> things")
		return rows(2, "hello!")(ctx, r)
	}), "a", "b")
	berlin := zone(t, "Europe/Berlin")
	o.Zone, o.Window = berlin, Window{time.Date(2026, 11, 21, 0, 0, 0, 0, berlin), time.Date(2026, 11, 22, 0, 0, 0, 0, berlin)}
	result := r.Run(t.Context(), o)
	if result.Err != nil {
		t.Fatal(result.Err)
	}
	if want := filepath.Join(folder, "calls", "calls_2026-11-21.manifest.json"); result.ManifestPath != want {
		t.Errorf("manifest %s, want %s", result.ManifestPath, want)
	}
	text, err := os.ReadFile(result.ManifestPath)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{
  "schema": 1,
  "report": "calls",
  "title": "Calls",
  "api": "phone",
  "endpoint": "/calls",
  "account": "example",
  "window": {
    "from": "2026-11-20T23:00:00Z",
    "to": "2026-11-21T23:00:00Z",
    "zone": "Europe/Berlin"
  },
  "slot": "2026-11-22T05:00:00Z",
  "started": "2026-11-22T06:00:00.001Z",
  "ended": "2026-11-22T06:00:00.001Z",
  "rows": 2,
  "verdict": "complete",
  "evidence": [
    "2 calls, as the API counts them"
  ],
  "neutralised": 2,
  "requests": 7,
  "retries": 2,
  "parameters": {
    "direction": [
      "in"
    ]
  },
  "columns": [
    {
      "name": "call_id",
      "kind": "int"
    },
    {
      "name": "said",
      "kind": "text"
    }
  ],
  "files": [
    {
      "name": "calls_2026-11-21.a",
      "format": "a",
      "rows": 2,
      "bytes": 33,
      "sha256": "05500a6dec646ba17b57384782732f257ff1ff84c6ed379dae47b1dbda9d69eb"
    },
    {
      "name": "calls_2026-11-21.b",
      "format": "b",
      "rows": 2,
      "bytes": 33,
      "sha256": "05500a6dec646ba17b57384782732f257ff1ff84c6ed379dae47b1dbda9d69eb"
    }
  ],
  "content": "156e43b954adcc99c39effef81db2f9102e03c66ec53457ea428e806551e8c0a",
  "warnings": [
    "the API speaks of <other> things",
    "the API sends 2 fields that this report does not know: items[].mood, total",
    "a: lines are short",
    "b: lines are short"
  ],
  "version": "1.2.3"
}
`
	if string(text) != want {
		t.Errorf("manifest:\n%s\nwant:\n%s", text, want)
	}
	if m, err := ReadManifest(result.ManifestPath); err != nil || fmt.Sprint(m) != fmt.Sprint(result.Manifest) {
		t.Errorf("read back: %v, %v", m, err)
	}
	if info, err := os.Stat(result.ManifestPath); err != nil || info.Mode().Perm()&^0o644 != 0 || info.Mode().Perm()&0o400 == 0 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestListsOfAManifestAreNeverNull(t *testing.T) {
	o := order(t.TempDir(), calls(rows(0, "")), "a")
	o.Params = nil
	text, err := os.ReadFile(deliver(t, o).ManifestPath)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil || bytes.Contains(text, []byte("null")) {
		t.Errorf("%v: %s", err, text)
	}
	if string(fields["parameters"]) != "{}" {
		t.Errorf("parameters: %s", fields["parameters"])
	}
}

func TestSameSlotGivesSameBytes(t *testing.T) {
	folder := t.TempDir()
	first := deliver(t, order(folder, calls(rows(300, "x")), "a", "b"))
	second := deliver(t, order(folder, calls(rows(300, "x")), "a", "b"))
	if fmt.Sprint(first.Files) != fmt.Sprint(second.Files) {
		t.Errorf("files %v and %v", first.Files, second.Files)
	}
}

func TestVerdictIsTheSources(t *testing.T) {
	for want, source := range map[Verdict]Source[call]{
		Complete: rows(1, "x"),
		Unproven: func(context.Context, Request) iter.Seq2[call, error] { return func(func(call, error) bool) {} },
		Truncated: func(ctx context.Context, r Request) iter.Seq2[call, error] {
			r.Proof.Truncated("the API keeps 10,000 rows")
			return rows(1, "x")(ctx, r)
		},
	} {
		if result := deliver(t, order(t.TempDir(), calls(source), "a")); result.Verdict != want || result.Manifest.Verdict != want || len(result.Manifest.Evidence) == 0 {
			t.Errorf("%+v, want %s", result, want)
		}
	}
}

func TestAWindowThatIsNotOverIsNotProven(t *testing.T) {
	for clock, want := range map[time.Time]Verdict{saturday.Add(23 * time.Hour): Unproven, saturday.AddDate(0, 0, 1): Complete} {
		r := &Runner{Now: func() time.Time { return clock }}
		result := r.Run(t.Context(), order(t.TempDir(), calls(rows(3, "a call")), "a"))
		said := strings.Contains(strings.Join(result.Manifest.Evidence, "\n"), "it ends at 2026-11-22 00:00:00 +0000")
		if result.Err != nil || result.Verdict != want || said != (want == Unproven) {
			t.Errorf("at %s: %s, %q, %v", clock, result.Verdict, result.Manifest.Evidence, result.Err)
		}
	}
}

func TestNoSecretOfAnAnswerStandsInFiles(t *testing.T) {
	folder := t.TempDir()
	source := func(_ context.Context, r Request) iter.Seq2[call, error] {
		return func(func(call, error) bool) {
			r.Proof.Truncated("failed: hunter2")
			r.Proof.Warn("an odd hunter2")
			r.Proof.Account("hunter2 of example")
		}
	}
	o := order(folder, calls(source), "a")
	o.Formats = []exporters.Format{described()}
	r := &Runner{
		Redact: func(s string) string { return strings.ReplaceAll(s, "hunter2", "(redacted)") },
		Watch: func(ctx context.Context) (context.Context, func() Traffic) {
			return ctx, func() Traffic { return Traffic{Unknown: []string{"data[].hunter2"}} }
		},
	}
	if result := r.Run(t.Context(), o); result.Err != nil {
		t.Fatal(result.Err)
	}
	for name, text := range content(t, folder) {
		if strings.Contains(text, "hunter2") || !strings.Contains(text, "(redacted)") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// described is a format whose files hold what they are about.
func described() exporters.Format {
	return exporters.Format{Name: "about", Ext: "about", New: func(w io.Writer, _ exporters.Table) (exporters.Writer, error) {
		return &describedWriter{w: w}, nil
	}}
}

type describedWriter struct {
	w     io.Writer
	facts []exporters.Fact
}

func (d *describedWriter) Write(exporters.Row) error       { return nil }
func (d *describedWriter) Describe(facts []exporters.Fact) { d.facts = facts }

func (d *describedWriter) Close() error {
	_, err := fmt.Fprintln(d.w, d.facts)
	return err
}

func TestErrorOfTheSourceDeliversNothing(t *testing.T) {
	refused := errors.New("page 2: refused")
	folder := t.TempDir()
	result := new(Runner).Run(t.Context(), order(folder, calls(func(_ context.Context, r Request) iter.Seq2[call, error] {
		return func(yield func(call, error) bool) {
			r.Proof.Complete("so far")
			_ = yield(call{1, "x"}, nil) && yield(call{}, refused)
		}
	}), "a"))
	if !errors.Is(result.Err, refused) || result.Err.Error() != "calls 2026-11-21: page 2: refused" {
		t.Errorf("error %v", result.Err)
	}
	if result.Verdict != Failed || result.Manifest.Verdict != Failed || result.Rows != 1 || result.ManifestPath != "" || result.Manifest.Files == nil {
		t.Errorf("result %+v", result)
	}
	if files := content(t, folder); len(files) > 0 {
		t.Errorf("files %v", files)
	}
}

func TestPanicIsAnErrorWhoeverPanics(t *testing.T) {
	oops := errors.New("oops")
	source := calls(func(context.Context, Request) iter.Seq2[call, error] { panic(oops) })
	format := exporters.Format{Name: "p", Ext: "p", New: func(io.Writer, exporters.Table) (exporters.Writer, error) { panic(oops) }}
	inFormat := order("", calls(rows(1, "x")))
	inFormat.Formats = []exporters.Format{format}
	watch := func(context.Context) (context.Context, func() Traffic) { panic(oops) }
	for name, c := range map[string]struct {
		runner Runner
		order  Order
	}{
		"source": {Runner{}, order("", source, "a")},
		"format": {Runner{}, inFormat},
		"watch":  {Runner{Watch: watch}, order("", calls(rows(1, "x")), "a")},
		"traffic": {Runner{Watch: func(ctx context.Context) (context.Context, func() Traffic) {
			return ctx, func() Traffic { panic(oops) }
		}}, order("", calls(rows(1, "x")), "a")},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			c.order.Output, c.runner.Log = t.TempDir(), slog.New(slog.NewTextHandler(&log, nil))
			result := c.runner.Run(t.Context(), c.order)
			var bug *PanicError
			if !errors.As(result.Err, &bug) || !errors.Is(result.Err, oops) || len(bug.Stack) == 0 || strings.Contains(result.Err.Error(), "goroutine") {
				t.Errorf("error %v", result.Err)
			}
			if files := content(t, c.order.Output); len(files) > 0 {
				t.Errorf("files %v", files)
			}
			if !strings.Contains(log.String(), "run_test.go") {
				t.Errorf("the log does not say where: %s", log.String())
			}
		})
	}
}

func TestPanicOfProgressCostsNoReport(t *testing.T) {
	r := &Runner{Progress: func(Progress) { panic("no terminal") }}
	if result := r.Run(t.Context(), order(t.TempDir(), calls(rows(1, "x")), "a")); result.Err != nil {
		t.Error(result.Err)
	}
}

// stalled is a source that waits until its context ends, and says so or not.
func stalled(honest bool) Source[call] {
	return func(ctx context.Context, _ Request) iter.Seq2[call, error] {
		return func(yield func(call, error) bool) {
			if !yield(call{1, "x"}, nil) {
				return
			}
			<-ctx.Done()
			if honest {
				yield(call{}, fmt.Errorf("page 2: %w", ctx.Err()))
			}
		}
	}
}

func TestTimeoutSaysHowLongWasWaitedAndBySetting(t *testing.T) {
	for _, honest := range []bool{true, false} {
		folder := t.TempDir()
		synctest.Test(t, func(t *testing.T) {
			result := new(Runner).Run(t.Context(), order(folder, calls(stalled(honest)), "a"))
			var late *TimeoutError
			if !errors.As(result.Err, &late) || !errors.Is(result.Err, context.DeadlineExceeded) || result.Verdict != Failed || result.Elapsed != time.Hour {
				t.Errorf("result %+v", result)
			}
			if want := "calls 2026-11-21: no result within 1h0m0s (REPORTJOB_TIMEOUT)"; fmt.Sprint(result.Err) != want {
				t.Errorf("error %v, want %s", result.Err, want)
			}
		})
		if files := content(t, folder); len(files) > 0 {
			t.Errorf("files %v", files)
		}
	}
}

func TestContextThatEndsStopsTheRunForItsCause(t *testing.T) {
	stop := errors.New("stopped by SIGINT")
	for name, source := range map[string]Source[call]{
		"honest": stalled(true), "silent": stalled(false),
		"busy": func(context.Context, Request) iter.Seq2[call, error] { // never looks at its context
			return func(yield func(call, error) bool) {
				for yield(call{1, "x"}, nil) {
				}
			}
		},
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(5*time.Millisecond, func() { cancel(stop) })
		folder := t.TempDir()
		if result := new(Runner).Run(ctx, order(folder, calls(source), "a")); !errors.Is(result.Err, stop) || result.Verdict != Failed {
			t.Errorf("%s: %+v", name, result)
		}
		if files := content(t, folder); len(files) > 0 {
			t.Errorf("%s: files %v", name, files)
		}
	}
}

func TestProgressIsShownAFewTimesASecondAndAtTheEnd(t *testing.T) {
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var seen []Progress
		r := &Runner{
			Progress: func(p Progress) { mu.Lock(); seen = append(seen, p); mu.Unlock() },
			Watch: func(ctx context.Context) (context.Context, func() Traffic) {
				return ctx, func() Traffic { return Traffic{Requests: 4, Retries: 1} }
			},
		}
		result := r.Run(t.Context(), order(folder, calls(func(context.Context, Request) iter.Seq2[call, error] {
			return func(yield func(call, error) bool) {
				for range 1000 {
					time.Sleep(2 * time.Millisecond)
					yield(call{1, "x"}, nil)
				}
			}
		}), "a"))
		if result.Err != nil {
			t.Fatal(result.Err)
		}
		if len(seen) < 9 || len(seen) > 11 { // in two seconds
			t.Errorf("progress was shown %d times", len(seen))
		}
		for i, p := range seen {
			if p.Report != "calls" || p.Window != "2026-11-21" || p.Requests != 4 || p.Retries != 1 || p.Done != (i == len(seen)-1) || i > 0 && p.Rows < seen[i-1].Rows {
				t.Errorf("progress %+v", p)
			}
		}
		if last := seen[len(seen)-1]; last.Rows != 1000 || last.Verdict != Unproven {
			t.Errorf("at the end: %+v", last)
		}
	})
}

func TestErrorOfAFormatIsNoOutputError(t *testing.T) {
	broken := errors.New("a cell cannot be written")
	for name, format := range map[string]exporters.Format{
		"new":   {Name: "p", Ext: "p", New: func(io.Writer, exporters.Table) (exporters.Writer, error) { return nil, broken }},
		"write": {Name: "p", Ext: "p", New: func(io.Writer, exporters.Table) (exporters.Writer, error) { return failing{write: broken}, nil }},
		"close": {Name: "p", Ext: "p", New: func(io.Writer, exporters.Table) (exporters.Writer, error) { return failing{close: broken}, nil }},
	} {
		o := order(t.TempDir(), calls(rows(1, "x")))
		o.Formats = []exporters.Format{format}
		result := new(Runner).Run(t.Context(), o)
		var output *OutputError
		if !errors.Is(result.Err, broken) || errors.As(result.Err, &output) || !strings.HasPrefix(result.Err.Error(), "calls 2026-11-21: p: ") {
			t.Errorf("%s: %v", name, result.Err)
		}
	}
}

type failing struct{ write, close error }

func (f failing) Write(exporters.Row) error { return f.write }
func (f failing) Close() error              { return f.close }

func TestOrderThatCannotWorkIsRefused(t *testing.T) {
	twice := order(t.TempDir(), calls(rows(1, "x")), "a", "a")
	none := order(t.TempDir(), calls(rows(1, "x")))
	up := order(t.TempDir(), Report[call]{Info: Info{Name: "../up"}, Source: rows(1, "x"), Columns: Columns[call]{Text("a", "", func(c *call) string { return c.text })}}.Job(), "a")
	short := order(t.TempDir(), shortRows{calls(rows(1, "x"))}, "a")
	for say, o := range map[string]Order{"twice": twice, "no file format": none, "name of a folder": up, "a row has 1 cells": short} {
		if result := new(Runner).Run(t.Context(), o); result.Err == nil || !strings.Contains(result.Err.Error(), say) {
			t.Errorf("%v; want it to say %q", result.Err, say)
		}
	}
}

// shortRows is a job whose rows lack a cell.
type shortRows struct{ Job }

func (s shortRows) Rows(ctx context.Context, r Request) iter.Seq2[exporters.Row, error] {
	return func(yield func(exporters.Row, error) bool) {
		for row, err := range s.Job.Rows(ctx, r) {
			yield(row[:1], err)
		}
	}
}

func TestPersonalColumnsShowWhereTheyAreAskedFor(t *testing.T) {
	job := Report[call]{
		Info: Info{Name: "calls"}, Source: rows(1, "x"),
		Columns: Columns[call]{Count("id", "", func(c *call) int64 { return c.id }), Text("said", "", func(c *call) string { return c.text }).Personal()},
	}.Job()
	for personal, want := range map[string]int{"": 1, "true": 2} {
		o := order(t.TempDir(), job, "a")
		o.Params = url.Values{"personal": {personal}}
		if result := deliver(t, o); len(result.Manifest.Columns) != want {
			t.Errorf("personal=%s: columns %v", personal, result.Manifest.Columns)
		}
	}
}
