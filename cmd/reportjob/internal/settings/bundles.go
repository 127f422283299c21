package settings

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/reportjob/reportjob/jobs"
)

// Bundle is what a BUNDLE_<NAME> says.
type Bundle struct {
	Name    string
	Members []string // names of reports, in the order of their sheets
}

// bundle is the prefix of the definitions of bundles.
const bundle = "BUNDLE_"

// chosenName is what bundles and reports of the user's own can be called: their names are in those of files.
var chosenName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// bundleFormat is the format of their files.
const bundleFormat = "xlsx"

// readBundles reads the BUNDLE_<NAME> definitions, and the variables of each bundle as those of a report.
func (s *Settings) readBundles(set values, infos map[string]jobs.Info, c Catalogue, problems *Problems) {
	for _, variable := range slices.Sorted(maps.Keys(set)) {
		suffix, ok := strings.CutPrefix(variable, bundle)
		if !ok || suffix == "" || service(variable) {
			continue
		}
		name := ownName(suffix)
		if !chosenName.MatchString(name) {
			problems.add(variable, "expected letters and digits behind %s, with _ between them", bundle)
			continue
		}
		if _, taken := infos[name]; taken {
			problems.add(variable, "%s is the name of a report: choose another", name)
			continue
		}
		members, errs := bundleMembers(set, set[variable], infos)
		for _, err := range errs {
			problems.add(variable, "%v", err)
		}
		var list []jobs.Info
		for _, member := range members {
			one := infos[member]
			one.Every = s.Reports[member].Window
			list = append(list, one)
		}
		info := jobs.BundleInfo(name, list)
		report := s.bundle(set, info, members, c, problems)
		if len(errs) > 0 {
			continue
		}
		s.checkBundleWindow(name, report, members, infos, problems)
		if set["FILENAME_"+suffix] == "" {
			if err := s.General.Filename.Check(info); err != nil {
				problems.add("REPORTJOB_FILENAME", "%v", err)
			}
		}
		s.Bundles = append(s.Bundles, Bundle{name, members})
		s.Reports[name] = report
	}
}

// bundleMembers reads the list of a bundle, and tells all that is wrong with it.
func bundleMembers(set values, text string, infos map[string]jobs.Info) (members []string, errs []error) {
	known := slices.Sorted(maps.Keys(infos))
	for _, name := range strings.Split(text, ",") {
		name = strings.TrimSpace(name)
		_, ok := infos[name]
		switch {
		case name == "":
			errs = append(errs, fmt.Errorf("expected names of reports with commas between them, such as sipgate-calls,sipgate-users, found %q", text))
		case slices.Contains(members, name):
			errs = append(errs, fmt.Errorf("%s stands twice", name))
		case ok:
			members = append(members, name)
		default:
			errs = append(errs, unknownMember(set, name, known))
		}
	}
	return members, errs
}

// unknownMember says what was probably meant.
func unknownMember(set values, name string, known []string) error {
	lower := strings.ToLower(strings.ReplaceAll(name, "_", "-"))
	if slices.Contains(known, lower) {
		return fmt.Errorf("unknown report %q: did you mean %s?", name, lower)
	}
	if set[bundle+Suffix(lower)] != "" {
		return fmt.Errorf("%s is a bundle: a bundle holds reports", name)
	}
	if n := Nearest(lower, known); n != "" {
		return fmt.Errorf("unknown report %q: did you mean %s?", name, n)
	}
	return fmt.Errorf("unknown report %q: `reportjob list` shows all that there are", name)
}

// bundle reads the variables of a bundle.
func (s *Settings) bundle(set values, info jobs.Info, members []string, c Catalogue, problems *Problems) Report {
	info.AnyWindow = true // what its reports have to do with it is checked with them
	suffix := Suffix(info.Name)
	if set["PARAMS_"+suffix] != "" {
		problems.add("PARAMS_"+suffix, "a bundle has no parameters of its own: set those of its reports")
	}
	if formats := set["FORMATS_"+suffix]; formats != "" && !strings.EqualFold(strings.TrimSpace(formats), bundleFormat) {
		problems.add("FORMATS_"+suffix, "a bundle is one workbook: expected %s, found %q", bundleFormat, formats)
	}
	r := s.usual(info)
	r.Formats = []string{bundleFormat}
	own := maps.Clone(set)
	delete(own, "PARAMS_"+suffix)
	delete(own, "FORMATS_"+suffix)
	delete(own, "LOOKBACK_"+suffix)
	r.read(own, info, c, problems)
	r.checkSchedule(info.Name, problems)
	s.bundleLookback(&r, set, info, members, problems)
	return r
}

// bundleLookback reads how many windows are read again. What a report shows of the present has no past.
func (s *Settings) bundleLookback(r *Report, set values, info jobs.Info, members []string, problems *Problems) {
	r.readLookback(set["LOOKBACK_"+Suffix(info.Name)], info, problems)
	present := func(member string) bool { return s.Reports[member].Window.Snapshot() }
	if i := slices.IndexFunc(members, present); i >= 0 && r.Lookback > 0 {
		if set["LOOKBACK_"+Suffix(info.Name)] != "" && !r.Window.Snapshot() {
			problems.add("LOOKBACK_"+Suffix(info.Name), "%s shows the present: its past cannot be read again", members[i])
		}
		r.Lookback = 0
	}
}

// checkBundleWindow tells which report is about a time where the bundle is about an instant.
func (s *Settings) checkBundleWindow(name string, r Report, members []string, infos map[string]jobs.Info, problems *Problems) {
	if !r.Window.Snapshot() {
		return
	}
	for _, member := range members {
		info := infos[member]
		if !s.Reports[member].Window.Snapshot() && !info.AnyWindow && !info.Every.IsZero() {
			problems.add("WINDOW_"+Suffix(name), "%s", mismatch(info))
		}
	}
}
