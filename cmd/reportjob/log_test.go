package main

import (
	"encoding/json"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestLogsThatAreJSONHoldNothingElse(t *testing.T) {
	for _, format := range []string{"", "json"} {
		reached, signals := make(chan struct{}), make(chan os.Signal, 2)
		environ := append(slow(t, reached), "REPORTJOB_GRACE=300ms", "REPORTJOB_LOG_FORMAT="+format)
		go func() { <-reached; signals <- syscall.SIGTERM }()
		var stderr safeBuffer
		run(t.Context(), process{args: []string{"run", "--once", "sipgate-balance"}, environ: environ, stdout: io.Discard, stderr: &stderr, signals: signals, now: time.Now})
		for line := range strings.Lines(stderr.String()) {
			if !json.Valid([]byte(line)) {
				t.Errorf("no JSON: %s", line)
			}
		}
		for _, text := range []string{`"level":"WARN","msg":"terminated: nothing new starts`, `"level":"ERROR","msg":"sipgate-balance `} {
			if !strings.Contains(stderr.String(), text) {
				t.Errorf("no %s in\n%s", text, stderr.String())
			}
		}
	}
}

func TestLogsAreTextOnATerminalThatCannotDraw(t *testing.T) {
	var stderr safeBuffer
	environ := with(stand(t, nil), "SIPGATE_TOKEN", "00000000-0000-4000-8000-000000000000")
	run(t.Context(), process{args: []string{"run", "--once", "sipgate-balance"}, environ: environ, stdout: io.Discard, stderr: &stderr, terminal: true, now: time.Now})
	if said := stderr.String(); strings.Contains(said, "{") || !strings.Contains(said, "level=INFO") || !strings.Contains(said, "\nreportjob: sipgate-balance ") {
		t.Errorf("got %s", said)
	}
}
