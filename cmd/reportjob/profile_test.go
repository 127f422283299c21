package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/reportjob/reportjob/cmd/reportjob/internal/settings"
)

func TestProfilesAreServedWhileReportsRun(t *testing.T) {
	var mu sync.Mutex
	var first string
	var log safeBuffer
	environ := stand(t, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		mu.Lock()
		defer mu.Unlock()
		if found := regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+/debug/pprof/`).FindString(log.String()); found != "" && first == "" {
			reply, err := http.Get(found + "goroutine?debug=1")
			if err != nil {
				t.Error(err)
				return
			}
			defer reply.Body.Close()
			text, _ := io.ReadAll(reply.Body)
			first = string(text)
		}
		next.ServeHTTP(w, r)
	})
	status := run(context.Background(), process{
		args: []string{"run", "--once", "wizart-brands"}, environ: with(environ, "REPORTJOB_PPROF", ":0"),
		stdout: io.Discard, stderr: &log, now: func() time.Time { return testNow },
	})
	if status != exitOK || !strings.Contains(first, "goroutine profile") {
		t.Errorf("status %d, profile %.60q, log:\n%s", status, first, log.String())
	}
}

func TestAnAddressWithoutAHostIsThisMachines(t *testing.T) {
	for text, want := range map[string]string{":6060": "127.0.0.1:6060", "0.0.0.0:6060": "0.0.0.0:6060", "[::1]:6060": "[::1]:6060"} {
		var got settings.Listen
		if err := got.UnmarshalText([]byte(text)); err != nil || string(got) != want {
			t.Errorf("%s is %s, %v", text, got, err)
		}
	}
	got := reportjob(t, with(stand(t, nil), "REPORTJOB_PPROF", "6060"), "run", "--once", "wizart-brands")
	if got.status != exitConfig || !strings.Contains(got.stderr, "REPORTJOB_PPROF: expected HOST:PORT") {
		t.Errorf("%d\n%s", got.status, got.stderr)
	}
}

func TestAnAddressThatIsTakenIsSaidBeforeAnythingIsRequested(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	environ := stand(t, func(http.ResponseWriter, *http.Request, http.Handler) { t.Error("something was requested") })
	got := reportjob(t, with(environ, "REPORTJOB_PPROF", taken.Addr().String()), "run", "--once", "wizart-brands")
	if got.status != exitConfig || !strings.Contains(got.stderr, "REPORTJOB_PPROF: listen tcp") {
		t.Errorf("%d\n%s", got.status, got.stderr)
	}
}
