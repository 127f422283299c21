package settings

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
)

// Variable is one variable of a fixed name, as the reference shows it.
type Variable struct {
	Name    string
	Default string
	Doc     string
	Secret  bool
	field   string // of its section's struct
}

// section is a group of variables with one prefix.
type section struct {
	prefix string // "SIPGATE_"
	value  reflect.Value
}

func sections(e *Environment) []section {
	var list []section
	v := reflect.ValueOf(e).Elem()
	for i := range v.NumField() {
		list = append(list, section{v.Type().Field(i).Tag.Get("envPrefix"), v.Field(i)})
	}
	return list
}

// Reference lists every variable of a fixed name, section by section.
func Reference() [][]Variable {
	var all [][]Variable
	for _, s := range sections(new(Environment)) {
		all = append(all, s.variables())
	}
	return all
}

func (s section) variables() []Variable {
	var list []Variable
	for _, f := range reflect.VisibleFields(s.value.Type()) {
		tag, ok := f.Tag.Lookup("env")
		if !ok {
			continue
		}
		list = append(list, Variable{
			Name:    s.prefix + tag,
			Default: f.Tag.Get("envDefault"),
			Doc:     f.Tag.Get("doc"),
			Secret:  f.Type == reflect.TypeFor[rest.Secret](),
			field:   f.Name,
		})
	}
	return list
}

// secret tells whether the variable of this name holds a secret.
func secret(name string) bool {
	return slices.ContainsFunc(slices.Concat(Reference()...), func(v Variable) bool { return v.Name == name && v.Secret })
}

// The prefixes of variables that belong to one report each, with what they mean.
var perReport = []Variable{
	{Name: "SCHEDULE_", Default: "off", Doc: "cron with five fields or a descriptor such as @daily, with CRON_TZ=Zone in front if wanted; off"},
	{Name: "WINDOW_", Doc: "previous-hour, previous-day, previous-week, previous-month, last-<duration>, since-last or now; empty: the report's own"},
	{Name: "FORMATS_", Doc: "file formats of this report; empty: REPORTJOB_FORMATS"},
	{Name: "LOOKBACK_", Doc: "how many windows before the newest are read again at each run; empty: REPORTJOB_LOOKBACK"},
	{Name: "FILENAME_", Doc: "names of this report's files before their extension; empty: REPORTJOB_FILENAME"},
	{Name: "RETENTION_", Doc: "how long this report's files are kept; empty: REPORTJOB_RETENTION"},
	{Name: "LINKS_", Doc: "true or false: whether addresses in this report's workbooks can be clicked; empty: REPORTJOB_LINKS"},
	{Name: "PARAMS_", Doc: "extra query parameters for the API, such as verdict=blocked&domains=example.org"},
}

// PerReport lists the prefixes of the variables that every report has; its name stands behind them.
func PerReport() []Variable { return perReport }

// own is the prefix of the definitions of a user's own reports.
const own = "REPORT_"

// prefixes are those that reportjob answers for: an unknown variable with one of them is a mistake.
func prefixes() []string {
	list := []string{own, bundle}
	for _, s := range sections(new(Environment)) {
		list = append(list, s.prefix)
	}
	for _, v := range perReport {
		list = append(list, v.Name)
	}
	return list
}

// service tells whether a variable is one of those that Kubernetes makes for the services of a namespace.
func service(name string) bool {
	return strings.HasSuffix(name, "_SERVICE_HOST") || strings.Contains(name, "_SERVICE_PORT") ||
		strings.HasSuffix(name, "_PORT") || strings.Contains(name, "_PORT_")
}

// Nearest is the candidate that name is most probably a misspelling of; empty if none is near.
func Nearest(name string, candidates []string) string {
	best, least := "", len(name)/3+1
	for _, c := range candidates {
		if d := distance(name, c); d < least {
			best, least = c, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap with their neighbour to make b of a.
func distance(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row := rows[0], rows[1], rows[2]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		rows = [3][]int{last, row, before}
	}
	return rows[1][len(b)]
}

// Secrets are the values that must never be seen.
func (s Environment) Secrets() []string { return slices.Sorted(maps.Values(s.secrets())) }

// secrets are those values by the names of their variables.
func (s Environment) secrets() map[string]string {
	secrets := map[string]string{}
	for _, section := range sections(&s) {
		for _, v := range section.variables() {
			if !v.Secret {
				continue
			}
			if secret := section.value.FieldByName(v.field).Interface().(rest.Secret); !secret.IsZero() {
				secrets[v.Name] = secret.Reveal()
			}
		}
	}
	return secrets
}

// APIPrefixes are the prefixes of the variables that belong to one API each.
func APIPrefixes() []string {
	var list []string
	for _, s := range sections(new(Environment)) {
		if s.prefix != "REPORTJOB_" {
			list = append(list, s.prefix)
		}
	}
	return list
}
