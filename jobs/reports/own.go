package reports

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// ownAPI is what differs from API to API for reports of the user's own.
type ownAPI struct {
	name      string
	reference string // the address of the vendor's pages
	limits    string
	under     string   // what the vendor's pages put in front of paths; it may be left out
	rows      string   // where a list is in an answer, unless the definition says otherwise
	pagings   []string // names of pagings that the API knows
	// paging is the paging of a path, unless the definition says otherwise.
	paging func(path string) string
	// asked is where a path is on the host; nil if that is below under.
	asked func(path string) string
	// bounds are the parameters that hold the window; nil if the path takes none.
	bounds func(path string) []string
	// check refuses what cannot work; may be nil.
	check func(d *ownDefinition) error
	// read pulls the records of a call.
	read func(ctx context.Context, call ownCall) iter.Seq2[rest.Record, error]
}

// ownCall is what to read, and how.
type ownCall struct {
	jobs.Request         // Params are the definition's and those of PARAMS_<REPORT>
	path         string  // below the base of the API
	rows         ownPath // of the list in the answer
	paging       string
	bounds       []string // parameters that hold the window
}

// ownDefinition is a report as its variable declares it.
type ownDefinition struct {
	name, title string
	api         ownAPI
	path        string
	rows        ownPath
	paging      string
	window      jobs.Period
	params      url.Values
	columns     []ownColumn
}

// ownKeys are the keys of a definition that no API ever sees.
var ownKeys = [...]string{"api", "path", "rows", "window", "paging", "title", "columns"}

var ownNames = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Own makes a report of the user's own from its URL-encoded definition, such as
//
//	api=secureaccess&path=/reports/v2/activity/dns&verdict=blocked&columns=timestamp:time-ms,domain,identities.0.label,bytes:int
//
// Its keys:
//
//	api      the API
//	path     of the request, as the API's own pages have it
//	columns  the columns, comma-separated: path[:kind] or name=path:kind; see ownColumn
//	rows     the path of the list in the answer, "." if the answer is the list; the API's usual one if not given
//	window   previous-day if not given; now for lists of the present
//	paging   how pages follow one another; what the path is known for if not given
//	title    for people
//
// All other keys go to the API as they are. The error names the key or the column that is wrong. Nothing is sent, and
// the clients need no configuration.
func Own(c Clients, name, definition string) (jobs.Job, error) {
	if !ownNames.MatchString(name) {
		return nil, fmt.Errorf("name %q: expected lower-case letters and digits, with hyphens between them", clip(name))
	}
	values, err := url.ParseQuery(definition)
	if err != nil {
		return nil, fmt.Errorf("definition: expected key=value pairs with & between them, URL-encoded: %w", err)
	}
	d := ownDefinition{name: name, params: url.Values{}}
	if err := d.parse(c, values); err != nil {
		return nil, err
	}
	if d.api.check != nil {
		if err := d.api.check(&d); err != nil {
			return nil, err
		}
	}
	return d.job(), nil
}

// OwnParams are the parameters that a definition sends to the API as they are.
func OwnParams(definition string) url.Values {
	params, err := url.ParseQuery(definition)
	if err != nil {
		return nil
	}
	for _, key := range ownKeys {
		params.Del(key)
	}
	return params
}

// parse reads all keys and gathers their mistakes, so that one look shows them all.
func (d *ownDefinition) parse(c Clients, values url.Values) error {
	mistakes := d.single(values)
	try := func(key string, parse func(Clients, url.Values) error) {
		if len(values[key]) != 1 || values.Get(key) == "" {
			return // single has said it
		}
		if err := parse(c, values); err != nil {
			mistakes = append(mistakes, err.Error())
		}
	}
	try("api", d.parseAPI)
	if d.api.name != "" {
		try("path", d.parsePath)
	}
	if err := d.parseWindow(c, values); err != nil {
		mistakes = append(mistakes, err.Error())
	}
	if d.api.name != "" && d.path != "" {
		if err := d.parseParams(c, values); err != nil {
			mistakes = append(mistakes, err.Error())
		}
	}
	try("columns", d.parseColumns)
	if len(mistakes) > 0 {
		return errors.New(strings.Join(mistakes, "; "))
	}
	return nil
}

// single refuses keys of ours that stand twice, and that are there without saying anything.
func (d *ownDefinition) single(values url.Values) (mistakes []string) {
	for _, key := range ownKeys {
		switch list := values[key]; {
		case len(list) > 1:
			mistakes = append(mistakes, fmt.Sprintf("%s: stands %d times: expected once", key, len(list)))
		case len(list) == 1 && list[0] == "" && key != "rows":
			mistakes = append(mistakes, fmt.Sprintf("%s: is empty: leave it out, or give it a value", key))
		}
	}
	for _, key := range []string{"api", "path", "columns"} {
		if !values.Has(key) {
			mistakes = append(mistakes, fmt.Sprintf("%s: is missing%s", key, suggest(key, slices.Sorted(maps.Keys(values)), ownKeys[:]...)))
		}
	}
	return mistakes
}

func (d *ownDefinition) parseAPI(c Clients, values url.Values) error {
	var names []string
	for _, api := range ownAPIs(c) {
		if api.name == values.Get("api") {
			d.api = api
			return nil
		}
		names = append(names, api.name)
	}
	return fmt.Errorf("api %q: expected one of %s%s", clip(values.Get("api")), strings.Join(names, ", "), suggest(values.Get("api"), names))
}

func (d *ownDefinition) parsePath(_ Clients, values url.Values) error {
	path := values.Get("path")
	u, err := url.Parse(path)
	switch {
	case err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(path, "/") || strings.Trim(path, "/") == "":
		return fmt.Errorf("path %q: expected a path below %s, such as %s", clip(path), d.api.name, d.api.under+"/…")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return fmt.Errorf("path %q: expected a path alone: its parameters are keys of the definition", clip(path))
	case slices.Contains(strings.Split(u.Path, "/"), "..") || slices.Contains(strings.Split(u.Path, "/"), "."):
		return fmt.Errorf("path %q: expected no . and .. in it", clip(path))
	}
	d.path = strings.TrimSuffix(u.Path, "/")
	if below, ok := strings.CutPrefix(d.path, d.api.under); ok && strings.HasPrefix(below, "/") {
		d.path = below
	}
	rows := d.api.rows
	if values.Has("rows") {
		rows = values.Get("rows")
	}
	if d.rows, err = compilePath(rows); err != nil {
		return fmt.Errorf("rows %q: %w", clip(rows), err)
	}
	if d.rows.many() {
		return fmt.Errorf("rows %q: expected the path of one list, without []", clip(rows))
	}
	d.paging = d.api.paging(d.path)
	if values.Has("paging") {
		d.paging = values.Get("paging")
	}
	if !slices.Contains(d.api.pagings, d.paging) {
		return fmt.Errorf("paging %q: expected one of %s%s", clip(d.paging), strings.Join(d.api.pagings, ", "), suggest(d.paging, d.api.pagings))
	}
	return nil
}

func (d *ownDefinition) parseWindow(_ Clients, values url.Values) (err error) {
	d.window = jobs.PreviousDay
	if values.Has("window") {
		d.window, err = jobs.ParsePeriod(values.Get("window"))
	}
	d.title = values.Get("title")
	if d.title == "" {
		d.title = exporters.Column{Name: strings.ReplaceAll(d.name, "-", "_")}.Heading()
	}
	return err
}

// parseParams keeps what goes to the API, but for what paging and window set.
func (d *ownDefinition) parseParams(_ Clients, values url.Values) error {
	for name, list := range values {
		if !slices.Contains(ownKeys[:], name) {
			d.params[name] = list
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.params)) {
		switch {
		case name == "":
			return errors.New("definition: a value without a key: expected key=value")
		case !d.window.Snapshot() && slices.Contains(d.bounds(), name):
			return fmt.Errorf("%s: the window sets it: expected window=previous-day or the like, or window=now to set it yourself", name)
		case slices.Contains(pagingParams(d.paging), name):
			return fmt.Errorf("%s: the paging sets it: leave it out, or say paging=none", name)
		}
	}
	return nil
}

// bounds are the parameters that hold the window.
func (d *ownDefinition) bounds() []string {
	if d.api.bounds == nil {
		return nil
	}
	return d.api.bounds(d.path)
}

func (d *ownDefinition) parseColumns(_ Clients, values url.Values) error {
	seen := map[string]string{}
	for text := range strings.SplitSeq(values.Get("columns"), ",") {
		column, err := parseOwnColumn(strings.TrimSpace(text))
		if err != nil {
			return fmt.Errorf("columns: %q: %w", clip(text), err)
		}
		if other, ok := seen[column.name]; ok {
			return fmt.Errorf("columns: %q: the name %s is taken by %q: expected another one, as in %s_2=%s",
				clip(text), column.name, clip(other), column.name, clip(strings.TrimSpace(text)))
		}
		seen[column.name] = text
		d.columns = append(d.columns, column)
	}
	return nil
}

// info describes the report to people.
func (d *ownDefinition) info() jobs.Info {
	info := jobs.Info{
		Name: d.name, Title: d.title, API: d.api.name, Page: d.api.reference, Limits: d.api.limits, Every: d.window,
		About:    "A report of the user's own, defined by REPORT_" + variable(d.name) + ".",
		Endpoint: d.endpoint(),
		Paging:   describePaging(d.paging),
		Scope:    "what the API's reference names for this path",
	}
	for _, name := range slices.Sorted(maps.Keys(d.params)) {
		info.Parameters = append(info.Parameters, jobs.Parameter{
			Name: name, Values: strings.Join(d.params[name], ", "), Meaning: "set by the definition, unless PARAMS_" + variable(d.name) + " says otherwise",
		})
	}
	return info
}

// endpoint is the path as people are to see it: as the vendor's pages have it, or as it is asked where that may differ.
func (d *ownDefinition) endpoint() string {
	switch {
	case d.api.asked != nil:
		return d.api.asked(d.path)
	case strings.HasPrefix(d.path, d.api.under+"/"):
		return d.path
	}
	return d.api.under + d.path
}

// ownRow is a record whose cells are made: a value that does not fit its column is an error of the source, which a
// column could not report.
type ownRow []exporters.Cell

func (d *ownDefinition) job() jobs.Job {
	info := d.info()
	columns := make(jobs.Columns[ownRow], len(d.columns))
	for i, c := range d.columns {
		columns[i] = jobs.Of(c.kind, c.name, "The field "+c.path.text+" of the API's answer.", func(r *ownRow) exporters.Cell { return (*r)[i] }).
			From(c.path.text)
	}
	return jobs.Report[ownRow]{Info: info, Source: checked(info, d.source), Columns: columns}.Job()
}

func (d *ownDefinition) source(ctx context.Context, r jobs.Request) iter.Seq2[ownRow, error] {
	call := ownCall{Request: r, path: d.path, rows: d.rows, paging: d.paging, bounds: d.bounds()}
	call.Params = maps.Clone(d.params)
	maps.Copy(call.Params, apiParams(r.Params))
	return func(yield func(ownRow, error) bool) {
		if !r.Window.Snapshot() && call.bounds == nil {
			r.Proof.Warn("%s takes no window that is known here: the rows are those of the moment", d.path)
		}
		n := 0
		for record, err := range d.api.read(ctx, call) {
			var row ownRow
			if err == nil {
				row, err = d.row(record.Value, n)
			}
			if !yield(row, err) || err != nil {
				return
			}
			n++
		}
	}
}

// row makes the cells of the n-th record.
func (d *ownDefinition) row(record any, n int) (ownRow, error) {
	row := make(ownRow, len(d.columns))
	for i, c := range d.columns {
		cell, err := c.cell(record)
		if err != nil {
			return nil, ownUnexpected(d.api.name, d.path, "row %d: column %s: %v", n+1, c.name, err)
		}
		row[i] = cell
	}
	return row, nil
}

// ownUnexpected is the error for an answer that is not what the definition expects.
func ownUnexpected(api, path, format string, args ...any) error {
	return &rest.Error{
		API: api, Path: path, Kind: rest.Unexpected, Text: fmt.Sprintf(format, args...),
		Hint: "compare the definition of the report with the API's answer",
	}
}
