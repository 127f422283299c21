package jobs

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
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

func TestFaultAtAnyStepLeavesOldSetNewSetOrNoManifest(t *testing.T) {
	for _, exts := range [][]string{{"a", "b"}, {"a"}, {"b", "c"}} {
		published := false
		for fault := 1; ; fault++ {
			folder := t.TempDir()
			deliver(t, order(folder, calls(rows(3, "an old call")), "a", "b"))
			before := content(t, folder)
			step, failed := 0, ""
			r := &Runner{hook: func(name string) error {
				if step++; step == fault {
					failed = name
					return errDisk
				}
				if strings.HasPrefix(name, "remove") {
					published = true
				}
				return nil
			}}
			published = false
			result := r.Run(t.Context(), order(folder, calls(rows(5000, "a new call")), exts...))
			if result.Err == nil {
				if failed != "" {
					t.Fatalf("the run succeeded although %q failed", failed)
				}
				if fault < 10 {
					t.Fatalf("only %d steps were broken", fault)
				}
				break
			}
			var broken *OutputError
			if !errors.As(result.Err, &broken) || !errors.Is(result.Err, errDisk) || result.Verdict != Failed || len(result.Files) > 0 {
				t.Fatalf("%s: %+v", failed, result)
			}
			checkSet(t, folder, failed)
			if names := hidden(t, folder); len(names) > 0 {
				t.Fatalf("%s: %v stayed behind", failed, names)
			}
			if !published && !maps.Equal(before, content(t, folder)) {
				t.Fatalf("%s: the old set was touched", failed)
			}
			deliver(t, order(folder, calls(rows(2, "the next")), exts...))
			if !checkSet(t, folder, "after "+failed) {
				t.Fatalf("%s: the next run delivered nothing", failed)
			}
		}
	}
}

func TestKillAtAnyStepLeavesOldSetNewSetOrNoManifest(t *testing.T) {
	for step := 1; ; step++ {
		folder := t.TempDir()
		deliver(t, order(folder, calls(rows(3, "an old call")), "a", "b"))
		before := content(t, folder)
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), "JOBS_TEST_OUTPUT="+folder, fmt.Sprint("JOBS_TEST_KILL_AT=", step))
		out, err := command.CombinedOutput()
		when := fmt.Sprintf("killed at step %d", step)
		delivered := checkSet(t, folder, when)
		if err == nil {
			if step < 10 {
				t.Fatalf("the run had but %d steps: %s", step, out)
			}
			return
		}
		if left := hidden(t, folder); !delivered && len(left) == 0 {
			t.Fatalf("%s: neither a manifest nor leftovers", when)
		}
		for name, text := range before { // until the first name changes, the old set stands
			if now := content(t, folder); delivered && step < 8 && now[name] != text {
				t.Fatalf("%s: %s has changed", when, name)
			}
		}
		deliver(t, order(folder, calls(rows(2, "the next")), "a", "b"))
		if left := hidden(t, folder); len(left) > 0 || !checkSet(t, folder, when) {
			t.Fatalf("%s: the next run left %v", when, left)
		}
	}
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
		command.Env = append(os.Environ(), "JOBS_TEST_OUTPUT="+folder, "JOBS_TEST_LIMIT="+limit)
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
