package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/reportjob/reportjob/cmd/reportjob/internal/settings"
	"github.com/reportjob/reportjob/jobs"
)

// listed is a report in list --json.
type listed struct {
	Name       string      `json:"name"`
	Title      string      `json:"title"`
	API        string      `json:"api"`
	Endpoint   string      `json:"endpoint"`
	Window     jobs.Period `json:"window"`
	Schedule   string      `json:"schedule"` // "off" without one
	Next       *time.Time  `json:"next"`     // null without a schedule
	Configured bool        `json:"configured"`
	Formats    []string    `json:"formats"`

	Members []string `json:"members,omitempty"` // of a bundle

	filename  jobs.Template
	retention jobs.Retention
}

func newList(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Lists the catalogue of reports",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := a.load(nil)
			if err != nil {
				return err
			}
			a.warn(p.problems)
			all := []listed{}
			for _, j := range p.jobs {
				all = append(all, a.listed(p, j))
			}
			if asJSON {
				return printJSON(a.stdout, all)
			}
			printList(a.stdout, all)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (a *app) listed(p *program, j jobs.Job) listed {
	info := j.Info()
	report := p.settings.Reports[info.Name]
	l := listed{
		Name: info.Name, Title: info.Title, API: info.API, Endpoint: info.Endpoint,
		Window: report.Window, Schedule: "off", Configured: p.configured(j), Formats: report.Formats,
		filename: report.Filename, retention: report.Retention,
	}
	if jobs.IsBundle(j) {
		for _, m := range jobs.Members(j) {
			l.Members = append(l.Members, m.Info().Name)
		}
	}
	if report.Schedule != nil {
		next := report.Schedule.Next(a.now()).UTC()
		l.Schedule, l.Next = report.Schedule.String(), &next
	}
	return l
}

func printList(w io.Writer, all []listed) {
	t := newTable("REPORT", "TITLE", "API", "WINDOW", "SCHEDULE", "CONFIGURED")
	for _, l := range all {
		configured := "no"
		if l.Configured {
			configured = "yes"
		}
		t.row(l.Name, l.Title, l.API, l.Window.String(), l.Schedule, configured)
	}
	t.print(w)
}

// described is a report in describe --json.
type described struct {
	listed
	About      string            `json:"about"`
	Filename   string            `json:"filename"`
	Retention  string            `json:"retention"`
	Method     string            `json:"method"`
	Parameters []jobs.Parameter  `json:"parameters"`
	Paging     string            `json:"paging"`
	Limits     string            `json:"limits"`
	Scope      string            `json:"scope"`
	Page       string            `json:"page"`
	Requests   int               `json:"requests"` // of a run, at least
	Costly     string            `json:"costly,omitempty"`
	Columns    []describedColumn `json:"columns"`

	members []describedMember
}

// describedMember is a report of a bundle for people.
type describedMember struct{ name, title, api, read string }

type describedColumn struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Unit    string `json:"unit"`
	Meaning string `json:"meaning"`
	Field   string `json:"field"`
}

func newDescribe(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:               "describe REPORT",
		Short:             "Describes a report: endpoint, parameters, paging, limits, scope, columns",
		Args:              exactlyOne,
		ValidArgsFunction: a.complete,
		RunE: func(_ *cobra.Command, names []string) error {
			p, err := a.load(nil)
			if err != nil {
				return err
			}
			chosen, err := p.choose(names, nil)
			if err != nil {
				return err
			}
			a.warn(p.problems)
			d := a.described(p, chosen[0])
			if asJSON {
				return printJSON(a.stdout, d)
			}
			d.print(a.stdout)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (a *app) described(p *program, j jobs.Job) described {
	info := j.Info()
	d := described{
		listed: a.listed(p, j), About: info.About, Method: info.Method, Parameters: info.Parameters,
		Paging: info.Paging, Limits: info.Limits, Scope: info.Scope, Page: info.Page, Columns: []describedColumn{},
		Requests: max(info.Requests, 1), Costly: info.Costly,
	}
	d.Filename, d.Retention = d.filename.String(), d.retention.String()
	if d.Method == "" {
		d.Method = "GET"
	}
	if d.Parameters == nil {
		d.Parameters = []jobs.Parameter{}
	}
	d.members = p.describedMembers(j)
	for _, c := range j.Table(p.settings.Reports[info.Name].Params) {
		d.Columns = append(d.Columns, describedColumn{c.Name, c.Kind.String(), c.Unit, c.Meaning, c.Field})
	}
	return d
}

func (d described) print(w io.Writer) {
	fmt.Fprintf(w, "%s: %s\n", d.Name, d.Title)
	if d.About != "" {
		fmt.Fprintf(w, "%s\n", d.About)
	}
	fmt.Fprintln(w)
	t := newTable("API", d.API)
	if d.Endpoint != "" {
		t.row("Endpoint", d.Method+" "+d.Endpoint)
	}
	t.row("Window", d.Window.String())
	t.row("Schedule", d.Schedule)
	t.row("Formats", strings.Join(d.Formats, ", "))
	t.row("Files", d.Filename+".{"+strings.Join(d.Formats, ",")+"}")
	t.row("Retention", d.Retention)
	for _, known := range [][2]string{{"Paging", d.Paging}, {"Limits", d.Limits}, {"Scope", d.Scope}} {
		if len(d.Members) == 0 {
			t.row(known[0], known[1])
		}
	}
	t.row("Requests", orMore(strconv.Itoa(d.Requests)))
	if d.Costly != "" {
		t.row("Cost", d.Costly)
	}
	if len(d.Members) == 0 {
		t.row("Reference", d.Page)
	}
	t.print(w)
	if len(d.Parameters) > 0 {
		fmt.Fprintf(w, "\nParameters (PARAMS_%s)\n", settings.Suffix(d.Name))
		t = newTable("NAME", "VALUES", "MEANING")
		for _, q := range d.Parameters {
			t.row(q.Name, q.Values, q.Meaning)
		}
		t.print(w)
	}
	if len(d.Members) > 0 {
		fmt.Fprintln(w, "\nReports")
		t = newTable("NAME", "TITLE", "API", "READ")
		for _, m := range d.members {
			t.row(m.name, m.title, m.api, m.read)
		}
		t.print(w)
		return
	}
	fmt.Fprintln(w, "\nColumns")
	t = newTable("NAME", "KIND", "UNIT", "MEANING")
	for _, c := range d.Columns {
		t.row(c.Name, c.Kind, c.Unit, c.Meaning)
	}
	t.print(w)
}

// noArgs and exactlyOne are cobra's, as wrong usage.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage(fmt.Errorf("%s takes no arguments, found %q", cmd.Name(), args[0]))
	}
	return nil
}

func exactlyOne(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage(fmt.Errorf("%s takes the name of one report; `reportjob list` shows them", cmd.Name()))
	}
	return nil
}
