package main

import (
	"context"
	"math"
	"time"

	"github.com/reportjob/reportjob/jobs"
	"github.com/reportjob/reportjob/jobs/schedule"
)

// serve is the scheduler: it runs every report that has a schedule until told to stop.
func (a *app) serve(ctx context.Context, f runFlags) error {
	a.idle.Store(true) // a scheduler that is told to stop before it has begun has finished all there is
	p, chosen, _, err := a.prepare(f, nil)
	if err != nil {
		return err
	}
	unprofiled, err := a.profile(p.settings.General.Pprof)
	if err != nil {
		return err
	}
	defer unprofiled()
	grace := time.Duration(p.settings.General.Grace)
	h := a.halt(ctx, grace, true)
	defer h.end()
	pool := jobs.NewPool(int(p.settings.General.Concurrency))
	runner := a.runner()
	var tasks []schedule.Task
	for _, j := range chosen {
		for _, m := range jobs.Members(j) {
			pool.Expect(m.Info().API, math.MaxInt)
		}
		tasks = append(tasks, a.task(p, f, h, pool, runner, j))
	}
	finished := schedule.Serve(h.starting, tasks, schedule.Options{Grace: grace, Log: a.log, Stop: h.signal})
	a.board.clear()
	if finished {
		return nil
	}
	return fail(h.statusOr(func() int { return exitTerminated }))
}

// task runs one report at its slots.
func (a *app) task(p *program, f runFlags, h *halt, pool *jobs.Pool, runner *jobs.Runner, j jobs.Job) schedule.Task {
	name := j.Info().Name
	report := p.settings.Reports[name]
	a.log.Info("scheduled", "report", name, "schedule", report.Schedule.String(), "next", report.Schedule.Next(a.now()))
	return schedule.Task{Name: name, Schedule: report.Schedule, Run: func(ctx context.Context, slot time.Time) {
		at := f
		at.slot = slot.Format(time.RFC3339)
		orders, err := a.order(p, at, j)
		if err != nil {
			a.log.Error("not run", "report", name, "slot", slot, "error", err)
			return
		}
		for _, o := range orders {
			if _, started := h.run(ctx, pool, runner, o); !started {
				a.log.Warn("not started", "report", name, "slot", o.Slot, "reason", context.Cause(h.starting))
				return
			}
		}
	}}
}
