package jobs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/internal/raced"
)

func TestAKilledRunIsEndedByTheNextOneWhateverItsWindow(t *testing.T) {
	for b, exts := range map[beyond]string{{}: "b c", {latest: "links"}: "a b", {latest: "copies"}: "b c", {keep: "1"}: "a b"} {
		for step := 1; endAfter(t, step, b, exts); step += raced.Every(5) {
		}
	}
}

// endAfter kills a run that replaces a set at a step, has the report run for another window, and tells whether the first run
// had so many steps.
func endAfter(t *testing.T, step int, b beyond, exts string) bool {
	folder := inMemory(t)
	deliverOld(t, folder, b)
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), "JOBS_TEST_OUTPUT="+folder, fmt.Sprint("JOBS_TEST_KILL_AT=", step), "JOBS_TEST_LATEST="+b.latest, "JOBS_TEST_KEEP="+b.keep, "JOBS_TEST_FORMATS="+exts)
	_, err := command.CombinedOutput()
	deliverBeyond(t, b, nextDay(folder))
	when := fmt.Sprintf("%v %s: killed at step %d", b, exts, step)
	if b.keep == "" && !checkSet(t, folder, when) {
		t.Fatalf("%s: neither the old set nor the new one is there", when)
	}
	checkAll(t, folder, when, b)
	return err != nil
}

// hideSet gives files of a set the names that they have before they are delivered.
func hideSet(t *testing.T, folder string, names ...string) {
	t.Helper()
	s := &set{place: place{report: "calls"}}
	for _, name := range names {
		if err := os.Rename(filepath.Join(folder, "calls", name), filepath.Join(folder, "calls", s.hidden(name))); err != nil {
			t.Fatal(err)
		}
	}
}

// nextDay is an order for the day after that of order.
func nextDay(folder string) Order {
	o := order(folder, calls(rows(2, "the next day")), "a", "b")
	o.Window = Window{saturday.AddDate(0, 0, 1), saturday.AddDate(0, 0, 2)}
	return o
}

func TestASetThatAKilledRunHadMadeIsDelivered(t *testing.T) {
	folder := t.TempDir()
	deliver(t, order(folder, calls(rows(3, "a call")), "a", "b"))
	before := content(t, folder)
	hideSet(t, folder, "calls_2026-11-21.manifest.json", "calls_2026-11-21.b")
	deliver(t, nextDay(folder))
	checkAll(t, folder, "after the next run", beyond{})
	now := content(t, folder)
	for name, text := range before {
		if now[name] != text {
			t.Errorf("%s is not what it was", name)
		}
	}
}

func TestOfASetThatIsNotWholeNothingStaysButWhatSomebodyChanged(t *testing.T) {
	folder := t.TempDir()
	deliver(t, order(folder, calls(rows(3, "a call")), "a", "b", "c"))
	changed, lost := filepath.Join(folder, "calls", "calls_2026-11-21.b"), filepath.Join(folder, "calls", "calls_2026-11-21.c")
	if err := os.WriteFile(changed, []byte("notes of mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(lost); err != nil {
		t.Fatal(err)
	}
	hideSet(t, folder, "calls_2026-11-21.manifest.json")
	deliver(t, nextDay(folder))
	var left []string
	for name := range content(t, folder) {
		if strings.Contains(name, "2026-11-21") {
			left = append(left, name)
		}
	}
	if fmt.Sprint(left) != "[calls/calls_2026-11-21.b]" {
		t.Errorf("left: %v", left)
	}
}
