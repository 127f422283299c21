package reports

import (
	"context"
	"iter"
	"net/url"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sipgate"
)

// sipgateMostRows is the largest page of the history; other lists name no limit.
const sipgateMostRows = 1000

// sipgateOwn reads any path that can be asked with GET.
func sipgateOwn(c *sipgate.Client) ownAPI {
	return ownAPI{
		name: "sipgate", reference: sipgatePage, limits: sipgateLimits, under: "/v2", rows: "items",
		pagings: []string{pagingOffset, pagingNone},
		paging: func(path string) string {
			switch path {
			case sipgate.HistoryPath, "/contacts", "/numbers":
				return pagingOffset
			}
			return pagingNone
		},
		bounds: func(path string) []string {
			if path == sipgate.HistoryPath {
				return []string{"from", "to"}
			}
			return nil
		},
		check: func(d *ownDefinition) error { return checkLimit(d, sipgateMostRows) },
		read: func(ctx context.Context, call ownCall) iter.Seq2[rest.Record, error] {
			return sipgateOwnRead(ctx, c, call)
		},
	}
}

func sipgateOwnRead(ctx context.Context, c *sipgate.Client, call ownCall) iter.Seq2[rest.Record, error] {
	return func(yield func(rest.Record, error) bool) {
		who, err := c.Userinfo(ctx)
		if err != nil {
			yield(rest.Record{}, err)
			return
		}
		call.Proof.Account(who.String())
		bounded := call.bounds != nil && !call.Window.Snapshot()
		if bounded {
			sipgateOwnWindow(call.Params, call)
		}
		pages := ownPages{api: "sipgate", most: sipgateMostRows, totals: []string{"totalCount"}}
		for record, err := range walkOwn(ctx, c.Rest(), pages, call) {
			if err == nil && bounded && !sipgateOwnWants(call, record) {
				continue
			}
			if !yield(record, err) {
				return
			}
		}
	}
}

// sipgateOwnWindow asks for a second more at both ends: whether the bounds are part of the window is not documented.
func sipgateOwnWindow(query url.Values, call ownCall) {
	const stamp = "2006-01-02T15:04:05Z"
	query.Set("from", call.Window.From.Add(-time.Second).UTC().Format(stamp))
	query.Set("to", call.Window.To.Add(time.Second).UTC().Format(stamp))
}

// sipgateOwnWants tells whether an entry lies in the window. One that does not tell its time is kept.
func sipgateOwnWants(call ownCall, record rest.Record) bool {
	at, err := time.Parse(time.RFC3339, firstText(record.Value, "created"))
	return err != nil || call.Window.Contains(at)
}
