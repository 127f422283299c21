package main

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/reportjob/reportjob/cmd/reportjob/internal/settings"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// addBundles makes jobs of the bundles. Load has made sure that their reports are there.
func (p *program) addBundles() {
	for _, b := range p.settings.Bundles {
		var members []jobs.Job
		for _, name := range b.Members {
			if j, ok := p.job(name); ok {
				members = append(members, j)
			}
		}
		p.jobs = append(p.jobs, jobs.NewBundle(b.Name, members))
	}
}

// members are the reports of a bundle, with their own parameters. One that shows the present does so in every bundle.
func (p *program) members(j jobs.Job) (list []jobs.Member) {
	for _, m := range jobs.Members(j) {
		report := p.settings.Reports[m.Info().Name]
		list = append(list, jobs.Member{Job: m, Params: report.Params, Present: report.Window.Snapshot()})
	}
	return list
}

// withMembers is reports, with those of bundles in the bundles' places, and none twice.
func withMembers(chosen []jobs.Job) (list []jobs.Job) {
	for _, j := range chosen {
		for _, m := range jobs.Members(j) {
			if !slices.ContainsFunc(list, func(known jobs.Job) bool { return known.Info().Name == m.Info().Name }) {
				list = append(list, m)
			}
		}
	}
	return list
}

// configured tells whether the credentials of all APIs of a job are there.
func (p *program) configured(j jobs.Job) bool {
	return !slices.ContainsFunc(jobs.Members(j), func(m jobs.Job) bool { return !p.api(m.Info().API).configured() })
}

// bundleFormats is the one format of a bundle, which --format must name too if it is given.
func (f runFlags) bundleFormats(name string, c settings.Compression) ([]exporters.Format, error) {
	for _, format := range formats(c) {
		if format.Book == nil {
			continue
		}
		if f.formats != "" && !slices.Contains(f.formatNames(), format.Name) {
			return nil, usage(fmt.Errorf("--format: the bundle %s is one workbook: expected %s among the formats", name, format.Name))
		}
		return []exporters.Format{format}, nil
	}
	return nil, usage(fmt.Errorf("no file format holds several tables"))
}

// parts are the orders of reports that an order comes to: those of a bundle's members, or else the order alone.
func parts(o jobs.Order) (list []jobs.Order) {
	if !jobs.IsBundle(o.Job) {
		return []jobs.Order{o}
	}
	for _, m := range o.Members {
		one := o
		one.Job, one.Params, one.Window, one.Members = m.Job, m.Params, m.Window(o.Slot, o.Window), nil
		list = append(list, one)
	}
	return list
}

// run runs an order when its API has a place for it. Each report of a bundle waits for a place of its own.
func (h *halt) run(ctx context.Context, pool *jobs.Pool, runner *jobs.Runner, o jobs.Order) (result jobs.Result, started bool) {
	if jobs.IsBundle(o.Job) {
		o.Place = h.places(pool)
		if h.starting.Err() != nil {
			return result, false
		}
		return runner.Run(ctx, o), true
	}
	release, err := pool.Acquire(h.starting, o.Job.Info().API)
	if err != nil {
		return result, false
	}
	defer release()
	return runner.Run(ctx, o), true
}

// places gives places to the reports of one bundle. When nothing new is to start, a bundle of which a report was begun is
// no new one.
func (h *halt) places(pool *jobs.Pool) func(context.Context, string) (func(), error) {
	var begun atomic.Bool
	return func(ctx context.Context, api string) (func(), error) {
		release, err := pool.Acquire(h.starting, api)
		if err != nil && begun.Load() {
			release, err = pool.Acquire(ctx, api)
		}
		if err == nil {
			begun.Store(true)
		}
		return release, err
	}
}

// describedMembers says of each report of a bundle what it is read for.
func (p *program) describedMembers(j jobs.Job) (list []describedMember) {
	if !jobs.IsBundle(j) {
		return nil
	}
	for _, m := range p.members(j) {
		info, read := m.Job.Info(), "for the window"
		if m.Present {
			read = "as of the slot"
		}
		list = append(list, describedMember{info.Name, info.Title, info.API, read})
	}
	return list
}
