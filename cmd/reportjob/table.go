package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/reportjob/reportjob/jobs"
)

// table is aligned text for people.
type table struct{ rows [][]string }

func newTable(headings ...string) *table { return &table{[][]string{headings}} }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) print(w io.Writer) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range t.rows {
		fmt.Fprintln(tw, strings.TrimRight(strings.Join(row, "\t"), "\t "))
	}
	_ = tw.Flush()
}

// printJSON writes an indented JSON document.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// windowJSON is a window as --json shows it.
func windowJSON(w jobs.Window, zone *time.Location) jobs.ManifestWindow {
	return jobs.ManifestWindow{From: w.From.UTC(), To: w.To.UTC(), Zone: zone.String()}
}
