package reports

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/reportjob/reportjob/clients/sipgate"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// entry is a row of the history and of its parts.
type entry = sipgate.Entry

// sipgateHistoryInfo fills what the reports on the history have in common. types are those that it is about, none for all.
func sipgateHistoryInfo(info jobs.Info, types ...string) jobs.Info {
	info.API, info.Page, info.Every = "sipgate", sipgatePage, jobs.PreviousDay
	info.Endpoint, info.Scope = sipgate.HistoryPath, sipgate.HistoryScope+"; besides account:read and groups:read, to know how far the history reaches"
	info.Paging = "limit and offset, 1,000 a page; inbox, archive, and the inbox once more; read again if it changed"
	info.Requests = 5
	info.Limits = sipgateLimits + "; the account decides how long its history is kept"
	info.About += " Rows come newest first, those of the inbox before those of the archive. What the token's user may not see is missing." +
		" With the window now, everything that is still kept."
	info.Parameters = []jobs.Parameter{
		{Name: "directions", Values: "INCOMING, OUTGOING, MISSED_INCOMING, MISSED_OUTGOING", Meaning: "only these; repeat it for several"},
		{Name: "connectionIds", Values: "extensions such as p0, f0, g0", Meaning: "only these lines; repeat it for several; a device such as e0 is refused"},
		{Name: "starred", Values: "STARRED, UNSTARRED", Meaning: "only these"},
		{Name: "phonenumber", Values: "a number, as +4930…", Meaning: "only with this number on either side"},
	}
	if len(types) == 0 || slices.Contains(types, sipgate.Call) {
		info.Requests = 6 // Whether the account is a classic one decides where its calls are.
	}
	if len(types) == 0 {
		info.Parameters = append(info.Parameters, jobs.Parameter{Name: "types", Values: "CALL, FAX, SMS, VOICEMAIL", Meaning: "only these; repeat it for several"})
	}
	return info
}

// sipgateEntries is the source of the history's reports.
func sipgateEntries(c *sipgate.Client, info jobs.Info, types ...string) jobs.Source[entry] {
	return checked(info, func(ctx context.Context, r jobs.Request) iter.Seq2[entry, error] {
		q := sipgate.HistoryQuery{Types: types, From: r.Window.From, To: r.Window.To, Filter: apiParams(r.Params), Limit: r.Limit}
		if r.Window.Snapshot() {
			q.From = time.Time{}
		}
		if q.Filter.Has("archived") {
			return failed[entry](&ParamError{"archived", "both are read, inbox and archive"})
		}
		if q.Filter.Has("types") && len(types) > 0 {
			return failed[entry](&ParamError{"types", "the report is about one type; sipgate-history has all"})
		}
		if q.Filter.Has("types") {
			q.Types = q.Filter["types"]
		}
		return c.History(ctx, q, r.Proof)
	})
}

// failed is a sequence of nothing but an error.
func failed[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		yield(none, err)
	}
}

// The columns that entries of every type have, under the names that suit the type.
func entryID() jobs.Column[entry] {
	return jobs.Code("id", "The entry's id.", func(e *entry) string { return string(e.ID) })
}

func entryCreated(name, meaning string) jobs.Column[entry] {
	return jobs.Time(name, meaning, func(e *entry) time.Time { return e.Created.Time }).From("created")
}

func entryDirection() jobs.Column[entry] {
	return jobs.Text("direction", "INCOMING, OUTGOING, MISSED_INCOMING or MISSED_OUTGOING.", func(e *entry) string { return e.Direction }).
		Marking(exporters.Marked(exporters.Bad, "MISSED_INCOMING"), exporters.Marked(exporters.Doubtful, "MISSED_OUTGOING"))
}

// entryParties are the two numbers and the names that the account's contacts have for them.
func entryParties(from, to string) jobs.Columns[entry] {
	return jobs.Columns[entry]{
		jobs.Code(from, "The number it came from, or the word anonymous, or an extension.", func(e *entry) string { return e.Source }).From("source"),
		jobs.Text(from+"_name", "The name that belongs to that number.", func(e *entry) string { return e.SourceAlias }).From("sourceAlias"),
		jobs.Code(to, "The number it went to, or an extension.", func(e *entry) string { return e.Target }).From("target"),
		jobs.Text(to+"_name", "The name that belongs to that number.", func(e *entry) string { return e.TargetAlias }).From("targetAlias"),
	}
}

// entryLines say which parts of the account an entry went through.
func entryLines() jobs.Columns[entry] {
	endpoints := func(part func(sipgate.Endpoint) string) func(*entry) []string {
		return func(e *entry) []string {
			list := make([]string, len(e.Endpoints))
			for i, endpoint := range e.Endpoints {
				list[i] = part(endpoint)
			}
			return list
		}
	}
	return jobs.Columns[entry]{
		jobs.List("lines", "The extensions it belongs to, such as p0 (a phone line) or g0 (a group).", func(e *entry) []string { return e.ConnectionIDs }).From("connectionIds"),
		jobs.List("endpoints", "The devices and lines it went through, such as e2.",
			endpoints(func(p sipgate.Endpoint) string { return p.Endpoint.Extension })).From("endpoints[].endpoint.extension"),
		jobs.List("endpoint_types", "What each of the endpoints is, such as REGISTER (a telephone) or VOICEMAIL.",
			endpoints(func(p sipgate.Endpoint) string { return p.Endpoint.Type })).From("endpoints[].endpoint.type"),
		jobs.List("endpoint_roles", "What each of the endpoints did: ROUTED, FORWARDED or PICKUP.",
			endpoints(func(p sipgate.Endpoint) string { return p.Role })).From("endpoints[].type"),
	}
}

// entryMarks are what people did with an entry, and its id.
func entryMarks() jobs.Columns[entry] {
	return jobs.Columns[entry]{
		jobs.Bool("read", "Whether somebody marked it as read.", func(e *entry) (bool, bool) { return e.Read.Get() }),
		jobs.Bool("starred", "Whether somebody starred it.", func(e *entry) (bool, bool) { return e.Starred.Get() }),
		jobs.Bool("archived", "Whether it lies in the archive; false is the inbox.", func(e *entry) (bool, bool) { return e.Archived.Get() }),
		jobs.List("labels", "The labels that somebody gave it.", func(e *entry) []string { return e.Labels }),
		jobs.Text("note", "The note that somebody wrote on it.", func(e *entry) string { return e.Note }),
		jobs.Time("last_modified", "When the entry was changed last; that is not the end of a call.", func(e *entry) time.Time { return e.LastModified.Time }).From("lastModified"),
		entryID(),
	}
}

// The columns of one type each.
func entryStatus() jobs.Column[entry] {
	return jobs.Text("status", "PICKUP, NOPICKUP, BUSY or FORWARD.", func(e *entry) string { return e.Status })
}

func entryCallStatus() jobs.Column[entry] {
	return jobs.Text("call_status", "How the call ended, such as SUCCESS, MISSED or BUSY; old calls have none.", func(e *entry) string { return e.CallStatus }).From("callStatus")
}

func entryAnswered() jobs.Column[entry] {
	return jobs.Bool("answered", "Whether the call was taken: its call status is SUCCESS or its status PICKUP.",
		func(e *entry) (bool, bool) { return e.Answered(), e.Type == sipgate.Call }).From("callStatus, status")
}

func entryDuration(meaning string) jobs.Column[entry] {
	return jobs.Duration("duration", meaning, (*entry).Length).In("seconds")
}

func entryCallID() jobs.Column[entry] {
	return jobs.Code("call_id", "The call's own id, as webhooks have it.", func(e *entry) string { return e.CallID }).From("callId")
}

func entryResponder() jobs.Columns[entry] {
	return jobs.Columns[entry]{
		jobs.Code("responder", "Who took the call, as an extension or a number.", func(e *entry) string { return e.Responder }),
		jobs.Text("responder_name", "The name of whoever took the call.", func(e *entry) string { return e.ResponderAlias }).From("responderAlias"),
	}
}

func entryRecordings() jobs.Column[entry] {
	return jobs.Int("recordings", "How many recordings there are. Their addresses open without a login and are left out.",
		func(e *entry) (int64, bool) { return int64(len(e.Recordings)), e.Type == sipgate.Call })
}

func entryFaxStatus() jobs.Column[entry] {
	return jobs.Text("fax_status", "PENDING, SENDING, FAILED, SENT or SCHEDULED.", func(e *entry) string { return e.FaxStatus }).From("faxStatusType").
		Marking(exporters.Marked(exporters.Bad, "FAILED"), exporters.Marked(exporters.Doubtful, "PENDING"), exporters.Marked(exporters.Doubtful, "SENDING"))
}

func entryPages() jobs.Column[entry] {
	return jobs.Int("pages", "The number of pages of a fax.", func(e *entry) (int64, bool) { return e.Pages.Get() }).In("pages").From("pageCount")
}

func entryScheduled() jobs.Column[entry] {
	return jobs.Time("scheduled", "When it is to be sent, if not at once.", func(e *entry) time.Time { return e.Scheduled.Time })
}

func entryText() jobs.Column[entry] {
	return jobs.Text("text", "The text of the message.", func(e *entry) string { return e.Text }).From("smsContent")
}

func entryTranscription() jobs.Column[entry] {
	return jobs.Text("transcription", "What was said, as a machine wrote it down.", func(e *entry) string { return e.Transcription })
}

const (
	talkTime     = "The length in whole seconds. It is talk time only if the call was answered; otherwise of ringing."
	anyLength    = "The length of a call or voicemail in whole seconds; talk time only if the call was answered."
	spokenLength = "The length of the message in whole seconds."
)

// columns joins single columns and groups of them.
func columns[T any](groups ...jobs.Columns[T]) jobs.Columns[T] {
	var all jobs.Columns[T]
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}

// sipgatePart makes a report on the history, or on the part of it that is of one type.
func sipgatePart(c *sipgate.Client, info jobs.Info, all jobs.Columns[entry], types ...string) jobs.Job {
	info = sipgateHistoryInfo(info, types...)
	return jobs.Report[entry]{Info: info, Source: sipgateEntries(c, info, types...), Columns: all}.Job()
}

func sipgateHistory(c *sipgate.Client) jobs.Job {
	return sipgatePart(c, jobs.Info{
		Name: "sipgate-history", Title: "History of calls, faxes and messages",
		About: "A row for each call, fax, text message and voicemail, of inbox and archive.",
		Summary: []exporters.Block{
			{Title: "Entries over time", By: "created", Every: exporters.HourOrDay, Split: "type", Chart: exporters.Stacked},
			{Title: "Entries by type and direction", By: "type", Split: "direction", Chart: exporters.Stacked},
			{Title: "Numbers with the most entries", By: "source", Split: "direction", Top: 10, Chart: exporters.Stacked},
		},
	}, columns(
		jobs.Columns[entry]{
			entryCreated("created", "When it began, or was sent or received."),
			jobs.Text("type", "CALL, FAX, SMS or VOICEMAIL.", func(e *entry) string { return e.Type }),
			entryDirection(),
			jobs.Bool("incoming", "Whether it came from outside.", func(e *entry) (bool, bool) { return e.Incoming.Get() }),
			entryAnswered(), entryStatus(), entryCallStatus(), entryFaxStatus(),
		},
		entryParties("source", "target"),
		jobs.Columns[entry]{entryDuration(anyLength)},
		entryResponder(),
		jobs.Columns[entry]{entryPages(), entryScheduled(), entryText(), entryTranscription(), entryRecordings()},
		entryLines(), entryMarks(),
		jobs.Columns[entry]{entryCallID()},
	))
}

func sipgateCalls(c *sipgate.Client) jobs.Job {
	return sipgatePart(c, jobs.Info{
		Name: "sipgate-calls", Title: "Calls",
		About: "A row for each call, answered or not, of inbox and archive. Accounts on sipgate's new system (neo) keep their calls elsewhere; " +
			"the verdict says so.",
		Summary: []exporters.Block{
			{Title: "Length of all calls", Sum: "duration", Split: "answered"},
			{Title: "Calls over time", By: "started", Every: exporters.HourOrDay, Split: "direction", Chart: exporters.Stacked},
			{Title: "Callers with the most calls", By: "caller", Split: "direction", Top: 10, Chart: exporters.Stacked},
			{Title: "Longest together, by the number that was called", By: "callee", Sum: "duration", Top: 10, Chart: exporters.Bars},
		},
	}, columns(
		jobs.Columns[entry]{entryCreated("started", "When the call began."), entryDirection(), entryAnswered(), entryStatus(), entryCallStatus()},
		entryParties("caller", "callee"),
		jobs.Columns[entry]{entryDuration(talkTime)},
		entryResponder(),
		jobs.Columns[entry]{entryRecordings()},
		entryLines(), entryMarks(),
		jobs.Columns[entry]{entryCallID()},
	), sipgate.Call)
}

func sipgateFaxes(c *sipgate.Client) jobs.Job {
	return sipgatePart(c, jobs.Info{
		Name: "sipgate-faxes", Title: "Faxes",
		Summary: []exporters.Block{overTime("Faxes over time", "created", "direction", ""), each("Faxes by status", "fax_status", "direction", ""), total("Pages", "pages")},
		About:   "A row for each fax that was sent or received, of inbox and archive. The pages themselves are left out: their addresses open without a login.",
	}, columns(
		jobs.Columns[entry]{entryCreated("created", "When the fax was sent or received."), entryDirection(), entryFaxStatus(), entryStatus()},
		entryParties("sender", "recipient"),
		jobs.Columns[entry]{entryPages(), entryScheduled()},
		entryLines(), entryMarks(),
	), sipgate.Fax)
}

func sipgateSMS(c *sipgate.Client) jobs.Job {
	return sipgatePart(c, jobs.Info{
		Name: "sipgate-sms", Title: "Text messages",
		Summary: []exporters.Block{overTime("Messages over time", "created", "direction", ""), most("Recipients of the most messages", "recipient", "", "")},
		About:   "A row for each text message (SMS) that was sent or received, of inbox and archive, with its text.",
	}, columns(
		jobs.Columns[entry]{entryCreated("created", "When the message was sent or received."), entryDirection(), entryStatus()},
		entryParties("sender", "recipient"),
		jobs.Columns[entry]{entryText(), entryScheduled()},
		entryLines(), entryMarks(),
	), sipgate.SMS)
}

func sipgateVoicemails(c *sipgate.Client) jobs.Job {
	return sipgatePart(c, jobs.Info{
		Name: "sipgate-voicemails", Title: "Voicemails",
		Summary: []exporters.Block{overTime("Messages over time", "created", "", ""), most("Callers with the most messages", "caller", "", ""), total("Length of all messages", "duration")},
		About:   "A row for each message that a caller left, of inbox and archive. The recordings themselves are left out: their addresses open without a login.",
	}, columns(
		jobs.Columns[entry]{entryCreated("created", "When the message was left."), entryDirection(), entryStatus()},
		entryParties("caller", "callee"),
		jobs.Columns[entry]{entryDuration(spokenLength), entryTranscription()},
		entryLines(), entryMarks(),
	), sipgate.Voicemail)
}
