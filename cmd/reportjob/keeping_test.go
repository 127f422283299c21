package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// names are those in the folder of a report.
func names(t *testing.T, environ []string, report string) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(lookup(environ, "REPORTJOB_OUTPUT"), report))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// runSlots runs a report for these slots, one after the other.
func runSlots(t *testing.T, environ []string, report string, slots ...string) (last outcome) {
	t.Helper()
	for _, slot := range slots {
		if last = reportjob(t, environ, "run", "--once", report, "--slot", slot); last.status != exitOK {
			t.Fatalf("%s: status %d\n%s", slot, last.status, last.stderr)
		}
	}
	return last
}

func TestLatestLiesBesideTheWindows(t *testing.T) {
	environ := append(stand(t, nil), "FORMATS_SIPGATE_CALLS=csv", "REPORTJOB_LATEST=true")
	runSlots(t, environ, "sipgate-calls", "2026-11-22T05:00:00Z", "2026-11-21T05:00:00Z")
	folder := filepath.Join(lookup(environ, "REPORTJOB_OUTPUT"), "sipgate-calls")
	for name, want := range map[string]string{"latest.csv": "sipgate-calls_2026-11-21.csv", "latest.manifest.json": "sipgate-calls_2026-11-21.manifest.json"} {
		if target, err := os.Readlink(filepath.Join(folder, name)); err != nil || target != want {
			t.Errorf("%s leads to %q, %v", name, target, err)
		}
	}
	for path, lines := range map[string]int{folder: 2, filepath.Join(folder, "latest.csv"): 1, filepath.Join(folder, "latest.manifest.json"): 1} {
		if got := reportjob(t, nil, "verify", path); got.status != exitOK || strings.Count(got.stdout, " yes") != lines {
			t.Errorf("verify %s: status %d\n%s", path, got.status, got.stdout)
		}
	}
	environ = append(stand(t, nil), "FORMATS_SIPGATE_CALLS=csv")
	runSlots(t, environ, "sipgate-calls", "2026-11-22T05:00:00Z")
	if got := names(t, environ, "sipgate-calls"); got != "sipgate-calls_2026-11-21.csv sipgate-calls_2026-11-21.manifest.json" {
		t.Errorf("without latest: %s", got)
	}
}

func TestRetentionAndNamesAreThoseOfTheEnvironment(t *testing.T) {
	environ := append(stand(t, nil), "FORMATS_SIPGATE_CALLS=csv", "REPORTJOB_RETENTION=99", "RETENTION_SIPGATE_CALLS=2",
		"REPORTJOB_FILENAME={window} {report}")
	got := runSlots(t, environ, "sipgate-calls", "2026-11-19T05:00:00Z", "2026-11-20T05:00:00Z", "2026-11-21T05:00:00Z")
	want := "2026-11-19 sipgate-calls.csv 2026-11-19 sipgate-calls.manifest.json 2026-11-20 sipgate-calls.csv 2026-11-20 sipgate-calls.manifest.json"
	if left := names(t, environ, "sipgate-calls"); left != want || !strings.Contains(got.stderr, "set retired") {
		t.Errorf("left: %s\n%s", left, got.stderr)
	}
	if path := filepath.Join(lookup(environ, "REPORTJOB_OUTPUT"), "sipgate-calls", "2026-11-20 sipgate-calls.csv"); !strings.Contains(got.stdout, path) {
		t.Errorf("no %s in\n%s", path, got.stdout)
	}
	if verified := reportjob(t, nil, "verify", lookup(environ, "REPORTJOB_OUTPUT")); verified.status != exitOK {
		t.Error(verified)
	}
	described := reportjob(t, environ, "describe", "sipgate-calls")
	if !strings.Contains(described.stdout, "{window} {report}.{csv}") || !strings.Contains(described.stdout, "Retention") {
		t.Error(described.stdout)
	}
}

func TestAReportThatDoesNotChangeSaysSo(t *testing.T) {
	environ := append(stand(t, nil), "REPORTJOB_FORMATS=csv,xlsx")
	got := runSlots(t, environ, "sipgate-users", "2026-11-20T05:00:00Z", "2026-11-21T05:00:00Z", "2026-11-22T05:00:00Z")
	if !strings.Contains(got.stdout, "complete, unchanged since 2026-11-20 05:00:00") || !strings.Contains(got.stderr, `"unchanged_since":"2026-11-20T05:00:00Z"`) {
		t.Errorf("%s%s", got.stdout, got.stderr)
	}
}

func TestTroubleAfterADeliveryIsNoSuccess(t *testing.T) {
	environ := append(stand(t, nil), "REPORTJOB_LATEST=true")
	folder := filepath.Join(lookup(environ, "REPORTJOB_OUTPUT"), "sipgate-users")
	if err := os.MkdirAll(filepath.Join(folder, "latest.csv", "something"), 0o755); err != nil {
		t.Fatal(err)
	}
	got := reportjob(t, environ, "run", "--once", "sipgate-users")
	if got.status != exitOutput || !strings.Contains(got.stderr, "sipgate-users 20261123T093015Z: delivered, but what follows failed: output ") || !strings.Contains(got.stdout, "complete") {
		t.Errorf("status %d\n%s%s", got.status, got.stdout, got.stderr)
	}
	if left := names(t, environ, "sipgate-users"); !strings.Contains(left, "sipgate-users_20261123T093015Z.manifest.json") || strings.Contains(left, ".reportjob") {
		t.Errorf("left: %s", left)
	}
}

func TestARunNeedsNoTemporaryFolder(t *testing.T) {
	environ := append(stand(t, nil), "REPORTJOB_FORMATS=csv,xlsx,jsonl")
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "not there"))
	if got := reportjob(t, environ, "run", "--once", "secureaccess-activity-dns"); got.status != exitOK {
		t.Errorf("status %d\n%s", got.status, got.stderr)
	}
}

func TestLinksAreMadeOfAddressesWhereAskedFor(t *testing.T) {
	const report = "secureaccess-dlp-real-time-events"
	for variable, linked := range map[string]bool{
		"LINKS_SECUREACCESS_DLP_REAL_TIME_EVENTS=true": true, "REPORTJOB_LINKS=true": true, "REPORTJOB_LINKS=false": false,
	} {
		environ := append(stand(t, nil), "REPORTJOB_FORMATS=csv,xlsx", variable)
		runSlots(t, environ, report, "2026-11-22T05:00:00Z")
		folder := filepath.Join(lookup(environ, "REPORTJOB_OUTPUT"), report)
		f, err := excelize.OpenFile(filepath.Join(folder, report+"_2026-11-21.xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cells, err := f.SearchSheet(report[:31], "^https?://", true)
		if err != nil || len(cells) == 0 {
			t.Fatalf("%s: no addresses: %v", variable, err)
		}
		if formula, err := f.GetCellFormula(report[:31], cells[0]); err != nil || strings.HasPrefix(formula, "HYPERLINK(") != linked {
			t.Errorf("%s: %s has the formula %q: %v", variable, cells[0], formula, err)
		}
		if got := reportjob(t, nil, "verify", folder); got.status != exitOK {
			t.Errorf("%s: verify: status %d\n%s", variable, got.status, got.stdout)
		}
	}
}
