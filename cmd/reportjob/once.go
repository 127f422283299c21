package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/reportjob/reportjob/jobs"
)

// runOnce runs the named reports, or all that have a schedule, or in a demo all that there are.
func (a *app) runOnce(ctx context.Context, f runFlags, names []string) error {
	p, chosen, end, err := a.prepare(f, names)
	if err != nil {
		return err
	}
	defer end()
	orders, err := a.orders(p, f, chosen)
	if err != nil {
		return err
	}
	if f.plan {
		return a.printPlan(p, slices.Concat(orders...))
	}
	unprofiled, err := a.profile(p.settings.General.Pprof)
	if err != nil {
		return err
	}
	defer unprofiled()
	halt := a.halt(ctx, time.Duration(p.settings.General.Grace), false)
	defer halt.end()
	results := a.execute(halt, p, orders)
	a.printResults(results)
	return fail(halt.statusOr(func() int {
		var statuses []int
		for _, r := range results {
			statuses = append(statuses, statusOfResult(r.Result))
		}
		return worst(statuses)
	}))
}

// prepare reads the configuration, with the sandbox's in a demo, and refuses all mistakes at once. end stops the sandbox.
func (a *app) prepare(f runFlags, names []string) (p *program, chosen []jobs.Job, end func(), err error) {
	if a.thrifty != nil {
		a.thrifty()
	}
	end = func() {}
	var extra []string
	if f.demo {
		if extra, end, err = a.startDemo(); err != nil {
			return nil, nil, end, err
		}
	}
	if p, err = a.load(extra); err == nil {
		chosen, err = p.choose(names, func(j jobs.Job) bool { return f.demo || p.scheduled(j) })
	}
	if err == nil {
		if problems := p.needs(chosen, a.now()); len(problems) > 0 {
			err = a.refuse(problems)
		} else if len(chosen) == 0 {
			err = errNoSchedule()
		}
	}
	if err != nil {
		end()
		return nil, nil, func() {}, err
	}
	return p, chosen, end, nil
}

func errNoSchedule() error {
	return &statusError{exitConfig, errors.New("no report has a schedule: set SCHEDULE_<REPORT>, such as SCHEDULE_SIPGATE_CALLS='0 6 * * *', or name reports after run --once (`reportjob list` shows them)")}
}

// orders are those of each report, which follow one another.
func (a *app) orders(p *program, f runFlags, chosen []jobs.Job) ([][]jobs.Order, error) {
	var all [][]jobs.Order
	for _, j := range chosen {
		orders, err := a.order(p, f, j)
		if err != nil {
			return nil, err
		}
		all = append(all, orders)
	}
	return all, nil
}

// execute runs reports side by side, and the orders of one report one after the other. One that fails stops no other.
func (a *app) execute(h *halt, p *program, orders [][]jobs.Order) []ran {
	var (
		results = make([][]ran, len(orders))
		runner  = a.runner()
		pool    = jobs.NewPool(int(p.settings.General.Concurrency))
		running sync.WaitGroup
	)
	expect(pool, slices.Concat(orders...))
	for i, list := range orders {
		running.Go(func() {
			for _, o := range list {
				results[i] = append(results[i], ran{o, a.runOne(h, pool, runner, o)})
			}
		})
	}
	running.Wait()
	a.board.clear()
	return slices.Concat(results...)
}

// ran is an order and what it came to.
type ran struct {
	jobs.Order
	jobs.Result
}

// expect tells the pool how many runs of each API are to come.
func expect(pool *jobs.Pool, orders []jobs.Order) {
	counts := map[string]int{}
	for _, o := range orders {
		for _, one := range parts(o) {
			counts[one.Job.Info().API]++
		}
	}
	for api, n := range counts {
		pool.Expect(api, n)
	}
}

func (a *app) runOne(h *halt, pool *jobs.Pool, runner *jobs.Runner, o jobs.Order) jobs.Result {
	info := o.Job.Info()
	result, started := h.run(h.running, pool, runner, o)
	if !started {
		err := fmt.Errorf("%s %s: not started: %w", info.Name, o.Window.Name(o.Zone), context.Cause(h.starting))
		return jobs.Result{Report: info.Name, Slot: o.Slot, Window: o.Window, Verdict: jobs.Failed, Err: err}
	}
	return result
}

// printResults is the table at the end of run --once.
func (a *app) printResults(results []ran) {
	t := newTable("REPORT", "WINDOW", "ROWS", "VERDICT", "FILES", "TIME")
	for _, r := range results {
		verdict := string(r.Verdict)
		if since := r.Manifest.UnchangedSince; r.Unchanged {
			verdict += ", unchanged"
		} else if !since.IsZero() {
			verdict += ", unchanged since " + since.In(r.Zone).Format(time.DateTime)
		}
		t.row(r.Report, r.windowName(), strconv.FormatInt(r.Rows, 10), verdict, r.fileSet(), round(r.Elapsed).String())
	}
	t.print(a.stdout)
	for _, r := range results {
		if r.Err != nil {
			a.say(slog.LevelError, "%v%s", r.Err, needs(r.Job.Info(), r.Err))
		}
		for _, m := range r.Result.Members {
			if r.Err == nil && m.Err != nil {
				a.say(slog.LevelError, "%s %s: %s is missing: %v%s", r.Report, r.windowName(), m.Info.Name, m.Err, needs(m.Info, m.Err))
			}
		}
		if r.Trouble != nil {
			a.say(slog.LevelError, "%s %s: delivered, but what follows failed: %v", r.Report, r.windowName(), r.Trouble)
		}
	}
}

func (r ran) windowName() string { return r.Order.Window.Name(r.Zone) }

// fileSet is exports/sipgate-calls/sipgate-calls_2026-11-21.{csv,xlsx}.
func (r ran) fileSet() string {
	if len(r.Files) == 0 {
		return "-"
	}
	base := strings.TrimSuffix(r.ManifestPath, ".manifest.json")
	var ends []string
	for _, f := range r.Files {
		ends = append(ends, strings.TrimPrefix(f.Name, filepath.Base(base)+"."))
	}
	set := strings.Join(ends, ",")
	if len(ends) > 1 {
		set = "{" + set + "}"
	}
	return base + "." + set
}

func round(d time.Duration) time.Duration {
	switch {
	case d > time.Minute:
		return d.Round(time.Second)
	case d > time.Second:
		return d.Round(10 * time.Millisecond)
	}
	return d.Round(time.Millisecond)
}
