package main

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/reportjob/reportjob/cmd/reportjob/internal/settings"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/exporters/compressed"
	"github.com/reportjob/reportjob/exporters/csv"
	"github.com/reportjob/reportjob/exporters/jsonl"
	"github.com/reportjob/reportjob/exporters/parquet"
	"github.com/reportjob/reportjob/exporters/xlsx"
	"github.com/reportjob/reportjob/jobs"
	"github.com/reportjob/reportjob/jobs/reports"
)

// formats are the file formats, in the order in which they are named to people.
func formats(c settings.Compression) []exporters.Format {
	workbook, zipped := xlsx.Format, compressed.Gzip
	if c == settings.Fast {
		workbook, zipped = xlsx.FastFormat, compressed.FastGzip
	}
	return []exporters.Format{
		csv.Format(), workbook(), jsonl.Format(), parquet.Format(),
		zipped(csv.Format()), compressed.Zstd(csv.Format()), zipped(jsonl.Format()), compressed.Zstd(jsonl.Format()),
	}
}

func formatNames() []string {
	var names []string
	for _, f := range formats(settings.Small) {
		names = append(names, f.Name)
	}
	return names
}

// program is the configuration and all that is built from it.
type program struct {
	settings settings.Settings
	problems settings.Problems
	apis     []api
	jobs     []jobs.Job
}

// newProgram reads an environment and builds clients and reports from it. Mistakes of the configuration are in
// program.problems, so that commands that can do without still work.
func newProgram(a *app, environ []string) (*program, error) {
	var (
		p       program
		clients reports.Clients
		more    settings.Problems
	)
	set, own, problems := settings.Load(environ, func(e settings.Environment) settings.Catalogue {
		a.redactor.Add(e.Secrets()...)
		if a.verbose {
			e.General.LogLevel.Level = slog.LevelDebug
		}
		a.startLog(e.General)
		clients, p.apis, more = connect(a, e)
		p.jobs = reports.All(clients)
		return catalogue(clients, p.jobs)
	})
	p.settings, p.problems = set, append(problems, more...)
	for _, o := range own {
		job, err := reports.Own(clients, o.Name, o.Definition)
		if err != nil {
			return nil, err // Load has tried the definition already
		}
		p.jobs = append(p.jobs, job)
		p.addParams(o)
	}
	p.addBundles()
	return &p, nil
}

// addParams makes the parameters of a definition those of its report, so that they stand in its manifest; the ones of
// PARAMS_<REPORT> win.
func (p *program) addParams(o settings.Own) {
	report := p.settings.Reports[o.Name]
	params := reports.OwnParams(o.Definition)
	maps.Copy(params, report.Params)
	report.Params = params
	p.settings.Reports[o.Name] = report
}

// catalogue tells settings which names there are.
func catalogue(clients reports.Clients, built []jobs.Job) settings.Catalogue {
	infos := map[string]jobs.Info{}
	for _, j := range built {
		infos[j.Info().Name] = j.Info()
	}
	return settings.Catalogue{
		Reports: infos,
		Formats: formatNames(),
		Own: func(name, definition string) (jobs.Info, error) {
			job, err := reports.Own(clients, name, definition)
			if err != nil {
				return jobs.Info{}, err
			}
			return job.Info(), nil
		},
		CheckParams: func(info jobs.Info, params url.Values) error { return reports.CheckParams(info, params) },
		CheckLocale: csv.CheckLocale,
	}
}

func (p *program) names() []string {
	var names []string
	for _, j := range p.jobs {
		names = append(names, j.Info().Name)
	}
	return names
}

func (p *program) job(name string) (jobs.Job, bool) {
	for _, j := range p.jobs {
		if j.Info().Name == name {
			return j, true
		}
	}
	return nil, false
}

// api is the API of a name.
func (p *program) api(name string) api {
	i := slices.IndexFunc(p.apis, func(x api) bool { return x.name == name })
	return p.apis[i]
}

// choose is the reports of these names, whatever their case, or without names those that fit.
func (p *program) choose(names []string, otherwise func(jobs.Job) bool) ([]jobs.Job, error) {
	var chosen []jobs.Job
	if len(names) == 0 {
		for _, j := range p.jobs {
			if otherwise(j) {
				chosen = append(chosen, j)
			}
		}
		return chosen, nil
	}
	for _, typed := range names {
		name := strings.ToLower(typed)
		j, ok := p.job(name)
		if i := slices.IndexFunc(p.problems, defines(name)); !ok && i >= 0 {
			return nil, &statusError{exitConfig, errors.New(p.problems[i].String())}
		}
		if !ok {
			return nil, unknownReport(typed, p.names())
		}
		if !slices.ContainsFunc(chosen, func(c jobs.Job) bool { return c.Info().Name == name }) {
			chosen = append(chosen, j)
		}
	}
	return chosen, nil
}

// defines finds what is wrong with the definition of a report of the user's own, or of a bundle.
func defines(name string) func(settings.Problem) bool {
	return func(p settings.Problem) bool {
		return p.Variable == "REPORT_"+settings.Suffix(name) || p.Variable == "BUNDLE_"+settings.Suffix(name)
	}
}

func (p *program) scheduled(j jobs.Job) bool {
	return p.settings.Reports[j.Info().Name].Schedule != nil
}

// needs are the mistakes that keep these reports from running: all of the environment's, what their APIs lack, and what
// the reports themselves refuse.
func (p *program) needs(chosen []jobs.Job, now time.Time) settings.Problems {
	problems := slices.Clone(p.problems)
	for _, j := range chosen {
		problems = append(problems, p.refusals(j, now)...)
	}
	for _, a := range p.apis {
		if slices.ContainsFunc(withMembers(chosen), func(j jobs.Job) bool { return j.Info().API == a.name }) {
			problems = append(problems, a.missing...)
		}
	}
	slices.SortStableFunc(problems, func(a, b settings.Problem) int { return strings.Compare(a.Variable, b.Variable) })
	return slices.Compact(problems)
}

// refusals are why a report, or those of a bundle, would not even begin with the parameters and the window that they have.
func (p *program) refusals(j jobs.Job, now time.Time) (problems settings.Problems) {
	name := j.Info().Name
	report := p.settings.Reports[name]
	slot := now.Truncate(time.Second)
	w, err := windowOf(name, report, slot)
	if err != nil {
		return nil // Load has said so, if it is a mistake
	}
	if !jobs.IsBundle(j) {
		return p.refused(j, jobs.Request{Window: w, Zone: report.Zone, Params: report.Params})
	}
	for _, m := range p.members(j) {
		problems = append(problems, p.refused(m.Job, jobs.Request{Window: m.Window(slot, w), Zone: report.Zone, Params: m.Params})...)
	}
	return problems
}

// refused is why a report would not even begin. Its source is asked under a context that is over, so that it comes as far
// as its first request and no further.
func (p *program) refused(j jobs.Job, r jobs.Request) settings.Problems {
	if !p.configured(j) {
		return nil
	}
	over, cancel := context.WithCancel(context.Background())
	cancel()
	r.Proof = new(jobs.Proof)
	for _, err := range j.Rows(over, r) {
		var refused *reports.ParamError
		if errors.As(err, &refused) {
			return settings.Problems{problemOf(j.Info().Name, refused)}
		}
		break
	}
	return nil
}

// problemOf names the variable that a refusal is about.
func problemOf(report string, refused *reports.ParamError) settings.Problem {
	if refused.Name == strings.ToUpper(refused.Name) {
		return settings.Problem{Variable: refused.Name, Text: refused.Text}
	}
	return settings.Problem{Variable: "PARAMS_" + settings.Suffix(report), Text: refused.Error()}
}

// complete offers the names of reports to the shell.
func (a *app) complete(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	p, err := a.load(nil)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return slices.DeleteFunc(p.names(), func(n string) bool { return slices.Contains(args, n) }), cobra.ShellCompDirectiveNoFileComp
}

// api is what commands need to know of an API.
type api struct {
	name    string
	missing settings.Problems            // what its configuration lacks
	check   func(context.Context) error  // gets a token, or asks for as little as there is
	ahead   func() (time.Duration, bool) // by how much the API's clock is ahead of this machine's, once that is known
	rate    float64                      // requests a second
}

// configured tells whether the API's credentials are all there.
func (a api) configured() bool { return len(a.missing) == 0 }
