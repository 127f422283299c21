package jobs

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

// writing is a format whose writer has this to do with each row.
func writing(name string, write func(row exporters.Row) error) exporters.Format {
	return exporters.Format{Name: name, Ext: name, New: func(io.Writer, exporters.Table) (exporters.Writer, error) {
		return writer(write), nil
	}}
}

type writer func(exporters.Row) error

func (w writer) Write(row exporters.Row) error { return w(row) }
func (w writer) Close() error                  { return nil }

func TestEveryFileGetsEveryRowInItsOrder(t *testing.T) {
	const n = 10_000
	var seen [3][]int64
	o := order(t.TempDir(), calls(rows(n, "x")))
	for i, name := range []string{"p", "q", "r"} {
		o.Formats = append(o.Formats, writing(name, func(row exporters.Row) error {
			if len(seen[i])%1000 == i {
				time.Sleep(time.Millisecond) // none is as fast as the others
			}
			id, _, _ := row[0].Number()
			seen[i] = append(seen[i], id)
			return nil
		}))
	}
	if result := new(Runner).Run(t.Context(), o); result.Err != nil || result.Rows != n {
		t.Fatalf("%+v", result)
	}
	for i := range seen {
		if len(seen[i]) != n {
			t.Fatalf("file %d has %d rows", i, len(seen[i]))
		}
		for k, id := range seen[i] {
			if id != int64(k) {
				t.Fatalf("row %d of file %d is %d", k, i, id)
			}
		}
	}
}

func TestAFileThatFailsEndsTheRunEvenIfTheSourceIsStalled(t *testing.T) {
	broken := errors.New("a cell cannot be written")
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		o := order(folder, calls(func(ctx context.Context, _ Request) iter.Seq2[call, error] {
			return func(yield func(call, error) bool) {
				for range 5000 {
					if !yield(call{1, "x"}, nil) {
						return
					}
				}
				<-ctx.Done()
				yield(call{}, ctx.Err())
			}
		}))
		o.Formats = []exporters.Format{
			writing("p", func(exporters.Row) error { return nil }),
			writing("q", func(exporters.Row) error { time.Sleep(time.Second); return broken }),
		}
		result := new(Runner).Run(t.Context(), o)
		if !errors.Is(result.Err, broken) || !strings.HasPrefix(result.Err.Error(), "calls 2026-11-21: q: ") || result.Elapsed != time.Second {
			t.Errorf("after %s: %v", result.Elapsed, result.Err)
		}
	})
	if files := content(t, folder); len(files) > 0 {
		t.Errorf("files %v", files)
	}
}

func TestAPanicOfAFileIsAnErrorThatSaysWhere(t *testing.T) {
	oops := errors.New("oops")
	o := order(t.TempDir(), calls(rows(9000, "x")))
	o.Formats = []exporters.Format{writing("p", func(exporters.Row) error { panic(oops) }), writing("q", func(exporters.Row) error { return nil })}
	result := new(Runner).Run(t.Context(), o)
	var bug *PanicError
	if !errors.As(result.Err, &bug) || !errors.Is(result.Err, oops) || !strings.Contains(string(bug.Stack), "spread_test.go") {
		t.Errorf("error %v", result.Err)
	}
}

func TestADiskThatFillsUpIsTheDisksFaultWhicheverFileMeetsIt(t *testing.T) {
	var written atomic.Int32
	o := order(t.TempDir(), calls(rows(200_000, strings.Repeat("x", 50))), "a", "b")
	result := (&Runner{hook: func(step string) error {
		if strings.HasPrefix(step, "write ") && written.Add(1) > 20 {
			return syscall.ENOSPC
		}
		return nil
	}}).Run(t.Context(), o)
	var output *OutputError
	if !errors.As(result.Err, &output) || !errors.Is(result.Err, syscall.ENOSPC) {
		t.Errorf("error %v", result.Err)
	}
}

func TestAContextThatEndsStopsFilesThatAreBehind(t *testing.T) {
	stop := errors.New("stopped by SIGINT")
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(1500*time.Millisecond, func() { cancel(stop) })
		o := order(folder, calls(rows(1_000_000, "x")))
		o.Formats = []exporters.Format{writing("p", func(exporters.Row) error { time.Sleep(time.Second); return nil })}
		result := new(Runner).Run(ctx, o)
		if !errors.Is(result.Err, stop) || result.Elapsed > 2*time.Second {
			t.Errorf("after %s: %v", result.Elapsed, result.Err)
		}
	})
}

func BenchmarkSpread(b *testing.B) {
	b.ReportAllocs()
	row := make(exporters.Row, 12)
	take := func(exporters.Row) error { return nil }
	s, ctx := newSpread(b.Context(), len(row), take, take, take)
	for b.Loop() {
		if err := s.add(ctx, row); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.end(true); err != nil {
		b.Fatal(err)
	}
}
