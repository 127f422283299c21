package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

// Runner runs reports. Its fields are set before the first run; it can run many at a time.
type Runner struct {
	// Version is the program's version, for manifests.
	Version string
	// Log takes a line when a run starts and one when it ends; nil discards them.
	Log *slog.Logger
	// Now is the clock for the manifest's started and ended; time.Now if nil.
	Now func() time.Time
	// Watch returns the context under which a run's requests are watched, and what tells of them so far; nil if nobody
	// watches. What it returns may be called by several goroutines at once.
	Watch func(context.Context) (context.Context, func() Traffic)
	// Rows reads delivered files, to tell what has changed when a set is replaced; nil: only numbers of rows are told.
	Rows ReadRows
	// Redact takes secrets out of a text that is to stand in a file; nil: there are none.
	Redact func(string) string
	// Progress is told about five times a second how far a run is, and once when it has ended; it may be nil. Calls for
	// one run follow one another, those of several runs do not.
	Progress func(Progress)

	hook    func(step string) error                     // lets a test break or stop each step that changes the disk
	symlink func(target, path string) error             // lets a test do without links
	link    func(name, second string) error             // lets a test do without second names
	space   func(folder string) (bytes uint64, ok bool) // lets a test fill the disk
}

// Traffic is what a run asked of its API, and what was odd about the answers.
type Traffic struct {
	Requests, Retries int64    // retries are requests, too
	Unknown           []string // fields of answers that nobody knows, such as "data[].newfield"
}

// Order is what to run.
type Order struct {
	Job     Job
	Slot    time.Time
	Window  Window
	Zone    *time.Location // of the window, and of times in files; UTC if nil
	Params  url.Values     // extra query parameters for the API
	Formats []exporters.Format
	Output  string        // the folder that holds a folder for each report
	Locale  string        // a BCP 47 tag for formats that follow one
	Links   bool          // addresses in workbooks can be clicked
	Timeout time.Duration // of the whole run; 0 is none
	Again   bool          // the window was read before: what is there stays as it is if nothing has changed
	// Filename is how the files are named.
	Filename Template
	// Retention is how long the sets of the report are kept.
	Retention Retention
	// Members are the reports of a bundle, in the order of its tables; its job is none of them. Timeout is that of each.
	Members []Member
	// Place waits until a report of an API may be read, for each member; nil: at once. release gives the place back.
	Place func(ctx context.Context, api string) (release func(), err error)
	// Latest has latest.<ext> beside the files stand for those of the newest set. Without it, a delivery takes away what
	// stands there from a time when it had.
	Latest bool
}

// Result is what a run came to.
type Result struct {
	Report       string
	Slot         time.Time
	Window       Window
	Verdict      Verdict // Failed if Err is not nil
	Rows         int64
	Files        []File   // delivered; none if it failed
	Manifest     Manifest // as delivered; if it failed, what was known by then
	ManifestPath string   // delivered; empty if it failed
	Elapsed      time.Duration
	Unchanged    bool   // the set of before is the same and stayed; Files and Manifest are its
	Change       string // what is different from the set of before, in a sentence; empty if nothing is, or if there was none
	// Members is what the reports of a bundle came to.
	Members []MemberResult
	// Trouble is an *OutputError that says what went wrong after the delivery, with latest or with retention.
	Trouble error
	// Err says why nothing was delivered. It wraps the source's error, an *OutputError, a *TimeoutError, a *PanicError,
	// or the cause for which the context ended.
	Err error
}

// TimeoutError says that a run did not end in its time.
type TimeoutError struct{ After time.Duration }

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("no result within %s (REPORTJOB_TIMEOUT)", e.After)
}

// Timeout is true, as that of other errors of the kind.
func (e *TimeoutError) Timeout() bool { return true }

// Unwrap makes it a context.DeadlineExceeded.
func (e *TimeoutError) Unwrap() error { return context.DeadlineExceeded }

// PanicError is a bug that ended a run. Stack is kept out of the message.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap is the error that was panicked with, if it was one.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// caught calls f and turns a panic into an error.
func caught(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return f()
}

// Run runs a report and delivers its files, all or none. Files that were delivered for the window before stay as they
// are until new ones are complete.
func (r *Runner) Run(ctx context.Context, o Order) Result {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if len(o.Members) == 0 { // a bundle waits for the slowest of its reports, and each of them has its time
		var cancel context.CancelFunc
		ctx, cancel = within(ctx, o.Timeout)
		defer cancel()
	}
	run := &run{Runner: r, Order: o, begun: time.Now()}
	return run.result(ctx, caught(func() error { return run.start(ctx) }))
}

// within is a context that ends after a time, if there is one.
func within(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, timeout, &TimeoutError{timeout})
}

// run is a run under way.
type run struct {
	*Runner
	Order
	begun    time.Time
	name     string // of the report
	window   string // its name
	manifest Manifest
	proof    Proof
	rows     atomic.Int64
	traffic  func() Traffic
	writers  []exporters.Writer
	content  *digest
	members  []*member // of a bundle
	whole    *run      // of a member: the run of its bundle

	delivered string // path of the manifest
	unchanged bool
	change    string
	trouble   error
}

func (r *run) start(ctx context.Context) error {
	r.name, r.window = r.Job.Info().Name, r.Window.Name(r.Zone)
	r.manifest = newManifest(r.Order, r.Version)
	r.manifest.Started = r.clock()
	produce := func(files *set) error { return r.write(ctx, files) }
	if len(r.Members) > 0 {
		contexts := r.split(ctx)
		produce = func(files *set) error { return r.gather(ctx, contexts, files) }
	} else if r.Watch != nil {
		ctx, r.traffic = r.Watch(ctx)
	}
	r.log().InfoContext(ctx, "report started", "report", r.name, "window", r.window, "slot", r.manifest.Slot)
	defer r.watch(ctx)()
	return r.deliver(ctx, produce)
}

// deliver has the files of the run made, and publishes them.
func (r *run) deliver(ctx context.Context, produce func(*set) error) error {
	if len(r.Formats) == 0 {
		return errors.New("no file format is given")
	}
	var exts []string
	for _, f := range r.Formats {
		if slices.Contains(exts, f.Ext) {
			return fmt.Errorf("format %s is given twice", f.Name)
		}
		exts = append(exts, f.Ext)
	}
	at := place{output: r.Output, report: r.name, base: r.Base(), hook: r.hook, symlink: r.symlink, link: r.link, space: r.space}
	opening, cancel := within(ctx, r.Timeout)
	defer cancel()
	files, err := openSet(opening, at, exts, func() {
		r.log().InfoContext(ctx, "waiting for another run of the report to end", "report", r.name, "window", r.window)
	})
	if err != nil {
		return err
	}
	defer files.close()
	for _, manifest := range files.ended {
		r.log().WarnContext(ctx, "a set was delivered that a killed run had made", "report", r.name, "manifest", manifest)
	}
	if err := r.measure(ctx, files); err != nil {
		return err
	}
	if err := produce(files); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil { // a source may end early without saying that its context made it do so
		return context.Cause(ctx)
	}
	r.complete(files)
	return r.replace(ctx, files)
}

// measure warns if the disk has hardly room for a set like the last one, before anything is requested.
func (r *run) measure(ctx context.Context, files *set) error {
	last, err := files.last()
	if err != nil {
		return err
	}
	free, ok := files.free()
	if size := uint64(last.bytes()); ok && free < 2*size {
		r.log().WarnContext(ctx, "the disk is nearly full", "report", r.name, "window", r.window, "folder", files.folder,
			"free", sizeName(free), "last set", sizeName(size))
	}
	return nil
}

// write pulls the rows once, pushes them to every file, and completes the files.
func (r *run) write(ctx context.Context, files *set) error {
	table := r.table()
	for i, format := range r.Formats {
		w, err := format.New(files.files[i], table)
		if err != nil {
			return blame(files.files[i], format, err)
		}
		r.writers = append(r.writers, w)
	}
	r.content = newDigest(r.manifest.Columns, r.Zone)
	if err := r.pull(ctx, files.files, len(table.Columns)); err != nil {
		return err
	}
	r.describe()
	for i, w := range r.writers {
		if err := w.Close(); err != nil {
			return blame(files.files[i], r.Formats[i], err)
		}
	}
	return files.finish()
}

// table is what formats are told before the first row.
func (r *run) table() exporters.Table {
	info := r.Job.Info()
	return exporters.Table{
		Name: r.name, Title: info.Title, Columns: r.Job.Table(r.Params), Zone: r.Zone, Locale: r.Locale, Links: r.Links, Window: r.period(), Summary: info.Summary,
	}
}

// pull reads the rows, while the writers of these files and the digest take them.
func (r *run) pull(ctx context.Context, files []*file, columns int) (err error) {
	takes := []func(exporters.Row) error{func(row exporters.Row) error { r.content.row(row); return nil }}
	for i, w := range r.writers {
		takes = append(takes, func(row exporters.Row) error {
			if err := w.Write(row); err != nil {
				return blame(files[i], r.Formats[i], err)
			}
			return nil
		})
	}
	rows, ctx := newSpread(ctx, columns, takes...)
	whole, begun := false, r.clock()
	defer func() {
		if failed := rows.end(whole); err == nil {
			err = failed
		}
	}()
	request := Request{Window: r.Window, Zone: r.Zone, Params: r.Params, Proof: &r.proof}
	for row, err := range r.Job.Rows(ctx, request) {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return err
		case len(row) != columns:
			return fmt.Errorf("a row has %d cells, and the table %d columns", len(row), columns)
		}
		if err := rows.add(ctx, row); err != nil {
			return err
		}
		if r.rows.Add(1); r.whole != nil {
			r.whole.rows.Add(1)
		}
	}
	if w := r.Order.Window; !w.Snapshot() && w.To.After(begun) {
		r.proof.Unproven("the window was not over when it was read: it ends at %s", r.instant(w.To))
	}
	whole = true
	return nil
}

// blame says whose fault it is that a writer failed: the disk's, if the file under it has an error, or else the format's.
func blame(f *file, format exporters.Format, err error) error {
	if f.err != nil {
		return f.err
	}
	return fmt.Errorf("%s: %w", format.Name, err)
}

// complete fills in what the manifest lacks until the files are complete.
func (r *run) complete(files *set) {
	r.learn()
	m := &r.manifest
	for i, f := range files.files {
		m.Files = append(m.Files, File{Name: f.name, Format: r.Formats[i].Name, Rows: m.Rows, Bytes: f.bytes, SHA256: f.sum()})
	}
	if r.content != nil {
		m.Content = r.content.sum()
	}
	for i, w := range r.writers {
		if n, ok := w.(exporters.Neutraliser); ok {
			m.Neutralised = max(m.Neutralised, n.Neutralised()) // csv and csv.gz neutralise the same cells
		}
		m.Warnings = append(m.Warnings, said(r.Formats[i], w)...)
	}
	m.Ended = r.clock()
}

// said is what a writer has to say, and of which format it is.
func said(format exporters.Format, w exporters.Writer) (warnings []string) {
	if w, ok := w.(exporters.Warner); ok {
		for _, warning := range w.Warnings() {
			warnings = append(warnings, format.Name+": "+warning)
		}
	}
	return warnings
}

// learn fills in what the source has said so far, and what was requested for it.
func (r *run) learn() {
	m := &r.manifest
	m.Rows = r.rows.Load()
	m.Verdict, m.Evidence, m.Warnings, m.Account = r.proven()
	if r.traffic != nil {
		t := r.traffic()
		m.Requests, m.Retries = t.Requests, t.Retries
		m.Warnings = append(m.Warnings, r.redacted(t.warnings())...)
	}
}

// proven is what is known of completeness, as it may stand in files: an answer that is quoted may hold a token.
func (r *run) proven() (v Verdict, evidence, warnings []string, account string) {
	v, evidence, warnings, account = r.proof.Result()
	return v, r.redacted(evidence), r.redacted(warnings), r.redacted([]string{account})[0]
}

func (r *run) redacted(texts []string) []string {
	list := append([]string{}, texts...) // never null in a manifest
	if r.Redact != nil {
		for i, text := range list {
			list[i] = r.Redact(text)
		}
	}
	return list
}

// warnings says, in a sentence, what was odd.
func (t Traffic) warnings() []string {
	switch n := len(t.Unknown); n {
	case 0:
		return nil
	case 1:
		return []string{"the API sends a field that this report does not know: " + t.Unknown[0]}
	default:
		return []string{fmt.Sprintf("the API sends %d fields that this report does not know: %s", n, strings.Join(t.Unknown, ", "))}
	}
}

// result is what the run came to, and says so.
func (r *run) result(ctx context.Context, err error) Result {
	m := &r.manifest
	result := Result{Report: r.name, Slot: r.Slot, Window: r.Order.Window}
	if err == nil {
		result.ManifestPath, result.Trouble = r.delivered, r.trouble
	} else {
		result.Err = fmt.Errorf("%s %s: %w", r.name, r.window, err)
		if bug := caught(func() error { r.learn(); return nil }); bug != nil {
			r.log().ErrorContext(ctx, "counting failed", "error", bug)
		}
		m.Verdict, m.Files, m.Ended = Failed, []File{}, r.clock()
	}
	result.Manifest, result.Verdict, result.Rows, result.Files = *m, m.Verdict, m.Rows, m.Files
	result.Members = r.outcomes()
	result.Elapsed, result.Unchanged, result.Change = time.Since(r.begun), r.unchanged, r.change
	r.conclude(ctx, result)
	return result
}

// conclude writes the line in the log with which a run ends, and makes the last report of progress.
func (r *run) conclude(ctx context.Context, result Result) {
	log := r.log().With("report", r.name, "window", r.window, "rows", result.Rows, "requests", result.Manifest.Requests,
		"retries", result.Manifest.Retries, "duration", result.Elapsed.Round(time.Millisecond))
	var bug *PanicError
	switch {
	case errors.As(result.Err, &bug):
		log.ErrorContext(ctx, "report failed", "error", result.Err, "stack", string(bug.Stack))
	case result.Err != nil:
		log.ErrorContext(ctx, "report failed", "error", result.Err)
	case result.Unchanged:
		log.InfoContext(ctx, "report unchanged", "verdict", result.Verdict, "manifest", result.ManifestPath)
	default:
		log = log.With("verdict", result.Verdict, "files", len(result.Files), "manifest", result.ManifestPath)
		if since := result.Manifest.UnchangedSince; !since.IsZero() {
			log = log.With("unchanged_since", since)
		}
		log.InfoContext(ctx, "report delivered")
	}
	if result.Trouble != nil {
		r.log().ErrorContext(ctx, "report delivered, but what follows failed", "report", r.name, "window", r.window, "error", result.Trouble)
	}
	for _, warning := range result.Manifest.Warnings {
		if result.Unchanged {
			break // they are of the run that delivered it, and were said then
		}
		r.log().WarnContext(ctx, "report warning", "report", r.name, "window", r.window, "warning", warning)
	}
	r.tell(ctx, result.Verdict)
}

func (r *run) clock() time.Time {
	now := time.Now
	if r.Now != nil {
		now = r.Now
	}
	return now().UTC().Truncate(time.Millisecond)
}

func (r *run) log() *slog.Logger {
	if r.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return r.Log
}
