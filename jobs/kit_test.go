package jobs

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/reportjob/reportjob/exporters"
)

func TestMain(m *testing.M) {
	if os.Getenv("JOBS_TEST_OUTPUT") != "" {
		child()
	}
	goleak.VerifyTestMain(m)
}

// call is a record of the report that the tests run.
type call struct {
	id   int64
	text string
}

// calls is a report with a source of the test's own.
func calls(source Source[call]) Job {
	return Report[call]{
		Info:    Info{Name: "calls", Title: "Calls", API: "phone", Endpoint: "/calls", Every: PreviousDay},
		Source:  source,
		Columns: Columns[call]{Count("call_id", "The call.", func(c *call) int64 { return c.id }), Text("said", "What was said.", func(c *call) string { return c.text })},
	}.Job()
}

// rows is a source of so many calls, which says that it is complete.
func rows(n int, text string) Source[call] {
	return func(_ context.Context, r Request) iter.Seq2[call, error] {
		return func(yield func(call, error) bool) {
			for i := range n {
				if !yield(call{int64(i), text}, nil) {
					return
				}
			}
			r.Proof.Complete("%d calls, as the API counts them", n)
			r.Proof.Account("example")
		}
	}
}

// lines is a file format of one line a row, in which ! is neutralised.
func lines(ext string) exporters.Format {
	return exporters.Format{Name: ext, Ext: ext, New: func(w io.Writer, t exporters.Table) (exporters.Writer, error) {
		var names []string
		for _, c := range t.Columns {
			names = append(names, c.Name)
		}
		_, err := fmt.Fprintln(w, strings.Join(names, " "))
		return &lineWriter{w: w, zone: t.Location()}, err
	}}
}

type lineWriter struct {
	w           io.Writer
	zone        *time.Location
	neutralised int64
}

func (l *lineWriter) Write(row exporters.Row) error {
	var line []byte
	for _, cell := range row {
		line = append(cell.Append(line, l.zone), ' ')
	}
	l.neutralised += int64(bytes.Count(line, []byte("!")))
	_, err := l.w.Write(append(line, '\n'))
	return err
}

func (l *lineWriter) Close() error       { return nil }
func (l *lineWriter) Neutralised() int64 { return l.neutralised }
func (l *lineWriter) Warnings() []string { return []string{"lines are short"} }

// inspectLines is lines' Inspect.
func inspectLines(_ Manifest, files []OpenFile) []Found {
	var all []Found
	for _, f := range files {
		var found Found
		s := bufio.NewScanner(f.Content)
		for s.Scan() {
			if found.Columns == nil {
				found.Columns = strings.Fields(s.Text())
			} else {
				found.Rows++
			}
		}
		found.Err = s.Err()
		all = append(all, found)
	}
	return all
}

var saturday = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

// watched is a job that tells whether its rows were asked for.
type watched struct {
	Job
	asked *bool
}

func (w watched) Rows(ctx context.Context, r Request) iter.Seq2[exporters.Row, error] {
	*w.asked = true
	return w.Job.Rows(ctx, r)
}

// order is an order for one day of calls.
func order(output string, job Job, exts ...string) Order {
	o := Order{
		Job: job, Slot: saturday.Add(29 * time.Hour), Window: Window{saturday, saturday.AddDate(0, 0, 1)}, Zone: time.UTC,
		Params: url.Values{"direction": {"in"}}, Output: output, Timeout: time.Hour,
	}
	for _, ext := range exts {
		o.Formats = append(o.Formats, lines(ext))
	}
	return o
}

// deliver runs an order that has to succeed.
func deliver(t *testing.T, o Order) Result {
	t.Helper()
	result := (&Runner{Version: "1.2.3"}).Run(t.Context(), o)
	if result.Err != nil {
		t.Fatal(result.Err)
	}
	return result
}

// content is the files below a folder.
func content(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) { // a link to a file that is gone
			text, err = []byte("gone"), nil
		}
		files[strings.TrimPrefix(path, folder+"/")] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// hidden is the names of temporaries below a folder.
func hidden(t *testing.T, folder string) (names []string) {
	t.Helper()
	for name := range content(t, folder) {
		if strings.HasPrefix(filepath.Base(name), ".") {
			names = append(names, name)
		}
	}
	return names
}

// beyond is what follows a delivery: latest by "links" or by "copies", or nothing; and what retention leaves.
type beyond struct{ latest, keep string }

func (b beyond) apply(r *Runner, o *Order) {
	if b.keep != "" {
		_ = o.Retention.UnmarshalText([]byte(b.keep))
	}
	o.Latest = b.latest != ""
	if b.latest == "copies" {
		r.symlink = func(string, string) error { return errors.ErrUnsupported }
		r.link = r.symlink
	}
}

// child is this test binary as a program of its own, which is killed at a step, or has files limited in size.
func child() {
	var steps atomic.Int64
	last := int64(-1)
	fmt.Sscan(os.Getenv("JOBS_TEST_KILL_AT"), &last)
	r := &Runner{hook: func(string) error {
		if steps.Add(1) == last {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
		return nil
	}}
	if limit := os.Getenv("JOBS_TEST_LIMIT"); limit != "" {
		limitFiles(limit)
	}
	o := order(os.Getenv("JOBS_TEST_OUTPUT"), calls(rows(5000, "a new call")), strings.Fields(os.Getenv("JOBS_TEST_FORMATS"))...)
	if os.Getenv("JOBS_TEST_BUNDLE") != "" {
		o = bundled(o.Output, named("a", rows(20_000, "a new call")), named("b", rows(5000, "a new call")))
	}
	beyond{os.Getenv("JOBS_TEST_LATEST"), os.Getenv("JOBS_TEST_KEEP")}.apply(r, &o)
	result := r.Run(context.Background(), o)
	if result.Err != nil {
		fmt.Println(result.Err)
		os.Exit(74)
	}
	os.Exit(0)
}
