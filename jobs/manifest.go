package jobs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

// Manifest says what a set of files is, whose data it holds, and how complete it is. It is written as JSON beside the
// files, in this order of fields; times are in UTC, and lists are never null.
type Manifest struct {
	Schema      int              `json:"schema"` // 1
	Report      string           `json:"report"`
	Title       string           `json:"title"`
	API         string           `json:"api"`
	Endpoint    string           `json:"endpoint"`
	Account     string           `json:"account"` // whose data it is: organisation, user or host
	Window      ManifestWindow   `json:"window"`
	Slot        time.Time        `json:"slot"`
	Started     time.Time        `json:"started"`
	Ended       time.Time        `json:"ended"`
	Rows        int64            `json:"rows"`
	Verdict     Verdict          `json:"verdict"`
	Evidence    []string         `json:"evidence"`    // sentences that say why the verdict is what it is
	Neutralised int64            `json:"neutralised"` // cells that a spreadsheet would have evaluated
	Requests    int64            `json:"requests"`
	Retries     int64            `json:"retries"`
	Parameters  url.Values       `json:"parameters"`
	Columns     []ManifestColumn `json:"columns"`
	Files       []File           `json:"files"`
	Content     string           `json:"content"` // digest of columns and rows, the same for all formats; see Content
	Warnings    []string         `json:"warnings"`
	Version     string           `json:"version"`
	Members     []ManifestMember `json:"members,omitempty"` // the reports of a bundle, whose columns they have
	// UnchangedSince is the slot of the first of the sets in a row whose rows were these, if the set before is one of them.
	UnchangedSince time.Time `json:"unchanged_since,omitzero"`
	Retired        []Retired `json:"retired,omitempty"`  // the sets whose time was up when this one was delivered
	Filename       string    `json:"filename,omitempty"` // the template of the files' names, if it is not the usual one
}

// ManifestWindow is a window together with the zone whose calendar it follows.
type ManifestWindow struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Zone string    `json:"zone"`
}

// ManifestColumn is a column of every file of the set.
type ManifestColumn struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// File is a delivered file. Its name has no folder: it lies beside its manifest.
type File struct {
	Name   string `json:"name"`
	Format string `json:"format"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // in lower-case hexadecimal digits
}

const (
	schema       = 1
	manifestExt  = ".manifest.json"
	manifestSize = 16 << 20 // bytes; more is no manifest of ours
)

// ReadManifest reads the manifest of a set.
func ReadManifest(path string) (Manifest, error) {
	f, err := os.Open(path)
	if err != nil {
		return Manifest{}, fmt.Errorf("manifest: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, manifestSize+1))
	switch {
	case err != nil:
		return Manifest{}, fmt.Errorf("manifest: %w", err)
	case len(text) > manifestSize:
		return Manifest{}, fmt.Errorf("manifest %s: more than %d bytes", path, manifestSize)
	}
	m, err := decodeManifest(text)
	if err != nil {
		return Manifest{}, fmt.Errorf("manifest %s: %w", path, err)
	}
	return m, nil
}

func decodeManifest(text []byte) (m Manifest, err error) {
	if err := json.Unmarshal(text, &m); err != nil {
		return Manifest{}, err
	}
	switch {
	case m.Schema != schema:
		return Manifest{}, fmt.Errorf("schema %d: this version knows schema %d alone", m.Schema, schema)
	case m.Report == "":
		return Manifest{}, errors.New("it names no report")
	}
	return m, nil
}

// encode is the manifest as it stands in its file.
func (m Manifest) encode() ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(m)
	return text.Bytes(), err
}

// newManifest is what is known about a run before it starts.
func newManifest(o Order, version string) Manifest {
	info := o.Job.Info()
	m := Manifest{
		Schema: schema, Report: info.Name, Title: info.Title, API: info.API, Endpoint: info.Endpoint,
		Window:     ManifestWindow{From: o.Window.From.UTC(), To: o.Window.To.UTC(), Zone: o.Zone.String()},
		Slot:       o.Slot.UTC(),
		Evidence:   []string{},
		Parameters: o.Params,
		Columns:    []ManifestColumn{},
		Files:      []File{},
		Warnings:   []string{},
		Version:    version,
	}
	if m.Parameters == nil {
		m.Parameters = url.Values{}
	}
	if o.Filename != (Template{}) {
		m.Filename = o.Filename.String()
	}
	for _, c := range o.Job.Table(o.Params) {
		m.Columns = append(m.Columns, ManifestColumn{c.Name, c.Kind.String()})
	}
	return m
}

// shows tells whether a file's header is that of a column: as it is declared, or as it is put for people.
func (c ManifestColumn) shows(header string) bool {
	return header == c.Name || header == exporters.Column{Name: c.Name}.Heading()
}
