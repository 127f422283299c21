package reports

import (
	"time"

	"github.com/reportjob/reportjob/clients/sipgate"
	"github.com/reportjob/reportjob/jobs"
)

// Reports of what users call with and are called by: a list for each user.

// sipgateUserColumns say whose a row is.
func sipgateUserColumns[R any](of func(*R) *sipgate.User) jobs.Columns[R] {
	return jobs.Columns[R]{
		jobs.Code("user_id", "The user's id, such as w0.", func(r *R) string { return of(r).ID }).From("users[].id"),
		jobs.Text("user", "The user's name.", func(r *R) string { return spaced(of(r).Firstname, of(r).Lastname) }).From("users[].firstname, users[].lastname"),
	}
}

func sipgateDevices(c *sipgate.Client) jobs.Job {
	type device = sipgate.UserDevice
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-devices", Title: "Devices",
		About: "A row for each telephone, SIM card and other number that a user has as a device, with its settings. SIP passwords and the codes of SIM cards are left out. " +
			"Settings that do not exist for a device are empty.",
		Endpoint: sipgate.DevicesPath, Scope: sipgate.DevicesScope + ", and " + sipgate.UsersScope + " for the users; besides groups:read, to know apps of new accounts",
		Paging: "none: a whole answer for each user", Requests: 4,
		Costly: "A request for each user, and five for each device, six for a SIM card.",
		Parameters: []jobs.Parameter{
			{Name: "type", Values: "all, app, register, mobile, external", Meaning: "only these, with commas between them; accounts on the new system (neo) only, where all is asked for otherwise"},
		},
	})
	lines := func(d *device) []sipgate.Active { return d.ActivePhonelines }
	groups := func(d *device) []sipgate.Active { return d.ActiveGroups }
	type registered = sipgate.Registration
	phones := func(d *device) []registered { return d.Registered }
	contingents := func(d *device) []sipgate.Contingent { return d.Contingents }
	return jobs.Report[device]{
		Info:   info,
		Source: sipgateStream(c, info, c.Devices),
		Columns: columns(sipgateUserColumns(func(d *device) *sipgate.User { return &d.User }), jobs.Columns[device]{
			jobs.Code("id", "The device's id, such as e0.", func(d *device) string { return d.ID }),
			jobs.Text("name", "The device's name.", func(d *device) string { return d.Alias }).From("alias"),
			jobs.Text("type", "REGISTER (a telephone), MOBILE (a SIM card), EXTERNAL (a number elsewhere), or an app.", func(d *device) string { return d.Type }),
			jobs.Code("owner", "The user that the device itself names as its owner, where it does.", func(d *device) string { return d.Owner }),
			jobs.Bool("online", "Whether the device is logged in.", func(d *device) (bool, bool) { return d.Online.Get() }),
			jobs.Bool("do_not_disturb", "Whether it lets no calls through.", func(d *device) (bool, bool) { return d.DND.Get() }).From("dnd"),
			jobs.Code("caller_id", "The number that it shows to those who are called.", func(d *device) string { return d.Shown }).From("value"),
			jobs.Code("area_code", "The area code that is put in front of numbers without one.", func(d *device) string { return d.LocalPrefix.Value }).From("value"),
			jobs.Bool("area_code_active", "Whether that is done.", func(d *device) (bool, bool) { return d.LocalPrefix.Active.Get() }).From("active"),
			jobs.Bool("single_row_display", "Whether the device is shown numbers for a display of one row.", func(d *device) (bool, bool) { return d.SingleRowDisplay.Get() }).From("enabled"),
			jobs.Bool("tariff_announcement", "Whether the price of a call is announced before it.", func(d *device) (bool, bool) { return d.TariffAnnouncement.Get() }).From("enabled"),
			jobs.Bool("automatic_recording", "Whether its calls are recorded without being asked for.", func(d *device) (bool, bool) { return d.Recording.Get() }).From("active"),
			sipgateEach("phone_lines", "The phone lines for which it rings.", lines, func(a *sipgate.Active) string { return a.ID }).From("activePhonelines[].id"),
			sipgateEach("phone_line_names", "The names of these phone lines.", lines, func(a *sipgate.Active) string { return a.Alias }).From("activePhonelines[].alias"),
			sipgateEach("groups", "The groups for which it rings.", groups, func(a *sipgate.Active) string { return a.ID }).From("activeGroups[].id"),
			sipgateEach("group_names", "The names of these groups.", groups, func(a *sipgate.Active) string { return a.Alias }).From("activeGroups[].alias"),
			sipgateEach("user_agents", "The telephones that are logged in as this device.", phones, func(p *registered) string { return p.UserAgent }).From("registered[].userAgent"),
			sipgateEach("ips", "The IP addresses from which they are.", phones, func(p *registered) string { return p.IP }).From("registered[].ip"),
			sipgateEach("ports", "The ports from which they are.", phones, func(p *registered) string { return string(p.Port) }).From("registered[].port"),
			jobs.Code("emergency_address_id", "The id of the address that emergency services are told.", func(d *device) string { return string(d.EmergencyAddressID) }).From("emergencyAddressId"),
			jobs.Text("sim_state", "INACTIVE, PENDING or ACTIVE, of a SIM card.", func(d *device) string { return d.SIMState }).From("simState"),
			jobs.Bool("esim", "Whether the SIM card is an eSIM.", func(d *device) (bool, bool) { return d.ESIM.Get() }),
			jobs.Code("number", "The number of an external device.", func(d *device) string { return d.Number }),
			jobs.Text("shown_on_incoming", "Which number an external device is shown: CALLED_NUMBER or CALLER_NUMBER.", func(d *device) string { return d.IncomingCallDisplayState }).From("incomingCallDisplayState"),
			sipgateEach("contingents", "What the SIM card may use up, such as DATA_FAST.", contingents, func(k *sipgate.Contingent) string { return k.Type }).From("contingents[].type"),
			sipgateEach("contingent_amounts", "How much of it there is.", contingents, func(k *sipgate.Contingent) string { return digits(k.Amount) }).From("contingents[].amount"),
			sipgateEach("contingent_used", "How much of it was used.", contingents, func(k *sipgate.Contingent) string { return digits(k.Used) }).From("contingents[].used"),
			sipgateEach("contingent_left", "How much of it is left.", contingents, func(k *sipgate.Contingent) string { return digits(k.Left) }).From("contingents[].left"),
			sipgateEach("contingent_units", "The unit of each, such as KILOBYTE.", contingents, func(k *sipgate.Contingent) string { return k.Unit }).From("contingents[].unit"),
			sipgateEach("contingent_expiry", "When each expires, in UTC.", contingents, func(k *sipgate.Contingent) string { return utc(k.Expires.Time) }).From("contingents[].expires"),
		}),
	}.Job()
}

// utc is an instant as text, for lists, which have no zone.
func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// sipgateVoicemailColumns are the voicemails of a line or group.
func sipgateVoicemailColumns[R any](of func(*R) []sipgate.LineVoicemail) jobs.Columns[R] {
	type voicemail = sipgate.LineVoicemail
	return jobs.Columns[R]{
		sipgateEach("voicemails", "The voicemail boxes, such as v0.", of, func(v *voicemail) string { return v.ID }).From("voicemails[].id"),
		sipgateEach("voicemail_names", "The names of these boxes.", of, func(v *voicemail) string { return v.Alias }).From("voicemails[].alias"),
		sipgateEach("voicemail_active", "Whether each box takes calls.", of, func(v *voicemail) string { return truth(v.Active) }).From("voicemails[].active"),
		sipgateEach("voicemail_timeouts", "After how many seconds each box takes a call.", of, func(v *voicemail) string { return digits(v.Timeout) }).In("seconds").From("voicemails[].timeout"),
		sipgateEach("voicemail_transcription", "Whether each box writes down what was said.", of, func(v *voicemail) string { return truth(v.Transcription) }).From("voicemails[].transcription"),
		sipgateEach("voicemail_can_transcribe", "Whether each box could do so.", of, func(v *voicemail) string { return truth(v.CanTranscribe) }).From("voicemails[].canTranscribe"),
		sipgateEach("voicemail_greetings", "The greeting of each box.", of, func(v *voicemail) string { return v.ActiveGreetingAlias }).From("voicemails[].activeGreetingAlias"),
		sipgateEach("voicemail_greeting_ids", "The ids of these greetings.", of, func(v *voicemail) string { return string(v.ActiveGreetingID) }).From("voicemails[].activeGreetingId"),
		sipgateEach("voicemail_access_numbers", "The numbers with which the boxes are listened to.", of, func(v *voicemail) string { return v.AccessNumber }).From("voicemails[].accessNumber"),
	}
}

// sipgateClassic is what reports need that exist for accounts of the older system alone.
const sipgateClassic = ", and a classic account: those on the new system (neo) have channels instead"

func sipgatePhonelines(c *sipgate.Client) jobs.Job {
	type line = sipgate.UserPhoneline
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-phonelines", Title: "Phone lines",
		About: "A row for each phone line of each user: the numbers that lead to it, the devices that ring, where calls are forwarded, voicemail, what becomes of anonymous callers, and webhooks. " +
			"Accounts on sipgate's new system (neo) have none.",
		Endpoint: sipgate.PhonelinesPath,
		Scope:    sipgate.PhonelinesScope + sipgateClassic + "; " + sipgate.UsersScope + " for the users, phonelines:blockanonymous:read for anonymous callers",
		Paging:   "none: a whole answer for each user", Requests: 3,
		Costly: "A request for each user, and seven for each phone line.",
	})
	devices := func(l *line) []sipgate.Device { return l.Devices }
	forwardings := func(l *line) []sipgate.Forwarding { return l.Forwardings }
	parallel := func(l *line) []sipgate.ParallelForwarding { return l.ParallelForwardings }
	return jobs.Report[line]{
		Info:   info,
		Source: sipgateStream(c, info, c.Phonelines),
		Columns: columns(sipgateUserColumns(func(l *line) *sipgate.User { return &l.User }), jobs.Columns[line]{
			jobs.Code("id", "The phone line's id, such as p0.", func(l *line) string { return l.ID }),
			jobs.Text("name", "The phone line's name.", func(l *line) string { return l.Alias }).From("alias"),
		}, sipgateNumberColumns(func(l *line) []sipgate.TypedNumber { return l.Numbers }), jobs.Columns[line]{
			sipgateEach("devices", "The devices that ring, such as e0.", devices, func(d *sipgate.Device) string { return d.ID }).From("devices[].id"),
			sipgateEach("device_names", "The names of these devices.", devices, func(d *sipgate.Device) string { return d.Alias }).From("devices[].alias"),
			sipgateEach("forwardings", "Where calls go that nobody takes: numbers, or extensions such as v0.", forwardings, func(f *sipgate.Forwarding) string { return f.Destination }).From("forwardings[].destination"),
			sipgateEach("forwarding_names", "The names of these forwardings.", forwardings, func(f *sipgate.Forwarding) string { return f.Alias }).From("forwardings[].alias"),
			sipgateEach("forwarding_active", "Whether each forwarding is switched on.", forwardings, func(f *sipgate.Forwarding) string { return truth(f.Active) }).From("forwardings[].active"),
			sipgateEach("forwarding_timeouts", "After how many seconds each forwarding takes a call.", forwardings, func(f *sipgate.Forwarding) string { return digits(f.Timeout) }).In("seconds").From("forwardings[].timeout"),
			sipgateEach("parallel_forwardings", "The numbers that ring as well.", parallel, func(f *sipgate.ParallelForwarding) string { return f.Destination }).From("parallelforwardings[].destination"),
			sipgateEach("parallel_forwarding_ids", "The ids of these numbers, such as x0.", parallel, func(f *sipgate.ParallelForwarding) string { return f.ID }).From("parallelforwardings[].id"),
			sipgateEach("parallel_forwarding_names", "The names of these numbers.", parallel, func(f *sipgate.ParallelForwarding) string { return f.Alias }).From("parallelforwardings[].alias"),
			sipgateEach("parallel_forwarding_active", "Whether each of them is switched on.", parallel, func(f *sipgate.ParallelForwarding) string { return truth(f.Active) }).From("parallelforwardings[].active"),
		}, sipgateVoicemailColumns(func(l *line) []sipgate.LineVoicemail { return l.Voicemails }), jobs.Columns[line]{
			jobs.Bool("blocks_anonymous", "Whether callers who withhold their number are not let through.", func(l *line) (bool, bool) { return l.BlockAnonymous.Enabled.Get() }).From("enabled"),
			jobs.Text("anonymous_to", "What becomes of them: REJECT or VOICEMAIL.", func(l *line) string { return l.BlockAnonymous.Target }).From("target"),
			jobs.Bool("webhook_incoming", "Whether a server is told of incoming calls.", func(l *line) (bool, bool) { return l.Webhooks.IncomingActive.Get() }).From("incomingActive"),
			jobs.Code("webhook_incoming_server", "That server; the rest of its address may hold a secret and is left out.", func(l *line) string { return string(l.Webhooks.IncomingURL) }).From("incomingUrl"),
			jobs.Bool("webhook_outgoing", "Whether a server is told of outgoing calls.", func(l *line) (bool, bool) { return l.Webhooks.OutgoingActive.Get() }).From("outgoingActive"),
			jobs.Code("webhook_outgoing_server", "That server; the rest of its address may hold a secret and is left out.", func(l *line) string { return string(l.Webhooks.OutgoingURL) }).From("outgoingUrl"),
			jobs.Bool("webhook_log", "Whether a log is kept of that.", func(l *line) (bool, bool) { return l.Webhooks.Log.Get() }).From("log"),
			jobs.Bool("webhook_self_signed", "Whether the server's certificate may be its own.", func(l *line) (bool, bool) { return l.Webhooks.AllowSelfSigned.Get() }).From("allowSelfSigned"),
		}),
	}.Job()
}

func sipgateFaxlines(c *sipgate.Client) jobs.Job {
	type line = sipgate.UserFaxline
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-faxlines", Title: "Fax lines",
		About:    "A row for each fax line of each user, and behind them those of groups, with caller id and numbers.",
		Endpoint: sipgate.FaxlinesPath,
		Scope:    sipgate.FaxlinesScope + ", and " + sipgate.UsersScope + " for the users; besides " + sipgate.GroupsScope + ", for the fax lines of groups",
		Paging:   "none: a whole answer for each user", Requests: 4,
		Costly: "A request for each user, and two for each fax line.",
	})
	return jobs.Report[line]{
		Info:   info,
		Source: sipgateStream(c, info, c.Faxlines),
		Columns: columns(sipgateUserColumns(func(l *line) *sipgate.User { return &l.User }), jobs.Columns[line]{
			jobs.Code("group_id", "The group's id, such as g0, of a group's fax line.", func(l *line) string { return l.GroupID }).From("groupId"),
			jobs.Code("id", "The fax line's id, such as f0.", func(l *line) string { return l.ID }),
			jobs.Text("name", "The fax line's name.", func(l *line) string { return l.Alias }).From("alias"),
			jobs.Text("tagline", "What stands at the head of each page.", func(l *line) string { return l.Tagline }),
			jobs.Bool("can_send", "Whether faxes can be sent with it.", func(l *line) (bool, bool) { return l.CanSend.Get() }).From("canSend"),
			jobs.Bool("can_receive", "Whether it receives faxes.", func(l *line) (bool, bool) { return l.CanReceive.Get() }).From("canReceive"),
			jobs.Code("caller_id", "The number that it shows to those to whom it sends.", func(l *line) string { return l.Shown }).From("value"),
		}, sipgateNumberColumns(func(l *line) []sipgate.TypedNumber { return l.Numbers })),
	}.Job()
}

func sipgateSMSExtensions(c *sipgate.Client) jobs.Job {
	type extension = sipgate.UserSMSExtension
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-sms-extensions", Title: "SMS extensions",
		About:    "A row for each extension with which a user sends text messages, and the numbers that it may show.",
		Endpoint: sipgate.SMSPath, Scope: sipgate.SMSScope + ", and " + sipgate.UsersScope + " for the users",
		Paging: "none: a whole answer for each user", Requests: 3,
		Costly: "A request for each user, and one for each SMS extension.",
	})
	ids := func(e *extension) []sipgate.SMSCallerID { return e.CallerIDs }
	return jobs.Report[extension]{
		Info:   info,
		Source: sipgateStream(c, info, c.SMSExtensions),
		Columns: columns(sipgateUserColumns(func(e *extension) *sipgate.User { return &e.User }), jobs.Columns[extension]{
			jobs.Code("id", "The extension's id, such as s0.", func(e *extension) string { return e.ID }),
			jobs.Text("name", "The extension's name.", func(e *extension) string { return e.Alias }).From("alias"),
			jobs.Code("caller_id", "The number that it shows now, or the word sipgate.", func(e *extension) string { return e.CallerID }).From("callerId"),
			sipgateEach("caller_ids", "The numbers that it may show.", ids, func(i *sipgate.SMSCallerID) string { return i.PhoneNumber }).From("callerids[].phonenumber"),
			sipgateEach("caller_id_ids", "The ids of these numbers.", ids, func(i *sipgate.SMSCallerID) string { return string(i.ID) }).From("callerids[].id"),
			sipgateEach("caller_id_verified", "Whether each of them is verified.", ids, func(i *sipgate.SMSCallerID) string { return truth(i.Verified) }).From("callerids[].verified"),
			sipgateEach("caller_id_default", "Whether each of them is the usual one.", ids, func(i *sipgate.SMSCallerID) string { return truth(i.Default) }).From("callerids[].defaultNumber"),
		}),
	}.Job()
}
