package jobs

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/internal/raced"
)

// links are the names of latest in a folder, and what they lead to: the name of a file, or "copy".
func links(t *testing.T, folder string) string {
	t.Helper()
	var list []string
	paths, _ := filepath.Glob(filepath.Join(folder, "calls", "latest*"))
	for _, path := range paths {
		target, err := os.Readlink(path)
		if err != nil {
			target = "copy"
		}
		list = append(list, filepath.Base(path)+"="+target)
	}
	return strings.Join(list, " ")
}

func TestLatestStandsForTheWindowThatEndsLast(t *testing.T) {
	folder, b := t.TempDir(), beyond{latest: "links"}
	first := order(folder, calls(rows(1, "x")), "a", "b")
	second := tomorrow(first)
	month := first
	month.Window = Window{first.Window.From.AddDate(0, 0, -20), second.Window.To}
	short := second
	short.Formats = short.Formats[:1]
	for i, c := range []struct {
		order Order
		want  string
	}{
		{first, "latest.a=calls_2026-11-21.a latest.b=calls_2026-11-21.b latest.manifest.json=calls_2026-11-21.manifest.json"},
		{second, "latest.a=calls_2026-11-22.a latest.b=calls_2026-11-22.b latest.manifest.json=calls_2026-11-22.manifest.json"},
		{first, "latest.a=calls_2026-11-22.a latest.b=calls_2026-11-22.b latest.manifest.json=calls_2026-11-22.manifest.json"},
		{month, "latest.a=calls_2026-11-22.a latest.b=calls_2026-11-22.b latest.manifest.json=calls_2026-11-22.manifest.json"},
		{short, "latest.a=calls_2026-11-22.a latest.manifest.json=calls_2026-11-22.manifest.json"},
		{tomorrow(first), "latest.a=calls_2026-11-22.a latest.b=calls_2026-11-22.b latest.manifest.json=calls_2026-11-22.manifest.json"},
	} {
		deliverBeyond(t, b, c.order)
		if got := links(t, folder); got != c.want {
			t.Errorf("%d: %s\nwant %s", i, got, c.want)
		}
		checkAll(t, folder, "", b)
	}
}

func TestLatestIsMadeAgainIfSomebodyTookItAway(t *testing.T) {
	folder, b := t.TempDir(), beyond{latest: "links"}
	o := order(folder, calls(rows(1, "x")), "a", "b")
	deliverBeyond(t, b, o)
	want := links(t, folder)
	o.Again = true
	for name, spoil := range map[string]func(path string) error{
		"gone":    os.Remove,
		"astray":  func(path string) error { _ = os.Remove(path); return os.Symlink("elsewhere.a", path) },
		"a file":  func(path string) error { _ = os.Remove(path); return os.WriteFile(path, []byte("x"), 0o600) },
		"nothing": func(string) error { return nil },
	} {
		for _, file := range []string{"latest.a", "latest.manifest.json"} {
			if err := spoil(filepath.Join(folder, "calls", file)); err != nil {
				t.Fatal(err)
			}
			deliverBeyond(t, b, o)
			if got := links(t, folder); got != want {
				t.Errorf("%s %s: %s", file, name, got)
			}
		}
	}
}

func TestLatestIsCopiedWhereThereAreNoLinks(t *testing.T) {
	folder, b := t.TempDir(), beyond{latest: "copies"}
	first := order(folder, calls(rows(1, "x")), "a", "b")
	deliverBeyond(t, b, tomorrow(first))
	deliverBeyond(t, b, first)
	files := content(t, folder)
	for _, name := range []string{"a", "b", "manifest.json"} {
		if latest := files["calls/latest."+name]; latest == "" || latest != files["calls/calls_2026-11-22."+name] {
			t.Errorf("%s: %q", name, latest)
		}
	}
	second := tomorrow(first)
	second.Job, second.Formats = calls(rows(2, "y")), second.Formats[:1]
	deliverBeyond(t, b, second)
	checkAll(t, folder, "", b)
	if got := links(t, folder); got != "latest.a=copy latest.manifest.json=copy" {
		t.Errorf("names: %s", got)
	}
	if err := os.WriteFile(filepath.Join(folder, "calls", "latest.a"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	all := Verify(folder, inspectLines)
	if i := slices.IndexFunc(all, func(v Verification) bool { return !v.OK }); i < 0 || !strings.Contains(all[i].Problems[0], "latest.a: it has 1 bytes") {
		t.Errorf("a copy that was changed: %+v", all)
	}
}

func TestLatestOfFormatsThatAreGoneGoes(t *testing.T) {
	for _, mode := range []string{"links", "copies"} {
		folder, b := t.TempDir(), beyond{latest: mode}
		deliverBeyond(t, b, order(folder, calls(rows(1, "x")), "a", "b"))
		o := order(folder, calls(rows(1, "x")), "b", "c")
		r := &Runner{hook: endsBehind("rename calls_2026-11-21.manifest.json")} // and does not come to latest
		b.apply(r, &o)
		r.Run(t.Context(), o)
		deliverBeyond(t, b, order(folder, calls(rows(1, "x")), "b", "c"))
		checkAll(t, folder, mode, b)
		if got := links(t, folder); strings.Contains(got, "latest.a=") || !strings.Contains(got, "latest.c=") {
			t.Errorf("%s: %s", mode, got)
		}
	}
}

// endsBehind is a hook that lets nothing be done once a step was.
func endsBehind(last string) func(string) error {
	over := false
	return func(step string) error {
		if over {
			return errDisk
		}
		over = step == last
		return nil
	}
}

func TestLatestGoesWhereItIsNoLongerAskedFor(t *testing.T) {
	for _, mode := range []string{"links", "copies"} {
		first := order(t.TempDir(), calls(rows(1, "x")), "a", "b")
		again := first
		again.Again = true
		other := order(first.Output, calls(rows(2, "y")), "b", "c")
		for name, then := range map[string]Order{"the next window": tomorrow(first), "the same again": first, "unchanged": again, "other formats": other} {
			for _, keep := range []string{"", "1"} {
				folder := t.TempDir()
				first.Output, then.Output = folder, folder
				deliverBeyond(t, beyond{latest: mode}, first)
				deliverBeyond(t, beyond{keep: keep}, then)
				if got := links(t, folder); got != "" {
					t.Errorf("%s, %s, retention %q: %s", mode, name, keep, got)
				}
				checkAll(t, folder, mode+", "+name, beyond{})
			}
		}
	}
}

func TestLatestGoesWithItsManifestFirst(t *testing.T) {
	for _, mode := range []string{"links", "copies"} {
		folder := t.TempDir()
		first := order(folder, calls(rows(1, "x")), "a", "b")
		deliverBeyond(t, beyond{latest: mode}, first)
		var removed []string
		r := &Runner{hook: func(step string) error {
			if name, ok := strings.CutPrefix(step, "remove latest."); ok {
				removed = append(removed, name)
			}
			return nil
		}}
		if result := r.Run(t.Context(), tomorrow(first)); result.Err != nil || result.Trouble != nil {
			t.Fatal(result.Err, result.Trouble)
		}
		if got := strings.Join(removed, " "); got != "manifest.json a b" {
			t.Errorf("%s: removed %s", mode, got)
		}
	}
}

func TestLatestThatIsTakenAwayIsNeverWrongWhereverARunEnds(t *testing.T) {
	for _, mode := range []string{"links", "copies"} {
		for last, whole := 1, false; !whole; last += raced.Every(5) {
			folder, when := t.TempDir(), fmt.Sprintf("%s, step %d", mode, last)
			deliverBeyond(t, beyond{latest: mode}, order(folder, calls(rows(1, "x")), "a", "b"))
			step := 0
			r := &Runner{hook: func(string) error {
				checkLatest(t, folder, when)
				if step++; step >= last {
					return errDisk
				}
				return nil
			}}
			other := order(folder, calls(rows(2, "y")), "a", "b", "c")
			result := r.Run(t.Context(), other)
			whole = result.Err == nil && result.Trouble == nil
			checkManifests(t, folder, when)
			deliverBeyond(t, beyond{}, other)
			checkManifests(t, folder, when)
			if got := links(t, folder); whole && got != "" {
				t.Fatalf("%s: left %s", when, got)
			}
		}
	}
}

func TestNamesOfLatestThatAreSomebodyElsesStayWithoutLatestToo(t *testing.T) {
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, "calls", name) }
	first := order(folder, calls(rows(1, "x")), "a", "b")
	deliverBeyond(t, beyond{}, first)
	if err := os.Symlink("calls_2026-11-21.a", in("latest.a")); err == nil { // somebody's own script
		deliverBeyond(t, beyond{}, tomorrow(first))
		if got := links(t, folder); !strings.Contains(got, "latest.a=") {
			t.Errorf("somebody's own link is gone: %s", got)
		}
		if err := os.Remove(in("latest.a")); err != nil {
			t.Fatal(err)
		}
	}
	deliverBeyond(t, beyond{latest: "copies"}, first)
	touch(t, in("latest.a")) // changed by somebody
	touch(t, in("latest.c"))
	touch(t, in("latest"))
	deliverBeyond(t, beyond{}, tomorrow(first))
	if got := links(t, folder); got != "latest=copy latest.a=copy latest.c=copy" {
		t.Errorf("left: %s", got)
	}
	for name, text := range map[string]string{
		"no manifest":       "x",
		"of another report": `{"report": "faxes", "files": [{"name": "latest.a"}]}`,
	} {
		if err := os.WriteFile(in("latest.manifest.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		deliverBeyond(t, beyond{}, tomorrow(first))
		if got := links(t, folder); !strings.Contains(got, "latest.manifest.json=copy") {
			t.Errorf("%s: left: %s", name, got)
		}
	}
}

func TestNamesOfLatestThatAreSomebodyElsesStay(t *testing.T) {
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, "calls", name) }
	touch(t, in("latest.parquet"))
	touch(t, in("notes.txt"))
	for _, link := range [][2]string{{"notes.txt", "latest.txt"}, {"../elsewhere.doc", "latest.doc"}} {
		if err := os.Symlink(link[0], in(link[1])); err != nil {
			t.Skip("no links: ", err)
		}
	}
	before := links(t, folder)
	deliverBeyond(t, beyond{}, order(folder, calls(rows(1, "x")), "a"))
	if got := links(t, folder); got != before {
		t.Errorf("without latest: %s", got)
	}
	deliverBeyond(t, beyond{latest: "links"}, order(folder, calls(rows(1, "x")), "a"))
	for _, name := range []string{"latest.parquet", "latest.txt", "latest.doc"} {
		if _, err := os.Lstat(in(name)); err != nil {
			t.Error(err)
		}
	}
}

func TestVerifyGoesThroughLatest(t *testing.T) {
	for _, mode := range []string{"links", "copies"} {
		folder := t.TempDir()
		o := order(folder, calls(rows(3, "hello")), "a", "csv.gz")
		o.Filename, _ = ParseTemplate("{window}.x")
		deliverBeyond(t, beyond{latest: mode}, o)
		for _, name := range []string{"latest.a", "latest.csv.gz", "latest.manifest.json"} {
			all := Verify(filepath.Join(folder, "calls", name), inspectLines)
			if len(all) != 1 || !all[0].OK || all[0].Report != "calls" {
				t.Errorf("%s %s: %+v", mode, name, all)
			}
		}
		if all := Verify(folder, inspectLines); len(all) != 1 || !all[0].OK {
			t.Errorf("%s: the set is counted more than once: %+v", mode, all)
		}
		if err := os.Truncate(filepath.Join(folder, "calls", "latest.a"), 3); err != nil {
			t.Fatal(err)
		}
		for name, ok := range map[string]bool{"latest.a": false, "latest.csv.gz": true, "latest.manifest.json": false} {
			if v := Verify(filepath.Join(folder, "calls", name), inspectLines)[0]; v.OK != ok {
				t.Errorf("%s %s: %+v", mode, name, v)
			}
		}
		for _, name := range []string{"2026-11-21.x.a", "2026-11-21.x.csv.gz", "2026-11-21.x.manifest.json"} {
			_ = os.Remove(filepath.Join(folder, "calls", name))
		}
		if v := Verify(folder, inspectLines)[0]; v.OK {
			t.Errorf("%s: without its set, and damaged: %+v", mode, v)
		}
	}
}

func TestACopyOfLatestAloneCanBeProven(t *testing.T) {
	folder := t.TempDir()
	deliverBeyond(t, beyond{latest: "copies"}, order(folder, calls(rows(3, "hello")), "a"))
	for _, name := range []string{"a", "manifest.json"} {
		_ = os.Remove(filepath.Join(folder, "calls", "calls_2026-11-21."+name))
	}
	if all := Verify(folder, inspectLines); len(all) != 1 || !all[0].OK {
		t.Errorf("%+v", all)
	}
}
