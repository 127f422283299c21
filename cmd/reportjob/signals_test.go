package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// slow is a stand whose answers wait until the test ends.
func slow(t *testing.T, reached chan<- struct{}) []string {
	var once sync.Once
	return stand(t, func(w http.ResponseWriter, r *http.Request, box http.Handler) {
		once.Do(func() { close(reached) })
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that the client is gone
		select {
		case <-r.Context().Done():
		case <-time.After(time.Second):
		}
	})
}

func TestSignalsStopAndLeaveNothingBehind(t *testing.T) {
	for _, test := range []struct {
		signal os.Signal
		status int
	}{{os.Interrupt, exitInterrupted}, {syscall.SIGTERM, exitTerminated}} {
		t.Run(test.signal.String(), func(t *testing.T) {
			t.Parallel()
			reached := make(chan struct{})
			environ := append(slow(t, reached), "REPORTJOB_GRACE=50ms")
			signals := make(chan os.Signal, 2)
			go func() { <-reached; signals <- test.signal }()
			var stdout, stderr safeBuffer
			status := run(t.Context(), process{
				args: []string{"run", "--once", "sipgate-balance", "wizart-imports"}, environ: environ,
				stdout: &stdout, stderr: &stderr, signals: signals, now: time.Now,
			})
			if status != test.status {
				t.Errorf("status %d, want %d\n%s", status, test.status, stderr.String())
			}
			_ = filepath.WalkDir(lookup(environ, "REPORTJOB_OUTPUT"), func(path string, d os.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					t.Errorf("left behind: %s", path)
				}
				return err
			})
		})
	}
}

// stuck is a reader of the program's output who takes nothing until told, such as a pager.
type stuck struct{ reached, release chan struct{} }

func (s stuck) Write(p []byte) (int, error) {
	select {
	case s.reached <- struct{}{}:
	default:
	}
	<-s.release
	return len(p), nil
}

func TestSignalsEndCommandsThatHaveNothingToFinish(t *testing.T) {
	for _, test := range []struct {
		signal os.Signal
		status int
	}{{os.Interrupt, exitInterrupted}, {syscall.SIGTERM, exitTerminated}} {
		signals, ended := make(chan os.Signal, 2), make(chan int, 1)
		out := stuck{make(chan struct{}, 1), make(chan struct{})}
		go func() { <-out.reached; signals <- test.signal }()
		var stderr safeBuffer
		run(t.Context(), process{
			args: []string{"list"}, stdout: out, stderr: &stderr, signals: signals, now: time.Now,
			exit: func(status int) { ended <- status; close(out.release) },
		})
		if status := <-ended; status != test.status {
			t.Errorf("%v: status %d, want %d", test.signal, status, test.status)
		}
	}
}

func TestSignalsWaitForCommandsThatAttendToThem(t *testing.T) {
	reached, signals := make(chan struct{}), make(chan os.Signal, 2)
	environ := append(slow(t, reached), "REPORTJOB_GRACE=50ms")
	go func() { <-reached; signals <- syscall.SIGTERM }()
	var stdout, stderr safeBuffer
	status := run(t.Context(), process{
		args: []string{"run", "--once", "sipgate-balance"}, environ: environ, stdout: &stdout, stderr: &stderr, signals: signals, now: time.Now,
		exit: func(status int) { t.Errorf("ended at once with %d", status) },
	})
	if status != exitTerminated {
		t.Errorf("status %d\n%s", status, stderr.String())
	}
}

// clogged is a standard error that nobody reads any more once a report has begun to write files.
type clogged struct {
	folder           string
	reached, release chan struct{}
	once             *sync.Once
}

func (c clogged) Write(p []byte) (int, error) {
	if len(filesBelow(c.folder)) == 0 {
		return len(p), nil
	}
	c.once.Do(func() { close(c.reached) })
	<-c.release
	return len(p), nil
}

func filesBelow(folder string) (files []string) {
	_ = filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return nil
	})
	return files
}

func TestSignalsStopReportsAlthoughNobodyReadsStandardError(t *testing.T) {
	for _, test := range []struct {
		name    string
		signals []os.Signal
		grace   string
		args    []string
		status  int
	}{
		{"interrupt", []os.Signal{os.Interrupt}, "1h", []string{"run", "--once", "-v", "secureaccess-activity-dns"}, exitInterrupted},
		{"the grace is over", []os.Signal{syscall.SIGTERM}, "50ms", []string{"run", "--once", "-v", "secureaccess-activity-dns"}, exitTerminated},
		{"a second signal", []os.Signal{syscall.SIGTERM, os.Interrupt}, "1h", []string{"run", "--once", "-v", "secureaccess-activity-dns"}, exitTerminated},
		{"the scheduler's grace is over", []os.Signal{syscall.SIGTERM}, "50ms", []string{"run", "-v"}, exitTerminated},
		{"a second signal for the scheduler", []os.Signal{os.Interrupt, os.Interrupt}, "1h", []string{"run", "-v"}, exitInterrupted},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			environ := append(stand(t, nil), "REPORTJOB_GRACE="+test.grace, "SCHEDULE_SECUREACCESS_ACTIVITY_DNS=@every 1s")
			out := lookup(environ, "REPORTJOB_OUTPUT")
			stderr := clogged{out, make(chan struct{}), make(chan struct{}), new(sync.Once)}
			t.Cleanup(func() { close(stderr.release) })
			signals, ended := make(chan os.Signal, 2), make(chan int, 2)
			go func() {
				ended <- run(t.Context(), process{
					args: test.args, environ: environ, stdout: io.Discard, stderr: stderr, signals: signals, now: time.Now,
					exit: func(status int) { ended <- status },
				})
			}()
			<-stderr.reached
			for _, s := range test.signals {
				signals <- s
			}
			select {
			case status := <-ended:
				if files := filesBelow(out); status != test.status || len(files) > 0 {
					t.Errorf("status %d, want %d; left behind: %q", status, test.status, files)
				}
			case <-time.After(20 * time.Second):
				t.Error("it goes on")
			}
		})
	}
}

func TestASecondSignalEndsTheProgramAlthoughNobodyReadsItsResults(t *testing.T) {
	signals, ended := make(chan os.Signal, 2), make(chan int, 1)
	out := stuck{make(chan struct{}, 1), make(chan struct{})}
	go func() {
		<-out.reached
		signals <- syscall.SIGTERM
		signals <- syscall.SIGTERM
	}()
	var stderr safeBuffer
	run(t.Context(), process{
		args: []string{"run", "--once", "sipgate-balance"}, environ: stand(t, nil), stdout: out, stderr: &stderr, signals: signals, now: time.Now,
		exit: func(status int) { ended <- status; close(out.release) },
	})
	if status := <-ended; status != exitTerminated {
		t.Errorf("status %d\n%s", status, stderr.String())
	}
}

func TestReportsFinishWithinTheGraceAlthoughNobodyReadsStandardErrorForAWhile(t *testing.T) {
	environ := append(stand(t, nil), "REPORTJOB_GRACE=1h")
	out := lookup(environ, "REPORTJOB_OUTPUT")
	stderr := clogged{out, make(chan struct{}), make(chan struct{}), new(sync.Once)}
	signals := make(chan os.Signal, 2)
	go func() {
		<-stderr.reached
		signals <- syscall.SIGTERM
		time.Sleep(2 * lastLine)
		close(stderr.release)
	}()
	status := run(t.Context(), process{
		args: []string{"run", "--once", "-v", "secureaccess-activity-dns"}, environ: environ, stdout: io.Discard, stderr: stderr, signals: signals, now: time.Now,
	})
	if manifests, _ := filepath.Glob(filepath.Join(out, "*", "*.manifest.json")); status != exitTerminated || len(manifests) != 1 {
		t.Errorf("status %d, sets: %q", status, manifests)
	}
}

func TestASchedulerThatIsStoppedBeforeItHasBegunHasFinished(t *testing.T) {
	signals, ended := make(chan os.Signal, 2), make(chan int, 1)
	stderr := stuck{make(chan struct{}, 1), make(chan struct{})}
	go func() { <-stderr.reached; signals <- syscall.SIGTERM }()
	run(t.Context(), process{
		args: []string{"run"}, environ: []string{"REPORTJOB_TIMEOUT=soon"}, stdout: io.Discard, stderr: stderr, signals: signals, now: time.Now,
		exit: func(status int) { ended <- status; close(stderr.release) },
	})
	if status := <-ended; status != exitOK {
		t.Errorf("status %d", status)
	}
}

func TestSchedulerRunsAtItsSlotsUntilTold(t *testing.T) {
	environ := append(stand(t, nil), "SCHEDULE_SIPGATE_BALANCE=@every 1s", "REPORTJOB_GRACE=10s")
	out := lookup(environ, "REPORTJOB_OUTPUT")
	signals := make(chan os.Signal, 2)
	go func() {
		for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
			if files, _ := filepath.Glob(filepath.Join(out, "sipgate-balance", "sipgate-balance_*.manifest.json")); len(files) >= 2 {
				break
			}
		}
		signals <- syscall.SIGTERM
	}()
	var stdout, stderr safeBuffer
	status := run(t.Context(), process{args: []string{"run"}, environ: environ, stdout: &stdout, stderr: &stderr, signals: signals, now: time.Now})
	files, _ := filepath.Glob(filepath.Join(out, "sipgate-balance", "sipgate-balance_*.manifest.json"))
	if status != exitOK || len(files) < 2 {
		t.Errorf("status %d, %d sets\n%s", status, len(files), stderr.String())
	}
}
