package reports

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

// Reports that need something else than a window that lasts: a parameter, a day, the present.

// saSpecialList is how a client lists records of such a report.
type saSpecialList[T any] func(ctx context.Context, q secureaccess.Query, p secureaccess.Progress) iter.Seq2[T, error]

// saStep makes a query of a request, or says which parameter does not do.
type saStep func(r jobs.Request, q *secureaccess.Query) error

// saSpecial declares a report that asks for what its steps make of a request. Path is the one below /reports/v2; a
// report that joins several paths has its name in info.
func saSpecial[T any](info jobs.Info, path string, list saSpecialList[T], columns jobs.Columns[T], steps ...saStep) []jobs.Job {
	info.API = "secureaccess"
	if info.Page == "" {
		info.Page = saReference
	}
	if info.Name == "" {
		info.Name = saName(path)
	}
	if info.Endpoint == "" {
		info.Endpoint = "/reports/v2/" + path
	}
	if info.Every.IsZero() {
		info.Every = jobs.PreviousDay
	}
	source := checked(info, func(ctx context.Context, r jobs.Request) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			q := secureaccess.Query{Params: apiParams(r.Params), Limit: r.Limit}
			if !r.Window.Snapshot() {
				q.From, q.To = r.Window.From, r.Window.To
			}
			for _, step := range append([]saStep{saLasting(info)}, steps...) {
				if err := step(r, &q); err != nil {
					var none T
					yield(none, err)
					return
				}
			}
			saAtMost(r, list(ctx, q, r.Proof))(yield)
		}
	})
	return []jobs.Job{jobs.Report[T]{Info: info, Source: source, Columns: columns}.Job()}
}

// saAtMost ends a sequence after as many records as were asked for, since some answers cannot be had any smaller.
func saAtMost[T any](r jobs.Request, records iter.Seq2[T, error]) iter.Seq2[T, error] {
	if r.Limit == 0 {
		return records
	}
	return func(yield func(T, error) bool) {
		n := 0
		for record, err := range records {
			if !yield(record, err) || err != nil {
				return
			}
			if n++; n == r.Limit {
				r.Proof.Unproven("no more than %d rows were asked for", n)
				return
			}
		}
	}
}

// saLasting refuses the present where a report is about a window.
func saLasting(info jobs.Info) saStep {
	return func(r jobs.Request, _ *secureaccess.Query) error {
		if r.Window.Snapshot() && info.Every != jobs.Now {
			return &ParamError{"WINDOW_" + variable(info.Name), "the report needs a window that lasts, such as previous-day"}
		}
		return nil
	}
}

// saNeeds refuses a request without a parameter. What says what it is and where to find its values.
func saNeeds(name, path, what string) saStep {
	return func(_ jobs.Request, q *secureaccess.Query) error {
		if strings.Trim(q.Params.Get(name), ", ") == "" {
			return &ParamError{name, "is needed, and not given: " + what + "; set PARAMS_" + variable(saName(path)) + "='" + name + "=…'"}
		}
		return nil
	}
}

// saDefault gives a parameter that is not set its value.
func saDefault(name, value string) saStep {
	return func(_ jobs.Request, q *secureaccess.Query) error {
		if q.Params.Get(name) == "" {
			q.Params.Set(name, value)
		}
		return nil
	}
}

// saOneOf refuses values of a parameter that the API does not have, since it would read another one into them.
func saOneOf(name string, values ...string) saStep {
	return func(_ jobs.Request, q *secureaccess.Query) error {
		value := q.Params.Get(name)
		for _, v := range append(values, "") {
			if v == value {
				return nil
			}
		}
		return &ParamError{name, "expected one of " + strings.Join(values, ", ")}
	}
}

// saBuckets is the parameter of how long the buckets of a time series are.
var saBuckets = jobs.Parameter{Name: "timerange", Values: "minute, hour, day", Meaning: "How long a bucket is; hour unless it is set. The API takes it as a header."}

func saBucketed() saStep { return saOneOf("timerange", "minute", "hour", "day") }

// saOnDay makes the parameter date of a window that is one day of the report's zone. The present asks for no day, and
// gets what the API has: the last 90 of them.
func saOnDay(report string) saStep {
	return func(r jobs.Request, q *secureaccess.Query) error {
		switch {
		case q.Params.Get("date") != "":
			return &ParamError{"date", "the window sets it (WINDOW_" + variable(report) + "=previous-day)"}
		case r.Window.Snapshot():
			return nil
		}
		year, month, day := r.Window.From.In(r.Zone).Date()
		wall := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
		if !jobs.FirstInstant(wall, r.Zone).Equal(r.Window.From) || !jobs.FirstInstant(wall.AddDate(0, 0, 1), r.Zone).Equal(r.Window.To) {
			return &ParamError{"WINDOW_" + variable(report), "the API has the last 90 days together (now), or one day (previous-day)"}
		}
		q.Params.Set("date", wall.Format(time.DateOnly))
		return nil
	}
}

// saAsOfNow refuses windows that last where the API has no way to ask for one.
func saAsOfNow(report string) saStep {
	return func(r jobs.Request, _ *secureaccess.Query) error {
		if !r.Window.Snapshot() {
			return &ParamError{"WINDOW_" + variable(report), "the API has this list for the present alone: expected now"}
		}
		return nil
	}
}
