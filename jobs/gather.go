package jobs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/reportjob/reportjob/exporters"
)

// member is a report of a bundle while it is read.
type member struct {
	*run
	spool *file
	err   error // why it is missing
}

// split makes a run of each report of a bundle, and gives the contexts under which their requests are counted.
func (r *run) split(ctx context.Context) (contexts []context.Context) {
	for _, m := range r.Members {
		o := r.Order
		o.Job, o.Params, o.Members = m.Job, m.Params, nil
		o.Window = m.Window(r.Slot, r.Order.Window)
		made := &member{run: &run{Runner: r.Runner, Order: o, begun: r.begun, whole: r}}
		made.name, made.window, made.manifest = m.Job.Info().Name, o.Window.Name(o.Zone), newManifest(o, r.Version)
		watched := ctx
		if r.Watch != nil {
			watched, made.traffic = r.Watch(ctx)
		}
		r.members, contexts = append(r.members, made), append(contexts, watched)
	}
	r.traffic = r.traffics
	return contexts
}

// traffics is what all reports of a bundle asked for.
func (r *run) traffics() (all Traffic) {
	for _, m := range r.members {
		if m.traffic != nil {
			t := m.traffic()
			all.Requests, all.Retries = all.Requests+t.Requests, all.Retries+t.Retries
		}
	}
	return all
}

// gather reads the reports of a bundle side by side, each into a spool, and binds them into the file. One that fails
// leaves a place in it that says why; only what keeps the file itself from being written ends the run.
func (r *run) gather(ctx context.Context, contexts []context.Context, files *set) error {
	book, err := r.plan()
	if err != nil {
		return err
	}
	for i, m := range r.members {
		if m.spool, err = files.spool(i + 1); err != nil {
			return err
		}
	}
	var reading sync.WaitGroup
	for i, m := range r.members {
		reading.Go(func() {
			m.err = caught(func() error { return m.read(contexts[i], book, i) })
			if m.err != nil {
				m.spool.discard()
			}
		})
	}
	reading.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for _, m := range r.members {
		var output *OutputError
		var place *placeError
		if errors.As(m.err, &output) || errors.As(m.err, &place) {
			return m.err
		}
	}
	if r.settle(ctx); len(r.missing()) == len(r.members) {
		return &MissingError{Missing: r.missing()}
	}
	return r.bind(book, files)
}

// plan plans the file.
func (r *run) plan() (exporters.Book, error) {
	if len(r.Formats) != 1 || r.Formats[0].Book == nil {
		return nil, errors.New("a bundle goes into one file, of a format that holds several tables")
	}
	var tables []exporters.Table
	for _, m := range r.members {
		tables = append(tables, m.table())
	}
	return r.Formats[0].Book(r.table(), tables)
}

// read reads the report into its spool.
func (m *member) read(ctx context.Context, book exporters.Book, i int) error {
	if m.Place != nil {
		release, err := m.Place(ctx, m.Job.Info().API)
		if err != nil {
			return &placeError{err}
		}
		defer release()
	}
	ctx, cancel := within(ctx, m.Timeout)
	defer cancel()
	part, err := book.Part(i, m.spool)
	if err != nil {
		return blame(m.spool, m.Formats[0], err)
	}
	m.writers, m.content = []exporters.Writer{part}, newDigest(m.manifest.Columns, m.Zone)
	if err := m.pull(ctx, []*file{m.spool}, len(m.manifest.Columns)); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := part.Close(); err != nil {
		return blame(m.spool, m.Formats[0], err)
	}
	if err := m.spool.buffer.Flush(); err != nil {
		return m.spool.err
	}
	return nil
}

// settle gathers what is known of the bundle when its reports were read.
func (r *run) settle(ctx context.Context) {
	var rows int64
	var accounts []string
	for _, m := range r.members {
		m.settle()
		if m.err != nil {
			r.proof.Truncated("%s is missing: %s", m.name, m.reason())
			log := r.log().With("report", r.name, "window", r.window, "missing", m.name)
			var bug *PanicError
			if errors.As(m.err, &bug) {
				log = log.With("stack", string(bug.Stack))
			}
			log.ErrorContext(ctx, "a report of the bundle failed", "error", m.err)
			continue
		}
		rows += m.manifest.Rows
		for _, sentence := range m.manifest.Evidence {
			r.proof.say(m.manifest.Verdict, "%s: %s", m.name, sentence)
		}
		for _, warning := range m.manifest.Warnings {
			r.proof.Warn("%s: %s", m.name, warning)
		}
		if m.manifest.Account != "" {
			accounts = appendNew(accounts, m.manifest.Account)
		}
	}
	r.proof.Account(strings.Join(accounts, "; "))
	r.rows.Store(rows)
	r.manifest.Content = r.contents()
}

// settle completes what is known of the report. Nothing of one that failed goes anywhere.
func (m *member) settle() {
	m.learn()
	if m.err != nil {
		m.manifest.Verdict, m.manifest.Rows, m.manifest.Evidence = Failed, 0, []string{}
		return
	}
	m.manifest.Content = m.content.sum()
	m.manifest.Warnings = append(m.manifest.Warnings, said(m.whole.Formats[0], m.writers[0])...)
}

// contents is the digest of a bundle: of the names and the digests of its reports.
func (r *run) contents() string {
	d := newDigest(nil, nil)
	for _, m := range r.members {
		d.add([]byte(m.name))
		d.add([]byte(m.manifest.Content))
	}
	return d.sum()
}

// bind writes the file out of the spools. Its name says if a report is missing.
func (r *run) bind(book exporters.Book, files *set) error {
	out, format := files.files[0], r.Formats[0]
	files.other = files.base + ".incomplete." + format.Ext
	if len(r.missing()) > 0 {
		out.name, files.other = files.other, out.name
	}
	cover := exporters.Cover{Facts: without(r.facts(), "Evidence")}
	for _, m := range r.members {
		cover.Chapters = append(cover.Chapters, m.chapter())
	}
	sheets, err := book.Bind(out, cover)
	if err != nil {
		return blame(out, format, err)
	}
	for i, m := range r.members {
		r.manifest.Members = append(r.manifest.Members, m.record(sheets[i]))
		m.spool.discard() // there may be hardly room for what follows
	}
	return files.finish()
}

// chapter is the report's place in the file.
func (m *member) chapter() exporters.Chapter {
	c := exporters.Chapter{Window: m.period(), Rows: m.manifest.Rows, Verdict: string(m.manifest.Verdict), Mood: m.manifest.Verdict.mood()}
	if m.err != nil {
		c.Notes, c.Facts = []string{m.reason()}, without(m.facts(), "Slot", "Zone", "Rows", "Verdict", "Evidence", "Made by")
		return c
	}
	c.Part, c.Spool, c.Notes, c.Facts = m.writers[0], m.spool, m.manifest.Evidence, without(m.facts(), "Slot", "Zone", "Made by")
	return c
}

// mood is what a verdict means to whoever looks for trouble.
func (v Verdict) mood() exporters.Mood {
	switch v {
	case Complete:
		return exporters.Good
	case Truncated:
		return exporters.Doubtful
	case Failed:
		return exporters.Bad
	}
	return 0
}

// without is facts but those of some names.
func without(facts []exporters.Fact, names ...string) []exporters.Fact {
	return slices.DeleteFunc(facts, func(f exporters.Fact) bool { return slices.Contains(names, f.Name) })
}

// record is the report in the manifest of the bundle.
func (m *member) record(sheets []string) ManifestMember {
	f := m.manifest
	record := ManifestMember{
		Report: f.Report, Title: f.Title, API: f.API, Endpoint: f.Endpoint, Account: f.Account, Window: f.Window,
		Rows: f.Rows, Verdict: f.Verdict, Evidence: f.Evidence, Requests: f.Requests, Retries: f.Retries,
		Parameters: f.Parameters, Columns: f.Columns, Sheets: sheets, Content: f.Content,
	}
	if m.err != nil {
		record.Error = m.reason()
	}
	return record
}
