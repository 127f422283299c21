package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/jobs"
)

// lateSandbox serves a sandbox whose clock can be set, so that rows of a day arrive after the day was read.
func lateSandbox(t *testing.T) (environ []string, clock *atomic.Pointer[time.Time]) {
	t.Helper()
	clock = new(atomic.Pointer[time.Time])
	clock.Store(&testNow)
	box := sandbox.New(sandbox.Options{Now: func() time.Time { return *clock.Load() }})
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	environ = append(box.Environment(server.URL), "SIPGATE_RATE=1000", "REPORTJOB_STATE=off", "REPORTJOB_OUTPUT="+t.TempDir())
	return environ, clock
}

func manifestOf(t *testing.T, environ []string, report, window string) jobs.Manifest {
	t.Helper()
	m, err := jobs.ReadManifest(filepath.Join(lookup(environ, "REPORTJOB_OUTPUT"), report, report+"_"+window+".manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWindowsAreReadAgainForRowsThatArriveLate(t *testing.T) {
	for _, formats := range []string{"csv,xlsx", "jsonl", "xlsx", "parquet", "jsonl.zst"} {
		t.Run(formats, func(t *testing.T) {
			environ, clock := lateSandbox(t)
			environ = append(environ, "REPORTJOB_FORMATS="+formats)
			evening := time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC)
			clock.Store(&evening)
			if got := reportjob(t, environ, "run", "--once", "sipgate-calls", "--slot", "2026-11-21T05:00:00Z"); got.status != exitOK {
				t.Fatal(got)
			}
			early := manifestOf(t, environ, "sipgate-calls", "2026-11-20")
			clock.Store(&testNow)
			environ = append(environ, "LOOKBACK_SIPGATE_CALLS=5")
			got := reportjob(t, environ, "run", "--once", "sipgate-calls", "--slot", "2026-11-22T05:00:00Z")
			if got.status != exitOK || strings.Count(got.stdout, "sipgate-calls ") != 2 {
				t.Fatalf("%d\n%s\n%s", got.status, got.stdout, got.stderr)
			}
			late := manifestOf(t, environ, "sipgate-calls", "2026-11-20")
			said := late.Warnings[len(late.Warnings)-1]
			var then, now, added, gone int64
			_, err := fmt.Sscanf(said, "read again: %d rows before, and %d now; %d are new, and %d are gone", &then, &now, &added, &gone)
			if err != nil || then != early.Rows || now != late.Rows || added-gone != now-then || added <= 0 || !strings.Contains(got.stderr, said) {
				t.Errorf("%v: %d rows and then %d; manifest says %q and the log %s", err, early.Rows, late.Rows, late.Warnings, got.stderr)
			}
			name := filepath.Join(lookup(environ, "REPORTJOB_OUTPUT"), "sipgate-calls", late.Files[0].Name)
			before, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			got = reportjob(t, environ, "run", "--once", "sipgate-calls", "--slot", "2026-11-22T05:00:00Z")
			after, err := os.Stat(name)
			if err != nil || !os.SameFile(before, after) || got.status != exitOK || !strings.Contains(got.stdout, "complete, unchanged") {
				t.Errorf("what is the same was replaced: %v\n%s", err, got.stdout)
			}
			if verified := reportjob(t, nil, "verify", lookup(environ, "REPORTJOB_OUTPUT")); verified.status != exitOK {
				t.Error(verified)
			}
		})
	}
}

func TestASetThatWasDamagedIsReplacedEvenIfNothingChanged(t *testing.T) {
	environ, _ := lateSandbox(t)
	environ = append(environ, "REPORTJOB_LOOKBACK=1", "SCHEDULE_SIPGATE_CALLS=0 5,17 * * *")
	for _, slot := range []string{"2026-11-21T17:00:00Z", "2026-11-22T05:00:00Z"} {
		if got := reportjob(t, environ, "run", "--once", "--slot", slot); got.status != exitOK {
			t.Fatal(got)
		}
	}
	m := manifestOf(t, environ, "sipgate-calls", "2026-11-20")
	folder := filepath.Join(lookup(environ, "REPORTJOB_OUTPUT"), "sipgate-calls")
	if err := os.Truncate(filepath.Join(folder, m.Files[0].Name), 10); err != nil {
		t.Fatal(err)
	}
	got := reportjob(t, environ, "run", "--once", "--slot", "2026-11-22T05:00:00Z")
	if verified := reportjob(t, nil, "verify", folder); verified.status != exitOK || strings.Contains(got.stdout, "unchanged") {
		t.Errorf("%s%v", got.stdout, verified)
	}
}

func TestTheSchedulesOwnSlotsAreReadAgain(t *testing.T) {
	environ, _ := lateSandbox(t)
	environ = append(environ, "SCHEDULE_SIPGATE_CALLS=0 5,17 * * *", "LOOKBACK_SIPGATE_CALLS=3", "FORMATS_SIPGATE_CALLS=csv")
	for _, slot := range []string{"2026-11-20T17:00:00Z", "2026-11-21T17:00:00Z", "2026-11-22T05:00:00Z"} {
		if got := reportjob(t, environ, "run", "--once", "--slot", slot); got.status != exitOK {
			t.Fatal(got)
		}
	}
	m := manifestOf(t, environ, "sipgate-calls", "2026-11-20")
	if want := time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC); !m.Slot.Equal(want) {
		t.Errorf("slot %v, want %v: the last one before the day's end", m.Slot, want)
	}
}

func TestLookbackIsANumberAndOfThePast(t *testing.T) {
	for variable, text := range map[string]string{
		"REPORTJOB_LOOKBACK=-1":           "REPORTJOB_LOOKBACK: expected a whole number from 0 to 366",
		"LOOKBACK_SIPGATE_CALLS=a week":   "LOOKBACK_SIPGATE_CALLS: expected a whole number from 0 to 366",
		"LOOKBACK_SIPGATE_USERS=2":        "LOOKBACK_SIPGATE_USERS: sipgate-users shows the present",
		"LOOKBACK_SIPGATE_CALLLS=2":       "did you mean LOOKBACK_SIPGATE_CALLS?",
		"WINDOW_SECUREACCESS_SUMMARY=now": "secureaccess-summary is about what happened in a time",
	} {
		environ, _ := lateSandbox(t)
		got := reportjob(t, append(environ, variable), "check", "sipgate-calls", "sipgate-users")
		if got.status != exitConfig || !strings.Contains(got.stderr, text) {
			t.Errorf("%s: %d\n%s", variable, got.status, got.stderr)
		}
	}
	environ, _ := lateSandbox(t)
	environ = append(environ, "REPORTJOB_LOOKBACK=2", "WINDOW_SIERRA_DELETED_BIBS=now")
	if got := reportjob(t, environ, "check", "sipgate-users", "sierra-deleted-bibs"); got.status != exitOK {
		t.Errorf("the general number harms no report of the present: %+v", got)
	}
}
