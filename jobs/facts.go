package jobs

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

// describe tells writers that have a place for it what the files are about.
func (r *run) describe() {
	for _, w := range r.writers {
		if d, ok := w.(exporters.Describer); ok {
			d.Describe(r.facts())
		}
	}
}

// facts is everything that a reader needs to know of the rows in a year. When they were read is not among them, so that
// the same data gives the same bytes; it stands in the manifest.
func (r *run) facts() []exporters.Fact {
	info := r.Job.Info()
	verdict, evidence, _, account := r.proven()
	facts := []exporters.Fact{
		{Name: "Report", Values: []string{info.Title + " (" + r.name + ")"}},
		{Name: "About", Values: []string{info.About}},
		{Name: "API", Values: []string{strings.TrimSuffix(info.API+", "+info.Endpoint, ", ")}},
		{Name: "Account", Values: []string{withoutPort(account)}},
		{Name: "Window", Values: []string{r.span()}},
		{Name: "Slot", Values: []string{r.instant(r.Slot)}},
		{Name: "Zone", Values: []string{r.Zone.String()}},
		{Name: "Rows", Values: []string{fmt.Sprint(r.rows.Load())}},
		{Name: "Verdict", Values: []string{string(verdict)}},
		{Name: "Evidence", Values: evidence},
		{Name: "Parameters", Values: r.parameters()},
		{Name: "Made by", Values: []string{strings.TrimSpace("reportjob " + r.Version)}},
	}
	return slices.DeleteFunc(facts, func(f exporters.Fact) bool { return strings.Join(f.Values, "") == "" })
}

var loopback = regexp.MustCompile(`(127\.\d+\.\d+\.\d+|\[::1\]|localhost):\d+`)

// withoutPort is an account in which a host stands without its port if that host is this machine: a stand-in listens on
// another one each time, and says the same.
func withoutPort(account string) string { return loopback.ReplaceAllString(account, "$1") }

// span is the window for people.
func (r *run) span() string {
	w := r.Order.Window
	if w.Snapshot() {
		return "the present, at " + r.instant(w.From)
	}
	return r.instant(w.From) + " to " + r.instant(w.To) + ", which is not part of it"
}

// period is the window as short as it can be said: that of a snapshot is an instant.
func (r *run) period() string {
	if r.Order.Window.Snapshot() {
		return r.instant(r.Order.Window.From)
	}
	return r.window
}

func (r *run) instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(r.Zone).Format("2006-01-02 15:04:05 -0700")
}

// parameters are the extra query parameters, one a line.
func (r *run) parameters() (lines []string) {
	for _, name := range slices.Sorted(maps.Keys(r.Params)) {
		lines = append(lines, name+" = "+strings.Join(r.Params[name], ", "))
	}
	return lines
}
