package reports

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

// saMostRows is the API's largest page.
const saMostRows = 5_000

// secureAccessOwn reads any path below /reports/v2 with the ways of reading that the built-in reports have.
func secureAccessOwn(c *secureaccess.Client) ownAPI {
	return ownAPI{
		name: "secureaccess", reference: saReference, limits: saLimits, under: "/reports/v2", rows: "data",
		pagings: []string{pagingSlices, pagingOffset, pagingNone},
		paging:  saOwnPaging,
		bounds:  func(string) []string { return []string{"from", "to"} },
		check:   saOwnCheck,
		read: func(ctx context.Context, call ownCall) iter.Seq2[rest.Record, error] {
			return saOwnRead(ctx, c, call)
		},
	}
}

// saOwnPaging is what the reference says of a path.
func saOwnPaging(path string) string {
	family, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch {
	case family == "activity", family == "rules-activity", path == "/remote-access-events", path == "/networkTunnelLogs":
		return pagingSlices
	case strings.HasPrefix(path, "/identities/"), strings.HasSuffix(path, "hitcount"), strings.HasPrefix(path, "/private-resources/detailed-stats"):
		return pagingNone
	}
	switch family {
	case "total-requests", "summary", "deployment-status", "top-ips", "top-eventtypes", "applications", "categories", "threat-types", "threat-names",
		"unique-resources", "requests-summary", "requests-by-appconnector", "requests-by-appconnector-group", "app-connectors":
		return pagingNone
	}
	return pagingOffset
}

func saOwnCheck(d *ownDefinition) error {
	switch root := d.rows.steps; {
	case len(root) == 0 || root[0].name != "data":
		return errors.New("rows: expected data, or a path below it, such as data.items: every answer has its rows there")
	case len(root) > 1 && d.paging != pagingNone:
		return errors.New("rows: expected data for a list that comes in pages; a path below it needs paging=none")
	case d.paging == pagingSlices && d.window == jobs.Now:
		return errors.New("window: expected one that lasts, such as previous-day, for paging=slices")
	}
	return checkLimit(d, saMostRows)
}

func saOwnRead(ctx context.Context, c *secureaccess.Client, call ownCall) iter.Seq2[rest.Record, error] {
	q := secureaccess.Query{Params: call.Params, Limit: call.Limit}
	if !call.Window.Snapshot() {
		q.From, q.To = call.Window.From, call.Window.To
	}
	switch call.paging {
	case pagingSlices:
		q.PageSize = pageSize(call.Params, saMostRows)
		return c.Events(ctx, call.path, q, call.Proof)
	case pagingOffset:
		q.PageSize = pageSize(call.Params, saMostRows)
		return c.Rows(ctx, call.path, q, call.Proof)
	}
	return saOwnAnswer(call, c.Answer(ctx, call.path, q, call.Proof))
}

// saOwnAnswer takes the rows from the data of one answer.
func saOwnAnswer(call ownCall, answers iter.Seq2[rest.Record, error]) iter.Seq2[rest.Record, error] {
	below := ownPath{text: call.rows.text, steps: call.rows.steps[1:]}
	return func(yield func(rest.Record, error) bool) {
		for answer, err := range answers {
			w := ownWalk{ownPages: ownPages{api: "secureaccess"}, call: call}
			w.call.rows = below
			var rows []any
			if err == nil {
				rows, _, err = w.rowsOf(answer.Value)
			}
			if err != nil {
				yield(rest.Record{}, err)
				return
			}
			for _, row := range rows {
				if !yield(rest.Record{Value: row}, nil) {
					return
				}
			}
		}
	}
}
