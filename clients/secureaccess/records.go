package secureaccess

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
)

// Reports of which this package has no type of its own are read by their paths below /reports/v2, such as
// "/top-categories/dns". A Query without a window asks for none, as the lists of the present want it.

// Rest is the client below the reports, for whoever asks for something that they do not have.
func (c *Client) Rest() *rest.Client { return c.rest }

// Answer reads one answer: what its data holds, whatever that is.
func (c *Client) Answer(ctx context.Context, path string, q Query, p Progress) iter.Seq2[rest.Record, error] {
	var more url.Values
	if path == "/summary" || strings.HasPrefix(path, "/summary/") || strings.HasPrefix(path, "/requests-by-appconnector") {
		more = onePage()
	}
	return object[rest.Record](ctx, c.request(path, All, q, p), more)
}

// Rows reads a list by limit and offset, to a short page.
func (c *Client) Rows(ctx context.Context, path string, q Query, p Progress) iter.Seq2[rest.Record, error] {
	return rows[rest.Record](ctx, c.request(path, All, q, p))
}

// Events reads a listing of events that have a timestamp in milliseconds, in the order of time and whatever their
// number. The query needs a window.
func (c *Client) Events(ctx context.Context, path string, q Query, p Progress) iter.Seq2[rest.Record, error] {
	return func(yield func(rest.Record, error) bool) {
		for e, err := range events[anyEvent](ctx, c.request(path, All, q, p), activityOf(path)) {
			if !yield(e.Record, err) {
				return
			}
		}
	}
}

// activityOf is what is known of the listing at a path.
func activityOf(path string) activity {
	switch kind := strings.TrimPrefix(path, "/activity/"); kind {
	case "dns", "proxy":
		return activity{counted: kind, ordered: true, verdicts: true}
	}
	return activity{}
}

// anyEvent is an event of which nothing is known but what the slicing needs.
type anyEvent struct{ rest.Record }

func (e *anyEvent) member(name string) any {
	members, _ := e.Value.(map[string]any)
	return members[name]
}

func (e *anyEvent) millis() int64 {
	number, _ := e.member("timestamp").(json.Number)
	// What is no whole number is missing, says lacks.
	n, _ := number.Int64()
	return n
}

func (e *anyEvent) lacks() string {
	if number, ok := e.member("timestamp").(json.Number); ok {
		if _, err := number.Int64(); err == nil {
			return ""
		}
	}
	return "timestamp"
}

func (e *anyEvent) outcome() string {
	verdict, _ := e.member("verdict").(string)
	return verdict
}

// quick knows no field in which events usually differ.
func (e *anyEvent) quick(*anyEvent) int { return 0 }
