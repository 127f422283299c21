package secureaccess

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
)

// Events of data loss prevention are at the addresses of regions alone, /reports.us/v2 and /reports.eu/v2. A client
// that knows no region yet asks the one address for all regions, which may redirect it.

// dlpPage is the number of rows of a page where the API is not told any other; the most that it allows is not known.
const dlpPage = 50

// Named is a thing with a number and a name.
type Named struct {
	ID   rest.ID `json:"id"`
	Name string  `json:"name"`
}

// DLPRule is the rule that made an event, with what it found.
type DLPRule struct {
	Named
	Classifications []struct {
		Named
		Classifiers []struct {
			Named
			TotalMatches rest.Int     `json:"totalMatches"`
			Matches      rest.Ignored `json:"matches"` // excerpts of the very text that must not leave
		} `json:"classifiers"`
	} `json:"classifications"`
}

// Classified are the classifications that matched.
func (r *DLPRule) Classified() []Named {
	var list []Named
	for _, c := range r.Classifications {
		list = append(list, c.Named)
	}
	return list
}

// Classifiers are the parts of the classifications that matched.
func (r *DLPRule) Classifiers() []Named {
	var list []Named
	for _, c := range r.Classifications {
		for _, classifier := range c.Classifiers {
			list = append(list, classifier.Named)
		}
	}
	return list
}

// Matches is how many places matched.
func (r *DLPRule) Matches() (sum int64, ok bool) {
	for _, c := range r.Classifications {
		for _, classifier := range c.Classifiers {
			if n, has := classifier.TotalMatches.Get(); has {
				sum, ok = sum+n, true
			}
		}
	}
	return sum, ok
}

// DLPUser is a user of a service that is looked into by its API.
type DLPUser struct {
	UID         rest.ID `json:"uid"`
	DisplayName string  `json:"displayName"`
	Email       string  `json:"email"`
}

// DLPEvent is something that a rule of data loss prevention found. Which fields there are depends on the sort of event.
type DLPEvent struct {
	EventID        rest.ID  `json:"eventId"`
	Detected       Stamp    `json:"detected"`
	Action         string   `json:"action"`
	Severity       string   `json:"severity"`
	Rule           DLPRule  `json:"rule"`
	Application    Named    `json:"application"`
	FileName       string   `json:"fileName"` // "Content" for messages, "Form" for forms
	ContentType    string   `json:"contentType"`
	Size           rest.Int `json:"totalSizeInBytes"`
	SHA256         string   `json:"sha256Hash"`
	DestinationURL string   `json:"destinationUrl"`

	// Of traffic, in real time.
	Direction string `json:"direction"`
	Identity  struct {
		OriginID     rest.ID      `json:"originId"`
		OriginTypeID rest.ID      `json:"originTypeId"`
		Details      rest.Ignored `json:"details"` // JSON inside of a text, undocumented
	} `json:"identity"`
	ApplicationCategory  Named      `json:"applicationCategory"`
	FileLabels           rest.Texts `json:"fileLabels"`
	PrivateResource      Named      `json:"privateResource"`
	PrivateResourceGroup Named      `json:"privateResourceGroup"`

	// Of services, by their APIs.
	Actor        DLPUser `json:"actor"`
	Owner        DLPUser `json:"owner"`
	Exposure     string  `json:"exposure"`
	InstanceName string  `json:"instanceName"`
	ResourceID   rest.ID `json:"resourceId"`
	ResourceName string  `json:"resourceName"`
}

func (e *DLPEvent) lacks() string {
	if e.Detected.text == "" {
		return "detected"
	}
	return ""
}

func (e *DLPEvent) odd() string { return e.Detected.odd("detected") }

// DLPEvents lists events of data loss prevention: of "realTime" (traffic), "saasApi" (services) or "aiGuardrails".
// (GET /reports.{us,eu}/v2/dlp/{type}/events)
func (c *Client) DLPEvents(ctx context.Context, sort string, q Query, p Progress) iter.Seq2[DLPEvent, error] {
	return func(yield func(DLPEvent, error) bool) {
		r := c.request("/dlp/"+sort+"/events", All, q, p)
		var seen once
		var last []DLPEvent
		for offset, read, page := 0, 0, 1; ; page++ {
			list, err := r.dlpEvents(ctx, offset)
			if err != nil {
				if e, ok := errors.AsType[*rest.Error](err); ok && e.Status == http.StatusBadRequest && offset > 0 {
					p.Truncated("the API refuses to list more than %s events of a window (%s); a shorter window would hold fewer", grouped(offset), e.Text)
					return
				}
				yield(DLPEvent{}, fmt.Errorf("page %d: %w", page, err))
				return
			}
			before := read
			for _, event := range list {
				if !seen.fresh(string(event.EventID)) {
					continue
				}
				read++
				if !yield(event, nil) {
					return
				}
			}
			if len(list) >= r.dlpSize() && (read == before || repeats(list, last)) { // Some have no id.
				yield(DLPEvent{}, fmt.Errorf("page %d: %w", page, r.unexpected("events: all of them came before")))
				return
			}
			last, offset = list, offset+len(list)
			if r.dlpEnded(page, len(list), read, seen.repeated) {
				return
			}
		}
	}
}

// dlpSize is how many events to ask for in a page.
func (r request) dlpSize() int { return min(r.size(), dlpPage) }

// dlpEvents reads a page.
func (r request) dlpEvents(ctx context.Context, offset int) ([]DLPEvent, error) {
	type page struct {
		Events *[]DLPEvent `json:"events"`
	}
	answer, err := plain[page](ctx, r, pageQuery(r.window(r.seconds()), r.dlpSize(), offset))
	if err != nil {
		return nil, r.regionless(err)
	}
	if answer.Events == nil {
		return nil, r.unexpected("events: missing")
	}
	list := *answer.Events
	for i := range list {
		if err := r.sound(fmt.Sprintf("events[%d].", i), &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// regionless says what it may mean that there is nothing at the address for all regions.
func (r request) regionless(err error) error {
	e, ok := errors.AsType[*rest.Error](err)
	if !ok || e.Status != http.StatusNotFound || !strings.HasSuffix("/"+r.c.rest.Base().Path, reportsPath) {
		return err
	}
	hinted := *e
	hinted.Hint = "these events are at the addresses of regions alone: set SECUREACCESS_REGION to us or eu, whichever Admin > Log Management shows"
	return &hinted
}

// dlpEnded tells whether a page was the last one, and says why.
func (r request) dlpEnded(page, got, read, repeated int) bool {
	switch {
	case r.q.Limit > 0:
		r.p.Unproven("no more than %s rows were asked for", grouped(r.dlpSize()))
	case got >= r.dlpSize():
		return false
	case repeated > 0:
		r.p.Unproven("events that came twice: %s; the list changed while it was read", grouped(repeated))
	default:
		r.aged(read)
		r.p.Complete("page %d was short (%s of %s rows), so that the listing ends there, with %s rows",
			page, grouped(got), grouped(r.dlpSize()), grouped(read))
	}
	return true
}
