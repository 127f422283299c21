package jobs

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

// Bundle is a Job that has no rows of its own: it puts those of other reports into one file, each into a table of its
// own.
type Bundle struct {
	info    Info
	members []Job
}

// NewBundle is a bundle of these reports, in their order.
func NewBundle(name string, members []Job) Bundle {
	var infos []Info
	for _, j := range members {
		infos = append(infos, j.Info())
	}
	return Bundle{BundleInfo(name, infos), members}
}

// BundleInfo describes a bundle of reports. Its window is the one that its reports share or, where they differ, the day
// before; it shows the present if all of them do.
func BundleInfo(name string, members []Info) Info {
	info := Info{Name: name, Title: exporters.Column{Name: strings.ReplaceAll(name, "-", "_")}.Heading(), Every: Now}
	var names, apis []string
	for _, m := range members {
		names = append(names, m.Name)
		apis = appendNew(apis, m.API)
		info.Requests += max(m.Requests, 1)
		switch {
		case m.Every.Snapshot():
		case info.Every.Snapshot() && !m.Every.IsZero():
			info.Every = m.Every
		case info.Every != m.Every:
			info.Every = PreviousDay
		}
	}
	info.API = strings.Join(apis, "+")
	info.About = "One file with a sheet for each of: " + strings.Join(names, ", ") + "."
	return info
}

// Info describes the bundle.
func (b Bundle) Info() Info { return b.info }

// Table is empty: the tables of a bundle are those of its members.
func (b Bundle) Table(url.Values) []exporters.Column { return nil }

// Rows refuses: the rows of a bundle are those of its members.
func (b Bundle) Rows(context.Context, Request) iter.Seq2[exporters.Row, error] {
	return func(yield func(exporters.Row, error) bool) {
		yield(nil, fmt.Errorf("bundle %s: it has no rows but those of its reports", b.info.Name))
	}
}

// Members are the reports that a job puts into its file: those of a bundle, or else the job alone.
func Members(j Job) []Job {
	if b, ok := j.(Bundle); ok {
		return b.members
	}
	return []Job{j}
}

// IsBundle tells whether a job is a bundle.
func IsBundle(j Job) bool {
	_, ok := j.(Bundle)
	return ok
}

// Member is a report in the order of a bundle.
type Member struct {
	Job    Job
	Params url.Values // extra query parameters for its API
	// Present has it read as of the slot: it shows the present, whatever window the bundle is about.
	Present bool
}

// Window is the window for which the report is read, of a bundle's slot and window.
func (m Member) Window(slot time.Time, bundle Window) Window {
	if now := slot.Truncate(time.Second); m.Present {
		return Window{now, now}
	}
	return bundle
}

// placeError says that a report did not get its turn.
type placeError struct{ err error }

func (e *placeError) Error() string { return "not started: " + e.err.Error() }
func (e *placeError) Unwrap() error { return e.err }

// MemberResult is what a report in a bundle came to.
type MemberResult struct {
	Info    Info
	Verdict Verdict // Failed if Err is not nil
	Rows    int64
	Err     error // why the report is missing
}

// ManifestMember is a report in the file of a bundle.
type ManifestMember struct {
	Report     string           `json:"report"`
	Title      string           `json:"title"`
	API        string           `json:"api"`
	Endpoint   string           `json:"endpoint"`
	Account    string           `json:"account"`
	Window     ManifestWindow   `json:"window"`
	Rows       int64            `json:"rows"`
	Verdict    Verdict          `json:"verdict"`
	Evidence   []string         `json:"evidence"`
	Requests   int64            `json:"requests"`
	Retries    int64            `json:"retries"`
	Parameters url.Values       `json:"parameters"`
	Columns    []ManifestColumn `json:"columns"`
	Sheets     []string         `json:"sheets"`          // on which its rows stand or, if it is missing, why
	Content    string           `json:"content"`         // as that of a report in files of its own; empty if it is missing
	Error      string           `json:"error,omitempty"` // why it is missing
}

// MissingError says that a bundle was not delivered, since reports of it are missing. It wraps the errors of those.
type MissingError struct {
	Missing []MemberResult
	Kept    bool // what was delivered before has reports that are missing now, and stays
}

func (e *MissingError) Error() string {
	var b strings.Builder
	b.WriteString("none of its reports could be made")
	if e.Kept {
		b.Reset()
		b.WriteString("what was delivered before stays, since it has what is missing now")
	}
	for i, m := range e.Missing {
		b.WriteString([]string{": ", "; "}[min(i, 1)])
		fmt.Fprintf(&b, "%s: %v", m.Info.Name, m.Err)
	}
	return b.String()
}

// Unwrap is the errors of the reports that are missing.
func (e *MissingError) Unwrap() (all []error) {
	for _, m := range e.Missing {
		all = append(all, m.Err)
	}
	return all
}

// lacks tells whether a report is missing that a set of before has.
func (r *run) lacks(before delivered) bool {
	return slices.ContainsFunc(r.members, func(m *member) bool {
		return m.err != nil && slices.ContainsFunc(before.Members, func(old ManifestMember) bool {
			return old.Report == m.name && old.Verdict != Failed
		})
	})
}

// missing is the reports that could not be made.
func (r *run) missing() (list []MemberResult) {
	for _, m := range r.outcomes() {
		if m.Err != nil {
			list = append(list, m)
		}
	}
	return list
}

// outcomes is what the reports of a bundle came to.
func (r *run) outcomes() (list []MemberResult) {
	for _, m := range r.members {
		list = append(list, MemberResult{m.Job.Info(), m.manifest.Verdict, m.manifest.Rows, m.err})
	}
	return list
}

// reason is why a report is missing, as it may stand in files.
func (m *member) reason() string {
	text := m.err.Error()
	var bug *PanicError
	if errors.As(m.err, &bug) {
		text = "an error in the program: " + text
	}
	if m.Redact != nil {
		text = m.Redact(text)
	}
	return withoutPort(text)
}
