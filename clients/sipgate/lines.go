package sipgate

import (
	"context"
	"iter"

	"github.com/reportjob/reportjob/clients/rest"
)

// Paths and scopes of what users are reached by; a user's id stands for {userId}.
const (
	PhonelinesPath    = "/{userId}/phonelines"
	FaxlinesPath      = "/{userId}/faxlines"
	GroupFaxlinesPath = "/groupfaxlines"
	SMSPath           = "/{userId}/sms"

	PhonelinesScope     = "phonelines:read"
	blockAnonymousScope = "phonelines:blockanonymous:read"
	FaxlinesScope       = "faxlines:read"
	SMSScope            = "sms:read"
)

// Phoneline is what a user's numbers lead to, and what rings where. Only classic accounts have phone lines.
type Phoneline struct {
	ID    string `json:"id"`
	Alias string `json:"alias"`

	// Addresses within the API.
	BlockAnonymousURL      rest.Ignored `json:"blockAnonymousUrl"`
	DevicesURL             rest.Ignored `json:"devicesUrl"`
	ForwardingsURL         rest.Ignored `json:"forwardingsUrl"`
	NumbersURL             rest.Ignored `json:"numbersUrl"`
	ParallelForwardingsURL rest.Ignored `json:"parallelForwardingsUrl"`
	VoicemailsURL          rest.Ignored `json:"voicemailsUrl"`
}

// Forwarding is where calls go that nobody takes.
type Forwarding struct {
	Alias       string    `json:"alias"`
	Destination string    `json:"destination"` // a number, or an extension such as "v0"
	Timeout     rest.Int  `json:"timeout"`     // seconds, 600 at most
	Active      rest.Bool `json:"active"`
}

// ParallelForwarding is a number that rings as well.
type ParallelForwarding struct {
	ID          string    `json:"id"`
	Alias       string    `json:"alias"`
	Destination string    `json:"destination"`
	Active      rest.Bool `json:"active"`
}

// LineVoicemail is the voicemail of a line or group.
type LineVoicemail struct {
	ID                  string    `json:"id"`
	Alias               string    `json:"alias"`
	Timeout             rest.Int  `json:"timeout"` // seconds
	Active              rest.Bool `json:"active"`
	Transcription       rest.Bool `json:"transcription"`
	CanTranscribe       rest.Bool `json:"canTranscribe"`
	ActiveGreetingAlias string    `json:"activeGreetingAlias"`
	ActiveGreetingID    rest.ID   `json:"activeGreetingId"`
	AccessNumber        string    `json:"accessNumber"`

	// Addresses within the API.
	GreetingsURL      rest.Ignored `json:"greetingsUrl"`
	TranscriptionsURL rest.Ignored `json:"transcriptionsUrl"`
}

// BlockAnonymous says what becomes of callers who withhold their number.
type BlockAnonymous struct {
	Enabled rest.Bool `json:"enabled"`
	Target  string    `json:"target"` // REJECT or VOICEMAIL
}

// LineWebhooks are the settings of sipgate.io for one line.
type LineWebhooks struct {
	IncomingActive  rest.Bool `json:"incomingActive"`
	OutgoingActive  rest.Bool `json:"outgoingActive"`
	Log             rest.Bool `json:"log"`
	AllowSelfSigned rest.Bool `json:"allowSelfSigned"`
	IncomingURL     Webhook   `json:"incomingUrl"`
	OutgoingURL     Webhook   `json:"outgoingUrl"`

	Certificate rest.Ignored `json:"certificate"` // a page of base64, which says nothing
}

// UserPhoneline is a phone line, its user, and what belongs to it.
type UserPhoneline struct {
	User User
	Phoneline
	Numbers             []TypedNumber
	Devices             []Device
	Forwardings         []Forwarding
	ParallelForwardings []ParallelForwarding
	Voicemails          []LineVoicemail
	BlockAnonymous      BlockAnonymous
	Webhooks            LineWebhooks
}

// Phonelines reads the phone lines of all users, an answer for each user and seven for each line.
// Scope: phonelines:read, and phonelines:blockanonymous:read for one of them; users:read for the users.
func (c *Client) Phonelines(ctx context.Context, q Query, p Progress) iter.Seq2[UserPhoneline, error] {
	read := ofUsers(c, "phone lines", PhonelinesScope, func(ctx context.Context, j *joins, u *User) ([]UserPhoneline, error) {
		lines, err := list(ctx, c, part{path: pathOf(PhonelinesPath, u), scope: PhonelinesScope, query: q.Filter}, func(l *Phoneline) error { return pathID("id", l.ID) })
		if err != nil {
			return nil, err
		}
		rows := make([]UserPhoneline, len(lines))
		for i := range lines {
			rows[i] = UserPhoneline{User: *u, Phoneline: lines[i]}
			if err := rows[i].join(ctx, j); err != nil {
				return nil, err
			}
		}
		return rows, nil
	})
	return read.read(ctx, c, q.Limit > 0, p)
}

// join asks for what belongs to a phone line.
func (l *UserPhoneline) join(ctx context.Context, j *joins) (err error) {
	at := func(thing string) part {
		return part{path: pathOf(PhonelinesPath, &l.User) + "/" + l.ID + "/" + thing, scope: PhonelinesScope}
	}
	if l.Numbers, err = joinList(ctx, j, "numbers", at("numbers"), anything[TypedNumber]); err != nil {
		return err
	}
	if l.Devices, err = joinList(ctx, j, "devices", at("devices"), func(d *Device) error { return need("id", d.ID) }); err != nil {
		return err
	}
	if l.Forwardings, err = joinList(ctx, j, "forwardings", at("forwardings"), anything[Forwarding]); err != nil {
		return err
	}
	if l.ParallelForwardings, err = joinList(ctx, j, "parallel forwardings", at("parallelforwardings"), anything[ParallelForwarding]); err != nil {
		return err
	}
	if l.Voicemails, err = joinList(ctx, j, "voicemails", at("voicemails"), func(v *LineVoicemail) error { return need("id", v.ID) }); err != nil {
		return err
	}
	anonymous := at("blockanonymous")
	anonymous.scope = blockAnonymousScope
	if l.BlockAnonymous, err = joinObject[BlockAnonymous](ctx, j, "anonymous callers", anonymous); err != nil {
		return err
	}
	l.Webhooks, err = joinObject[LineWebhooks](ctx, j, "webhooks", at("sipgateio"))
	return err
}

// Faxline is what fax numbers lead to.
type Faxline struct {
	ID         string    `json:"id"`
	Alias      string    `json:"alias"`
	Tagline    string    `json:"tagline"` // printed on the head of each page
	CanSend    rest.Bool `json:"canSend"`
	CanReceive rest.Bool `json:"canReceive"`
	GroupID    string    `json:"groupId"` // of a group's fax line
}

// UserFaxline is a fax line, its user or group, and what belongs to it.
type UserFaxline struct {
	User User // empty for a group's
	Faxline
	Shown   string // the caller id
	Numbers []TypedNumber
}

// Faxlines reads the fax lines of all users, an answer for each user and two for each line, and behind them those of
// groups, if the account has any. Scope: faxlines:read, groups:read; users:read for the users.
func (c *Client) Faxlines(ctx context.Context, q Query, p Progress) iter.Seq2[UserFaxline, error] {
	check := func(l *Faxline) error { return pathID("id", l.ID) }
	read := ofUsers(c, "fax lines", FaxlinesScope, func(ctx context.Context, j *joins, u *User) ([]UserFaxline, error) {
		path := pathOf(FaxlinesPath, u)
		lines, err := list(ctx, c, part{path: path, scope: FaxlinesScope, query: q.Filter}, check)
		return faxlines(ctx, j, *u, path, FaxlinesScope, lines, err)
	})
	read.behind = func(ctx context.Context, j *joins) ([]UserFaxline, error) {
		lines, err := joinList(ctx, j, "fax lines of groups", part{path: GroupFaxlinesPath, scope: GroupsScope, query: q.Filter}, check)
		return faxlines(ctx, j, User{}, GroupFaxlinesPath, GroupsScope, lines, err)
	}
	return read.read(ctx, c, q.Limit > 0, p)
}

// faxlines joins what belongs to the fax lines below a path.
func faxlines(ctx context.Context, j *joins, u User, path, scope string, lines []Faxline, err error) ([]UserFaxline, error) {
	if err != nil {
		return nil, err
	}
	rows := make([]UserFaxline, len(lines))
	for i, line := range lines {
		below := path + "/" + line.ID
		shown, err := joinObject[value](ctx, j, "caller id", part{path: below + "/callerid", scope: scope})
		if err != nil {
			return nil, err
		}
		numbers, err := joinList(ctx, j, "numbers", part{path: below + "/numbers", scope: scope}, anything[TypedNumber])
		if err != nil {
			return nil, err
		}
		rows[i] = UserFaxline{User: u, Faxline: line, Shown: shown.Value, Numbers: numbers}
	}
	return rows, nil
}

// SMSExtension is what text messages are sent with.
type SMSExtension struct {
	ID       string `json:"id"`
	Alias    string `json:"alias"`
	CallerID string `json:"callerId"` // a number, or the word sipgate
}

// SMSCallerID is a number that text messages may be sent with.
type SMSCallerID struct {
	ID          rest.ID   `json:"id"`
	PhoneNumber string    `json:"phonenumber"`
	Verified    rest.Bool `json:"verified"`
	Default     rest.Bool `json:"defaultNumber"`
}

// UserSMSExtension is an SMS extension, its user, and the numbers that it may show.
type UserSMSExtension struct {
	User User
	SMSExtension
	CallerIDs []SMSCallerID
}

// SMSExtensions reads the SMS extensions of all users, an answer for each user and one for each extension.
// Scope: sms:read; users:read for the users.
func (c *Client) SMSExtensions(ctx context.Context, q Query, p Progress) iter.Seq2[UserSMSExtension, error] {
	read := ofUsers(c, "SMS extensions", SMSScope, func(ctx context.Context, j *joins, u *User) ([]UserSMSExtension, error) {
		path := pathOf(SMSPath, u)
		extensions, err := list(ctx, c, part{path: path, scope: SMSScope, query: q.Filter}, func(e *SMSExtension) error { return pathID("id", e.ID) })
		if err != nil {
			return nil, err
		}
		rows := make([]UserSMSExtension, len(extensions))
		for i, e := range extensions {
			ids, err := joinList(ctx, j, "caller ids", part{path: path + "/" + e.ID + "/callerids", scope: SMSScope}, anything[SMSCallerID])
			if err != nil {
				return nil, err
			}
			rows[i] = UserSMSExtension{*u, e, ids}
		}
		return rows, nil
	})
	return read.read(ctx, c, q.Limit > 0, p)
}
