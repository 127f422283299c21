package reports

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/reportjob/reportjob/jobs"
)

// ParamError is a parameter of PARAMS_<REPORT> that a report cannot take. It is a mistake of configuration.
type ParamError struct {
	Name string // of the parameter
	Text string // what is wrong with it
}

func (e *ParamError) Error() string { return fmt.Sprintf("parameter %q: %s", e.Name, e.Text) }

// CheckParams refuses parameters that a report sets itself, since a window or a page from elsewhere would break the
// promise that nothing is missing. A parameter that the report documents is always accepted, with any value unless it is
// described as "one of" some.
func CheckParams(info jobs.Info, params url.Values) error {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if i := slices.IndexFunc(info.Parameters, func(p jobs.Parameter) bool { return p.Name == name }); i >= 0 {
			if err := checkChoice(info.Parameters[i], params[name]); err != nil {
				return err
			}
			continue
		}
		switch strings.ToLower(name) {
		case "from", "to", "createddate", "updateddate", "deleteddate":
			return &ParamError{name, "the window sets it (WINDOW_" + variable(info.Name) + ")"}
		case "limit", "offset", "page", "per_page", "cursor":
			return &ParamError{name, "the paging sets it"}
		case "order", "sort":
			return &ParamError{name, "the report sets it, so that its rows are in one order"}
		}
	}
	return nil
}

// checkChoice refuses values that are not among those of a parameter described as "one of a, b, c".
func checkChoice(p jobs.Parameter, values []string) error {
	list, ok := strings.CutPrefix(p.Values, "one of ")
	if !ok {
		return nil
	}
	for _, value := range values {
		if !slices.Contains(strings.Split(list, ", "), value) {
			return &ParamError{p.Name, fmt.Sprintf("expected %s, got %q", p.Values, value)}
		}
	}
	return nil
}

// undocumented lists the parameters that go to the API although the report does not know them: an API may have learnt
// something new, but more often it is a slip of the pen.
func undocumented(info jobs.Info, params url.Values) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if !documented(info, name) && !ours(name) {
			names = append(names, name)
		}
	}
	return names
}

func documented(info jobs.Info, name string) bool {
	return slices.ContainsFunc(info.Parameters, func(p jobs.Parameter) bool { return p.Name == name })
}

// ours tells whether a parameter is an option of reports, which no API ever sees.
func ours(name string) bool { return name == "personal" }

// apiParams are the parameters that go to the API: all but the options of reports.
func apiParams(params url.Values) url.Values {
	kept := url.Values{}
	for name, values := range params {
		if !ours(name) {
			kept[name] = slices.Clone(values)
		}
	}
	return kept
}

// variable is a report's name as it stands in the names of its variables.
func variable(report string) string {
	return strings.ToUpper(strings.ReplaceAll(report, "-", "_"))
}

// checked is a source that refuses a request with parameters that it cannot take, and warns of those that nobody
// documents, before anything is requested.
func checked[T any](info jobs.Info, source jobs.Source[T]) jobs.Source[T] {
	return func(ctx context.Context, r jobs.Request) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			if err := CheckParams(info, r.Params); err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, name := range undocumented(info, r.Params) {
				r.Proof.Warn("parameter %q is not documented for this report; it was passed on as it is", name)
			}
			source(ctx, r)(yield)
		}
	}
}
