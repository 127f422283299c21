package sipgate

import (
	"errors"
	"fmt"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// The types of history entries.
const (
	Call      = "CALL"
	Fax       = "FAX"
	SMS       = "SMS"
	Voicemail = "VOICEMAIL"
)

// Entry is one call, fax, text message or voicemail. Fields of other types than its own are empty. The addresses of
// recordings and documents, which need no login, are not read.
type Entry struct {
	ID            rest.ID    `json:"id"`
	Type          string     `json:"type"` // Call, Fax, SMS or Voicemail; new ones may appear
	Created       Instant    `json:"created"`
	LastModified  Instant    `json:"lastModified"`
	Direction     string     `json:"direction"` // INCOMING, OUTGOING, MISSED_INCOMING or MISSED_OUTGOING
	Incoming      rest.Bool  `json:"incoming"`
	Status        string     `json:"status"` // NOPICKUP, BUSY, PICKUP or FORWARD
	Source        string     `json:"source"` // E.164 as a rule; also "anonymous", a national form, an extension
	SourceAlias   string     `json:"sourceAlias"`
	Target        string     `json:"target"`
	TargetAlias   string     `json:"targetAlias"`
	ConnectionIDs []string   `json:"connectionIds"` // extensions such as "p0"
	Endpoints     []Endpoint `json:"endpoints"`
	Read          rest.Bool  `json:"read"`
	Archived      rest.Bool  `json:"archived"`
	Starred       rest.Bool  `json:"starred"`
	Labels        []string   `json:"labels"`
	Note          string     `json:"note"`

	CallID         string      `json:"callId"`
	CallStatus     string      `json:"callStatus"` // such as SUCCESS or MISSED; absent in old entries
	Responder      string      `json:"responder"`
	ResponderAlias string      `json:"responderAlias"`
	Duration       rest.Int    `json:"duration"` // seconds, of calls and voicemails
	Recordings     []recording `json:"recordings"`

	FaxStatus string   `json:"faxStatusType"` // PENDING, SENDING, FAILED, SENT or SCHEDULED
	Pages     rest.Int `json:"pageCount"`
	Scheduled Instant  `json:"scheduled"` // when a fax or a message is to be sent

	Text          string `json:"smsContent"`
	Transcription string `json:"transcription"`

	// Whoever knows one of these opens the file, without a login.
	RecordingURL rest.Ignored `json:"recordingUrl"`
	DocumentURL  rest.Ignored `json:"documentUrl"`
	ReportURL    rest.Ignored `json:"reportUrl"`
	PreviewURL   rest.Ignored `json:"previewUrl"`
}

// Endpoint is a part of the account that a call or message came through.
type Endpoint struct {
	Role     string    `json:"type"` // FORWARDED, ROUTED or PICKUP
	Endpoint Extension `json:"endpoint"`
}

// Extension is a part of the account by its id.
type Extension struct {
	Extension string `json:"extension"` // such as "e2"
	Type      string `json:"type"`      // such as REGISTER
}

// recording is only counted: its address is a secret.
type recording struct {
	ID  rest.ID      `json:"id"`
	URL rest.Ignored `json:"url"`
}

// Answered tells whether somebody took the call. Only then is Duration the time of a conversation: missed calls have
// one too, of ringing.
func (e *Entry) Answered() bool { return e.CallStatus == "SUCCESS" || e.Status == "PICKUP" }

// Length is Duration as a length of time, if the entry has one.
func (e *Entry) Length() (time.Duration, bool) {
	length, err := e.Duration.Seconds()
	_, ok := e.Duration.Get()
	return length, ok && err == nil
}

// check says which time of an entry is none, or which length.
func (e *Entry) check() error {
	for _, field := range []struct {
		name string
		at   *Instant
	}{{"created", &e.Created}, {"lastModified", &e.LastModified}, {"scheduled", &e.Scheduled}} {
		if err := field.at.check(field.name); err != nil {
			return err
		}
	}
	if _, err := e.Duration.Seconds(); err != nil {
		return fmt.Errorf("duration: %w", err)
	}
	if e.ID == "" || e.Type == "" || e.Created.IsZero() {
		return errors.New("no id, created or type")
	}
	return nil
}

// Instant is a time as the API writes it: 2026-11-21T08:30:00Z as a rule; a space for the T, fractions and offsets
// are taken too. It is zero where there is none.
type Instant struct {
	time.Time
	wrong string // what stands there if it is no time
}

// check says what stands in a field where there should be a time, if it is none.
func (i *Instant) check(field string) error {
	if i.wrong != "" {
		return fmt.Errorf("%s: %.40q is not a time", field, i.wrong)
	}
	return nil
}

// Day is a calendar day as the API writes it: 2026-11-21. It is zero where there is none.
type Day struct {
	time.Time
	wrong string // what stands there if it is no day
}

// check says what stands in a field where there should be a day, if it is none.
func (d *Day) check(field string) error {
	if d.wrong != "" {
		return fmt.Errorf("%s: %.40q is not a day", field, d.wrong)
	}
	return nil
}

// UnmarshalJSON takes a string or null. A time behind the day is cut off.
func (d *Day) UnmarshalJSON(b []byte) error { return rest.UnmarshalScalar(b, d) }

// UnmarshalScalar takes a string or null.
func (d *Day) UnmarshalScalar(text string, quoted bool) error {
	text, err := rest.Quoted(text, quoted)
	if err != nil {
		return err
	}
	*d = Day{wrong: text}
	if at, err := time.Parse(time.DateOnly, text[:min(len(text), len(time.DateOnly))]); err == nil {
		*d = Day{Time: at}
	}
	return nil
}

// UnmarshalJSON takes a string or null.
func (i *Instant) UnmarshalJSON(b []byte) error { return rest.UnmarshalScalar(b, i) }

// UnmarshalScalar takes a string or null.
func (i *Instant) UnmarshalScalar(text string, quoted bool) error {
	text, err := rest.Quoted(text, quoted)
	if err != nil {
		return err
	}
	*i = Instant{wrong: text}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05Z07:00"} {
		if at, err := time.Parse(layout, text); err == nil {
			*i = Instant{Time: at}
			break
		}
	}
	return nil
}
