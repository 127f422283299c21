package sipgate

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
)

// Paths and scopes of what goes on at this moment.
const (
	CallsPath      = "/calls"
	WebhookLogPath = "/log/webhooks"
	WebhooksPath   = "/settings/sipgateio"

	CallsScope      = "rtcm:read"
	WebhookLogScope = "log:webhooks:read"
	WebhooksScope   = "settings:sipgateio:read"
)

// RunningCall is a call that is established at this moment; calls that still ring are not.
type RunningCall struct {
	ID           string        `json:"callId"`
	Muted        rest.Bool     `json:"muted"`
	Recording    rest.Bool     `json:"recording"`
	Hold         rest.Bool     `json:"hold"`
	Participants []Participant `json:"participants"`
}

// Participant is somebody in a call.
type Participant struct {
	ID          string    `json:"participantId"`
	PhoneNumber string    `json:"phoneNumber"` // empty where it is withheld
	Muted       rest.Bool `json:"muted"`
	Hold        rest.Bool `json:"hold"`
	Owner       rest.Bool `json:"owner"`
}

// RunningCalls asks for the established calls, which come in one answer. Scope: rtcm:read.
func (c *Client) RunningCalls(ctx context.Context, query url.Values) ([]RunningCall, error) {
	return list(ctx, c, part{path: CallsPath, scope: CallsScope, query: query, envelope: "data"}, func(k *RunningCall) error {
		if k.Participants == nil {
			return need("participants", "")
		}
		return need("callId", k.ID)
	})
}

// Webhook is the server that a webhook goes to, such as "https://pbx.example.org". The rest of the address is dropped
// where it is read: path, query and user are where such addresses have their secrets.
type Webhook string

// UnmarshalJSON takes an address or null.
func (w *Webhook) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	*w = ""
	if u, err := url.Parse(strings.TrimSpace(text)); err == nil && u.Host != "" {
		*w = Webhook(u.Scheme + "://" + u.Host)
	}
	return nil
}

// WebhookCall is a call of sipgate.io at a server of the account's own, and its answer. Request is a form with the
// numbers of a call; Response is the answer as it came.
type WebhookCall struct {
	Created  Instant         `json:"created"`
	Server   Webhook         `json:"url"`
	Request  WebhookRequest  `json:"request"`
	Response WebhookResponse `json:"response"`
	XMLError string          `json:"xmlError"`
	Status   rest.ID         `json:"status"` // of HTTP, as text
}

// WebhookRequest is what was sent, as the fields of its form.
type WebhookRequest struct{ url.Values }

// UnmarshalJSON takes a form or null. Fields without a name are dropped.
func (r *WebhookRequest) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	// What cannot be read of it is left out; the rest is there.
	r.Values, _ = url.ParseQuery(text)
	return nil
}

// WebhookResponse is what the server answered. Its headers are dropped where it is read, since they may set cookies.
type WebhookResponse struct {
	Line string // such as "HTTP/1.1 200 OK"
	Body string
}

// UnmarshalJSON takes an answer of HTTP or null.
func (r *WebhookResponse) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	head, body, _ := strings.Cut(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n")
	line, _, _ := strings.Cut(head, "\n")
	*r = WebhookResponse{Line: strings.TrimSpace(line), Body: strings.TrimSpace(body)}
	return nil
}

// WebhookLog asks for the log of webhooks, which comes in one answer; how far it reaches is not documented.
// Scope: log:webhooks:read.
func (c *Client) WebhookLog(ctx context.Context, query url.Values) ([]WebhookCall, error) {
	return list(ctx, c, part{path: WebhookLogPath, scope: WebhookLogScope, query: query}, func(w *WebhookCall) error {
		if err := w.Created.check("created"); err != nil {
			return err
		}
		if w.Created.IsZero() {
			return need("created", "")
		}
		return nil
	})
}

// Webhooks are the settings of sipgate.io for the whole account.
type Webhooks struct {
	Incoming  Webhook    `json:"incomingUrl"`
	Outgoing  Webhook    `json:"outgoingUrl"`
	Log       rest.Bool  `json:"log"`
	Whitelist rest.Texts `json:"whitelist"` // the users whose calls are told of; empty for all
}

// Webhooks asks for the settings of sipgate.io for the whole account. They are empty, and it is said, where the API
// refuses them: sipgate.io is not booked, or the scope settings:sipgateio:read is missing.
func (c *Client) Webhooks(ctx context.Context, p Progress) (Webhooks, error) {
	j := &joins{client: c}
	w, err := joinObject[Webhooks](ctx, j, "webhooks", part{path: WebhooksPath, scope: WebhooksScope})
	j.conclude(p)
	return w, err
}
