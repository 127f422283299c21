package schedule

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The clock of a synctest bubble starts at midnight UTC, 1 January 2000.

// record is what happened, a line for each event.
type record struct {
	mu    sync.Mutex
	lines []string
}

func (r *record) add(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, time.Now().UTC().Format("15:04:05 ")+fmt.Sprintf(format, args...))
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.lines, "\n")
}

// takes is a task that takes so long, unless its context ends.
func (r *record) takes(d time.Duration) func(context.Context, time.Time) {
	return func(ctx context.Context, slot time.Time) {
		r.add("start %s", slot.UTC().Format("15:04:05"))
		select {
		case <-time.After(d):
			r.add("end %s", slot.UTC().Format("15:04:05"))
		case <-ctx.Done():
			r.add("stopped: %v", context.Cause(ctx))
		}
	}
}

func TestTaskRunsAtItsSlotsAndKnowsThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Minute)
		defer cancel()
		var r record
		tasks := []Task{
			{"hourly", parse(t, "@hourly", "UTC"), r.takes(time.Minute)},
			{"half", parse(t, "CRON_TZ=Asia/Kathmandu 15 7 * * *", "UTC"), r.takes(time.Minute)}, // 01:30 in UTC
		}
		if !Serve(ctx, tasks, Options{Grace: time.Second}) {
			t.Error("it did not finish although nothing ran")
		}
		want := "01:00:00 start 01:00:00\n01:01:00 end 01:00:00\n01:30:00 start 01:30:00\n01:31:00 end 01:30:00\n02:00:00 start 02:00:00\n02:01:00 end 02:00:00"
		if r.String() != want {
			t.Errorf("got\n%s\nwant\n%s", &r, want)
		}
	})
}

func TestSlotWaitsForTheRunBeforeIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
		defer cancel()
		var r record
		slow := true
		tasks := []Task{{"slow", parse(t, "@every 1m", "UTC"), func(ctx context.Context, slot time.Time) {
			if slow {
				slow = false
				r.takes(210*time.Second)(ctx, slot)
			} else {
				r.takes(time.Second)(ctx, slot)
			}
		}}}
		Serve(ctx, tasks, Options{Grace: time.Minute})
		want := "00:01:00 start 00:01:00\n00:04:30 end 00:01:00\n00:04:30 start 00:02:00\n00:04:31 end 00:02:00\n00:04:31 start 00:03:00\n" +
			"00:04:32 end 00:03:00\n00:04:32 start 00:04:00\n00:04:33 end 00:04:00\n00:05:00 start 00:05:00\n00:05:01 end 00:05:00"
		if got := r.String(); !strings.HasPrefix(got, want) {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func TestOldestSlotsAreDroppedWhenTooManyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		var r record
		var log bytes.Buffer
		first := true
		tasks := []Task{{"slow", parse(t, "@every 1m", "UTC"), func(ctx context.Context, slot time.Time) {
			r.add("start %s", slot.Format("15:04"))
			if first {
				first = false
				time.Sleep(30*time.Minute + 30*time.Second)
			}
		}}}
		Serve(ctx, tasks, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		lines := strings.Split(r.String(), "\n")
		if lines[0] != "00:01:00 start 00:01" || lines[1] != "00:31:30 start 00:08" {
			t.Errorf("the run after the long one is %s", lines[1])
		}
		if !strings.Contains(log.String(), "level=ERROR msg=\"slots are dropped: too many wait\" task=slow dropped=1") {
			t.Errorf("log: %s", log.String())
		}
	})
}

func TestSlotsThatCameWhileTheMachineSleptAreRunLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r record
		var running sync.WaitGroup
		q := &queue{
			Task: Task{"asleep", parse(t, "@hourly", "UTC"), r.takes(0)}, ctx: t.Context(), log: slog.New(slog.DiscardHandler), running: &running,
			last: time.Now().Add(-3 * time.Hour),
		}
		q.due()
		running.Wait()
		q.due() // the clock has not moved: nothing is new
		running.Wait()
		if got := strings.Count(r.String(), "start"); got != 3 || !strings.HasPrefix(r.String(), "00:00:00 start 22:00:00\n00:00:00 end 22:00:00\n00:00:00 start 23:00:00") {
			t.Errorf("got\n%s", &r)
		}
	})
}

func TestRunningTaskHasTheGraceTime(t *testing.T) {
	for _, c := range []struct {
		grace    time.Duration
		finished bool
		last     string
	}{
		{time.Minute, true, "00:10:30 end 00:10:00"},
		{10 * time.Second, false, "00:10:20 stopped: not finished within the grace time of 10s (REPORTJOB_GRACE)"},
		{0, false, "00:10:10 stopped: not finished within the grace time of 0s (REPORTJOB_GRACE)"},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 610*time.Second)
			defer cancel()
			var r record
			tasks := []Task{{"slow", parse(t, "@every 10m", "UTC"), r.takes(30 * time.Second)}}
			if finished := Serve(ctx, tasks, Options{Grace: c.grace}); finished != c.finished {
				t.Errorf("grace %s: finished %v", c.grace, finished)
			}
			if !strings.HasSuffix(r.String(), c.last) {
				t.Errorf("grace %s: got\n%s\nwant %s", c.grace, &r, c.last)
			}
		})
	}
}

func TestNothingNewStartsInTheGraceTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 130*time.Second)
		defer cancel()
		var r record
		tasks := []Task{{"slow", parse(t, "@every 1m", "UTC"), r.takes(100 * time.Second)}, {"quick", parse(t, "@every 3m", "UTC"), r.takes(0)}}
		if !Serve(ctx, tasks, Options{Grace: time.Hour}) {
			t.Error("it did not finish")
		}
		if want := "00:01:00 start 00:01:00\n00:02:40 end 00:01:00"; r.String() != want {
			t.Errorf("got\n%s\nwant\n%s", &r, want)
		}
	})
}

func TestSecondSignalStopsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 61*time.Second)
		defer cancel()
		stop := make(chan struct{})
		time.AfterFunc(63*time.Second, func() { close(stop) })
		var r record
		tasks := []Task{{"slow", parse(t, "@every 1m", "UTC"), r.takes(time.Hour)}}
		if Serve(ctx, tasks, Options{Grace: time.Hour, Stop: stop}) {
			t.Error("it finished in time")
		}
		if want := "00:01:00 start 00:01:00\n00:01:03 stopped: stopped at once"; r.String() != want {
			t.Errorf("got\n%s\nwant\n%s", &r, want)
		}
	})
}

func TestTaskThatNeverEndsDoesNotHoldUpTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 61*time.Second)
		defer cancel()
		deaf := func(context.Context, time.Time) { time.Sleep(time.Hour) }
		if Serve(ctx, []Task{{"deaf", parse(t, "@every 1m", "UTC"), deaf}}, Options{Grace: time.Second}) {
			t.Error("it finished in time")
		}
		if now := time.Now().UTC().Format("15:04:05"); now != "00:01:07" {
			t.Errorf("it is %s", now)
		}
		time.Sleep(2 * time.Hour) // for the task's own end
	})
}

func TestPanicOfATaskIsLoggedAndItsNextSlotRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Second)
		defer cancel()
		var log bytes.Buffer
		runs := 0
		tasks := []Task{{"bad", parse(t, "@every 1m", "UTC"), func(context.Context, time.Time) {
			runs++
			panic("oops")
		}}}
		if !Serve(ctx, tasks, Options{Log: slog.New(slog.NewTextHandler(&log, nil))}) || runs != 2 {
			t.Errorf("%d runs", runs)
		}
		if !strings.Contains(log.String(), "panic=oops") || !strings.Contains(log.String(), "serve_test.go") {
			t.Errorf("log: %s", log.String())
		}
	})
}

func TestTwoHundredIdleTasksCostNextToNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 23*time.Hour)
		defer cancel()
		var mu sync.Mutex
		runs := 0
		var tasks []Task
		for i := range 200 {
			tasks = append(tasks, Task{fmt.Sprint(i), parse(t, fmt.Sprintf("%d 5 * * *", i%60), "Europe/Berlin"), func(context.Context, time.Time) {
				mu.Lock()
				defer mu.Unlock()
				runs++
			}})
		}
		if !Serve(ctx, tasks, Options{}) || runs != 200 {
			t.Errorf("%d runs in a day", runs)
		}
	})
}
