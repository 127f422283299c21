package secureaccess

import (
	"context"
	"encoding/json"
	"fmt"
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

// Events reads a listing of events in the order of time and whatever their number. The query needs a window.
func (c *Client) Events(ctx context.Context, path string, q Query, p Progress) iter.Seq2[rest.Record, error] {
	r, a := c.listed(path, q, p)
	if a.seconds {
		return plainly[eventInSeconds](ctx, r, a)
	}
	return plainly[anyEvent](ctx, r, a)
}

// plainly gives the records of events of which nothing more is known.
func plainly[T any, E interface {
	recordable[T]
	record() rest.Record
}](ctx context.Context, r request, a activity) iter.Seq2[rest.Record, error] {
	return func(yield func(rest.Record, error) bool) {
		for e, err := range events[T, E](ctx, r, a) {
			if !yield(E(&e).record(), err) {
				return
			}
		}
	}
}

// anyEvent is an event of which nothing is known but what the slicing needs.
type anyEvent struct{ rest.Record }

func (e *anyEvent) record() rest.Record { return e.Record }

// Within has the record decoded.
func (e *anyEvent) Within(byte) any { return &e.Record }

func (e *anyEvent) member(name string) any {
	members, _ := e.Value.(map[string]any)
	return members[name]
}

func (e *anyEvent) timestamp() int64 {
	number, _ := e.member("timestamp").(json.Number)
	// What is no whole number is missing, says lacks.
	n, _ := number.Int64()
	return n
}

func (e *anyEvent) millis() int64 { return e.timestamp() }

func (e *anyEvent) lacks() string {
	if number, ok := e.member("timestamp").(json.Number); ok {
		if _, err := number.Int64(); err == nil {
			return ""
		}
	}
	return "timestamp"
}

func (e *anyEvent) side(filter string) string {
	value := e.member(fieldOf(filter))
	if list, ok := value.([]any); ok && filter == IdentityIDs {
		var ids []string
		for _, one := range list {
			if identity, ok := one.(map[string]any); ok && identity["id"] != nil {
				ids = append(ids, fmt.Sprint(identity["id"]))
			}
		}
		return strings.Join(ids, ",")
	}
	text, _ := value.(string)
	return sideOf(filter, text)
}

// quick knows no field in which events usually differ.
func (e *anyEvent) quick(*anyEvent) int { return 0 }

// eventInSeconds is such an event of a listing whose times are seconds.
type eventInSeconds struct{ anyEvent }

func (e *eventInSeconds) millis() int64             { return e.timestamp() * 1000 }
func (e *eventInSeconds) quick(*eventInSeconds) int { return 0 }
