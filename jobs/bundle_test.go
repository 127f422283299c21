package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/internal/raced"
)

// boundLines is lines as a format that holds several tables.
func boundLines() exporters.Format {
	f := lines("txt")
	f.Book = func(about exporters.Table, tables []exporters.Table) (exporters.Book, error) {
		return &lineBook{about, tables}, nil
	}
	return f
}

type lineBook struct {
	about  exporters.Table
	tables []exporters.Table
}

func (b *lineBook) Part(i int, spool io.Writer) (exporters.Writer, error) {
	return lines("txt").New(spool, b.tables[i])
}

func (b *lineBook) Bind(w io.Writer, cover exporters.Cover) (sheets [][]string, err error) {
	fmt.Fprintln(w, b.about.Title)
	for i, c := range cover.Chapters {
		sheets = append(sheets, []string{b.tables[i].Name})
		fmt.Fprintln(w, b.tables[i].Name, c.Window, c.Rows, c.Verdict, strings.Join(c.Notes, "; "))
		if c.Part != nil {
			if _, err := io.Copy(w, io.NewSectionReader(c.Spool, 0, 1<<30)); err != nil {
				return nil, err
			}
		}
	}
	return sheets, nil
}

// named is calls under another name and of another API.
func named(name string, source Source[call]) Job {
	return Report[call]{
		Info:    Info{Name: name, Title: strings.ToUpper(name), API: "api of " + name, Endpoint: "/" + name, Every: PreviousDay},
		Source:  source,
		Columns: Columns[call]{Count("call_id", "The call.", func(c *call) int64 { return c.id }), Text("said", "What was said.", func(c *call) string { return c.text })},
	}.Job()
}

var errDown = errors.New("the API is down")

// broken is a source that fails after so many rows.
func broken(n int, err error) Source[call] {
	return func(ctx context.Context, r Request) iter.Seq2[call, error] {
		return func(yield func(call, error) bool) {
			for c := range rows(n, "in vain")(ctx, r) {
				if !yield(c, nil) {
					return
				}
			}
			yield(call{}, err)
		}
	}
}

// bundled is an order for a bundle.
func bundled(output string, members ...Job) Order {
	o := order(output, NewBundle("monday-review", members))
	o.Formats, o.Params, o.Latest = []exporters.Format{boundLines()}, nil, true
	for _, m := range members {
		o.Members = append(o.Members, Member{Job: m})
	}
	return o
}

func TestBundlePutsItsReportsIntoOneFile(t *testing.T) {
	folder := t.TempDir()
	o := bundled(folder, named("a", rows(3, "hello")), named("b", rows(2, "ciao")))
	o.Members[1].Present = true
	result := deliver(t, o)
	files := content(t, folder)
	text := files["monday-review/monday-review_2026-11-21.txt"]
	want := "Monday Review\na 2026-11-21 3 complete 3 calls, as the API counts them\ncall_id said\n0 hello \n1 hello \n2 hello \n" +
		"b 2026-11-22 05:00:00 +0000 2 complete 2 calls, as the API counts them\ncall_id said\n0 ciao \n1 ciao \n"
	if text != want || len(files) != 4 {
		t.Errorf("file:\n%s\nfiles: %v", text, files)
	}
	m, err := ReadManifest(result.ManifestPath)
	if err != nil {
		t.Fatal(err)
	}
	if m.Rows != 5 || m.Verdict != Complete || m.API != "api of a+api of b" || m.Account != "example" || len(m.Members) != 2 ||
		m.Evidence[1] != "b: 2 calls, as the API counts them" || m.Warnings[0] != "a: txt: lines are short" || m.Content == "" {
		t.Errorf("manifest: %+v", m)
	}
	if a := m.Members[0]; a.Report != "a" || a.Rows != 3 || a.Sheets[0] != "a" || len(a.Columns) != 2 || a.Content == "" || a.Endpoint != "/a" {
		t.Errorf("member: %+v", a)
	}
	for _, v := range Verify(folder, inspectMonday) {
		if !v.OK {
			t.Errorf("%s: %v", v.Path, v.Problems)
		}
	}
}

// inspectMonday finds what the test above delivered.
func inspectMonday(m Manifest, files []OpenFile) []Found {
	found := make([]Found, len(files))
	for i := range files {
		found[i] = Found{Rows: m.Rows}
		for _, member := range m.Members {
			found[i].Members = append(found[i].Members, Found{Columns: []string{"call_id", "said"}, Rows: member.Rows})
		}
	}
	return found
}

func TestBundleIsVerifiedReportByReport(t *testing.T) {
	folder := t.TempDir()
	deliver(t, bundled(folder, named("a", rows(3, "hello")), named("b", rows(2, "ciao"))))
	for want, spoil := range map[string]func(f *Found){
		"b: it has 7 rows, the manifest says 2": func(f *Found) { f.Members[1].Rows = 7 },
		"a: its columns are x, the manifest":    func(f *Found) { f.Members[0].Columns = []string{"x"} },
		"a: it is torn":                         func(f *Found) { f.Members[0].Err = errors.New("it is torn") },
		"sheet 9 is of nobody":                  func(f *Found) { f.Problems = []string{"sheet 9 is of nobody"} },
	} {
		inspect := func(m Manifest, files []OpenFile) []Found {
			found := inspectMonday(m, files)
			spoil(&found[0])
			return found
		}
		if v := Verify(filepath.Join(folder, "monday-review", "monday-review_2026-11-21.txt"), inspect)[0]; v.OK || !strings.Contains(v.Problems[0], want) {
			t.Errorf("%s: %v", want, v.Problems)
		}
	}
}

func TestBundleGoesOutWithoutWhatIsDown(t *testing.T) {
	folder := t.TempDir()
	r := &Runner{Redact: func(s string) string { return strings.ReplaceAll(s, "hunter2", "(redacted)") }}
	o := bundled(folder, named("a", rows(3, "hello")), named("b", broken(1000, fmt.Errorf("hunter2: %w", errDown))))
	result := r.Run(t.Context(), o)
	if result.Err != nil || result.Verdict != Truncated || result.Rows != 3 || !errors.Is(result.Members[1].Err, errDown) || result.Members[0].Err != nil {
		t.Fatalf("%+v", result)
	}
	files := content(t, folder)
	text, ok := files["monday-review/monday-review_2026-11-21.incomplete.txt"]
	if !ok || !strings.Contains(text, "b 2026-11-21 0 failed (redacted): the API is down\n") || strings.Contains(text, "in vain") || len(files) != 4 {
		t.Errorf("files: %v", files)
	}
	for name, text := range files {
		if strings.Contains(text, "hunter2") {
			t.Errorf("a secret in %s", name)
		}
	}
	m, b := result.Manifest, result.Manifest.Members[1]
	if m.Evidence[1] != "b is missing: (redacted): the API is down" || b.Verdict != Failed || b.Error != "(redacted): the API is down" || b.Rows != 0 || b.Content != "" {
		t.Errorf("manifest: %+v", m)
	}
	if result := r.Run(t.Context(), bundled(folder, named("a", rows(3, "hello")), named("b", rows(1, "back")))); result.Err != nil || result.Verdict != Complete {
		t.Fatal(result)
	}
	want := "latest.manifest.json latest.txt monday-review_2026-11-21.manifest.json monday-review_2026-11-21.txt"
	var names []string
	for name := range content(t, folder) {
		names = append(names, filepath.Base(name))
	}
	if slices.Sort(names); strings.Join(names, " ") != want {
		t.Errorf("a complete run leaves %v", names)
	}
}

func TestIncompleteBundleNeverTakesThePlaceOfOneThatHasWhatItLacks(t *testing.T) {
	folder := t.TempDir()
	deliver(t, bundled(folder, named("a", rows(3, "hello")), named("b", rows(2, "ciao"))))
	before := content(t, folder)
	result := new(Runner).Run(t.Context(), bundled(folder, named("a", rows(4, "more")), named("b", broken(0, errDown))))
	var missing *MissingError
	if !errors.As(result.Err, &missing) || !missing.Kept || !errors.Is(result.Err, errDown) || result.Verdict != Failed {
		t.Fatalf("%+v", result)
	}
	if after := content(t, folder); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("changed to %v", after)
	}
}

func TestBundleOfWhichNothingCanBeReadIsNotDelivered(t *testing.T) {
	folder := t.TempDir()
	result := new(Runner).Run(t.Context(), bundled(folder, named("a", broken(10, errDown)), named("b", func(context.Context, Request) iter.Seq2[call, error] { panic("a bug") })))
	var bug *PanicError
	if !errors.Is(result.Err, errDown) || !errors.As(result.Members[1].Err, &bug) || result.Verdict != Failed || result.ManifestPath != "" || len(result.Files) > 0 {
		t.Errorf("%+v", result)
	}
	if files := content(t, folder); len(files) > 0 {
		t.Errorf("left %v", files)
	}
}

func TestSlowReportOfABundleCostsItselfAlone(t *testing.T) {
	folder := t.TempDir()
	hangs := func(ctx context.Context, _ Request) iter.Seq2[call, error] {
		return func(yield func(call, error) bool) {
			<-ctx.Done()
			yield(call{}, ctx.Err())
		}
	}
	o := bundled(folder, named("a", rows(3, "hello")), named("b", hangs))
	o.Timeout = 50 * time.Millisecond
	result := new(Runner).Run(t.Context(), o)
	var timeout *TimeoutError
	if result.Err != nil || !errors.As(result.Members[1].Err, &timeout) || result.Rows != 3 {
		t.Errorf("%+v", result)
	}
}

func TestStoppedBundleDeliversNothing(t *testing.T) {
	folder := t.TempDir()
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped")
	stops := func(context.Context, Request) iter.Seq2[call, error] {
		return func(yield func(call, error) bool) {
			cancel(stopped)
			yield(call{}, errDown)
		}
	}
	result := new(Runner).Run(ctx, bundled(folder, named("a", rows(3, "hello")), named("b", stops)))
	if !errors.Is(result.Err, stopped) || len(content(t, folder)) > 0 {
		t.Errorf("%+v", result)
	}
}

func TestReportsOfABundleWaitForPlacesOfTheirOwn(t *testing.T) {
	var apis sync.Map
	var held atomic.Int64
	o := bundled(t.TempDir(), named("a", rows(3, "hello")), named("b", rows(2, "ciao")))
	o.Place = func(_ context.Context, api string) (func(), error) {
		apis.Store(api, true)
		held.Add(1)
		return func() { held.Add(-1) }, nil
	}
	deliver(t, o)
	_, a := apis.Load("api of a")
	if _, b := apis.Load("api of b"); !a || !b || held.Load() != 0 {
		t.Errorf("places are still held: %d", held.Load())
	}
	o.Output = t.TempDir()
	o.Place = func(context.Context, string) (func(), error) { return nil, errDown }
	if result := new(Runner).Run(t.Context(), o); !errors.Is(result.Err, errDown) || !strings.Contains(result.Err.Error(), "not started") || len(content(t, o.Output)) > 0 {
		t.Errorf("%+v", result)
	}
}

func TestBundleTellsHowFarAllOfItIs(t *testing.T) {
	var last Progress
	r := &Runner{Progress: func(p Progress) { last = p }, Watch: func(ctx context.Context) (context.Context, func() Traffic) {
		return ctx, func() Traffic { return Traffic{Requests: 2, Retries: 1, Unknown: []string{"x"}} }
	}}
	result := r.Run(t.Context(), bundled(t.TempDir(), named("a", rows(3, "hello")), named("b", rows(2, "ciao"))))
	if last.Rows != 5 || last.Requests != 4 || last.Retries != 2 || !last.Done || result.Manifest.Requests != 4 {
		t.Errorf("%+v", last)
	}
	if w := strings.Join(result.Manifest.Warnings, "\n"); strings.Count(w, "a field that this report does not know: x") != 2 || !strings.Contains(w, "b: the API sends") {
		t.Errorf("warnings %q", w)
	}
}

func TestFaultAtAnyStepOfABundleLeavesAWholeSetOrNone(t *testing.T) {
	for fault := 1; ; fault += raced.Every(5) {
		folder := t.TempDir()
		deliver(t, bundled(folder, named("a", broken(0, errDown)), named("b", rows(2, "ciao"))))
		var mu sync.Mutex
		step, failed := 0, ""
		r := &Runner{hook: func(name string) error {
			mu.Lock()
			defer mu.Unlock()
			if step++; step == fault {
				failed = name
				return errDisk
			}
			return nil
		}}
		result := r.Run(t.Context(), bundled(folder, named("a", rows(30_000, "a long call")), named("b", rows(2, "ciao"))))
		var output *OutputError
		if failed == "" {
			if fault < 20 {
				t.Errorf("only %d steps", fault)
			}
			return
		}
		if broke := errors.Join(result.Err, result.Trouble); !errors.As(broke, &output) {
			t.Fatalf("%s: %v", failed, broke)
		}
		if left := hidden(t, folder); len(left) > 0 {
			t.Fatalf("%s: left %v", failed, left)
		}
		paths, _ := filepath.Glob(filepath.Join(folder, "monday-review", "monday*.manifest.json"))
		for _, path := range paths {
			if v := Verify(path, nil)[0]; !v.OK {
				t.Fatalf("%s: %v", failed, v.Problems)
			}
		}
	}
}

func TestSpoolsOfAKilledBundleAreCleared(t *testing.T) {
	for step := 1; killBundleAt(t, step); step += raced.Every(5) {
	}
}

// killBundleAt kills a bundle at a step, and tells whether it had so many.
func killBundleAt(t *testing.T, step int) bool {
	folder := inMemory(t)
	deliver(t, bundled(folder, named("a", rows(1, "old")), named("b", broken(0, errDown))))
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), "JOBS_TEST_OUTPUT="+folder, fmt.Sprint("JOBS_TEST_KILL_AT=", step), "JOBS_TEST_BUNDLE=yes", "JOBS_TEST_LATEST=links")
	_, err := command.CombinedOutput()
	paths, _ := filepath.Glob(filepath.Join(folder, "monday-review", "*.manifest.json"))
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			continue // latest, whose set is being replaced
		}
		if v := Verify(path, nil)[0]; !v.OK {
			t.Fatalf("killed at step %d: %s: %v", step, path, v.Problems)
		}
	}
	deliver(t, bundled(folder, named("a", rows(1, "next")), named("b", rows(2, "next"))))
	if left := hidden(t, folder); len(left) > 0 {
		t.Fatalf("killed at step %d: left %v", step, left)
	}
	for _, v := range Verify(folder, nil) {
		if !v.OK {
			t.Fatalf("killed at step %d: %s: %v", step, v.Path, v.Problems)
		}
	}
	if err == nil && step < 15 {
		t.Errorf("only %d steps", step)
	}
	return err != nil
}

func TestWindowOfABundleIsTheOneItsReportsShare(t *testing.T) {
	for want, members := range map[Period][]Period{
		PreviousDay: {PreviousDay, PreviousWeek, Now}, PreviousWeek: {Now, PreviousWeek, PreviousWeek}, Now: {Now, Now},
	} {
		var infos []Info
		for _, every := range members {
			infos = append(infos, Info{Name: "x", API: "phone", Every: every})
		}
		if got := BundleInfo("b", infos); got.Every != want || got.API != "phone" || got.Requests != len(members) {
			t.Errorf("%v gives %v", members, got)
		}
	}
}

func TestBundleHasNoRowsOfItsOwn(t *testing.T) {
	b := NewBundle("b", []Job{calls(rows(1, "x"))})
	for _, err := range b.Rows(t.Context(), Request{}) {
		if err == nil {
			t.Error("a row")
		}
	}
	if len(Members(b)) != 1 || !IsBundle(b) || IsBundle(calls(rows(1, "x"))) || b.Table(nil) != nil {
		t.Error("it is no bundle of one")
	}
	o := bundled(t.TempDir(), calls(rows(1, "x")))
	o.Formats = []exporters.Format{lines("a")}
	if result := new(Runner).Run(t.Context(), o); result.Err == nil {
		t.Error("a format of one table took a bundle")
	}
}
