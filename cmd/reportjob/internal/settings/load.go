package settings

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"github.com/reportjob/reportjob/jobs"
	"github.com/reportjob/reportjob/jobs/schedule"
)

// Catalogue is what Load has to know about the program to check names.
type Catalogue struct {
	Reports map[string]jobs.Info // the built-in reports, by name
	Formats []string             // names of file formats
	// Own makes the description of a report of the user's own from its definition.
	Own func(name, definition string) (jobs.Info, error)
	// CheckParams says what is wrong with a report's extra parameters.
	CheckParams func(info jobs.Info, params url.Values) error
	// CheckLocale says what is wrong with a locale.
	CheckLocale func(tag string) error
}

// Own is the definition of a report of the user's own.
type Own struct{ Name, Definition string }

// Load reads an environment as os.Environ gives it. The settings are usable for what is not wrong; problems hold
// every mistake. The catalogue is asked for once the variables that belong to no report are read.
func Load(environ []string, catalogue func(Environment) Catalogue) (Settings, []Own, Problems) {
	var (
		s        Settings
		problems Problems
	)
	set, fixed := valuesOf(environ), referenced()
	set.resolve(func(name string) bool { return fixed[name] }, &problems)
	for _, section := range sections(&s.Environment) {
		section.parse(set, &problems)
	}
	s.complete(set, &problems)
	c := catalogue(s.Environment)
	names := known(environ, c)
	set.resolve(func(name string) bool { return names[name] && !fixed[name] }, &problems)
	s.check(c, &problems)
	infos, own := ownReports(set, c, &problems)
	s.Reports = s.reports(set, infos, c, &problems)
	s.readBundles(set, infos, c, &problems)
	s.checkSecrets(set, &problems)
	unknown(set, names, &problems)
	return s, own, problems.sorted()
}

// referenced are the names of the variables that belong to no report.
func referenced() map[string]bool {
	names := map[string]bool{}
	for _, section := range Reference() {
		for _, v := range section {
			names[v.Name] = true
		}
	}
	return names
}

// known are the names of all variables that mean something, for the reports and bundles that the environment itself defines too.
func known(environ []string, c Catalogue) map[string]bool {
	reports := slices.Collect(maps.Keys(c.Reports))
	names := make(map[string]bool, 100+len(reports)*len(perReport)) // which would otherwise grow again and again
	maps.Copy(names, referenced())
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		for _, prefix := range []string{own, bundle} {
			suffix, ok := strings.CutPrefix(strings.TrimSuffix(name, "_FILE"), prefix)
			if ok && suffix != "" && value != "" && !service(name) {
				names[prefix+suffix] = true
				reports = append(reports, ownName(suffix))
			}
		}
	}
	for _, report := range reports {
		suffix := Suffix(report)
		for _, v := range perReport {
			names[v.Name+suffix] = true
		}
	}
	return names
}

// ownName is the report's name in REPORT_<NAME>.
func ownName(suffix string) string {
	return strings.ToLower(strings.ReplaceAll(suffix, "_", "-"))
}

// parse fills a section and names the variable of each mistake.
func (s section) parse(set values, problems *Problems) {
	fields, mine := map[string]Variable{}, map[string]string{}
	for _, v := range s.variables() {
		fields[v.field] = v
		if value, ok := set[v.Name]; ok {
			mine[v.Name] = value
		}
	}
	// Of the others, one that is called like the prefix alone would be taken for the value of every field without a name.
	err := env.ParseWithOptions(s.value.Addr().Interface(), env.Options{Environment: mine, Prefix: s.prefix})
	if err == nil {
		return
	}
	var all env.AggregateError
	if !errors.As(err, &all) {
		all.Errors = []error{err}
	}
	for _, e := range all.Errors {
		var parse env.ParseError
		if !errors.As(e, &parse) {
			problems.add(s.prefix, "%v", e)
			continue
		}
		problems.add(fields[parse.Name].Name, "%s", explain(parse))
	}
}

// explain says what a variable of a simple type should have been.
func explain(e env.ParseError) string {
	var found *strconv.NumError
	if e.Type.Kind() == reflect.Bool && errors.As(e.Err, &found) {
		return fmt.Sprintf("expected true or false, found %q", found.Num)
	}
	return e.Err.Error()
}

// complete fills in the defaults that follow from other variables.
func (s *Environment) complete(set values, problems *Problems) {
	if s.General.Timezone.Location == nil {
		s.General.Timezone.Location = time.UTC
		if tz := strings.TrimPrefix(set["TZ"], ":"); tz != "" {
			if err := s.General.Timezone.UnmarshalText([]byte(tz)); err != nil {
				problems.add("TZ", "%v; or set REPORTJOB_TIMEZONE", err)
				s.General.Timezone.Location = time.UTC
			}
		}
	}
	if s.General.State == "" {
		s.General.State, _, _ = strings.Cut(set["STATE_DIRECTORY"], ":")
	}
	if s.General.State == "" {
		s.General.State = ".reportjob"
	}
	if s.SecureAccess.TokenURL.IsZero() && !s.SecureAccess.BaseURL.IsZero() {
		s.SecureAccess.TokenURL = Address{s.SecureAccess.BaseURL.JoinPath("/auth/v2/token")}
	}
}

// check is about what one variable's type cannot see.
func (s *Settings) check(c Catalogue, problems *Problems) {
	checkFormats("REPORTJOB_FORMATS", s.General.Formats, c, problems)
	if c.CheckLocale != nil {
		if err := c.CheckLocale(string(s.General.Locale)); err != nil {
			problems.add("REPORTJOB_LOCALE", "%v", err)
		}
	}
	for _, a := range s.addresses() {
		if a.address.plain() && !a.allowed {
			problems.add(a.variable, "plain http:// would send credentials readable to everybody on the way to %s: use https://, or set %sALLOW_HTTP=true", a.address.Host, a.prefix)
		}
	}
	checkFolder("REPORTJOB_OUTPUT", s.General.Output, problems)
	checkFolder("REPORTJOB_STATE", s.General.State, problems)
	if out := s.General.Output; out != "" && filepath.Clean(out) == filepath.Clean(s.General.State) {
		problems.add("REPORTJOB_STATE", "is the output folder too: tokens must not lie beside delivered files")
	}
}

func checkFolder(variable, path string, problems *Problems) {
	if err := CheckFolder(path); err != nil {
		problems.add(variable, "%v", err)
	}
}

// CheckFolder refuses an address where a folder is expected: it would become a folder that is called like its scheme. The
// rest of the address may hold credentials, and is not shown.
func CheckFolder(path string) error {
	if found := scheme.FindString(path); found != "" {
		return fmt.Errorf("expected a folder such as exports or /srv/exports, found an address with %s: nothing is sent to one; write to a folder, and copy or mount it", found)
	}
	return nil
}

var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)

// checkSecrets finds secrets in variables that files and addresses show: parameters stand in manifests, for instance. Those
// under six characters are not looked for: they would be found in innocent words.
func (s *Settings) checkSecrets(set values, problems *Problems) {
	secrets := s.secrets()
	for variable, value := range set {
		shown := func(prefix string) bool { return strings.HasPrefix(variable, prefix) }
		if !slices.ContainsFunc([]string{"PARAMS_", "FILENAME_", own}, shown) {
			continue
		}
		if decoded, err := url.QueryUnescape(value); err == nil {
			value += "\n" + decoded
		}
		for name, secret := range secrets {
			if len(secret) >= 6 && strings.Contains(value, secret) {
				problems.add(variable, "holds the value of %s, a secret that files and addresses would then show: leave it out", name)
			}
		}
	}
}

type namedAddress struct {
	prefix, variable string
	address          Address
	allowed          bool
}

func (s *Settings) addresses() []namedAddress {
	sa, sg, si, w := &s.SecureAccess, &s.Sipgate, &s.Sierra, &s.Wizart
	return []namedAddress{
		{"SECUREACCESS_", "SECUREACCESS_BASE_URL", sa.BaseURL, sa.AllowHTTP},
		{"SECUREACCESS_", "SECUREACCESS_TOKEN_URL", sa.TokenURL, sa.AllowHTTP},
		{"SIPGATE_", "SIPGATE_BASE_URL", sg.BaseURL, sg.AllowHTTP},
		{"SIPGATE_", "SIPGATE_TOKEN_URL", sg.TokenURL, sg.AllowHTTP},
		{"SIERRA_", "SIERRA_BASE_URL", si.BaseURL, si.AllowHTTP},
		{"WIZART_", "WIZART_BASE_URL", w.BaseURL, w.AllowHTTP},
	}
}

func checkFormats(variable string, formats []string, c Catalogue, problems *Problems) {
	for _, f := range formats {
		if !slices.Contains(c.Formats, f) {
			problems.add(variable, "unknown format %q: expected some of %s", f, strings.Join(c.Formats, ", "))
		}
	}
}

// ownReports reads the REPORT_<NAME> definitions and adds them to the reports that are known.
func ownReports(set values, c Catalogue, problems *Problems) (map[string]jobs.Info, []Own) {
	infos := maps.Clone(c.Reports)
	if infos == nil {
		infos = map[string]jobs.Info{}
	}
	var list []Own
	for _, variable := range slices.Sorted(maps.Keys(set)) {
		suffix, ok := strings.CutPrefix(variable, own)
		if !ok || suffix == "" || service(variable) {
			continue
		}
		name := ownName(suffix)
		if !chosenName.MatchString(name) {
			problems.add(variable, "expected letters and digits behind %s, with _ between them", own)
			continue
		}
		if _, taken := c.Reports[name]; taken {
			problems.add(variable, "%s is the name of a built-in report: choose another", name)
			continue
		}
		info, err := c.Own(name, set[variable])
		if err != nil {
			problems.add(variable, "%v", err)
			info = jobs.Info{Name: name} // so that its other variables are not called unknown
		} else {
			list = append(list, Own{name, set[variable]})
		}
		infos[name] = info
	}
	return infos, list
}

// reports reads the variables of every report.
func (s *Settings) reports(set values, infos map[string]jobs.Info, c Catalogue, problems *Problems) map[string]Report {
	all := map[string]Report{}
	for name, info := range infos {
		r := s.usual(info)
		r.read(set, info, c, problems)
		if set["WINDOW_"+Suffix(name)] != "" {
			r.checkSchedule(name, problems)
		}
		all[name] = r
	}
	s.checkFilename(set, infos, problems)
	return all
}

// usual is what holds for a report that has no variables of its own.
func (s *Settings) usual(info jobs.Info) Report {
	return Report{Zone: s.General.Timezone.Location, Window: info.Every, Formats: s.General.Formats, Lookback: int(s.General.Lookback),
		Filename: s.General.Filename, Retention: s.General.Retention, Links: s.General.Links}
}

// checkSchedule tells that a window has nothing to count from.
func (r *Report) checkSchedule(name string, problems *Problems) {
	if r.Schedule == nil && r.Window == jobs.SinceLast {
		problems.add("WINDOW_"+Suffix(name), "since-last needs the schedule that it counts from: set SCHEDULE_%s", Suffix(name))
	}
}

// checkFilename tries the template of all reports on those that have none of their own, until one of them is too long.
func (s *Settings) checkFilename(set values, infos map[string]jobs.Info, problems *Problems) {
	for _, name := range slices.Sorted(maps.Keys(infos)) {
		if set["FILENAME_"+Suffix(name)] != "" {
			continue
		}
		if err := s.General.Filename.Check(infos[name]); err != nil {
			problems.add("REPORTJOB_FILENAME", "%v", err)
			return
		}
	}
}

func (r *Report) read(set values, info jobs.Info, c Catalogue, problems *Problems) {
	suffix := Suffix(info.Name)
	if spec := set["SCHEDULE_"+suffix]; spec != "" && !strings.EqualFold(spec, "off") {
		parsed, err := schedule.Parse(spec, r.Zone)
		if err != nil {
			problems.add("SCHEDULE_"+suffix, "%v", err)
		} else {
			r.Schedule, r.Zone = parsed, parsed.Zone()
		}
	}
	if period := set["WINDOW_"+suffix]; period != "" {
		parsed, err := jobs.ParsePeriod(period)
		if err != nil {
			problems.add("WINDOW_"+suffix, "%v", err)
		} else if parsed.Snapshot() != info.Every.Snapshot() && !info.Every.IsZero() && !info.AnyWindow {
			problems.add("WINDOW_"+suffix, "%s", mismatch(info))
		} else {
			r.Window = parsed
		}
	}
	if formats := set["FORMATS_"+suffix]; formats != "" {
		var names Names
		if err := names.UnmarshalText([]byte(formats)); err != nil {
			problems.add("FORMATS_"+suffix, "%v", err)
		} else {
			checkFormats("FORMATS_"+suffix, names, c, problems)
			r.Formats = names
		}
	}
	r.readLookback(set["LOOKBACK_"+suffix], info, problems)
	r.readKeeping(set, info, problems)
	r.readLinks(set["LINKS_"+suffix], info, problems)
	r.readParams(set["PARAMS_"+suffix], info, c, problems)
}

// readLookback reads how many windows are read again; those of the present never are.
func (r *Report) readLookback(number string, info jobs.Info, problems *Problems) {
	if r.Window.Snapshot() {
		r.Lookback = 0
	}
	if number == "" {
		return
	}
	var n Count
	if err := n.UnmarshalText([]byte(number)); err != nil {
		problems.add("LOOKBACK_"+Suffix(info.Name), "%v", err)
	} else if n > 0 && r.Window.Snapshot() {
		problems.add("LOOKBACK_"+Suffix(info.Name), "%s shows the present: its past cannot be read again", info.Name)
	} else {
		r.Lookback = int(n)
	}
}

// readKeeping reads how files are named and how long they are kept.
func (r *Report) readKeeping(set values, info jobs.Info, problems *Problems) {
	suffix := Suffix(info.Name)
	if template := set["FILENAME_"+suffix]; template != "" {
		err := r.Filename.UnmarshalText([]byte(template))
		if err == nil {
			err = r.Filename.Check(info)
		}
		if err != nil {
			problems.add("FILENAME_"+suffix, "%v", err)
		}
	}
	if retention := set["RETENTION_"+suffix]; retention != "" {
		if err := r.Retention.UnmarshalText([]byte(retention)); err != nil {
			problems.add("RETENTION_"+suffix, "%v", err)
		}
	}
}

func (r *Report) readLinks(text string, info jobs.Info, problems *Problems) {
	if text == "" {
		return
	}
	links, err := strconv.ParseBool(text)
	if err != nil {
		problems.add("LINKS_"+Suffix(info.Name), "expected true or false, found %q", text)
		return
	}
	r.Links = links
}

// mismatch says why a report of the present has no window, and one of the past no present.
func mismatch(info jobs.Info) string {
	if info.Every.Snapshot() {
		return info.Name + " shows the present: now is its only window"
	}
	return info.Name + " is about what happened in a time: now is no window for it; expected previous-day or the like"
}

func (r *Report) readParams(params string, info jobs.Info, c Catalogue, problems *Problems) {
	if params == "" {
		return
	}
	variable := "PARAMS_" + Suffix(info.Name)
	parsed, err := url.ParseQuery(params)
	if err != nil {
		problems.add(variable, "expected parameters such as verdict=blocked&domains=example.org, each value URL-encoded: %v", err)
		return
	}
	if c.CheckParams != nil {
		if err := c.CheckParams(info, parsed); err != nil {
			problems.add(variable, "%v", err)
			return
		}
	}
	r.Params = parsed
}

// unknown finds misspelt variables.
func unknown(set values, names map[string]bool, problems *Problems) {
	for variable := range set {
		if names[variable] || service(variable) || !ours(variable) {
			continue
		}
		if n := Nearest(strings.TrimSuffix(variable, "_FILE"), slices.Sorted(maps.Keys(names))); n != "" {
			problems.add(variable, "unknown variable; did you mean %s?", n)
			continue
		}
		problems.add(variable, "unknown variable; schedules.env.example lists all that there are, and `reportjob list` the reports")
	}
}

func ours(variable string) bool {
	return slices.ContainsFunc(prefixes(), func(prefix string) bool { return strings.HasPrefix(variable, prefix) })
}
