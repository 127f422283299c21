// Package jobs runs a report for a window: rows are pulled from their source once and pushed to every open file,
// files and their manifest appear all at once or not at all, and a verdict says whether anything is missing. It
// knows no API, no file format by name, and no schedule.
package jobs

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

// Job is a report that can be run. Report is the usual one.
type Job interface {
	// Info describes the job. It costs nothing and is the same at every call.
	Info() Info
	// Table is what the rows look like for these parameters.
	Table(params url.Values) []exporters.Column
	// Rows pulls the rows of a request. Nothing is requested before the first row is asked for; an error is the last
	// element; a row is valid until the next one is asked for.
	Rows(ctx context.Context, r Request) iter.Seq2[exporters.Row, error]
}

// Request is what a job is asked for.
type Request struct {
	Window Window
	// Zone is the report's zone: whose days the window counts, and in which dates and times are shown. Never nil.
	Zone *time.Location
	// Params are extra query parameters for the API (PARAMS_<REPORT>), and options of the report such as
	// personal=true. They never hold what the source sets itself.
	Params url.Values
	// Limit is the number of rows that are wanted at most; 0 means all. A source should then ask for no bigger page
	// than that, and may yield more rows than that. It is how a report is tried out with one tiny request.
	Limit int
	// Proof takes what the source learns about completeness while it reads. Never nil.
	Proof *Proof
}

// PageSize is the page size to ask for where the API allows up to most.
func (r Request) PageSize(most int) int {
	if r.Limit > 0 && r.Limit < most {
		return r.Limit
	}
	return most
}

// Param is the request's own value of a parameter, or else the default.
func (r Request) Param(name, otherwise string) string {
	if v := r.Params.Get(name); v != "" {
		return v
	}
	return otherwise
}

// Info describes a report: to people in list and describe, and to programs in their --json.
type Info struct {
	Name  string // such as "secureaccess-activity-dns"; stable for ever, since it is in file names and variables
	Title string // for people, such as "DNS activity"
	About string // one or two sentences: what a row is, and what is worth knowing
	API   string // such as "secureaccess"
	// Endpoint is the path of the request as the vendor documents it, such as "/reports/v2/activity/dns".
	Endpoint   string
	Method     string // GET if empty
	Parameters []Parameter
	Paging     string // how the pages follow one another, such as "limit and offset"
	Limits     string // what bounds a reading, such as "5,000 rows a page, offset to 10,000; 5 requests a second"
	Scope      string // the scope, role or right that the credentials need, in the API's own words
	Page       string // the address of the vendor's page about it
	Every      Period // the window, unless WINDOW_<REPORT> says otherwise
	AnyWindow  bool   // the window may be of the other sort, too: now, or one that lasts
	// Summary is what a format for people shows beside the rows: totals, the most frequent values, counts by the hour.
	Summary []exporters.Block
	// Requests is how many requests a run makes at least, those for tokens aside; 0 is 1.
	Requests int
	// Costly says, in a sentence, what makes a run of the report expensive, such as a request for each application. It is
	// empty for most.
	Costly string
}

// Parameter is a query parameter that PARAMS_<REPORT> may set.
type Parameter struct {
	Name    string `json:"name"`
	Values  string `json:"values,omitempty"` // such as "allowed, blocked"
	Meaning string `json:"meaning,omitempty"`
}

// Source pulls the records of a request from an API, as Job.Rows pulls rows.
type Source[T any] func(ctx context.Context, r Request) iter.Seq2[T, error]

// Report is a Job over records of type T: header, kind and value of a column stand on one line.
type Report[T any] struct {
	Info
	Source  Source[T]
	Columns Columns[T]
}

// job makes a Report a Job. Report itself cannot be one, since its field Info would hide the method.
type job[T any] struct{ report Report[T] }

// Job is the report as a Job. It panics on a declaration that cannot work (no name, two columns of one name, a summary of
// columns that are not there): every declared report is built by a test.
func (r Report[T]) Job() Job {
	if err := r.check(); err != nil {
		panic(fmt.Sprintf("report %q: %v", r.Name, err))
	}
	return job[T]{r}
}

func (r Report[T]) check() error {
	seen := map[string]bool{}
	table := exporters.Table{Name: r.Name, Summary: r.Summary}
	for _, c := range r.Columns {
		switch {
		case c.Name == "" || c.Kind == 0 || c.cell == nil:
			return fmt.Errorf("column %q: name, kind and value are needed", c.Name)
		case seen[c.Name]:
			return fmt.Errorf("column %q stands twice", c.Name)
		}
		if err := c.CheckMarks(); err != nil {
			return err
		}
		seen[c.Name] = true
		table.Columns = append(table.Columns, c.Column)
	}
	if r.Name == "" || r.Source == nil || len(r.Columns) == 0 {
		return fmt.Errorf("name, source and columns are needed")
	}
	return table.CheckSummary()
}

func (j job[T]) Info() Info { return j.report.Info }

func (j job[T]) Table(params url.Values) []exporters.Column {
	var columns []exporters.Column
	for _, c := range j.report.Columns.shown(params) {
		columns = append(columns, c.Column)
	}
	return columns
}

func (j job[T]) Rows(ctx context.Context, r Request) iter.Seq2[exporters.Row, error] {
	return func(yield func(exporters.Row, error) bool) {
		columns := j.report.Columns.shown(r.Params)
		row := make(exporters.Row, len(columns))
		var record T // one for all rows: the columns take its address
		for next, err := range j.report.Source(ctx, r) {
			if err != nil {
				yield(nil, err)
				return
			}
			record = next
			for i := range columns {
				row[i] = columns[i].cell(&record)
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}
