package secureaccess

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// Some families of reports have neither the envelope nor the paging of the others. What they share is here.

// Stamp is an instant that the API writes as text, as ISO 8601 has it. One without a zone is in UTC.
type Stamp struct {
	at   time.Time
	text string
}

// Time is the instant; zero if there is none.
func (s Stamp) Time() time.Time { return s.at }

// UnmarshalJSON takes a text, or null. Whether the text is a time is for the record to tell, since only it knows the
// field's name.
func (s *Stamp) UnmarshalJSON(b []byte) error {
	var text rest.ID
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	*s = Stamp{text: string(text)}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", time.DateOnly} {
		if at, err := time.Parse(layout, s.text); err == nil {
			s.at = at.UTC()
			break
		}
	}
	return nil
}

// odd says what is wrong with a stamp under a name, "" if nothing is.
func (s Stamp) odd(name string) string {
	if s.text == "" || !s.at.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s: %.40q is no time", name, s.text)
}

// doubter is a record that can tell which of its fields says what it cannot mean.
type doubter interface{ odd() string }

// sound refuses a record that lacks a field, or has one that makes no sense. Where is in front of the field's name.
func (r request) sound(where string, record any) error {
	if c, ok := record.(checker); ok {
		if field := c.lacks(); field != "" {
			return r.unexpected("%s%s: missing", where, field)
		}
	}
	if d, ok := record.(doubter); ok {
		if text := d.odd(); text != "" {
			return r.unexpected("%s%s", where, text)
		}
	}
	return nil
}

// plain asks for an answer without an envelope.
func plain[T any](ctx context.Context, r request, query url.Values) (*T, error) {
	answer := new(T)
	if err := r.c.rest.Get(ctx, r.path, query, answer); err != nil {
		return nil, err
	}
	r.p.Account(r.c.account())
	return answer, nil
}

// sealed asks for a report whose data is an object, which is empty where the API has nothing to tell: then the result
// is nil.
func sealed[T any](ctx context.Context, r request, query url.Values) (*T, error) {
	answer, err := r.c.rest.Do(ctx, rest.Request{Path: r.path, Query: query, Header: r.header()})
	if err != nil {
		return nil, err
	}
	var content envelope[T]
	if err := r.c.rest.Decode(ctx, answer, &content); err != nil {
		return nil, err
	}
	r.p.Account(r.c.account())
	if content.Data == nil {
		return nil, r.unexpected("data: missing")
	}
	if failed := failedSources(content.Meta); len(failed) > 0 {
		r.p.Truncated("the API could not ask all of its sources: %s failed", strings.Join(failed, ", "))
	}
	var members struct {
		Data map[string]json.RawMessage `json:"data"`
	}
	if json.Unmarshal(answer.Body, &members) == nil && len(members.Data) == 0 {
		return nil, nil
	}
	return content.Data, nil
}

// parts is the Progress of one of many parts of a report: that a part is complete is not said part by part.
type parts struct {
	Progress
	name string
}

func (parts) Complete(string, ...any) {}

func (p parts) Unproven(format string, args ...any) {
	p.Progress.Unproven("%s: %s", p.name, fmt.Sprintf(format, args...))
}

func (p parts) Truncated(format string, args ...any) {
	p.Progress.Truncated("%s: %s", p.name, fmt.Sprintf(format, args...))
}

// once tells the records of a list apart by their keys, so that one which comes twice is given once. Its memory grows
// by one entry with every record that has a key.
type once struct {
	seen     map[string]bool
	repeated int
}

// fresh tells whether a record did not come before.
func (o *once) fresh(key string) bool {
	switch {
	case key == "":
		return true
	case o.seen[key]:
		o.repeated++
		return false
	case o.seen == nil:
		o.seen = map[string]bool{}
	}
	o.seen[key] = true
	return true
}

// flat makes several rows of each record.
func flat[T, R any](records iter.Seq2[T, error], rows func(*T) []R) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		for record, err := range records {
			if err != nil {
				var none R
				yield(none, err)
				return
			}
			for _, row := range rows(&record) {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// failing is a sequence that is an error.
func failing[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		yield(none, err)
	}
}

// gone tells whether the API does not have what was asked for.
func gone(err error) bool {
	e, ok := errors.AsType[*rest.Error](err)
	return ok && e.Status == http.StatusNotFound
}

// listOf are the items of a comma-separated parameter.
func listOf(text string) []string {
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// number is a query's number, 0 if there is none.
func number(query url.Values, name string) int {
	n, _ := strconv.Atoi(query.Get(name))
	return n
}

// organisation is the number of the organisation whose token the client has, which it gets first if it must; "" if the
// token does not tell.
func (c *Client) organisation(ctx context.Context) (string, error) {
	bare, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base.String(), nil)
	if err != nil {
		return "", err
	}
	if _, err := c.tokens.Authorize(ctx, bare); err != nil {
		return "", err
	}
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	return c.tokens.organisation, nil
}
