package jobs

import (
	"bytes"
	"context"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// keeping is a retention of a test.
func keeping(t *testing.T, text string) Retention {
	t.Helper()
	r, err := ParseRetention(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// someDays delivers so many days of calls, one after the other, and returns the order of the last one.
func someDays(t *testing.T, folder string, n int, retention string) Order {
	t.Helper()
	o := order(folder, calls(rows(2, "x")), "a", "b")
	o.Retention = keeping(t, retention)
	for range n - 1 {
		deliver(t, o)
		o = tomorrow(o)
	}
	deliver(t, o)
	return o
}

// windowsIn are the names of the windows that have a manifest.
func windowsIn(t *testing.T, folder string) string {
	t.Helper()
	var list []string
	paths, _ := filepath.Glob(filepath.Join(folder, "calls", "*.manifest.json"))
	for _, path := range paths {
		list = append(list, strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "calls_2026-11-"), ".manifest.json"))
	}
	return strings.Join(list, " ")
}

func TestRetentionIsReadAndPrinted(t *testing.T) {
	for text, want := range map[string]string{"off": "off", "OFF": "off", "30d": "30d", "8w": "56d", "1D": "1d", "12": "12", "36500d": "36500d"} {
		if got := keeping(t, text).String(); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
	for _, text := range []string{"", "0", "0d", "-1", "+3", "12m", "1.5d", "d", "36501d", "9999999", "30 d", "forever", "1e3"} {
		if got, err := ParseRetention(text); err == nil || !strings.Contains(err.Error(), "such as 30d") || got != (Retention{}) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestRetentionKeepsTheNewestSets(t *testing.T) {
	for retention, want := range map[string]string{
		"off": "21 22 23 24 25", "3": "23 24 25", "1": "25", "9": "21 22 23 24 25",
		"2d": "24 25", // the slot is at five on the 26th: the 23rd ended two days and five hours before it
		"3d": "23 24 25",
		"9d": "21 22 23 24 25",
	} {
		folder := t.TempDir()
		someDays(t, folder, 5, retention)
		if got := windowsIn(t, folder); got != want {
			t.Errorf("%s: %s are left, want %s", retention, got, want)
		}
		checkAll(t, folder, retention, beyond{})
	}
}

func TestRetentionIsRecorded(t *testing.T) {
	folder := t.TempDir()
	o := someDays(t, folder, 2, "off")
	old, err := ReadManifest(filepath.Join(folder, "calls", "calls_2026-11-21.manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	o = tomorrow(o)
	o.Retention = keeping(t, "2")
	r := Runner{Log: slog.New(slog.NewTextHandler(&log, nil))}
	for range 2 { // made anew, the set still knows what it took away
		result := r.Run(t.Context(), o)
		retired := result.Manifest.Retired
		if len(retired) != 1 || retired[0].Manifest != "calls_2026-11-21.manifest.json" || retired[0].Window != old.Window || len(retired[0].Files) != 2 || retired[0].Files[1] != old.Files[1] || retired[0].Rows != 2 {
			t.Fatalf("retired: %+v", retired)
		}
	}
	if said := log.String(); strings.Count(said, `msg="set retired"`) != 1 || !strings.Contains(said, "calls_2026-11-21.manifest.json") {
		t.Errorf("log: %s", said)
	}
	if text, _ := os.ReadFile(filepath.Join(folder, "calls", "calls_2026-11-22.manifest.json")); bytes.Contains(text, []byte(`"retired"`)) {
		t.Error("a set that took nothing away says that it did")
	}
}

// truncated is a source of calls that knows of more.
func truncated(ctx context.Context, r Request) iter.Seq2[call, error] {
	r.Proof.Truncated("the API keeps 10,000 rows")
	return rows(1, "x")(ctx, r)
}

func TestTheLastGoodSetIsNeverTakenAway(t *testing.T) {
	folder := t.TempDir()
	o := someDays(t, folder, 3, "off")
	o.Job, o.Retention = calls(truncated), keeping(t, "1")
	o = tomorrow(o)
	deliver(t, o)
	if got := windowsIn(t, folder); got != "23 24" {
		t.Errorf("left: %s; the 24th lacks rows", got)
	}
	o = tomorrow(o)
	deliver(t, o)
	if got := windowsIn(t, folder); got != "23 25" {
		t.Errorf("left: %s", got)
	}
	o = tomorrow(o)
	o.Job = calls(rows(1, "x"))
	deliver(t, o)
	if got := windowsIn(t, folder); got != "26" {
		t.Errorf("left: %s", got)
	}
}

func TestAGoodSetThatWasDamagedIsNotTheLastGoodOne(t *testing.T) {
	folder := t.TempDir()
	o := someDays(t, folder, 2, "off")
	if err := os.Truncate(filepath.Join(folder, "calls", "calls_2026-11-22.a"), 1); err != nil {
		t.Fatal(err)
	}
	o.Job, o.Retention = calls(truncated), keeping(t, "1")
	deliver(t, tomorrow(o))
	if got := windowsIn(t, folder); got != "21 22 23" {
		t.Errorf("left: %s; the 21st is the last good one, and somebody changed the 22nd", got)
	}
}

func TestRetentionLeavesWhatIsNotOurs(t *testing.T) {
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, "calls", name) }
	o := someDays(t, folder, 5, "off")
	write := func(name, text string) {
		if err := os.WriteFile(in(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	edit := func(name, old, new string) {
		text, err := os.ReadFile(in(name))
		if err != nil || !strings.Contains(string(text), old) {
			t.Fatalf("%v: no %q in %s", err, old, text)
		}
		write(name, strings.ReplaceAll(string(text), old, new))
	}
	touch(t, filepath.Join(folder, "calls_2026-11-21.a"))
	touch(t, in("notes.txt"))
	touch(t, in("calls_2026-11-21.pdf"))
	write("calls_2026-11-22.a", "somebody's own work")
	edit("calls_2026-11-23.manifest.json", `"report": "calls"`, `"report": "faxes"`)
	edit("calls_2026-11-24.manifest.json", `"name": "calls_2026-11-24.a"`, `"name": "../calls_2026-11-21.a"`)
	write("calls_2026-11-19.manifest.json", "{")
	if err := os.Symlink("calls_2026-11-21.manifest.json", in("mine.manifest.json")); err != nil {
		t.Skip("no links: ", err)
	}
	before := content(t, folder)
	var log bytes.Buffer
	o = tomorrow(o)
	o.Retention = keeping(t, "1")
	if result := (&Runner{Log: slog.New(slog.NewTextHandler(&log, nil))}).Run(t.Context(), o); result.Err != nil || result.Trouble != nil || len(result.Manifest.Retired) != 2 {
		t.Fatalf("%+v", result)
	}
	now := content(t, folder)
	for name := range before {
		gone := strings.Contains(name, "-21.a") && name != "calls_2026-11-21.a" || strings.Contains(name, "-21.b") ||
			strings.Contains(name, "-21.manifest") || strings.Contains(name, "-25.")
		if _, there := now[name]; there == gone && name != "calls/mine.manifest.json" {
			t.Errorf("%s: there %v", name, there)
		}
	}
	if said := log.String(); !strings.Contains(said, "is kept: somebody changed its files") || !strings.Contains(said, "file=calls_2026-11-22.a") {
		t.Errorf("log: %s", said)
	}
}

func TestRetentionCountsFromTheSlotButNotFromTheFuture(t *testing.T) {
	folder := t.TempDir()
	o := someDays(t, folder, 3, "off")
	o.Retention = keeping(t, "30d")
	o.Slot = o.Slot.AddDate(70, 0, 0)
	r := &Runner{Now: func() time.Time { return saturday.AddDate(0, 0, 4) }}
	if result := r.Run(t.Context(), o); result.Err != nil || windowsIn(t, folder) != "21 22 23" {
		t.Errorf("a slot of the future took sets away: %s, %v", windowsIn(t, folder), result.Err)
	}
	o.Slot = saturday.AddDate(0, 0, 3)
	r.Now = func() time.Time { return saturday.AddDate(10, 0, 0) }
	if result := r.Run(t.Context(), o); result.Err != nil || windowsIn(t, folder) != "21 22 23" {
		t.Errorf("a slot that is run late took sets away: %s, %v", windowsIn(t, folder), result.Err)
	}
}

func TestAWindowFilledInIsNotTakenAwayByItsOwnRun(t *testing.T) {
	folder := t.TempDir()
	o := someDays(t, folder, 3, "2")
	old := order(folder, calls(rows(9, "late")), "a")
	old.Retention = o.Retention
	deliver(t, old)
	if got := windowsIn(t, folder); got != "21 22 23" {
		t.Errorf("left: %s", got)
	}
	deliver(t, tomorrow(o))
	if got := windowsIn(t, folder); got != "23 24" {
		t.Errorf("left: %s", got)
	}
}

func TestWhatIsPutBackUnderAnOldNameStays(t *testing.T) {
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, "calls", name) }
	o := someDays(t, folder, 2, "2")
	before := content(t, folder)
	deliver(t, tomorrow(o))
	if windowsIn(t, folder) != "22 23" {
		t.Fatal(windowsIn(t, folder))
	}
	for name, text := range map[string]string{
		"calls_2026-11-21.a":             "another file of this name",
		"calls_2026-11-21.b":             before["calls/calls_2026-11-21.b"],
		"calls_2026-11-21.manifest.json": strings.Replace(before["calls/calls_2026-11-21.manifest.json"], `"report": "calls"`, `"report": "mine"`, 1),
	} {
		if err := os.WriteFile(in(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	deliver(t, tomorrow(o))
	for _, name := range []string{"a", "b", "manifest.json"} {
		if _, err := os.Stat(in("calls_2026-11-21." + name)); err != nil {
			t.Error(err)
		}
	}
	_ = os.Remove(in("calls_2026-11-21.manifest.json"))
	deliver(t, tomorrow(o))
	for name, stays := range map[string]bool{"a": true, "b": false} { // b is what was to be taken away, and has no manifest
		if _, err := os.Stat(in("calls_2026-11-21." + name)); (err == nil) != stays {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNamesInManifestsLeadNowhereElse(t *testing.T) {
	for name, want := range map[string]bool{
		"x.csv": true, "x.csv.gz": true, "x.": false, "x": false, "y.csv": false, "x.a/../../y": false, "x./y": false, "../x.csv": false, "": false,
	} {
		if (File{Name: name}).of("x") != want {
			t.Errorf("%q", name)
		}
	}
	if (File{Name: ".csv"}).of("") {
		t.Error("a set without a name")
	}
}
