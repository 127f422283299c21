package jobs

import (
	"context"
	"time"
)

// Progress is how far a run is.
type Progress struct {
	Report  string
	Window  string // its name, as in file names
	Elapsed time.Duration
	Rows    int64
	// Requests and Retries are as Runner.Watch tells them.
	Requests, Retries int64
	Done              bool    // the run has ended
	Verdict           Verdict // how, if it has
}

// often is how much time passes between two reports of progress.
const often = 200 * time.Millisecond

// watch reports progress until the function that it returns is called.
func (r *run) watch(ctx context.Context) (stop func()) {
	if r.Progress == nil {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(often)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				r.tell(ctx, "")
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

// tell reports progress. A bug in what shows it costs no report.
func (r *run) tell(ctx context.Context, verdict Verdict) {
	if r.Progress == nil {
		return
	}
	err := caught(func() error {
		p := Progress{
			Report: r.name, Window: r.window, Elapsed: time.Since(r.begun), Rows: r.rows.Load(), Done: verdict != "", Verdict: verdict,
		}
		if r.traffic != nil {
			t := r.traffic()
			p.Requests, p.Retries = t.Requests, t.Retries
		}
		r.Progress(p)
		return nil
	})
	if err != nil {
		r.log().ErrorContext(ctx, "progress cannot be shown", "report", r.name, "error", err)
	}
}
