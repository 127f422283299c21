package reports

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/sipgate"
	"github.com/reportjob/reportjob/jobs"
)

// Reports of what several users share, and of what goes on at this moment.

func sipgateGroups(c *sipgate.Client) jobs.Job {
	type group = sipgate.Group
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-groups", Title: "Groups",
		About:    "A row for each group of users who are called together, with its numbers, fax lines and voicemail. Accounts on sipgate's new system (neo) have none.",
		Endpoint: sipgate.GroupsPath, Scope: sipgate.GroupsScope + sipgateClassic,
		Costly:     "Three requests for each group.",
		Parameters: []jobs.Parameter{{Name: "userId", Values: "a user such as w0", Meaning: "only the groups of this user"}},
	})
	faxlines := func(g *group) []sipgate.Faxline { return g.Faxlines }
	return jobs.Report[group]{
		Info:   info,
		Source: sipgateStream(c, info, c.Groups),
		Columns: columns(jobs.Columns[group]{
			jobs.Code("id", "The group's id, such as g0.", func(g *group) string { return g.ID }),
			jobs.Text("name", "The group's name.", func(g *group) string { return g.Alias }).From("alias"),
			jobs.Code("department_id", "The id of the group's department.", func(g *group) string { return string(g.DepartmentID) }).From("departmentId"),
		}, sipgateNumberColumns(func(g *group) []sipgate.TypedNumber { return g.Numbers }), jobs.Columns[group]{
			sipgateEach("fax_lines", "The group's fax lines, such as f0.", faxlines, func(f *sipgate.Faxline) string { return f.ID }).From("faxlines[].id"),
			sipgateEach("fax_line_names", "The names of these fax lines.", faxlines, func(f *sipgate.Faxline) string { return f.Alias }).From("faxlines[].alias"),
		}, sipgateVoicemailColumns(func(g *group) []sipgate.LineVoicemail { return g.Voicemails })),
	}.Job()
}

func sipgateGroupMembers(c *sipgate.Client) jobs.Job {
	type member = sipgate.Member
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-group-members", Title: "Group members",
		About:    "A row for each user of each group; a group without users has none. Accounts on sipgate's new system (neo) have no groups.",
		Endpoint: sipgate.GroupMembersPath, Scope: sipgate.GroupsScope + sipgateClassic,
		Paging: "none: a whole answer for each group", Costly: "A request for each group.",
		Parameters: []jobs.Parameter{{Name: "userId", Values: "a user such as w0", Meaning: "only the groups of this user, with all their users"}},
	})
	return jobs.Report[member]{
		Info:   info,
		Source: sipgateStream(c, info, c.Members),
		Columns: jobs.Columns[member]{
			jobs.Code("group_id", "The group's id, such as g0.", func(m *member) string { return m.Group.ID }).From("groups[].id"),
			jobs.Text("group", "The group's name.", func(m *member) string { return m.Group.Alias }).From("groups[].alias"),
			jobs.Code("user_id", "The user's id, such as w0.", func(m *member) string { return m.ID }).From("id"),
			jobs.Text("first_name", "The user's first name.", func(m *member) string { return m.Firstname }).From("firstname"),
			jobs.Text("last_name", "The user's last name.", func(m *member) string { return m.Lastname }).From("lastname"),
		},
	}.Job()
}

func sipgateVoicemailBoxes(c *sipgate.Client) jobs.Job {
	type box = sipgate.VoicemailBox
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-voicemail-boxes", Title: "Voicemail boxes",
		About:    "A row for each voicemail box and its settings. The messages in them are in sipgate-voicemails.",
		Endpoint: sipgate.VoicemailsPath, Scope: sipgate.VoicemailsScope,
		Costly: "A request for each voicemail box.",
	})
	return jobs.Report[box]{
		Info:   info,
		Source: sipgateStream(c, info, c.VoicemailBoxes),
		Columns: jobs.Columns[box]{
			jobs.Code("id", "The box's id, such as v0.", func(b *box) string { return b.ID }),
			jobs.Text("name", "The box's name.", func(b *box) string { return b.Alias }).From("alias"),
			jobs.Code("belongs_to", "Whose it is: a user such as w0, or a line or group.", func(b *box) string { return b.BelongsToEndpoint.Extension }).From("belongsToEndpoint.extension"),
			jobs.Text("belongs_to_type", "What that is, such as USER, PHONELINE or GROUP.", func(b *box) string { return b.BelongsToEndpoint.Type }).From("belongsToEndpoint.type"),
			jobs.Bool("transcription", "Whether it writes down what was said.", func(b *box) (bool, bool) { return b.Transcription.Get() }),
			jobs.Bool("can_transcribe", "Whether it could do so.", func(b *box) (bool, bool) { return b.CanTranscribe.Get() }).From("canTranscribe"),
			jobs.Text("greeting", "The greeting that callers hear.", func(b *box) string { return b.ActiveGreetingAlias }).From("activeGreetingAlias"),
			jobs.Code("greeting_id", "The greeting's id.", func(b *box) string { return string(b.ActiveGreetingID) }).From("activeGreetingId"),
			jobs.Code("access_number", "The number with which the box is listened to.", func(b *box) string { return b.AccessNumber }).From("accessNumber"),
		},
	}.Job()
}

// sipgateChannelUser is a user of a channel, or a channel without users.
type sipgateChannelUser struct {
	channel sipgate.Channel
	user    string
	devices []string
}

func sipgateChannels(c *sipgate.Client) jobs.Job {
	type member = sipgateChannelUser
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-channels", Title: "Channels",
		About: "A row for each user of each channel, with the devices that ring; a channel without users has one row. Only accounts on sipgate's new system (neo) have channels, " +
			"which stand there for groups and phone lines.",
		Endpoint: sipgate.ChannelsPath, Scope: sipgate.ChannelsScope + ", and an account on the new system (neo): classic ones have groups and phone lines instead",
	})
	get := func(ctx context.Context, ask sipgateAsk) (rows []member, err error) {
		channels, err := c.Channels(ctx, ask.params)
		for _, channel := range channels {
			if len(channel.Users) == 0 {
				rows = append(rows, member{channel: channel})
			}
			for _, u := range channel.Users {
				rows = append(rows, member{channel, u.ID, u.DeviceIDs})
			}
		}
		return rows, err
	}
	return jobs.Report[member]{
		Info:   info,
		Source: sipgateWhole(c, info, "list of channels and their users", get),
		Columns: jobs.Columns[member]{
			jobs.Code("channel_id", "The channel's id, such as c1.", func(m *member) string { return m.channel.ID }).From("id"),
			jobs.Text("channel", "The channel's name.", func(m *member) string { return m.channel.Name }).From("name"),
			jobs.Code("user_id", "The user's id, such as w0.", func(m *member) string { return m.user }).From("users[].id"),
			jobs.List("devices", "The user's devices that ring, such as e4.", func(m *member) []string { return m.devices }).From("users[].deviceIds"),
		},
	}.Job()
}

// sipgateParty is somebody in a running call, or a call in which nobody is named.
type sipgateParty struct {
	call  sipgate.RunningCall
	party sipgate.Participant
}

func sipgateRunningCalls(c *sipgate.Client) jobs.Job {
	type party = sipgateParty
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-running-calls", Title: "Running calls",
		About:    "A row for each participant of each call that is established at this moment; a call in which nobody is named has one row. Calls that still ring are not among them.",
		Endpoint: sipgate.CallsPath, Scope: sipgate.CallsScope,
	})
	get := func(ctx context.Context, ask sipgateAsk) (rows []party, err error) {
		calls, err := c.RunningCalls(ctx, ask.params)
		for _, call := range calls {
			if len(call.Participants) == 0 {
				rows = append(rows, party{call: call})
			}
			for _, p := range call.Participants {
				rows = append(rows, party{call, p})
			}
		}
		return rows, err
	}
	return jobs.Report[party]{
		Info:   info,
		Source: sipgateWhole(c, info, "list of established calls and who is in them", get),
		Columns: jobs.Columns[party]{
			jobs.Code("call_id", "The call's id.", func(p *party) string { return p.call.ID }).From("callId"),
			jobs.Bool("call_muted", "Whether the call is muted.", func(p *party) (bool, bool) { return p.call.Muted.Get() }).From("muted"),
			jobs.Bool("call_on_hold", "Whether the call is on hold.", func(p *party) (bool, bool) { return p.call.Hold.Get() }).From("hold"),
			jobs.Bool("recording", "Whether the call is being recorded.", func(p *party) (bool, bool) { return p.call.Recording.Get() }),
			jobs.Code("participant_id", "The participant's id.", func(p *party) string { return p.party.ID }).From("participants[].participantId"),
			jobs.Code("number", "The participant's number; empty where it is withheld.", func(p *party) string { return p.party.PhoneNumber }).From("participants[].phoneNumber"),
			jobs.Bool("owner", "Whether the participant owns the call.", func(p *party) (bool, bool) { return p.party.Owner.Get() }).From("participants[].owner"),
			jobs.Bool("muted", "Whether the participant is muted.", func(p *party) (bool, bool) { return p.party.Muted.Get() }).From("participants[].muted"),
			jobs.Bool("on_hold", "Whether the participant is on hold.", func(p *party) (bool, bool) { return p.party.Hold.Get() }).From("participants[].hold"),
		},
	}.Job()
}

func sipgateWebhookLog(c *sipgate.Client) jobs.Job {
	type call = sipgate.WebhookCall
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-webhook-log", Title: "Webhook log",
		About: "A row for each time that sipgate.io told a server of the account's own about a call, and what came back. Of the server's address only the host is shown, and of its answer no header, " +
			"since both may hold secrets; the whole form that was sent and the body of the answer are shown with personal=true.",
		Endpoint: sipgate.WebhookLogPath, Scope: sipgate.WebhookLogScope,
	})
	get := func(ctx context.Context, ask sipgateAsk) ([]call, error) { return c.WebhookLog(ctx, ask.params) }
	field := func(name string) func(*call) string {
		return func(w *call) string { return strings.Join(w.Request.Values[name], ", ") }
	}
	users := func(w *call) []string {
		return slices.Concat(w.Request.Values["user[]"], w.Request.Values["user"])
	}
	return jobs.Report[call]{
		Info:   info,
		Source: sipgateWhole(c, info, "log that sipgate keeps", get),
		Columns: jobs.Columns[call]{
			jobs.Time("created", "When the server was told.", func(w *call) time.Time { return w.Created.Time }),
			jobs.Code("server", "The server; the rest of its address may hold a secret and is left out.", func(w *call) string { return string(w.Server) }).From("url"),
			jobs.Code("status", "The status of the server's answer.", func(w *call) string { return string(w.Status) }),
			jobs.Text("event", "What it was told of, such as newCall, answer or hangup.", field("event")).From("request"),
			jobs.Text("direction", "Whether the call came in or went out: in or out.", field("direction")).From("request"),
			jobs.Code("call_id", "The call's id.", field("callId")).From("request"),
			jobs.Code("from", "The number of the caller, without a plus sign.", field("from")).From("request"),
			jobs.Code("to", "The number that was called, without a plus sign.", field("to")).From("request"),
			jobs.List("users", "The users whose telephones rang.", users).From("request"),
			jobs.Text("answer", "The first line of the server's answer.", func(w *call) string { return w.Response.Line }).From("response"),
			jobs.Text("xml_error", "Why the answer could not be followed.", func(w *call) string { return w.XMLError }).From("xmlError"),
			jobs.Text("request", "The whole form that was sent.", func(w *call) string { return form(w.Request.Values) }).Personal(),
			jobs.Text("answer_body", "The body of the server's answer.", func(w *call) string { return w.Response.Body }).From("response").Personal(),
		},
	}.Job()
}

// form writes the fields of a form for people, in the order of their names.
func form(values url.Values) string {
	text, err := url.QueryUnescape(values.Encode())
	if err != nil {
		return values.Encode()
	}
	return text
}
