package jobs

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestVerifyFindsEachKindOfDamage(t *testing.T) {
	const file, manifest = "calls/calls_2026-11-21.a", "calls/calls_2026-11-21.manifest.json"
	edit := func(t *testing.T, path, old, new string) {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(text), old) {
			t.Fatalf("%v: no %q in %s", err, old, text)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, new, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		damage func(t *testing.T, folder string)
		say    string // empty: nothing is wrong
	}{
		"none":             {func(*testing.T, string) {}, ""},
		"hidden temporary": {func(t *testing.T, f string) { touch(t, f+"/calls/.calls_2026-11-21.a.1-x.reportjob") }, ""},
		"hidden folder":    {func(t *testing.T, f string) { touch(t, f+"/.state/ledger") }, ""},
		"missing":          {func(t *testing.T, f string) { _ = os.Remove(f + "/" + file) }, "calls_2026-11-21.a: no such file"},
		"a folder": {func(t *testing.T, f string) {
			_ = os.Remove(f + "/" + file)
			_ = os.Mkdir(f+"/"+file, 0o755)
		}, "it is not a file"},
		"shorter":          {func(t *testing.T, f string) { _ = os.Truncate(f+"/"+file, 20) }, "it has 20 bytes, the manifest says"},
		"one character":    {func(t *testing.T, f string) { edit(t, f+"/"+file, "hello", "hallo") }, "its SHA-256 is"},
		"rows":             {func(t *testing.T, f string) { edit(t, f+"/"+manifest, `"rows": 3`, `"rows": 4`) }, "3 rows for the file and 4 for the report"},
		"column":           {func(t *testing.T, f string) { edit(t, f+"/"+manifest, `"said"`, `"heard"`) }, "its columns are call_id, said, the manifest says call_id, heard"},
		"other report":     {func(t *testing.T, f string) { edit(t, f+"/"+manifest, `"report": "calls"`, `"report": "faxes"`) }, "one of report faxes"},
		"path":             {func(t *testing.T, f string) { edit(t, f+"/"+manifest, `"name": "calls_`, `"name": "../calls_`) }, "cannot be the name of a file"},
		"no JSON":          {func(t *testing.T, f string) { edit(t, f+"/"+manifest, "{", "") }, "invalid character"},
		"newer schema":     {func(t *testing.T, f string) { edit(t, f+"/"+manifest, `"schema": 1`, `"schema": 2`) }, "schema 2"},
		"no manifest":      {func(t *testing.T, f string) { _ = os.Remove(f + "/" + manifest) }, "not delivered"},
		"additional file":  {func(t *testing.T, f string) { touch(t, f+"/calls/calls_2026-11-21.zip") }, "no manifest lists it"},
		"nothing at all":   {func(t *testing.T, f string) { _ = os.RemoveAll(f + "/calls") }, "nothing was delivered here"},
		"folder not there": {func(t *testing.T, f string) { _ = os.RemoveAll(f) }, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			deliver(t, order(folder, calls(rows(3, "hello")), "a"))
			c.damage(t, folder)
			var problems []string
			for _, v := range Verify(folder, inspectLines) {
				if v.OK != (len(v.Problems) == 0) || v.Problems == nil {
					t.Errorf("verification %+v", v)
				}
				problems = append(problems, v.Problems...)
			}
			if said := strings.Join(problems, "\n"); !strings.Contains(said, c.say) || (c.say == "") != (said == "") {
				t.Errorf("problems %q, want %q", said, c.say)
			}
		})
	}
}

// touch makes an empty file and the folders above it.
func touch(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestVerifyOfOneFileLooksAtThatFileAlone(t *testing.T) {
	folder := t.TempDir()
	result := deliver(t, order(folder, calls(rows(3, "x")), "a", "csv.gz"))
	if err := os.Truncate(filepath.Join(folder, "calls", "calls_2026-11-21.a"), 1); err != nil {
		t.Fatal(err)
	}
	for name, ok := range map[string]bool{"calls_2026-11-21.a": false, "calls_2026-11-21.csv.gz": true, "calls_2026-11-21.manifest.json": false} {
		all := Verify(filepath.Join(folder, "calls", name), inspectLines)
		if len(all) != 1 || all[0].OK != ok || all[0].Report != "calls" {
			t.Errorf("%s: %+v, want ok %v", name, all, ok)
		}
	}
	other := filepath.Join(folder, "calls", "calls_2026-11-21.zip")
	touch(t, other)
	if v := Verify(other, inspectLines)[0]; v.OK || !strings.Contains(v.Problems[0], "does not list it") {
		t.Errorf("a file that the manifest does not list: %+v", v)
	}
	gone := filepath.Join(folder, "calls", "calls_2026-11-21.csv.gz")
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	if v := Verify(gone, inspectLines)[0]; v.OK || v.Report != "calls" || v.Problems[0] != "no such file or directory" {
		t.Errorf("a file that is gone: %+v", v)
	}
	_ = os.Remove(result.ManifestPath)
	if v := Verify(other, inspectLines)[0]; v.OK || !strings.Contains(v.Problems[0], "no manifest beside it") {
		t.Errorf("a file without a manifest: %+v", v)
	}
}

func TestVerifyKnowsHeadersForPeople(t *testing.T) {
	folder := t.TempDir()
	deliver(t, order(folder, calls(rows(3, "x")), "a"))
	finds := func(found Found) Inspect { return func(Manifest, []OpenFile) []Found { return []Found{found} } }
	for _, v := range Verify(folder, finds(Found{Columns: []string{"Call ID", "Said"}, Rows: 3})) {
		if !v.OK {
			t.Errorf("%+v", v)
		}
	}
	for _, v := range Verify(folder, finds(Found{Rows: 2})) {
		if v.OK || len(v.Problems) != 1 || !strings.Contains(v.Problems[0], "it has 2 rows, the manifest says 3") {
			t.Errorf("%+v", v)
		}
	}
}

func TestVerifyHoldsCellsAgainstTheContentOfTheManifest(t *testing.T) {
	folder := t.TempDir()
	content := deliver(t, order(folder, calls(rows(3, "x")), "a")).Manifest.Content
	for told, want := range map[string]string{content: "", "": "", "0a": "its cells are not those that were delivered: their digest is 0a, the manifest says " + content + " as content"} {
		v := Verify(folder, func(Manifest, []OpenFile) []Found { return []Found{{Rows: 3, Content: told}} })[0]
		if said := strings.Join(v.Problems, "; "); v.OK != (want == "") || !strings.HasSuffix(said, want) {
			t.Errorf("content %q: %s", told, said)
		}
	}
}

func TestADamagedFileIsReadWhereAnotherOneIsIntact(t *testing.T) {
	for intact, want := range map[int]string{0: "", 1: "false true", 2: "true true"} {
		folder := t.TempDir()
		deliver(t, order(folder, calls(rows(3, "x")), "a", "b"))
		for i := range 2 - intact {
			if err := os.Truncate(filepath.Join(folder, "calls", "calls_2026-11-21."+string("ab"[i])), 20); err != nil {
				t.Fatal(err)
			}
		}
		var seen []string
		for _, v := range Verify(folder, func(m Manifest, files []OpenFile) []Found {
			all := inspectLines(m, files)
			for i, f := range files {
				seen = append(seen, strconv.FormatBool(f.Intact))
				if all[i].Problems = []string{"look at " + f.Name}; !f.Intact {
					all[i].Err = errors.New("it ends too early")
				}
			}
			return all
		}) {
			said := strings.Join(v.Problems, "\n")
			if intact == 1 && !strings.Contains(said, "calls_2026-11-21.a: look at calls_2026-11-21.a\ncalls_2026-11-21.a: it ends too early") {
				t.Errorf("problems %s", said)
			}
			if (intact == 0) == strings.Contains(said, "look at") {
				t.Errorf("%d files are intact: %s", intact, said)
			}
		}
		if got := strings.Join(seen, " "); got != want {
			t.Errorf("%d files are intact, and what was read is %q, expected %q", intact, got, want)
		}
	}
}

func TestVerifyEntersReportFoldersThatAreLinks(t *testing.T) {
	folder, disk := t.TempDir(), t.TempDir()
	link := filepath.Join(folder, "calls")
	if err := os.Symlink(disk, link); err != nil {
		t.Fatal(err)
	}
	deliver(t, order(folder, calls(rows(3, "x")), "a"))
	if err := os.Symlink(folder, filepath.Join(disk, "loop")); err != nil { // no report's folder lies there
		t.Fatal(err)
	}
	manifest, loop := filepath.Join(link, "calls_2026-11-21.manifest.json"), filepath.Join(link, "loop")
	told := func(root string) map[string]string {
		said := map[string]string{}
		for _, v := range Verify(root, inspectLines) {
			said[v.Path] = strings.Join(v.Problems, "; ")
		}
		return said
	}
	said := told(folder)
	if problems, ok := said[manifest]; !ok || problems != "" || len(said) != 2 || !strings.Contains(said[loop], "not delivered") {
		t.Errorf("below the root: %q", said)
	}
	_ = os.Remove(filepath.Join(disk, "loop"))
	if said := told(link); len(said) != 1 || said[manifest] != "" {
		t.Errorf("the root itself is a link: %q", said)
	}
	touch(t, filepath.Join(disk, "calls_2026-11-22.a"))
	if said := told(folder); !strings.Contains(said[filepath.Join(link, "calls_2026-11-22.a")], "no manifest lists it") {
		t.Errorf("a file that was not delivered: %q", said)
	}
}

func TestVerifyOfOneFileTakesTheManifestThatListsIt(t *testing.T) {
	folder := t.TempDir()
	deliver(t, order(folder, calls(rows(3, "x")), "a"))
	second := order(folder, calls(rows(3, "y")), "a")
	second.Filename = Template{"{report}_{window}.v2"}
	deliver(t, second)
	base := filepath.Join(folder, "calls", "calls_2026-11-21")
	for _, path := range []string{base + ".a", base + ".v2.a"} {
		if v := Verify(path, inspectLines)[0]; !v.OK || v.Report != "calls" {
			t.Errorf("%+v", v)
		}
	}
	if err := os.WriteFile(base+manifestExt, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if v := Verify(base+".v2.a", inspectLines)[0]; !v.OK {
		t.Errorf("the manifest of another set is damaged: %+v", v)
	}
	if v := Verify(base+".a", inspectLines)[0]; v.OK || !strings.Contains(v.Problems[0], "calls_2026-11-21.manifest.json: unexpected end") {
		t.Errorf("its own manifest is damaged: %+v", v)
	}
	deliver(t, order(folder, calls(rows(3, "x")), "a"))
	touch(t, base+".v2.b")
	if v := Verify(base+".v2.b", inspectLines)[0]; v.OK || !strings.Contains(v.Problems[0], "calls_2026-11-21.manifest.json does not list it") {
		t.Errorf("no manifest lists it: %+v", v)
	}
	if err := os.Remove(base + ".v2.a"); err != nil {
		t.Fatal(err)
	}
	if !Missing(base+".v2.a") || Missing(base+".v3.a") {
		t.Errorf("whether a file is missing: %v, and one that no manifest lists: %v", Missing(base+".v2.a"), Missing(base+".v3.a"))
	}
}

func TestVerifyPassesOverWhatDesktopsLeaveBesideFiles(t *testing.T) {
	folder := t.TempDir()
	deliver(t, order(folder, calls(rows(3, "x")), "a"))
	for _, name := range []string{"~$calls_2026-11-21.xlsx", ".~lock.calls_2026-11-21.xlsx#", "Thumbs.db", "desktop.ini", "Desktop.ini", ".DS_Store"} {
		touch(t, filepath.Join(folder, name))
		touch(t, filepath.Join(folder, "calls", name))
	}
	if all := Verify(folder, inspectLines); len(all) != 1 || !all[0].OK {
		t.Errorf("%+v", all)
	}
	touch(t, filepath.Join(folder, "calls", "~calls_2026-11-21.xlsx"))
	if all := Verify(folder, inspectLines); len(all) != 2 || all[1].OK {
		t.Errorf("a file of somebody's own: %+v", all)
	}
}
