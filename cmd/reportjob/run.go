package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/cmd/reportjob/internal/readback"
	"github.com/reportjob/reportjob/cmd/reportjob/internal/settings"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// runFlags are the flags of run.
type runFlags struct {
	once, demo, plan bool
	from, to, slot   string
	formats, output  string
}

func newRun(a *app) *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run [--once [REPORT...]]",
		Short: "Runs every report that has a schedule, until told to stop; --once runs reports now and exits",
		Long: `Without flags, run is the scheduler: it runs every report that has a schedule until SIGTERM or SIGINT.

run --once runs the named reports now, or without names all that have a schedule, and exits.
A report's window follows from its slot: the last instant at which its schedule fired, or --slot.`,
		Example: `  reportjob run --once --demo
  reportjob run --once sipgate-calls --from 2026-11-01 --to 2026-12-01 --format xlsx
  reportjob run`,
		ValidArgsFunction: a.complete,
		RunE: func(cmd *cobra.Command, names []string) error {
			if err := f.check(cmd, names); err != nil {
				return usage(err)
			}
			if f.once {
				return a.runOnce(cmd.Context(), f, names)
			}
			return a.serve(cmd.Context(), f)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.once, "once", false, "run now and exit")
	flags.StringVar(&f.from, "from", "", "with --to: the window's begin, RFC 3339 or a date in the report's zone")
	flags.StringVar(&f.to, "to", "", "with --from: the window's end, which is not part of it")
	flags.StringVar(&f.slot, "slot", "", "run as if the schedule had fired at this instant")
	flags.StringVar(&f.formats, "format", "", "file formats, such as csv,xlsx,parquet or csv.gz; instead of those of the environment")
	flags.StringVar(&f.output, "output", "", "folder of the files; instead of REPORTJOB_OUTPUT")
	flags.BoolVar(&f.demo, "demo", false, "use the built-in sandbox: no credentials, no network; without names every built-in report")
	flags.BoolVar(&f.plan, "plan", false, "say what would be requested and how long it takes at the allowed rate; request nothing")
	return cmd
}

func (f runFlags) check(cmd *cobra.Command, names []string) error {
	onceOnly := []string{"from", "to", "slot", "demo", "plan"}
	if !f.once {
		if len(names) > 0 {
			return fmt.Errorf("run %s: reports are named with --once; without it, run follows the schedules", names[0])
		}
		for _, name := range onceOnly {
			if cmd.Flags().Changed(name) {
				return fmt.Errorf("--%s goes with --once", name)
			}
		}
	}
	switch {
	case (f.from == "") != (f.to == ""):
		return errors.New("--from and --to go together: a window has two ends")
	case f.from != "" && f.slot != "":
		return errors.New("--slot and --from/--to exclude each other: both set the window")
	}
	if f.formats != "" {
		for _, name := range f.formatNames() {
			if !slices.Contains(formatNames(), name) {
				return fmt.Errorf("--format: unknown format %q: expected some of %s", name, strings.Join(formatNames(), ", "))
			}
		}
	}
	if err := settings.CheckFolder(f.output); err != nil {
		return fmt.Errorf("--output: %w", err)
	}
	return nil
}

func (f runFlags) formatNames() []string {
	var names settings.Names
	if names.UnmarshalText([]byte(f.formats)) != nil {
		return []string{f.formats} // which is no format, and is refused as such
	}
	return names
}

// order is one report to be run, and behind it the windows of it that are to be read again.
func (a *app) order(p *program, f runFlags, j jobs.Job) ([]jobs.Order, error) {
	report, compression := p.settings.Reports[j.Info().Name], p.settings.General.Compression
	o := jobs.Order{
		Job:     j,
		Zone:    report.Zone,
		Params:  report.Params,
		Formats: chosenFormats(report.Formats, compression),
		Output:  p.settings.General.Output,
		Locale:  string(p.settings.General.Locale),
		Links:   report.Links,
		Timeout: time.Duration(p.settings.General.Timeout),

		Filename:  report.Filename,
		Retention: report.Retention,
		Latest:    p.settings.General.Latest,
	}
	var err error
	switch {
	case jobs.IsBundle(j):
		o.Members = p.members(j)
		if o.Formats, err = f.bundleFormats(j.Info().Name, compression); err != nil {
			return nil, err
		}
	case f.formats != "":
		o.Formats = chosenFormats(f.formatNames(), compression)
	}
	if f.output != "" {
		o.Output = f.output
	}
	if f.from != "" {
		o.Window, err = f.window(j.Info(), report)
		o.Slot = o.Window.To
	} else if o.Slot, err = f.chooseSlot(report, a.now()); err == nil {
		o.Window, err = windowOf(j.Info().Name, report, o.Slot)
	}
	if err != nil {
		return nil, err
	}
	return withEarlier(report, f, o)
}

// window is the one that --from and --to name.
func (f runFlags) window(info jobs.Info, report settings.Report) (jobs.Window, error) {
	if report.Window.Snapshot() && !info.AnyWindow {
		return jobs.Window{}, usage(fmt.Errorf("%s shows the present: it has no window for --from and --to", info.Name))
	}
	from, err := jobs.ParseInstant(f.from, report.Zone)
	if err != nil {
		return jobs.Window{}, usage(fmt.Errorf("--from: %w", err))
	}
	to, err := jobs.ParseInstant(f.to, report.Zone)
	if err != nil {
		return jobs.Window{}, usage(fmt.Errorf("--to: %w", err))
	}
	w, err := jobs.NewWindow(from, to)
	if err != nil {
		return jobs.Window{}, usage(fmt.Errorf("--from, --to: %w", err))
	}
	return w, nil
}

// chooseSlot is the instant that --slot names, or at which the schedule fired last, or this second.
func (f runFlags) chooseSlot(report settings.Report, now time.Time) (time.Time, error) {
	if f.slot != "" {
		slot, err := jobs.ParseInstant(f.slot, report.Zone)
		if err != nil {
			return slot, usage(fmt.Errorf("--slot: %w", err))
		}
		return slot, nil
	}
	if report.Schedule != nil {
		if slot, ok := report.Schedule.Last(now); ok {
			return slot, nil
		}
	}
	return now.Truncate(time.Second), nil
}

// windowOf is a report's window for a slot.
func windowOf(name string, report settings.Report, slot time.Time) (jobs.Window, error) {
	var previous func(time.Time) (time.Time, bool)
	if report.Schedule != nil {
		previous = report.Schedule.Before
	}
	w, err := report.Window.Window(slot, report.Zone, previous)
	if err != nil {
		return w, &statusError{exitConfig, fmt.Errorf("WINDOW_%s: %w", settings.Suffix(name), err)}
	}
	return w, nil
}

func chosenFormats(names []string, c settings.Compression) []exporters.Format {
	var chosen []exporters.Format
	for _, f := range formats(c) {
		if slices.Contains(names, f.Name) {
			chosen = append(chosen, f)
		}
	}
	return chosen
}

// runner is what runs orders.
func (a *app) runner() *jobs.Runner {
	return &jobs.Runner{
		Version:  version(),
		Log:      a.log,
		Now:      a.now,
		Rows:     readback.Rows,
		Redact:   a.redactor.String,
		Progress: a.board.progress,
		Watch: func(ctx context.Context) (context.Context, func() jobs.Traffic) {
			m := new(rest.Meter)
			return rest.WithMeter(ctx, m), func() jobs.Traffic {
				return jobs.Traffic{Requests: m.Requests.Load(), Retries: m.Retries.Load(), Unknown: m.Unknown()}
			}
		},
	}
}
