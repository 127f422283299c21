package jobs

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"strings"
	"syscall"
	"testing"
)

func TestOutputErrorsSayWhatToDo(t *testing.T) {
	for err, say := range map[error]string{
		syscall.EROFS:                 "set REPORTJOB_OUTPUT",
		syscall.ENOSPC:                "REPORTJOB_RETENTION",
		syscall.EDQUOT:                "make room",
		syscall.EACCES:                "let the user",
		syscall.ENOTDIR:               "a file where a folder is needed",
		&spaceError{1200, leastSpace}: "only 1.2 KiB are free, and at least 256 KiB are needed: make room there",
		fs.ErrClosed:                  "",
		&spaceError{512, 500 << 20}:   "only 512 B are free, and at least 500 MiB",
	} {
		text := output("exports/calls", &fs.PathError{Op: "open", Path: ".hidden", Err: err}).Error()
		if !strings.HasPrefix(text, "output exports/calls: "+err.Error()) || !strings.Contains(text, say) || strings.Contains(text, ".hidden") {
			t.Errorf("%v: %s", err, text)
		}
	}
}

func TestADiskWithNextToNothingLeftIsFoundBeforeTheFirstRequest(t *testing.T) {
	folder := t.TempDir()
	asked := false
	job := watched{calls(rows(1, "x")), &asked}
	r := &Runner{space: func(string) (uint64, bool) { return 1000, true }}
	result := r.Run(t.Context(), order(folder, job, "a"))
	var broken *OutputError
	if !errors.As(result.Err, &broken) || !strings.Contains(result.Err.Error(), "calls: only 1000 B are free") || asked {
		t.Errorf("asked %v; %v", asked, result.Err)
	}
	if files := content(t, folder); len(files) > 0 {
		t.Errorf("files: %v", files)
	}
	r.space = func(string) (uint64, bool) { return 0, false }
	if result := r.Run(t.Context(), order(folder, job, "a")); result.Err != nil || !asked {
		t.Errorf("a file system that cannot tell: %v", result.Err)
	}
}

func TestADiskThatIsNearlyFullIsWarnedOf(t *testing.T) {
	for free, warned := range map[uint64]bool{2 << 20: true, 200 << 20: false} {
		folder := t.TempDir()
		deliver(t, order(folder, calls(rows(100_000, "a text of some length")), "a"))
		var log bytes.Buffer
		r := &Runner{Log: slog.New(slog.NewTextHandler(&log, nil)), space: func(string) (uint64, bool) { return free, true }}
		result := r.Run(t.Context(), tomorrow(order(folder, calls(rows(1, "x")), "a")))
		if said := strings.Contains(log.String(), "the disk is nearly full"); result.Err != nil || said != warned {
			t.Errorf("%d bytes free: %v\n%s", free, result.Err, log.String())
		}
	}
}

func TestTheDiskOfThisMachineTellsWhatIsFree(t *testing.T) {
	free, ok := freeSpace(t.TempDir())
	if !ok {
		t.Skip("this file system cannot tell")
	}
	if free == 0 || free > 1<<60 {
		t.Errorf("%s free", sizeName(free))
	}
	if _, ok := freeSpace("/does/not/exist"); ok {
		t.Error("a folder that is not there has room")
	}
}
