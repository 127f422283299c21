package reports

import (
	"context"
	"iter"
	"net/url"
	"slices"
	"strings"

	"github.com/reportjob/reportjob/clients/sipgate"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// Sipgate lists the reports about a telephone account.
func Sipgate(c *sipgate.Client) []jobs.Job {
	return []jobs.Job{
		sipgateAccount(c),
		sipgateBalance(c),
		sipgateUsers(c),
		sipgateNumbers(c),
		sipgateHistory(c),
		sipgateCalls(c),
		sipgateFaxes(c),
		sipgateSMS(c),
		sipgateVoicemails(c),
		sipgateCallStatistics(c),
		sipgateContacts(c),
		sipgateInternalContacts(c),
		sipgateDevices(c),
		sipgatePhonelines(c),
		sipgateFaxlines(c),
		sipgateSMSExtensions(c),
		sipgateGroups(c),
		sipgateGroupMembers(c),
		sipgateVoicemailBoxes(c),
		sipgateBlacklist(c),
		sipgatePortings(c),
		sipgateAddresses(c),
		sipgateWebhookLog(c),
		sipgateRunningCalls(c),
		sipgateChannels(c),
	}
}

const (
	sipgatePage   = "https://api.sipgate.com/v2/doc"
	sipgateLimits = "sipgate publishes none; 2 requests a second are sent, 2 at a time"
)

// sipgateInfo fills what all reports about the present state have in common. Each asks whose account it is first.
func sipgateInfo(info jobs.Info) jobs.Info {
	info.API, info.Page, info.Every = "sipgate", sipgatePage, jobs.Now
	info.Limits = sipgateLimits
	if info.Paging == "" {
		info.Paging = "none: the whole answer at once"
	}
	if info.Requests == 0 {
		info.Requests = 2
	}
	return info
}

// sipgateAsk is a request for what comes whole.
type sipgateAsk struct {
	who    sipgate.Userinfo
	params url.Values
	trial  bool
	proof  *jobs.Proof
}

// sipgateWhole is the source of what comes whole, in one answer: what names the records, get asks for them.
func sipgateWhole[T any](
	c *sipgate.Client, info jobs.Info, what string, get func(context.Context, sipgateAsk) ([]T, error),
) jobs.Source[T] {
	return sipgateSource(c, info, func(ctx context.Context, ask sipgateAsk, _ sipgate.Query) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			records, err := get(ctx, ask)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, record := range records {
				if !yield(record, nil) {
					return
				}
			}
			ask.proof.Complete("the API gives the whole %s in one answer (rows: %d)", what, len(records))
		}
	})
}

// sipgateStream is the source of what comes in several answers; read says itself what it proves.
func sipgateStream[T any](
	c *sipgate.Client, info jobs.Info, read func(context.Context, sipgate.Query, sipgate.Progress) iter.Seq2[T, error],
) jobs.Source[T] {
	return sipgateSource(c, info, func(ctx context.Context, ask sipgateAsk, q sipgate.Query) iter.Seq2[T, error] {
		return read(ctx, q, ask.proof)
	})
}

// sipgateSource says whose account it is, then reads.
func sipgateSource[T any](
	c *sipgate.Client, info jobs.Info, read func(context.Context, sipgateAsk, sipgate.Query) iter.Seq2[T, error],
) jobs.Source[T] {
	return checked(info, func(ctx context.Context, r jobs.Request) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			who, err := c.Userinfo(ctx)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			r.Proof.Account(who.String())
			params := apiParams(r.Params)
			read(ctx, sipgateAsk{who, params, r.Limit > 0, r.Proof}, sipgate.Query{Filter: params, Limit: r.Limit})(yield)
		}
	})
}

// sipgateOwner is an account and the user who looks at it.
type sipgateOwner struct {
	sipgate.Account
	user  sipgate.Userinfo
	hooks sipgate.Webhooks
}

func sipgateAccount(c *sipgate.Client) jobs.Job {
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-account", Title: "Telephone account",
		About: "One row: the account, how long it keeps its history, and the web user to whom the token belongs. " +
			"What that user may not see is in no report.",
		Endpoint: sipgate.AccountPath,
		Scope:    sipgate.AccountScope + "; besides " + sipgate.WebhooksScope + ", for the webhooks",
		Requests: 3,
	})
	get := func(ctx context.Context, ask sipgateAsk) ([]sipgateOwner, error) {
		account, err := c.Account(ctx)
		if err != nil || ask.trial {
			return []sipgateOwner{{Account: account, user: ask.who}}, err
		}
		hooks, err := c.Webhooks(ctx, ask.proof)
		return []sipgateOwner{{account, ask.who, hooks}}, err
	}
	return jobs.Report[sipgateOwner]{
		Info:   info,
		Source: sipgateWhole(c, info, "account", get),
		Columns: jobs.Columns[sipgateOwner]{
			jobs.Code("account", "The account's number.", func(o *sipgateOwner) string { return o.user.MasterSIPID }).From("masterSipId"),
			jobs.Text("company", "The company that holds the account.", func(o *sipgateOwner) string { return o.Company }),
			jobs.Text("product", "The kind of account, such as TEAM or TRUNKING.", func(o *sipgateOwner) string { return o.MainProductType }).From("mainProductType"),
			jobs.Bool("verified", "Whether the holder's identity is verified.", func(o *sipgateOwner) (bool, bool) { return o.Verified.Get() }),
			jobs.Text("history_kept", "How long calls, faxes and messages are kept: NONE, THIRTY_DAYS or UNLIMITED.", func(o *sipgateOwner) string { return o.HistoryLifeTime }).From("historyLifeTime"),
			jobs.Code("user_id", "The web user to whom the token belongs.", func(o *sipgateOwner) string { return o.user.Sub }).From("sub"),
			jobs.Text("domain", "The domain of the account's SIP addresses.", func(o *sipgateOwner) string { return o.user.Domain }),
			jobs.Text("locale", "The web user's language and country.", func(o *sipgateOwner) string { return o.user.Locale }),
			jobs.Code("webhook_incoming_server", "The server that sipgate.io tells of incoming calls; the rest of its address may hold a secret and is left out.", func(o *sipgateOwner) string { return string(o.hooks.Incoming) }).From("incomingUrl"),
			jobs.Code("webhook_outgoing_server", "The server that sipgate.io tells of outgoing calls; the rest of its address may hold a secret and is left out.", func(o *sipgateOwner) string { return string(o.hooks.Outgoing) }).From("outgoingUrl"),
			jobs.Bool("webhook_log", "Whether sipgate.io keeps a log of its calls at these servers.", func(o *sipgateOwner) (bool, bool) { return o.hooks.Log.Get() }).From("log"),
			jobs.List("webhook_users", "The users whose calls are told of; empty for all.", func(o *sipgateOwner) []string { return o.hooks.Whitelist }).From("whitelist"),
		},
	}.Job()
}

func sipgateBalance(c *sipgate.Client) jobs.Job {
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-balance", Title: "Account balance",
		About:    "One row: what is left on the account at this moment, exact to a ten-thousandth of the currency.",
		Endpoint: sipgate.BalancePath,
		Scope:    sipgate.BalanceScope,
	})
	get := func(ctx context.Context, _ sipgateAsk) ([]sipgate.Balance, error) {
		balance, err := c.Balance(ctx)
		return []sipgate.Balance{balance}, err
	}
	amount := func(b *sipgate.Balance) exporters.Cell { return exporters.OfMoney(b.Amount.Or(0), 4) }
	return jobs.Report[sipgate.Balance]{
		Info:   info,
		Source: sipgateWhole(c, info, "balance", get),
		Columns: jobs.Columns[sipgate.Balance]{
			jobs.Of(exporters.Money, "amount", "What is left on the account.", amount).In("the currency beside it"),
			jobs.Text("currency", "The currency, such as EUR.", func(b *sipgate.Balance) string { return b.Currency }),
		},
	}.Job()
}

func sipgateUsers(c *sipgate.Client) jobs.Job {
	type user = sipgate.UserSettings
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-users", Title: "Users",
		About:    "A row for each web user of the account, with what the user may not call and what he or she is told by e-mail and SMS.",
		Endpoint: sipgate.UsersPath,
		Scope:    sipgate.UsersScope + "; besides " + sipgate.CallRestrictionsScope + " and " + sipgate.NotificationsScope + ", for the settings",
		Costly:   "Two requests for each user, for call restrictions and notifications.",
	})
	return jobs.Report[user]{
		Info:   info,
		Source: sipgateStream(c, info, c.UsersWithSettings),
		Columns: columns(jobs.Columns[user]{
			jobs.Code("id", "The user's id, such as w0.", func(u *user) string { return u.ID }),
			jobs.Text("first_name", "The user's first name.", func(u *user) string { return u.Firstname }).From("firstname"),
			jobs.Text("last_name", "The user's last name.", func(u *user) string { return u.Lastname }).From("lastname"),
			jobs.Text("email", "The user's e-mail address, with which he or she logs in.", func(u *user) string { return u.Email }),
			jobs.Bool("admin", "Whether the user may administer the account.", func(u *user) (bool, bool) { return u.Admin.Get() }),
			jobs.Code("default_device", "The device with which the user calls, such as e0.", func(u *user) string { return u.DefaultDevice }).From("defaultDevice"),
			jobs.Bool("busy_on_busy", "Whether callers hear the busy tone while the user is on the phone.", func(u *user) (bool, bool) { return u.BusyOnBusy.Get() }).From("busyOnBusy"),
			jobs.List("direct_dials", "The direct dials that lead to the user.", func(u *user) []string { return u.DirectDialIDs }).From("directDialIds"),
			jobs.Code("address_id", "The id of the user's postal address.", func(u *user) string { return string(u.AddressID) }).From("addressId"),
			jobs.Text("timezone", "The user's time zone.", func(u *user) string { return u.Timezone }),
			jobs.Bool("special_numbers_abroad", "The setting foreignSpecial of the user's call restrictions, which is about special numbers abroad.", func(u *user) (bool, bool) { return u.Restrictions.ForeignSpecial.Get() }).From("foreignSpecial"),
			jobs.Bool("charged_numbers", "The setting charged of the user's call restrictions, which is about numbers that are charged for.", func(u *user) (bool, bool) { return u.Restrictions.Charged.Get() }).From("charged"),
			jobs.Bool("roaming", "The setting roaming of the user's call restrictions, which is about mobile use abroad.", func(u *user) (bool, bool) { return u.Restrictions.Roaming.Get() }),
			jobs.Bool("high_cost_abroad", "The setting highCostForeignNumbers of the user's call restrictions, which is about costly numbers abroad.", func(u *user) (bool, bool) { return u.Restrictions.HighCostForeignNumbers.Get() }).From("highCostForeignNumbers"),
		}, jobs.Columns[user]{
			userNotices("call_notices", "calls", func(n *sipgate.Notifications) []sipgate.Notification { return n.Call }).From("call[]"),
			userNotices("fax_notices", "faxes", func(n *sipgate.Notifications) []sipgate.Notification { return n.Fax }).From("fax[]"),
			userNotices("sms_notices", "text messages", func(n *sipgate.Notifications) []sipgate.Notification { return n.SMS }).From("sms[]"),
			userNotices("voicemail_notices", "voicemails", func(n *sipgate.Notifications) []sipgate.Notification { return n.Voicemail }).From("voicemail[]"),
		}),
	}.Job()
}

// userNotices is a column of where a user is told of something: line, address, and of which kind of event.
func userNotices(name, what string, of func(*sipgate.Notifications) []sipgate.Notification) jobs.Column[sipgate.UserSettings] {
	meaning := "Where the user is told of " + what + ": the line and its name, the address, direction and cause."
	return jobs.List(name, meaning, func(u *sipgate.UserSettings) []string {
		var list []string
		for _, n := range of(&u.Notifications) {
			for _, target := range slices.Concat(n.Emails, n.SMS) {
				list = append(list, spaced(n.EndpointID, n.EndpointAlias, target.Email, target.Number, target.Direction, target.Cause))
			}
			for _, target := range n.Reports {
				list = append(list, spaced(n.EndpointID, n.EndpointAlias, target.Email, "REPORT"))
			}
		}
		return list
	})
}

// spaced joins the parts that there are.
func spaced(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " ")
}
