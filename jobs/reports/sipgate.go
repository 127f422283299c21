package reports

import (
	"context"
	"iter"
	"net/url"

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
		sipgateHistory(c),
		sipgateCalls(c),
		sipgateFaxes(c),
		sipgateSMS(c),
		sipgateVoicemails(c),
	}
}

const (
	sipgatePage   = "https://api.sipgate.com/v2/doc"
	sipgateLimits = "sipgate publishes none; 2 requests a second are sent, 2 at a time"
)

// sipgateInfo fills what all reports about the present state have in common.
func sipgateInfo(info jobs.Info) jobs.Info {
	info.API, info.Page, info.Every = "sipgate", sipgatePage, jobs.Now
	info.Paging, info.Limits = "none: the whole answer at once", sipgateLimits
	return info
}

// sipgateWhole is the source of what comes whole, in one answer: what names the records, get asks for them.
func sipgateWhole[T any](
	c *sipgate.Client, info jobs.Info, what string, get func(context.Context, sipgate.Userinfo, url.Values) ([]T, error),
) jobs.Source[T] {
	return checked(info, func(ctx context.Context, r jobs.Request) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			var none T
			who, err := c.Userinfo(ctx)
			if err != nil {
				yield(none, err)
				return
			}
			r.Proof.Account(who.String())
			records, err := get(ctx, who, apiParams(r.Params))
			if err != nil {
				yield(none, err)
				return
			}
			for _, record := range records {
				if !yield(record, nil) {
					return
				}
			}
			r.Proof.Complete("the API gives the whole %s in one answer (rows: %d)", what, len(records))
		}
	})
}

// sipgateOwner is an account and the user who looks at it.
type sipgateOwner struct {
	sipgate.Account
	user sipgate.Userinfo
}

func sipgateAccount(c *sipgate.Client) jobs.Job {
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-account", Title: "Telephone account",
		About: "One row: the account, how long it keeps its history, and the web user to whom the token belongs. " +
			"What that user may not see is in no report.",
		Endpoint: sipgate.AccountPath,
		Scope:    sipgate.AccountScope,
	})
	get := func(ctx context.Context, who sipgate.Userinfo, _ url.Values) ([]sipgateOwner, error) {
		account, err := c.Account(ctx)
		return []sipgateOwner{{account, who}}, err
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
	get := func(ctx context.Context, _ sipgate.Userinfo, _ url.Values) ([]sipgate.Balance, error) {
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
	type user = sipgate.User
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-users", Title: "Users",
		About:    "A row for each web user of the account.",
		Endpoint: sipgate.UsersPath,
		Scope:    sipgate.UsersScope,
	})
	get := func(ctx context.Context, _ sipgate.Userinfo, params url.Values) ([]user, error) {
		return c.Users(ctx, params)
	}
	return jobs.Report[user]{
		Info:   info,
		Source: sipgateWhole(c, info, "list of users", get),
		Columns: jobs.Columns[user]{
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
		},
	}.Job()
}
