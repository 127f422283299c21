package main

import (
	"time"

	"github.com/reportjob/reportjob/cmd/reportjob/internal/settings"
	"github.com/reportjob/reportjob/jobs"
)

// withEarlier is an order, and behind it those for the windows before its own that are to be read again, the newest
// first. Windows that were never delivered are not among them.
func withEarlier(report settings.Report, f runFlags, o jobs.Order) ([]jobs.Order, error) {
	orders := []jobs.Order{o}
	if f.from != "" {
		return orders, nil
	}
	delivered := jobs.Delivered(o.Output, o.Job.Info().Name)
	for range report.Lookback {
		slot, ok := slotBefore(report, o.Window)
		if !ok {
			break
		}
		w, err := windowOf(o.Job.Info().Name, report, slot)
		if err != nil {
			return nil, err
		}
		o.Slot, o.Window, o.Again = slot, w, true
		if delivered(w) {
			orders = append(orders, o)
		}
	}
	return orders, nil
}

// slotBefore is the slot of the window before a window: by the schedule or, without one, the beginning of the window.
func slotBefore(report settings.Report, w jobs.Window) (time.Time, bool) {
	if report.Schedule != nil {
		return report.Schedule.Before(w.To)
	}
	return w.From, true
}
