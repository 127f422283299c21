package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/jobs"
)

func TestFilesOfAllFormatsHoldTheSameCells(t *testing.T) {
	for _, locale := range []string{"en", "de-DE"} {
		environ := append(stand(t, nil), "REPORTJOB_LOCALE="+locale, "REPORTJOB_TIMEZONE=Europe/Berlin")
		got := reportjob(t, environ, "run", "--once", "sipgate-calls", "secureaccess-remote-access-events", "sierra-bibs", "sierra-fines", "wizart-articles",
			"--slot", "2026-11-21T06:00:00Z", "--format", strings.Join(formatNames(), ","))
		if got.status != exitOK && got.status != exitTruncated {
			t.Fatalf("status %d: %s", got.status, got.stderr)
		}
		if v := reportjob(t, nil, "verify", lookup(environ, "REPORTJOB_OUTPUT")); v.status != exitOK {
			t.Errorf("locale %s: status %d\n%s", locale, v.status, v.stdout)
		}
	}
}

func TestVerifySaysWhichCellsOfADamagedFileDiffer(t *testing.T) {
	environ := stand(t, nil)
	got := reportjob(t, environ, "run", "--once", "sipgate-users", "--format", "csv,jsonl,parquet")
	if got.status != exitOK {
		t.Fatal(got)
	}
	folder := filepath.Join(lookup(environ, "REPORTJOB_OUTPUT"), "sipgate-users")
	path := filepath.Join(folder, "sipgate-users_20261123T093015Z.csv")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	first, rest, _ := bytes.Cut(lines[2], []byte(","))
	lines[2] = append(append([]byte("x"), first[1:]...), append([]byte(","), rest...)...)
	if err := os.WriteFile(path, bytes.Join(lines, nil), 0o644); err != nil {
		t.Fatal(err)
	}
	v := reportjob(t, nil, "verify", folder)
	for _, want := range []string{"its SHA-256 is", "row 2, column id: it has \"x", "sipgate-users_20261123T093015Z.jsonl has \"w"} {
		if v.status != exitUnexpected || !strings.Contains(v.stdout, want) {
			t.Errorf("status %d, no %q in\n%s", v.status, want, v.stdout)
		}
	}
}

func TestVerifyOfAFileThatIsGoneIsNoWrongUsage(t *testing.T) {
	environ := stand(t, nil)
	if got := reportjob(t, environ, "run", "--once", "sipgate-users", "--format", "csv,jsonl"); got.status != exitOK {
		t.Fatal(got)
	}
	base := filepath.Join(lookup(environ, "REPORTJOB_OUTPUT"), "sipgate-users", "sipgate-users_20261123T093015Z")
	if err := os.Remove(base + ".csv"); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{base + ".csv": exitUnexpected, base + ".jsonl": exitOK, base + ".zip": exitUsage, base + "0.csv": exitUsage} {
		if got := reportjob(t, nil, "verify", path); got.status != want {
			t.Errorf("%s: status %d, want %d\n%s%s", path, got.status, want, got.stdout, got.stderr)
		}
	}
}

// TestVerifyFindsFilesThatDisagreeThoughTheirChecksumsAreRight gives a set the file of another one, as a bug of ours would.
func TestVerifyFindsFilesThatDisagreeThoughTheirChecksumsAreRight(t *testing.T) {
	environ := stand(t, nil)
	folder := filepath.Join(lookup(environ, "REPORTJOB_OUTPUT"), "sipgate-calls")
	var sets []jobs.Manifest
	for _, slot := range []string{"2026-11-20T06:00:00Z", "2026-11-21T06:00:00Z"} {
		if got := reportjob(t, environ, "run", "--once", "sipgate-calls", "--slot", slot, "--format", "csv,jsonl"); got.status != exitOK {
			t.Fatal(got)
		}
		sets = append(sets, manifestOf(t, environ, "sipgate-calls", slot[:8]+map[string]string{"20": "19", "21": "20"}[slot[8:10]]))
	}
	from, to := sets[0].Files[1], sets[1].Files[1]
	content, err := os.ReadFile(filepath.Join(folder, from.Name))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, to.Name), content, 0o644); err != nil {
		t.Fatal(err)
	}
	manifest := filepath.Join(folder, strings.TrimSuffix(to.Name, "jsonl")+"manifest.json")
	text, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	said := strings.NewReplacer(to.SHA256, from.SHA256, `"bytes": `+strconv.FormatInt(to.Bytes, 10), `"bytes": `+strconv.FormatInt(from.Bytes, 10)).Replace(string(text))
	if err := os.WriteFile(manifest, []byte(said), 0o644); err != nil {
		t.Fatal(err)
	}
	v := reportjob(t, nil, "verify", manifest)
	if v.status != exitUnexpected || !strings.Contains(v.stdout, to.Name+": ") || !strings.Contains(v.stdout, "row 1, column ") || strings.Contains(v.stdout, "SHA-256") {
		t.Errorf("status %d\n%s", v.status, v.stdout)
	}
}

// TestVerifyFindsCellsThatWereChangedTogetherWithTheirChecksum has one file alone, so that no other one can tell.
func TestVerifyFindsCellsThatWereChangedTogetherWithTheirChecksum(t *testing.T) {
	environ := stand(t, nil)
	folder := filepath.Join(lookup(environ, "REPORTJOB_OUTPUT"), "sipgate-users")
	if got := reportjob(t, environ, "run", "--once", "sipgate-users", "--format", "csv"); got.status != exitOK {
		t.Fatal(got)
	}
	if v := reportjob(t, nil, "verify", folder); v.status != exitOK {
		t.Errorf("as it was delivered: status %d\n%s", v.status, v.stdout)
	}
	file := manifestOf(t, environ, "sipgate-users", "20261123T093015Z").Files[0]
	manifest := filepath.Join(folder, strings.TrimSuffix(file.Name, "csv")+"manifest.json")
	text, err := os.ReadFile(filepath.Join(folder, file.Name))
	said, err2 := os.ReadFile(manifest)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	text = append(bytes.TrimSuffix(text, []byte("\n")), "x\n"...) // in the last cell of the last row
	sum := sha256.Sum256(text)
	said = []byte(strings.NewReplacer(file.SHA256, hex.EncodeToString(sum[:]), `"bytes": `+strconv.FormatInt(file.Bytes, 10), `"bytes": `+strconv.Itoa(len(text))).Replace(string(said)))
	if err := errors.Join(os.WriteFile(filepath.Join(folder, file.Name), text, 0o644), os.WriteFile(manifest, said, 0o644)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{folder, manifest, filepath.Join(folder, file.Name)} {
		if v := reportjob(t, nil, "verify", path); v.status != exitUnexpected || !strings.Contains(v.stdout, "its cells are not those that were delivered") {
			t.Errorf("%s: status %d\n%s", path, v.status, v.stdout)
		}
	}
}

func TestVerifyHoldsTheSheetsOfABundleAgainstTheirContents(t *testing.T) {
	environ := append(stand(t, nil), "BUNDLE_PEOPLE=sipgate-users,sierra-items")
	if got := reportjob(t, environ, "run", "--once", "people", "--slot", "2026-11-21T06:00:00Z"); got.status != exitOK {
		t.Fatal(got)
	}
	paths, err := filepath.Glob(filepath.Join(lookup(environ, "REPORTJOB_OUTPUT"), "people", "*.manifest.json"))
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	m, err := jobs.ReadManifest(paths[0])
	text, err2 := os.ReadFile(paths[0])
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	users := m.Members[0]
	text = bytes.ReplaceAll(text, []byte(users.Content), []byte(strings.Repeat("0", 64)))
	if err := os.WriteFile(paths[0], text, 0o644); err != nil {
		t.Fatal(err)
	}
	v := reportjob(t, nil, "verify", paths[0])
	if v.status != exitUnexpected || !strings.Contains(v.stdout, "sipgate-users: its cells are not those that were delivered: their digest is "+users.Content) {
		t.Errorf("status %d\n%s", v.status, v.stdout)
	}
}

func TestFilesAreBiggerAndTheSameWhereTheyAreToBeThereSoon(t *testing.T) {
	sizes := map[string]map[string]int64{}
	for _, compression := range []string{"small", "fast"} {
		environ := append(stand(t, nil), "REPORTJOB_COMPRESSION="+compression, "BUNDLE_BOOKS=sierra-bibs,sierra-items")
		got := reportjob(t, environ, "run", "--once", "sierra-bibs", "books", "--slot", "2026-11-21T06:00:00Z")
		more := reportjob(t, environ, "run", "--once", "sierra-items", "--slot", "2026-11-21T06:00:00Z", "--format", "csv.gz,jsonl.gz,xlsx")
		if got.status != exitOK || more.status != exitOK {
			t.Fatal(got, more)
		}
		folder := lookup(environ, "REPORTJOB_OUTPUT")
		if v := reportjob(t, nil, "verify", folder); v.status != exitOK {
			t.Errorf("%s: status %d\n%s", compression, v.status, v.stdout)
		}
		sizes[compression] = map[string]int64{}
		paths, err := filepath.Glob(filepath.Join(folder, "*", "*z"))
		books, err2 := filepath.Glob(filepath.Join(folder, "*", "*.xlsx"))
		if err != nil || err2 != nil || len(paths) != 2 || len(books) != 3 {
			t.Fatal(paths, books, err, err2)
		}
		for _, path := range append(paths, books...) {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			sizes[compression][filepath.Base(path)] = info.Size()
		}
	}
	for name, small := range sizes["small"] {
		if fast := sizes["fast"][name]; fast <= small {
			t.Errorf("%s has %d bytes where it is to be small, and %d where it is to be there soon", name, small, fast)
		}
	}
	if got := reportjob(t, append(stand(t, nil), "REPORTJOB_COMPRESSION=best"), "check"); got.status != exitConfig ||
		!strings.Contains(got.stdout+got.stderr, `REPORTJOB_COMPRESSION: expected small or fast, found "best"`) {
		t.Error(got)
	}
}
