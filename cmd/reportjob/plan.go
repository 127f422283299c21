package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/reportjob/reportjob/jobs"
	"github.com/reportjob/reportjob/jobs/reports"
)

// printPlan says what would be requested. The numbers are the least that there can be: how many pages a listing has shows
// only when it is read.
func (a *app) printPlan(p *program, orders []jobs.Order) error {
	t := newTable("REPORT", "WINDOW", "ENDPOINT", "REQUESTS", "TIME", "LIMITS")
	total := map[string]int{}
	orders, labels := unbundled(orders)
	for i, o := range orders {
		info := o.Job.Info()
		requests := max(info.Requests, 1)
		total[info.API] += requests
		t.row(labels[i], o.Window.Name(o.Zone), info.Endpoint, orMore(strconv.Itoa(requests)), orMore(p.api(info.API).takes(requests)), info.Limits)
	}
	t.print(a.stdout)
	fmt.Fprintln(a.stdout)
	t = newTable("API", "REQUESTS", "TIME", "RATE")
	for _, x := range p.apis {
		if n := total[x.name]; n > 0 {
			t.row(x.name, orMore(strconv.Itoa(n)), orMore(x.takes(n)), fmt.Sprintf("%g requests a second", x.rate))
		}
	}
	t.print(a.stdout)
	for i, o := range orders {
		for _, cost := range reports.Costs(o.Job.Info(), o.Window, o.Params, a.now()) {
			fmt.Fprintf(a.stdout, "\n%s: %s\n", labels[i], cost)
		}
	}
	return nil
}

// unbundled is the orders of single reports, and how they are called here: those of a bundle by its name, too.
func unbundled(orders []jobs.Order) (all []jobs.Order, labels []string) {
	for _, o := range orders {
		for _, one := range parts(o) {
			label := one.Job.Info().Name
			if jobs.IsBundle(o.Job) {
				label = o.Job.Info().Name + ": " + label
			}
			all, labels = append(all, one), append(labels, label)
		}
	}
	return all, labels
}

func orMore(least string) string { return least + " or more" }

// takes is how long so many requests take at the allowed rate.
func (x api) takes(requests int) string {
	return round(time.Duration(float64(requests) / x.rate * float64(time.Second))).String()
}
