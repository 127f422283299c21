package secureaccess

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// Event is what the rows of firewall, intrusions, private access and decryption have in common. Date and time of day say
// the timestamp again.
type Event struct {
	Type       string       `json:"type"`
	Timestamp  rest.Int     `json:"timestamp"` // milliseconds since 1970
	Date       rest.Ignored `json:"date"`
	Time       rest.Ignored `json:"time"`
	Verdict    string       `json:"verdict"`
	Identities []Identity   `json:"identities"` // the most specific one first
}

// At is when it happened.
func (e *Event) At() time.Time { return instant(e.Timestamp) }

func (e *Event) millis() int64 { return e.Timestamp.Or(0) }
func (e *Event) lacks() string { return missing("timestamp", e.Timestamp) }

func (e *Event) side(filter string) string {
	if filter == IdentityIDs {
		return identityIDs(e.Identities)
	}
	return sideOf(filter, e.Verdict)
}

// Connection is between which addresses something went, apart from the destination's address, which web requests have as
// well.
type Connection struct {
	SourceIP        string    `json:"sourceip"`
	SourcePort      rest.Int  `json:"sourceport"`
	DestinationPort rest.Int  `json:"destinationport"`
	Protocol        Transport `json:"protocol"`
}

// Transport is a protocol below the application's: an object for the firewall, such as 17 and "UDP", and text for decrypted
// connections, such as "TCP/TLS".
type Transport struct {
	ID    rest.ID `json:"id"`
	Label string  `json:"label"`
}

// Shapes tells what a protocol takes.
func (*Transport) Shapes() []any { type object Transport; return []any{object{}} }

// UnmarshalJSON takes an object or text.
func (p *Transport) UnmarshalJSON(b []byte) error {
	type object Transport
	if bytes.HasPrefix(b, []byte("{")) || string(b) == "null" {
		return json.Unmarshal(b, (*object)(p))
	}
	return json.Unmarshal(b, &p.Label)
}

// Labelled is something with a number and a name.
type Labelled struct {
	ID    rest.ID `json:"id"`
	Label string  `json:"label"`
}

// Rule is a rule that decided.
type Rule struct {
	Labelled
	TrafficType             string   `json:"traffictype"`
	PrivateApplicationGroup Labelled `json:"privateapplicationgroup"`
}

// Rules are the rules that decided: an object for the firewall, and a list for intrusions.
type Rules []Rule

// Shapes tells what rules take.
func (*Rules) Shapes() []any { return []any{[]Rule{}, Rule{}} }

// UnmarshalJSON takes an object or a list.
func (r *Rules) UnmarshalJSON(b []byte) error {
	if !bytes.HasPrefix(b, []byte("{")) {
		return json.Unmarshal(b, (*[]Rule)(r))
	}
	var one Rule
	if err := json.Unmarshal(b, &one); err != nil {
		return err
	}
	if one != (Rule{}) {
		*r = Rules{one}
	}
	return nil
}

// inSeconds is a time in seconds; nothing if there is none.
func inSeconds(seconds rest.Int) time.Time {
	if n, ok := seconds.Get(); ok && n != 0 {
		return time.Unix(n, 0)
	}
	return time.Time{}
}
