package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/reportjob/reportjob/cmd/reportjob/internal/settings"
	"github.com/reportjob/reportjob/jobs"
)

// planned is a run to come in schedule --json.
type planned struct {
	Report string              `json:"report"`
	Slot   time.Time           `json:"slot"`
	Window jobs.ManifestWindow `json:"window"`
	Note   string              `json:"note"`

	zone *time.Location
	name string // of the window
}

func newSchedule(a *app) *cobra.Command {
	var (
		n      int
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:               "schedule [REPORT...]",
		Short:             "Shows the next runs: local time, UTC, data window, and what daylight saving does to them",
		ValidArgsFunction: a.complete,
		RunE: func(_ *cobra.Command, names []string) error {
			if n < 1 {
				return usage(fmt.Errorf("-n: expected a number of at least 1, found %d", n))
			}
			p, err := a.load(nil)
			if err != nil {
				return err
			}
			runs, err := a.timetable(p, names, n)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(a.stdout, runs)
			}
			t := newTable("REPORT", "LOCAL", "UTC", "WINDOW", "NOTE")
			for _, r := range runs {
				t.row(r.Report, r.Slot.In(r.zone).Format("Mon 2006-01-02 15:04:05 -0700 MST"), r.Slot.Format("2006-01-02 15:04:05Z"), r.name, r.Note)
			}
			t.print(a.stdout)
			return nil
		},
	}
	cmd.Flags().IntVarP(&n, "number", "n", 5, "how many runs of each report")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// timetable is the next n runs of each report, in the order of time.
func (a *app) timetable(p *program, names []string, n int) ([]planned, error) {
	chosen, err := p.choose(names, p.scheduled)
	if err != nil {
		return nil, err
	}
	if len(p.problems) > 0 {
		return nil, a.refuse(p.problems)
	}
	if len(chosen) == 0 {
		return nil, errNoSchedule()
	}
	runs := []planned{}
	for _, j := range chosen {
		name := j.Info().Name
		report := p.settings.Reports[name]
		if report.Schedule == nil {
			return nil, &statusError{exitConfig, fmt.Errorf("%s has no schedule: set SCHEDULE_%s, such as '0 6 * * *'", name, settings.Suffix(name))}
		}
		slot := a.now()
		for range n {
			if slot = report.Schedule.Next(slot); slot.IsZero() {
				break
			}
			w, err := windowOf(name, report, slot)
			if err != nil {
				return nil, err
			}
			runs = append(runs, planned{name, slot.UTC(), windowJSON(w, report.Zone), report.Schedule.Note(slot), report.Zone, w.Name(report.Zone)})
		}
	}
	slices.SortStableFunc(runs, func(x, y planned) int { return x.Slot.Compare(y.Slot) })
	return runs, nil
}
