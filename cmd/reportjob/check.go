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
Without names it checks the reports that have a schedule, or else those whose API is configured; of these, the ones that lack
a parameter or a login are named and not checked.`,
		ValidArgsFunction: a.complete,
		RunE: func(cmd *cobra.Command, names []string) error {
			p, err := a.load(nil)
			if err != nil {
				return err
			}
			chosen, unchecked, err := p.chooseToCheck(names, a.now())
			if err != nil {
				return err
			}
			return a.check(cmd.Context(), p, checking{chosen, unchecked, live, asJSON})
		},
	}
	cmd.Flags().BoolVar(&live, "live", false, "get a token per API and make one tiny request per report")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// checking is what to check, and how.
type checking struct {
	chosen       []jobs.Job
	unchecked    []unchecked
	live, asJSON bool
}

// unchecked is a report that nobody chose, and what it would need.
type unchecked struct {
	report string
	needs  settings.Problems
}

// notes are the reports that are not checked, for check --json.
func (c checking) notes() (notes []string) {
	for _, u := range c.unchecked {
		for _, need := range u.needs {
			notes = append(notes, fmt.Sprintf("%s: not checked: %s", u.report, need))
		}
	}
	return notes
}

// chooseToCheck is the reports to check: without names those that have a schedule, or else all whose API is configured. Of
// the latter nobody chose any, so that what some of them want to know first is no mistake.
func (p *program) chooseToCheck(names []string, now time.Time) (chosen []jobs.Job, left []unchecked, err error) {
	chosen, err = p.choose(names, p.scheduled)
	if err != nil || len(chosen) > 0 {
		return chosen, nil, err
	}
	for _, j := range p.jobs {
		if !p.configured(j) {
			continue
		}
		if needs := p.lacks(j, now); len(needs) > 0 {
			left = append(left, unchecked{j.Info().Name, needs})
			continue
		}
		chosen = append(chosen, j)
	}
	return chosen, left, nil
}

// lacks is what a report wants to know first, if nobody has told it anything. Who made a bundle wants its reports.
func (p *program) lacks(j jobs.Job, now time.Time) settings.Problems {
	if jobs.IsBundle(j) {
		return nil
	}
	name := j.Info().Name
	told := func(refusal settings.Problem) bool {
		switch refusal.Variable {
		case "SIERRA_LOGIN":
			return p.settings.Sierra.Login != ""
		case "PARAMS_" + settings.Suffix(name):
			return len(p.settings.Reports[name].Params) > 0
		}
		return true
	}
	refusals := p.refusals(j, now)
	if slices.ContainsFunc(refusals, told) {
		return nil
	}
	return refusals
}

func (a *app) check(ctx context.Context, p *program, c checking) error {
	problems := p.needs(c.chosen, a.now())
	results := p.offline(problems, c.chosen)
	results[0].Notes = c.notes()
	if c.live && len(problems) == 0 {
		h := a.halt(ctx, time.Second, false)
		defer h.end()
		results = append(results[:1], a.live(h.running, p, c.chosen)...)
		results[0].Notes = append(results[0].Notes, p.clocks()...)
		if status := h.statusOr(func() int { return exitOK }); status != exitOK {
			return fail(status)
		}
	}
	if c.asJSON {
		if err := printJSON(a.stdout, results); err != nil {
			return err
		}
	} else if len(problems) == 0 {
		printChecked(a, p, results, c)
	}
	if len(problems) > 0 && !c.asJSON {
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

func printChecked(a *app, p *program, results []checked, c checking) {
	if len(results) == 1 {
		fmt.Fprintln(a.stdout, "The configuration has no mistake, and no report has a schedule: set SCHEDULE_<REPORT>; `reportjob list` shows the reports.")
		return
	}
	t := newTable("REPORT", "CONFIGURATION")
	if c.live {
		t = newTable("REPORT", "REACHABLE", "AUTHENTICATED", "ALLOWED", "PROBLEM")
	}
	for _, r := range results[1:] {
		if !c.live {
			t.row(r.Report, "ok")
			continue
		}
		reachable, authenticated, allowed := r.reached()
		t.row(r.Report, reachable, authenticated, allowed, strings.Join(r.Problems, "; "))
	}
	t.print(a.stdout)
	if len(c.unchecked) > 0 {
		fmt.Fprintln(a.stdout)
		t = newTable("NOT CHECKED", "NEEDS")
		for _, u := range c.unchecked {
			for _, need := range u.needs {
				t.row(u.report, need.String())
			}
		}
		t.print(a.stdout)
	}
	if c.live {
		for _, note := range p.clocks() {
			fmt.Fprintf(a.stdout, "\n%s\n", note)
		}
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
