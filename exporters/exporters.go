// Package exporters describes tables and what can be written from them: columns with a kind, cells, rows, and the
// file formats that take rows one at a time. It decides once, in kind.go, how a cell looks. It knows nothing of
// APIs, of schedules, and of where files go.
package exporters

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Column declares one column of a table.
type Column struct {
	Name    string // snake_case, unique in its table; the header of a CSV file
	Kind    Kind
	Unit    string // such as "bytes", "EUR" or "percent"; empty if the kind says it all
	Meaning string // one sentence for somebody who never read the API's reference
	Field   string // the API's own name or path of the field, such as "identities[].label"
	Marks   []Mark // which values stand out where a format has colours; the first that fits a cell holds
}

// Heading is the column's name for people: external_ip becomes External IP.
func (c Column) Heading() string {
	words := strings.Split(c.Name, "_")
	for i, w := range words {
		words[i] = heading(w)
	}
	return strings.Join(words, " ")
}

// heading capitalises a word, and spells an initialism as people do.
func heading(word string) string {
	if s, ok := initialisms[word]; ok {
		return s
	}
	first, size := utf8.DecodeRuneInString(word)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + word[size:]
}

var initialisms = map[string]string{
	"acd": "ACD", "amp": "AMP", "api": "API", "cpu": "CPU", "cve": "CVE", "cves": "CVEs", "dlp": "DLP", "dns": "DNS",
	"http": "HTTP", "https": "HTTPS", "id": "ID", "ids": "IDs", "ike": "IKE", "ip": "IP", "ips": "IPs", "isbn": "ISBN", "issn": "ISSN",
	"nbar": "NBAR", "os": "OS", "pin": "PIN", "pua": "PUA", "puas": "PUAs", "sha256": "SHA-256", "sim": "SIM", "sip": "SIP", "sms": "SMS", "spi": "SPI",
	"tls": "TLS", "upc": "UPC", "url": "URL", "urls": "URLs", "uuid": "UUID", "vpn": "VPN", "xml": "XML", "ztna": "ZTNA",
}

// LongestHeading is how many characters of a heading every format shows: the name of a column in a workbook's table has
// no more than 255, and a number behind it may have to tell it from others.
const LongestHeading = 255 - len(" (16384)")

// Table is what a writer is told before the first row.
type Table struct {
	Name    string // the report's name, such as "sipgate-calls"; the name of the data sheet
	Title   string // for people, such as "Call history"
	Columns []Column
	// Zone is the zone in which times are shown; UTC if nil.
	Zone *time.Location
	// Locale is a BCP 47 tag, such as "en" or "de-DE", that a format for people may follow; "en" if empty. It
	// never changes data.
	Locale string
	// Links has a format for people make links of addresses of the web that are the whole of a text.
	Links bool
	// Window says for people what the rows are of, such as "2026-11-21"; it may be empty.
	Window string
	// Summary is what a format for people shows beside the rows; see CheckSummary and NewSummary.
	Summary []Block
}

// Location is the table's zone, never nil.
func (t Table) Location() *time.Location {
	if t.Zone == nil {
		return time.UTC
	}
	return t.Zone
}

// Check tells what no file can be made of: a table without columns, a column without a kind or with a name that is
// empty, not UTF-8, or stands twice.
func (t Table) Check() error {
	if len(t.Columns) == 0 {
		return fmt.Errorf("table %q: no columns", t.Name)
	}
	seen := make(map[string]bool, len(t.Columns))
	for i, c := range t.Columns {
		switch {
		case c.Name == "":
			return fmt.Errorf("table %q: column %d has no name", t.Name, i+1)
		case !utf8.ValidString(c.Name):
			return fmt.Errorf("table %q: the name of column %q is not UTF-8", t.Name, c.Name)
		case c.Kind < Text || c.Kind > List:
			return fmt.Errorf("table %q: column %q has no kind", t.Name, c.Name)
		case seen[c.Name]:
			return fmt.Errorf("table %q: column %q stands twice", t.Name, c.Name)
		}
		seen[c.Name] = true
	}
	return nil
}

// CheckRow tells whether the row has one cell per column.
func (t Table) CheckRow(r Row) error {
	if len(r) != len(t.Columns) {
		return fmt.Errorf("table %q: row has %d cells, expected %d", t.Name, len(r), len(t.Columns))
	}
	return nil
}

// Row holds one cell per column, in the order of Table.Columns. A row that is passed to a writer is valid until the
// writer returns; a row that is yielded by a source is valid until the next one is asked for.
type Row []Cell

// Format is a file format.
type Format struct {
	Name string // as in REPORTJOB_FORMATS, such as "csv"
	Ext  string // of file names, without a dot, such as "csv" or "csv.gz"
	MIME string
	New  func(io.Writer, Table) (Writer, error)
	// Book plans a file of several tables, in this order. Of the first, which tells what the file is called, there are no
	// rows. It is nil for a format whose files hold one table.
	Book func(about Table, tables []Table) (Book, error)
}

// Writer writes one table. Rows go to the underlying io.Writer as they come; memory does not grow with their
// number. Close completes the file without closing the underlying io.Writer; a file is worth nothing before Close
// has returned nil. After an error of the underlying io.Writer every call returns that error; a Write after Close
// returns ErrClosed; a second Close returns what the first returned and writes nothing. A row that is refused for its
// length leaves the file as it was. A Writer is used by one goroutine.
type Writer interface {
	Write(Row) error
	Close() error
}

// ErrClosed is what Write returns after Close.
var ErrClosed = errors.New("writer is closed")

// Neutraliser is a Writer that neutralises text which a spreadsheet would evaluate as a formula, and counts it.
type Neutraliser interface {
	// Neutralised is the number of cells neutralised so far.
	Neutralised() int64
}

// Warner is a Writer that has something to say about its file to whoever reads the manifest, such as text that was
// cut because a cell cannot hold more. It is asked after Close.
type Warner interface {
	Warnings() []string
}
