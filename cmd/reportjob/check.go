package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/cmd/reportjob/internal/settings"
	"github.com/reportjob/reportjob/jobs"
)

// checked is a report, or the configuration as a whole, in check --json.
type checked struct {
	Report   string   `json:"report"`
	OK       bool     `json:"ok"`
	Problems []string `json:"problems"`
	Notes    []string `json:"notes,omitempty"` // worth knowing, and no mistake
	err      error
}

// wholeConfiguration stands where a report's name would, for mistakes that concern no report alone.
const wholeConfiguration = "configuration"

func newCheck(a *app) *cobra.Command {
	var live, asJSON bool
	cmd := &cobra.Command{
		Use:   "check [REPORT...]",
		Short: "Finds every mistake of the configuration at once; --live tries the APIs too",
		Long: `Reads the whole configuration and reports every mistake at once. With --live it also gets a token from each API and
makes one tiny request per report, and says what is missing: a scope, a role, a right.
Without names it checks the reports that have a schedule, or else those whose API is configured.`,
		ValidArgsFunction: a.complete,
		RunE: func(cmd *cobra.Command, names []string) error {
			p, err := a.load(nil)
			if err != nil {
				return err
			}
			chosen, err := p.chooseToCheck(names)
			if err != nil {
				return err
			}
			return a.check(cmd.Context(), p, chosen, live, asJSON)
		},
	}
	cmd.Flags().BoolVar(&live, "live", false, "get a token per API and make one tiny request per report")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) chooseToCheck(names []string) ([]jobs.Job, error) {
	chosen, err := p.choose(names, p.scheduled)
	if err != nil || len(chosen) > 0 {
		return chosen, err
	}
	return p.choose(nil, func(j jobs.Job) bool { return p.configured(j) })
}

func (a *app) check(ctx context.Context, p *program, chosen []jobs.Job, live, asJSON bool) error {
	problems := p.needs(chosen, a.now())
	results := p.offline(problems, chosen)
	if live && len(problems) == 0 {
		h := a.halt(ctx, time.Second, false)
		defer h.end()
		results = append(results[:1], a.live(h.running, p, chosen)...)
		results[0].Notes = p.clocks()
		if status := h.statusOr(func() int { return exitOK }); status != exitOK {
			return fail(status)
		}
	}
	if asJSON {
		if err := printJSON(a.stdout, results); err != nil {
			return err
		}
	} else if len(problems) == 0 {
		printChecked(a, results, live)
	}
	if len(problems) > 0 && !asJSON {
		return a.refuse(problems)
	}
	if len(problems) > 0 {
		return fail(exitConfig)
	}
	var statuses []int
	for _, r := range results {
		statuses = append(statuses, statusOf(r.err))
	}
	return fail(worst(statuses))
}

// offline sorts the mistakes by report; those of no report stand first.
func (p *program) offline(problems settings.Problems, chosen []jobs.Job) []checked {
	whole := checked{Report: wholeConfiguration, Problems: []string{}}
	byReport := map[string][]string{}
	for _, problem := range problems {
		if p.lacking(problem) && !slices.Contains(p.problems, problem) {
			continue // it is said for each report of the API
		}
		owner := p.owner(problem.Variable, chosen)
		byReport[owner] = append(byReport[owner], problem.String())
	}
	whole.Problems = append(whole.Problems, byReport[""]...)
	whole.OK = len(whole.Problems) == 0
	results := []checked{whole}
	for _, j := range chosen {
		c := checked{Report: j.Info().Name, Problems: []string{}}
		c.Problems = append(c.Problems, byReport[c.Report]...)
		for _, a := range p.apis {
			if !slices.ContainsFunc(jobs.Members(j), func(m jobs.Job) bool { return m.Info().API == a.name }) {
				continue
			}
			for _, m := range a.missing {
				c.Problems = append(c.Problems, m.String())
			}
		}
		c.OK = len(c.Problems) == 0
		results = append(results, c)
	}
	return results
}

// lacking tells whether a problem is about the credentials of an API.
func (p *program) lacking(problem settings.Problem) bool {
	return slices.ContainsFunc(p.apis, func(x api) bool { return slices.Contains(x.missing, problem) })
}

// owner is the report to which a variable belongs; empty if it belongs to none of these alone.
func (p *program) owner(variable string, chosen []jobs.Job) string {
	for _, j := range chosen {
		suffix := settings.Suffix(j.Info().Name)
		own := func(v settings.Variable) bool { return variable == v.Name+suffix }
		if variable == "REPORT_"+suffix || variable == "BUNDLE_"+suffix || slices.ContainsFunc(settings.PerReport(), own) {
			return j.Info().Name
		}
	}
	return ""
}

// live tries the APIs side by side, and the reports of each one after the other. A bundle is as well as its reports are.
func (a *app) live(ctx context.Context, p *program, chosen []jobs.Job) []checked {
	tried := map[string]checked{}
	for _, c := range a.tryAll(ctx, p, withMembers(chosen)) {
		tried[c.Report] = c
	}
	var results []checked
	for _, j := range chosen {
		if !jobs.IsBundle(j) {
			results = append(results, tried[j.Info().Name])
			continue
		}
		bundle := checked{Report: j.Info().Name, OK: true, Problems: []string{}}
		for _, m := range jobs.Members(j) {
			bundle.add(tried[m.Info().Name])
		}
		results = append(results, bundle)
	}
	return results
}

// add takes what is wrong with a report over to its bundle.
func (c *checked) add(member checked) {
	for _, problem := range member.Problems {
		c.Problems = append(c.Problems, member.Report+": "+problem)
	}
	c.OK = c.OK && member.OK
	if member.err != nil && (c.err == nil || worst([]int{statusOf(c.err), statusOf(member.err)}) != statusOf(c.err)) {
		c.err = member.err
	}
}

func (a *app) tryAll(ctx context.Context, p *program, chosen []jobs.Job) []checked {
	results := make([]checked, len(chosen))
	var trying sync.WaitGroup
	for _, x := range p.apis {
		trying.Go(func() {
			var token error
			first := true
			for i, j := range chosen {
				if j.Info().API != x.name {
					continue
				}
				if first {
					token, first = x.check(ctx), false
				}
				err := token
				if err == nil {
					err = a.try(ctx, p, j)
				}
				results[i] = checked{Report: j.Info().Name, OK: err == nil, Problems: []string{}, err: err}
				if err != nil {
					results[i].Problems = append(results[i].Problems, err.Error()+needs(j.Info(), err))
				}
			}
		})
	}
	trying.Wait()
	return results
}

// tolerance is how far two clocks may be apart without anybody having to know.
const tolerance = 5 * time.Second

// clocks names the APIs whose clocks are not this machine's.
func (p *program) clocks() (notes []string) {
	for _, x := range p.apis {
		switch ahead, _ := x.ahead(); {
		case ahead > tolerance:
			notes = append(notes, clockNote(x.name, ahead, "behind"))
		case ahead < -tolerance:
			notes = append(notes, clockNote(x.name, -ahead, "ahead of"))
		}
	}
	return notes
}

func clockNote(api string, by time.Duration, where string) string {
	return fmt.Sprintf("%s: this machine's clock is %s %s the API's: set it by NTP, or windows that have just ended lack rows, and tokens are refused",
		api, by.Round(time.Second), where)
}

// try asks for one row of a report.
func (a *app) try(ctx context.Context, p *program, j jobs.Job) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	report := p.settings.Reports[j.Info().Name]
	w, err := windowOf(j.Info().Name, report, a.now().Truncate(time.Second))
	if err != nil {
		return err
	}
	params := report.Params
	if params == nil {
		params = url.Values{}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	r := jobs.Request{Window: w, Zone: report.Zone, Params: params, Limit: 1, Proof: new(jobs.Proof)}
	for _, err := range j.Rows(ctx, r) {
		return err
	}
	return nil
}

// needs names the scope or role of a report that the API refused, unless the error says already what is missing.
func needs(info jobs.Info, err error) string {
	var e *rest.Error
	if info.Scope == "" || !errors.As(err, &e) || e.Kind != rest.Refused || e.Status != http.StatusForbidden || e.Hint != "" {
		return ""
	}
	return "; this report needs: " + info.Scope
}

func printChecked(a *app, results []checked, live bool) {
	if len(results) == 1 {
		fmt.Fprintln(a.stdout, "The configuration has no mistake, and no report has a schedule: set SCHEDULE_<REPORT>; `reportjob list` shows the reports.")
		return
	}
	if !live {
		t := newTable("REPORT", "CONFIGURATION")
		for _, r := range results[1:] {
			t.row(r.Report, "ok")
		}
		t.print(a.stdout)
		return
	}
	t := newTable("REPORT", "REACHABLE", "AUTHENTICATED", "ALLOWED", "PROBLEM")
	for _, r := range results[1:] {
		reachable, authenticated, allowed := r.reached()
		t.row(r.Report, reachable, authenticated, allowed, strings.Join(r.Problems, "; "))
	}
	t.print(a.stdout)
	for _, note := range results[0].Notes {
		fmt.Fprintf(a.stdout, "\n%s\n", note)
	}
}

// reached says how far a request came.
func (c checked) reached() (reachable, authenticated, allowed string) {
	var e *rest.Error
	if c.err == nil {
		return "yes", "yes", "yes"
	}
	if !errors.As(c.err, &e) {
		return "?", "?", "?"
	}
	switch {
	case e.Kind == rest.Unreachable:
		return "no", "?", "?"
	case e.Kind == rest.Refused && (e.Status == 403 || e.Status == 503):
		return "yes", "yes", "no"
	case e.Kind == rest.Refused:
		return "yes", "no", "?"
	}
	return "yes", "yes", "?"
}
