package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/jobs"
)

// screen is what a terminal shows after the control sequences that a board writes.
func screen(t *testing.T, written string) []string {
	t.Helper()
	lines := []string{""}
	for len(written) > 0 {
		row := len(lines) - 1
		switch {
		case written[0] == '\n':
			lines, written = append(lines, ""), written[1:]
		case written[0] == '\r':
			written = written[1:]
		case strings.HasPrefix(written, "\x1b[J"):
			lines[row], written = "", written[3:]
		case strings.HasPrefix(written, "\x1b["):
			var up int
			if _, err := fmt.Sscanf(written, "\x1b[%dA", &up); err != nil {
				t.Fatalf("unknown control sequence in %q", written)
			}
			lines, written = lines[:row-up+1], written[strings.IndexByte(written, 'A')+1:]
		default:
			lines[row], written = lines[row]+written[:1], written[1:]
		}
	}
	return lines
}

func TestProgressStaysBelowAndLeavesNoTrace(t *testing.T) {
	var out bytes.Buffer
	b := newBoard(&out, 60)
	b.progress(jobs.Progress{Report: "calls", Window: "2026-11-21", Requests: 2, Rows: 1000, Elapsed: time.Second})
	b.progress(jobs.Progress{Report: "users", Window: "2026-11-21", Requests: 1})
	fmt.Fprintln(b, "a line of the log")
	b.progress(jobs.Progress{Report: "calls", Window: "2026-11-21", Requests: 3, Rows: 2000, Elapsed: 2 * time.Second})
	got := screen(t, out.String())
	if len(got) != 4 || got[0] != "a line of the log" || !strings.HasPrefix(got[1], "calls 2026-11-21: 3 requests, 2000 rows, 1000 rows/s") || !strings.HasPrefix(got[2], "users") {
		t.Errorf("the screen shows %q", got)
	}
	for _, line := range got {
		if len([]rune(line)) > 59 {
			t.Errorf("a line of %d is wider than the terminal", len([]rune(line)))
		}
	}
	b.progress(jobs.Progress{Report: "calls", Window: "2026-11-21", Done: true})
	b.clear()
	if got := screen(t, out.String()); len(got) != 2 || got[1] != "" {
		t.Errorf("the screen still shows %q", got)
	}
}

func TestWithoutATerminalThereAreNoProgressLines(t *testing.T) {
	var out bytes.Buffer
	b := newBoard(&out, 0)
	b.progress(jobs.Progress{Report: "calls", Rows: 1})
	fmt.Fprintln(b, "log")
	b.clear()
	if out.String() != "log\n" {
		t.Errorf("got %q", out.String())
	}
}
