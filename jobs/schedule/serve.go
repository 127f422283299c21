package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

// Task is something to run at the slots of a schedule.
type Task struct {
	Name     string
	Schedule *Schedule
	Run      func(ctx context.Context, slot time.Time)
}

// Options say how tasks are served.
type Options struct {
	// Grace is what running tasks get to finish once the context has ended.
	Grace time.Duration
	// Log takes what a task cannot say itself; nil discards it.
	Log *slog.Logger
	// Stop, once closed, ends the grace time early. It may be nil.
	Stop <-chan struct{}
}

const (
	mostWaiting = 24              // slots of one task
	lastWords   = 5 * time.Second // for tasks whose context was ended, to clean up
)

// Serve runs tasks at their slots until the context ends. A task never runs twice at a time: a slot that comes while it
// runs waits, and the slots that wait are run in their order; of more than 24 the oldest are dropped. Slots that came
// while the machine slept are run when it wakes. A task that panics is logged, and its later slots run.
//
// When the context ends, nothing new starts. Tasks that run have the grace time, during which their own context lives
// on, and are then ended. finished tells whether all had come to their end in time.
func Serve(ctx context.Context, tasks []Task, o Options) (finished bool) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	work, end := context.WithCancelCause(context.WithoutCancel(ctx))
	defer end(nil)
	clock := cron.New(cron.WithLocation(time.UTC), cron.WithLogger(cron.DiscardLogger))
	var running sync.WaitGroup
	var queues []*queue
	start := time.Now().Round(0)
	for _, task := range tasks {
		q := &queue{Task: task, ctx: work, log: o.Log.With("task", task.Name), running: &running, last: start}
		queues = append(queues, q)
		clock.Schedule(task.Schedule, cron.FuncJob(q.due))
	}
	// Timers stand still while a machine sleeps. With this one, none is more than a minute late after it.
	clock.Schedule(cron.Every(time.Minute), cron.FuncJob(func() {}))
	clock.Start()
	select {
	case <-ctx.Done():
	case <-o.Stop:
	}
	<-clock.Stop().Done()
	idle := true
	for _, q := range queues {
		idle = !q.close() && idle
	}
	return idle || o.finish(&running, end)
}

// finish waits for running tasks, and ends those that do not end by themselves.
func (o Options) finish(running *sync.WaitGroup, end context.CancelCauseFunc) bool {
	done := make(chan struct{})
	go func() {
		running.Wait()
		close(done)
	}()
	grace := time.NewTimer(o.Grace)
	defer grace.Stop()
	cause := fmt.Errorf("not finished within the grace time of %s (REPORTJOB_GRACE)", o.Grace)
	select {
	case <-done:
		return true
	case <-grace.C:
	case <-o.Stop:
		cause = errors.New("stopped at once")
	}
	select {
	case <-done: // at the same moment
		return true
	default:
	}
	end(cause)
	select {
	case <-done:
	case <-time.After(lastWords):
		o.Log.Error("a task does not end although its context has ended")
	}
	return false
}

// queue is a task and the slots that wait for it.
type queue struct {
	Task
	ctx     context.Context // of all runs; it ends with Serve
	log     *slog.Logger
	running *sync.WaitGroup

	mu      sync.Mutex
	last    time.Time // the latest slot that came
	waiting []time.Time
	busy    bool
	closed  bool
}

// due takes the slots that have come by now. There can be several if the machine slept, and none if the clocks of the
// machine were put back.
func (q *queue) due() {
	now := time.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	for slot := q.Schedule.Next(q.last); !slot.IsZero() && !slot.After(now); slot = q.Schedule.Next(slot) {
		q.last = slot
		q.waiting = append(q.waiting, slot)
	}
	if dropped := len(q.waiting) - mostWaiting; dropped > 0 {
		q.log.Error("slots are dropped: too many wait", "dropped", dropped, "first", q.waiting[0], "last", q.waiting[dropped-1])
		q.waiting = append([]time.Time{}, q.waiting[dropped:]...)
	}
	if len(q.waiting) == 0 || q.closed {
		return
	}
	if q.busy {
		q.log.Warn("a slot waits: the run before it has not ended", "waiting", len(q.waiting))
		return
	}
	q.busy = true
	q.running.Go(q.work)
}

// work runs the slots that wait until there are none.
func (q *queue) work() {
	for {
		slot, ok := q.next()
		if !ok {
			return
		}
		q.run(slot)
	}
}

func (q *queue) next() (slot time.Time, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 || q.closed {
		q.busy = false
		return time.Time{}, false
	}
	slot, q.waiting = q.waiting[0], q.waiting[1:]
	return slot, true
}

func (q *queue) run(slot time.Time) {
	defer func() {
		if v := recover(); v != nil {
			q.log.Error("a task panicked", "slot", slot, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
		}
	}()
	q.Run(q.ctx, slot)
}

// close lets nothing new start, and tells whether the task runs.
func (q *queue) close() (busy bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	if len(q.waiting) > 0 {
		q.log.Warn("slots are not run: stopping", "waiting", len(q.waiting), "first", q.waiting[0])
	}
	return q.busy
}
