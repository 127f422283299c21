package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"
)

// halt turns signals into contexts: what ends when nothing new is to start, and what ends when all has to stop.
type halt struct {
	starting, running         context.Context
	stopStarting, stopRunning context.CancelCauseFunc
	signal                    chan struct{} // closed when a second signal, or the end of the grace time, stops everything
	done                      chan struct{} // closed by end
	mu                        sync.Mutex
	caught                    os.Signal
	end                       func()
}

// errStopped is the cause for which contexts end.
type errStopped struct{ signal os.Signal }

func (e errStopped) Error() string { return fmt.Sprintf("stopped by %v", e.signal) }

// What reports get to clean up once they are stopped, before the program ends without them: after a second signal, little.
const (
	lastWords = 4 * time.Second
	atOnce    = time.Second
)

// halt watches signals. SIGTERM lets what runs finish within the grace time; a second signal stops it at once. SIGINT
// stops it at once, unless patient: then it is like SIGTERM.
func (a *app) halt(ctx context.Context, grace time.Duration, patient bool) *halt {
	a.attend()
	a.idle.Store(false)
	h := &halt{signal: make(chan struct{}), done: make(chan struct{})}
	h.starting, h.stopStarting = context.WithCancelCause(ctx)
	h.running, h.stopRunning = context.WithCancelCause(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { a.watch(h, grace, patient) })
	h.end = sync.OnceFunc(func() {
		close(h.done)
		watching.Wait()
		h.stopStarting(nil)
		h.stopRunning(nil)
		a.attend = a.unattended() // what may be left is printing
	})
	return h
}

// watch waits for signals. It never prints, since it would wait for whoever reads that, and not for the next signal.
func (a *app) watch(h *halt, grace time.Duration, patient bool) {
	var first os.Signal
	select {
	case <-h.done:
		return
	case first = <-a.signals:
	}
	h.note(first)
	h.stopStarting(errStopped{first})
	if first == os.Interrupt && !patient {
		a.stop(h, first, false)
		return
	}
	go a.announce(first, grace)
	select {
	case <-h.done:
	case <-time.After(grace):
		a.stop(h, first, false)
	case second := <-a.signals:
		a.stop(h, second, true)
	}
}

// announce says what a first signal does.
func (a *app) announce(s os.Signal, grace time.Duration) {
	a.say(slog.LevelWarn, "%v: nothing new starts; what runs has %v to finish; a second signal stops it at once", s, grace)
}

// stop ends what runs. Reports that wait for a reader of standard error wait no longer, so that they can take away what they
// have under hidden names. The program ends without those that do not end in time, or at the next signal.
func (a *app) stop(h *halt, s os.Signal, second bool) {
	h.stopRunning(errStopped{s})
	close(h.signal)
	a.unread.hurry()
	left := lastWords
	for {
		if second {
			left = atOnce
		}
		select {
		case <-h.done:
			return
		case <-time.After(left):
			a.quit(h.caughtSignal())
			return
		case <-a.signals:
			if second {
				a.quit(h.caughtSignal())
				return
			}
			second = true
		}
	}
}

// quit ends the program at once.
func (a *app) quit(s os.Signal) {
	if a.exit != nil {
		a.exit(statusOfSignal(s))
	}
}

func (h *halt) note(s os.Signal) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.caught = s
}

func (h *halt) caughtSignal() os.Signal {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.caught
}

// statusOr is the exit status of the signal that was caught, or else another one.
func (h *halt) statusOr(otherwise func() int) int {
	if s := h.caughtSignal(); s != nil {
		return statusOfSignal(s)
	}
	return otherwise()
}

// lastLine is how long a line gets to be written once there is a hurry.
const lastLine = 250 * time.Millisecond

// unread is a writer that may have no reader, such as a pipe that is full. It waits for one, until there is a hurry: what
// cannot be written then is lost. One goroutine at a time writes.
type unread struct {
	to       io.Writer
	hurried  chan struct{}
	hurry    func()
	forsaken bool // a write goes on that nobody waits for any more
}

func newUnread(to io.Writer) *unread {
	u := &unread{to: to, hurried: make(chan struct{})}
	u.hurry = sync.OnceFunc(func() { close(u.hurried) })
	return u
}

// Write takes a copy along, since it may return before the other writer does.
func (u *unread) Write(p []byte) (n int, err error) {
	if u.forsaken {
		return len(p), nil
	}
	written, text := make(chan struct{}), bytes.Clone(p)
	var count int
	var failed error
	go func() {
		defer close(written)
		count, failed = u.to.Write(text)
	}()
	select {
	case <-written:
		return count, failed
	case <-u.hurried:
	}
	select {
	case <-written:
		return count, failed
	case <-time.After(lastLine):
		u.forsaken = true
		return len(p), nil
	}
}
