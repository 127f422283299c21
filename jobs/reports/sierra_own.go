package reports

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sierra"
)

// sierraMostRows is the API's largest page.
const sierraMostRows = 2_000

// sierraOwn reads any path that can be asked with GET. Lists of records are read by their ids, and know when a record
// was updated last.
func sierraOwn(c *sierra.Client) ownAPI {
	return ownAPI{
		name: "sierra", reference: "https://techdocs.iii.com/sierraapi", under: "/v6", rows: "entries",
		limits:  "the vendor publishes none; 1 request a second is sent, 2 at a time, 2,000 rows a page",
		pagings: []string{pagingKeyset, pagingOffset, pagingNone},
		paging: func(path string) string {
			if sierraRecords(path) {
				return pagingKeyset
			}
			return pagingOffset
		},
		bounds: func(path string) []string {
			if sierraRecords(path) {
				return []string{"updatedDate"}
			}
			return nil
		},
		check: func(d *ownDefinition) error { return checkLimit(d, sierraMostRows) },
		read: func(ctx context.Context, call ownCall) iter.Seq2[rest.Record, error] {
			return sierraOwnRead(ctx, c, call)
		},
	}
}

// sierraRecords tells whether a path lists records, which have ascending ids and a date of their last update.
func sierraRecords(path string) bool {
	return slices.Contains(strings.Fields("/bibs /items /patrons /orders /authorities /volumes /holdings /invoices"), path)
}

func sierraOwnRead(ctx context.Context, c *sierra.Client, call ownCall) iter.Seq2[rest.Record, error] {
	call.Proof.Account(c.Account())
	if call.bounds != nil && !call.Window.Snapshot() {
		const stamp = "2006-01-02T15:04:05Z"
		// Both ends are included, and the API counts whole seconds.
		first := call.Window.From.Add(time.Second - 1).Truncate(time.Second)
		last := call.Window.To.Add(-1).Truncate(time.Second)
		call.Params.Set("updatedDate", "["+first.UTC().Format(stamp)+","+last.UTC().Format(stamp)+"]")
	}
	family, _, _ := strings.Cut(strings.TrimPrefix(call.path, "/"), "/")
	if slices.Contains([]string{"invoices", "vendors", "funds"}, family) && c.Login() != "" && !call.Params.Has("login") {
		call.Params.Set("login", c.Login())
	}
	pages := ownPages{api: "sierra", most: sierraMostRows, short: true, empty: sierra.NothingFound}
	return walkOwn(ctx, c.Rest(), pages, call)
}
