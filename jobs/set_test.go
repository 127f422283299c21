package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/reportjob/reportjob/internal/raced"
)

var errDisk = errors.New("the disk is on fire")

// checkSet checks that what lies in a folder is a whole set, old or new, or no set at all.
func checkSet(t *testing.T, output, when string) (manifest bool) {
	t.Helper()
	path := filepath.Join(output, "calls", "calls_2026-11-21.manifest.json")
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return false
	}
	for _, v := range Verify(path, inspectLines) {
		if !v.OK {
			t.Fatalf("%s: the manifest disagrees with the files beside it: %v", when, v.Problems)
		}
	}
	return true
}

// deliverOld delivers the set that is to be replaced, and two before it whose time is to be up.
func deliverOld(t *testing.T, folder string, b beyond) {
	t.Helper()
	o := order(folder, calls(rows(3, "an old call")), "a", "b")
	if b.keep != "" {
		for _, days := range []int{-2, -1} {
			older := o
			older.Window = Window{o.Window.From.AddDate(0, 0, days), o.Window.To.AddDate(0, 0, days)}
			deliver(t, older)
		}
	}
	deliverBeyond(t, beyond{latest: b.latest}, o)
}

// checkKept checks that retention left whole sets, and no more of them than it keeps.
func checkKept(t *testing.T, folder, when string, b beyond) {
	t.Helper()
	if b.keep == "" {
		return
	}
	checkAll(t, folder, when, b)
	if sets, _ := deliveredSets(filepath.Join(folder, "calls"), "calls"); fmt.Sprint(len(sets)) != b.keep {
		t.Fatalf("%s: %d sets are left", when, len(sets))
	}
}

// checkLatest checks that latest stands for a whole set, or for none.
func checkLatest(t *testing.T, output, when string) (there bool) {
	t.Helper()
	path := filepath.Join(output, "calls", "latest.manifest.json")
	if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
		return false
	}
	for _, v := range Verify(path, inspectLines) {
		if !v.OK {
			t.Fatalf("%s: latest disagrees with the files beside it: %v", when, v.Problems)
		}
	}
	return true
}

// checkManifests checks that every manifest is right about the files beside it.
func checkManifests(t *testing.T, output, when string) {
	t.Helper()
	paths, _ := filepath.Glob(filepath.Join(output, "calls", "*.manifest.json"))
	for _, path := range paths {
		if v := Verify(path, inspectLines)[0]; !v.OK {
			t.Fatalf("%s: %s: %v", when, path, v.Problems)
		}
	}
}

// checkAll checks that a folder holds whole sets and nothing else, and latest if it is to be there.
func checkAll(t *testing.T, output, when string, b beyond) {
	t.Helper()
	for _, v := range Verify(output, inspectLines) {
		if !v.OK {
			t.Fatalf("%s: %s: %v", when, v.Path, v.Problems)
		}
	}
	if left := hidden(t, output); len(left) > 0 || checkLatest(t, output, when) != (b.latest != "") {
		t.Fatalf("%s: left %v; files %v", when, left, slices.Sorted(maps.Keys(content(t, output))))
	}
}

// deliverBeyond is deliver with what follows it.
func deliverBeyond(t *testing.T, b beyond, o Order) {
	t.Helper()
	r := new(Runner)
	b.apply(r, &o)
	if result := r.Run(t.Context(), o); result.Err != nil || result.Trouble != nil {
		t.Fatalf("%v, %v", result.Err, result.Trouble)
	}
}

// faulty is a runner that breaks at a step, and tells at which and whether the set of before was touched by then.
type faulty struct {
	Runner
	failed    string
	published bool
}

func newFaulty(fault int) *faulty {
	f, step := new(faulty), 0
	f.hook = func(name string) error {
		if step++; step == fault {
			f.failed = name
			return errDisk
		}
		f.published = f.published || strings.HasPrefix(name, "remove")
		return nil
	}
	return f
}

func TestFaultAtAnyStepLeavesOldSetNewSetOrNoManifest(t *testing.T) {
	for _, c := range []struct {
		beyond
		exts string
	}{{beyond{}, "a b"}, {beyond{}, "a"}, {beyond{}, "b c"}, {beyond{"links", "2"}, "b c"}, {beyond{"copies", "1"}, "b c"}} {
		for fault := 1; breakAt(t, fault, c.beyond, strings.Fields(c.exts)); fault += raced.Every(5) {
		}
	}
}

// inMemory is a folder for tests that bring names and files onto the disk thousands of times.
func inMemory(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/dev/shm", "reportjob")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// breakAt breaks one step of a run that replaces a set, and tells whether the run had so many steps.
func breakAt(t *testing.T, fault int, b beyond, exts []string) bool {
	folder := inMemory(t)
	deliverOld(t, folder, b)
	before := content(t, folder)
	f := newFaulty(fault)
	o := order(folder, calls(rows(5000, "a new call")), exts...)
	b.apply(&f.Runner, &o)
	result := f.Run(t.Context(), o)
	if f.failed == "" {
		if result.Err != nil || result.Trouble != nil || fault < 10 {
			t.Fatalf("after %d steps: %+v", fault, result)
		}
		checkAll(t, folder, "without a fault", b)
		checkKept(t, folder, "without a fault", b)
		return false
	}
	when := fmt.Sprintf("%v %v: %s", b, exts, f.failed)
	err := cmp.Or(result.Err, result.Trouble)
	var broken *OutputError
	if !errors.As(err, &broken) || !errors.Is(err, errDisk) || result.Err != nil && (result.Verdict != Failed || len(result.Files) > 0) {
		t.Fatalf("%s: %+v", when, result)
	}
	if delivered := checkSet(t, folder, when); result.Trouble != nil && (!delivered || len(result.Files) != len(exts)) {
		t.Fatalf("%s: there was trouble after the delivery, and none was delivered: %+v", when, result)
	}
	checkLatest(t, folder, when)
	checkManifests(t, folder, when)
	if names := hidden(t, folder); len(names) > 0 {
		t.Fatalf("%s: %v stayed behind", when, names)
	}
	f.checkOld(t, folder, when, result, before)
	deliverBeyond(t, b, order(folder, calls(rows(2, "the next")), exts...))
	if !checkSet(t, folder, "after "+when) {
		t.Fatalf("%s: the next run delivered nothing", when)
	}
	if b.latest != "" && !checkLatest(t, folder, "after "+when) {
		t.Fatalf("%s: the next run made no latest", when)
	}
	if result.Err == nil {
		checkKept(t, folder, "after "+when, b)
	}
	return true
}

// checkOld checks that a run that delivered nothing left what was there: the set of before, or nothing where the file system has
// no way back. The last step of a delivery makes sure that its names are on the disk, which they may be without it.
func (f *faulty) checkOld(t *testing.T, folder, when string, result Result, before map[string]string) {
	t.Helper()
	now := content(t, folder)
	switch {
	case maps.Equal(before, now):
	case !f.published:
		t.Fatalf("%s: the old set was touched", when)
	case result.Err != nil && f.link == nil && f.failed != "sync folder":
		t.Fatalf("%s: the old set was not put back: %v", when, slices.Sorted(maps.Keys(now)))
	case result.Err != nil:
		for _, v := range Verify(folder, inspectLines) {
			if !v.OK && !isLatest(filepath.Base(v.Path)) { // the next delivery has latest again
				t.Fatalf("%s: %s: %v", when, v.Path, v.Problems)
			}
		}
	}
}

func TestKillAtAnyStepLeavesOldSetNewSetOrNoManifest(t *testing.T) {
	for b, exts := range map[beyond]string{{}: "a b", {"links", "1"}: "b c", {"copies", ""}: "a b"} {
		for step := 1; killAt(t, step, b, exts); step += raced.Every(5) {
		}
	}
}

// killAt kills a run that replaces a set at a step, and tells whether it had so many.
func killAt(t *testing.T, step int, b beyond, exts string) bool {
	folder := inMemory(t)
	deliverOld(t, folder, b)
	before := content(t, folder)
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), "JOBS_TEST_OUTPUT="+folder, fmt.Sprint("JOBS_TEST_KILL_AT=", step),
		"JOBS_TEST_LATEST="+b.latest, "JOBS_TEST_KEEP="+b.keep, "JOBS_TEST_FORMATS="+exts)
	out, err := command.CombinedOutput()
	when := fmt.Sprintf("%v %s: killed at step %d", b, exts, step)
	delivered := checkSet(t, folder, when)
	checkLatest(t, folder, when)
	checkManifests(t, folder, when)
	if err == nil {
		if step < 10 {
			t.Fatalf("the run had but %d steps: %s", step, out)
		}
		return false
	}
	if left := hidden(t, folder); !delivered && len(left) == 0 {
		t.Fatalf("%s: neither a manifest nor leftovers", when)
	}
	for name, text := range before { // until the first name changes, the old set stands
		if now := content(t, folder); delivered && step < 8 && now[name] != text {
			t.Fatalf("%s: %s has changed", when, name)
		}
	}
	deliverBeyond(t, b, order(folder, calls(rows(2, "the next")), strings.Fields(exts)...))
	if left := hidden(t, folder); len(left) > 0 || !checkSet(t, folder, when) || checkLatest(t, folder, when) != (b.latest != "") {
		t.Fatalf("%s: the next run left %v", when, left)
	}
	if delivered {
		checkKept(t, folder, when, b)
	}
	return true
}

// limitFiles bounds the size of files, as a full disk does.
func limitFiles(bytes string) {
	signal.Ignore(syscall.SIGXFSZ)
	var limit uint64
	fmt.Sscan(bytes, &limit)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
		panic(err)
	}
}

func TestFullDiskIsAnOutputErrorAndLeavesTheOldSet(t *testing.T) {
	for _, limit := range []string{"1000", "70000"} { // before the first request, and amid the rows
		folder := t.TempDir()
		deliver(t, order(folder, calls(rows(3, "an old call")), "a", "b"))
		before := content(t, folder)
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), "JOBS_TEST_OUTPUT="+folder, "JOBS_TEST_LIMIT="+limit, "JOBS_TEST_FORMATS=a b")
		out, err := command.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "file too large") || !strings.Contains(string(out), "calls_2026-11-21.") || strings.Contains(string(out), ".reportjob") {
			t.Fatalf("%v: %s", err, out)
		}
		if !maps.Equal(before, content(t, folder)) {
			t.Error("the old set was touched, or temporaries stayed behind")
		}
	}
}

func TestOutputIsTriedBeforeTheFirstRowIsAskedFor(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "exports"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	asked := false
	job := calls(func(ctx context.Context, r Request) iter.Seq2[call, error] {
		asked = true
		return rows(1, "x")(ctx, r)
	})
	result := new(Runner).Run(t.Context(), order(filepath.Join(folder, "exports"), job, "a"))
	var broken *OutputError
	if !errors.As(result.Err, &broken) || !strings.Contains(result.Err.Error(), "exports/calls: not a directory: there is a file where a folder is needed") {
		t.Errorf("error: %v", result.Err)
	}
	if asked {
		t.Error("the source was asked although nothing can be written")
	}
}

func TestLeftoversOfTheReportAreClearedAndNothingElse(t *testing.T) {
	folder := t.TempDir()
	random := strings.Repeat("a2", 13)
	ours := []string{".calls_2026-11-20.csv.4711-" + random + ".reportjob", ".calls_20261121T050000Z.manifest.json.1-" + random + ".reportjob"}
	theirs := []string{
		".calls_2026-11-20.csv.4711-short.reportjob", ".calls_2026-11-20.csv.swp", ".other_2026-11-20.csv.4711-" + random + ".reportjob",
		"calls_2026-11-20.csv", "notes.txt", "calls_2026-11-20.csv.4711-" + random + ".reportjob",
	}
	if err := os.MkdirAll(filepath.Join(folder, "calls", ours[0]+"d"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range append(ours, theirs...) {
		if err := os.WriteFile(filepath.Join(folder, "calls", name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	deliver(t, order(folder, calls(rows(1, "x")), "a"))
	now := content(t, folder)
	for _, name := range ours {
		if _, there := now["calls/"+name]; there {
			t.Errorf("%s stayed", name)
		}
	}
	for _, name := range theirs {
		if _, there := now["calls/"+name]; !there {
			t.Errorf("%s is somebody else's and is gone", name)
		}
	}
}

func TestOneProcessAtATimeWritesAReport(t *testing.T) {
	folder := t.TempDir()
	deliver(t, order(folder, calls(rows(1, "x")), "a"))
	other, err := os.Open(filepath.Join(folder, "calls"))
	if err != nil {
		t.Fatal(err)
	}
	if free, err := tryLock(other); !free || err != nil {
		t.Skip("this file system has no locks")
	}
	o := order(folder, calls(rows(2, "y")), "a")
	o.Timeout = 50 * time.Millisecond
	result := new(Runner).Run(t.Context(), o)
	var broken *OutputError
	if !errors.As(result.Err, &broken) || !strings.Contains(result.Err.Error(), "another run is writing here: no result within 50ms") {
		t.Errorf("while another process has the folder: %v", result.Err)
	}
	time.AfterFunc(30*time.Millisecond, func() { other.Close() })
	if result := deliver(t, order(folder, calls(rows(3, "z")), "a")); result.Rows != 3 {
		t.Errorf("after that: %+v", result)
	}
}

func TestRunsOfOneWindowAtOnceLeaveOneWholeSet(t *testing.T) {
	folder := t.TempDir()
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			exts := []string{"a", "b", "c"}[:1+i%3]
			if result := new(Runner).Run(t.Context(), order(folder, calls(rows(100*i, "x")), exts...)); result.Err != nil {
				t.Error(result.Err)
			}
		})
	}
	all.Wait()
	for _, v := range Verify(folder, inspectLines) { // the folder: no file may be without its manifest either
		if !v.OK {
			t.Errorf("%s: %v", v.Path, v.Problems)
		}
	}
}

func TestFormatThatIsNoLongerWantedGoesWithItsManifest(t *testing.T) {
	folder := t.TempDir()
	deliver(t, order(folder, calls(rows(1, "x")), "a", "b"))
	note := filepath.Join(folder, "calls", "calls_2026-11-21.txt")
	if err := os.WriteFile(note, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	deliver(t, order(folder, calls(rows(1, "x")), "b"))
	now := content(t, folder)
	if _, there := now["calls/calls_2026-11-21.a"]; there || len(now) != 3 {
		t.Errorf("files: %v", now)
	}
}
