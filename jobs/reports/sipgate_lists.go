package reports

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sipgate"
	"github.com/reportjob/reportjob/jobs"
)

// Reports of what belongs to the account as a whole, and how nested values become cells.

// sipgateEach is a column of a list, an item for each thing that belongs to the record. Items stand in the same order in
// all such columns; one that is empty is shown as "-", so that they stay beside one another.
func sipgateEach[R, T any](name, meaning string, things func(*R) []T, get func(*T) string) jobs.Column[R] {
	return jobs.List(name, meaning, func(record *R) []string {
		all := things(record)
		list, any := make([]string, len(all)), false
		for i := range all {
			list[i] = get(&all[i])
			any = any || list[i] != ""
		}
		if !any {
			return nil
		}
		for i := range list {
			if list[i] == "" {
				list[i] = "-"
			}
		}
		return list
	})
}

// truth is a truth as text, for lists.
func truth(b rest.Bool) string {
	value, ok := b.Get()
	if !ok {
		return ""
	}
	return strconv.FormatBool(value)
}

// digits is a whole number as text, for lists.
func digits(n rest.Int) string {
	value, ok := n.Get()
	if !ok {
		return ""
	}
	return strconv.FormatInt(value, 10)
}

// sipgateNumberColumns are the numbers that lead to a line.
func sipgateNumberColumns[R any](numbers func(*R) []sipgate.TypedNumber) jobs.Columns[R] {
	return jobs.Columns[R]{
		sipgateEach("numbers", "The telephone numbers.", numbers, func(n *sipgate.TypedNumber) string { return n.Number }).From("numbers[].number"),
		sipgateEach("number_types", "What each of the numbers is.", numbers, func(n *sipgate.TypedNumber) string { return strings.Join(n.Type, ", ") }).From("numbers[].type"),
	}
}

func sipgateNumbers(c *sipgate.Client) jobs.Job {
	type number = sipgate.Number
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-numbers", Title: "Telephone numbers",
		About:    "A row for each telephone number of the account, and where it leads; a number that leads nowhere has no endpoint.",
		Endpoint: sipgate.NumbersPath, Scope: sipgate.NumbersScope,
		Paging: "limit and offset, 250 a page; no total is documented, so that a page behind the last is asked for", Requests: 3,
	})
	return jobs.Report[number]{
		Info:   info,
		Source: sipgateStream(c, info, c.Numbers),
		Columns: jobs.Columns[number]{
			jobs.Code("id", "The number's id.", func(n *number) string { return string(n.ID) }),
			jobs.Code("number", "The number, as +4930….", func(n *number) string { return n.Number }),
			jobs.Code("localized", "The number as people write it in its country.", func(n *number) string { return n.Localized }),
			jobs.Text("type", "MOBILE, LANDLINE, QUICKDIAL or INTERNATIONAL.", func(n *number) string { return n.Type }),
			jobs.Code("endpoint_id", "What the number leads to, such as p0 (a phone line) or g0 (a group); empty if nowhere.", func(n *number) string { return n.EndpointID }).From("endpointId"),
			jobs.Text("endpoint_name", "The name of what the number leads to.", func(n *number) string { return n.EndpointAlias }).From("endpointAlias"),
			jobs.Bool("released", "Whether the number is released, so that another carrier may take it over.", func(n *number) (bool, bool) { return n.MNP.Released.Get() }).From("mnpState.isReleased"),
			jobs.Text("released_until", "Until when it is released, as the API writes it.", func(n *number) string { return n.MNP.ReleasedUntil }).From("mnpState.releasedUntil"),
			jobs.Code("porting_id", "The id of the porting with which the number came.", func(n *number) string { return string(n.PortID) }).From("portId"),
		},
	}.Job()
}

func sipgateContacts(c *sipgate.Client) jobs.Job {
	type contact = sipgate.Contact
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-contacts", Title: "Contacts",
		About:    "A row for each entry of the address book that the token's user sees, shared ones included. Pictures are left out.",
		Endpoint: sipgate.ContactsPath, Scope: sipgate.ContactsScope,
		Paging: "limit and offset, 250 a page; read again if its total is not met",
		Parameters: []jobs.Parameter{
			{Name: "phonenumbers", Values: "a number, as +4930…", Meaning: "only contacts with this number; repeat it for several"},
			{Name: "scopes", Values: "PRIVATE, SHARED, INTERNAL", Meaning: "only these; newer than the API's published description; repeat it for several"},
		},
	})
	type email = sipgate.TypedEmail
	emails := func(k *contact) []email { return k.Emails }
	places := func(k *contact) []sipgate.Place { return k.Addresses }
	return jobs.Report[contact]{
		Info:   info,
		Source: sipgateStream(c, info, c.Contacts),
		Columns: columns(jobs.Columns[contact]{
			jobs.Code("id", "The contact's id.", func(k *contact) string { return string(k.ID) }),
			jobs.Text("name", "The contact's name.", func(k *contact) string { return k.Name }),
			sipgateEach("organizations", "Where the contact belongs to, each with its departments behind it.", func(k *contact) []rest.Texts { return k.Organization },
				func(o *rest.Texts) string { return strings.Join(*o, ", ") }).From("organization"),
			jobs.Text("scope", "PRIVATE (the user's own), SHARED (the account's) or INTERNAL (its users).", func(k *contact) string { return k.Scope }),
		},
			sipgateNumberColumns(func(k *contact) []sipgate.TypedNumber { return k.Numbers }),
			jobs.Columns[contact]{
				sipgateEach("emails", "The e-mail addresses.", emails, func(e *email) string { return e.Email }).From("emails[].email"),
				sipgateEach("email_types", "What each of the e-mail addresses is.", emails, func(e *email) string { return strings.Join(e.Type, ", ") }).From("emails[].type"),
				sipgateEach("streets", "Street and house number of each postal address.", places, func(p *sipgate.Place) string { return p.StreetAddress }).From("addresses[].streetAddress"),
				sipgateEach("address_additions", "What is added to each postal address.", places, func(p *sipgate.Place) string { return p.ExtendedAddress }).From("addresses[].extendedAddress"),
				sipgateEach("po_boxes", "The post-office box of each postal address.", places, func(p *sipgate.Place) string { return p.POBox }).From("addresses[].poBox"),
				sipgateEach("postal_codes", "The postal code of each postal address.", places, func(p *sipgate.Place) string { return p.PostalCode }).From("addresses[].postalCode"),
				sipgateEach("towns", "The town of each postal address.", places, func(p *sipgate.Place) string { return p.Locality }).From("addresses[].locality"),
				sipgateEach("regions", "The region of each postal address.", places, func(p *sipgate.Place) string { return p.Region }).From("addresses[].region"),
				sipgateEach("countries", "The country of each postal address.", places, func(p *sipgate.Place) string { return p.Country }).From("addresses[].country"),
			}),
	}.Job()
}

func sipgateInternalContacts(c *sipgate.Client) jobs.Job {
	type contact = sipgate.InternalContact
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-internal-contacts", Title: "Internal contacts",
		About:    "A row for each contact that the account makes of its users and lines, with the numbers by which they are reached.",
		Endpoint: sipgate.InternalContactsPath, Scope: sipgate.ContactsScope,
	})
	get := func(ctx context.Context, ask sipgateAsk) ([]contact, error) {
		return c.InternalContacts(ctx, ask.params)
	}
	return jobs.Report[contact]{
		Info:   info,
		Source: sipgateWhole(c, info, "list of internal contacts", get),
		Columns: jobs.Columns[contact]{
			jobs.Code("id", "The contact's id.", func(k *contact) string { return string(k.ID) }),
			jobs.Text("name", "The contact's name.", func(k *contact) string { return k.Name }),
			jobs.List("emails", "The e-mail addresses.", func(k *contact) []string { return k.Emails }),
			jobs.List("landline_numbers", "The landline numbers.", func(k *contact) []string { return k.Landline }).From("landline"),
			jobs.List("mobile_numbers", "The mobile numbers.", func(k *contact) []string { return k.Mobile }).From("mobile"),
			jobs.List("fax_numbers", "The fax numbers.", func(k *contact) []string { return k.Fax }).From("fax"),
			jobs.List("direct_dials", "The direct dials.", func(k *contact) []string { return k.DirectDial }).From("directdial"),
		},
	}.Job()
}

func sipgateBlacklist(c *sipgate.Client) jobs.Job {
	type blocked = sipgate.Blocked
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-blacklist", Title: "Blocked callers",
		About:    "A row for each number, or beginning of numbers, whose calls are not let through.",
		Endpoint: sipgate.BlacklistPath, Scope: sipgate.BlacklistScope,
	})
	get := func(ctx context.Context, ask sipgateAsk) ([]blocked, error) { return c.Blacklist(ctx, ask.params) }
	return jobs.Report[blocked]{
		Info:   info,
		Source: sipgateWhole(c, info, "list of blocked callers", get),
		Columns: jobs.Columns[blocked]{
			jobs.Code("number", "The number, or its beginning.", func(b *blocked) string { return b.PhoneNumber }).From("phoneNumber"),
			jobs.Bool("prefix", "Whether all numbers that begin like this are blocked.", func(b *blocked) (bool, bool) { return b.Prefix.Get() }).From("isBlock"),
		},
	}.Job()
}

func sipgatePortings(c *sipgate.Client) jobs.Job {
	type porting = sipgate.Porting
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-portings", Title: "Number portings",
		About:    "A row for each porting of numbers between carriers: when, which numbers, and how far it has come.",
		Endpoint: sipgate.PortingsPath, Scope: sipgate.PortingsScope,
	})
	get := func(ctx context.Context, ask sipgateAsk) ([]porting, error) { return c.Portings(ctx, ask.params) }
	return jobs.Report[porting]{
		Info:   info,
		Source: sipgateWhole(c, info, "list of portings", get),
		Columns: jobs.Columns[porting]{
			jobs.Code("id", "The porting's id.", func(p *porting) string { return string(p.ID) }),
			jobs.Date("date", "The day of the porting.", func(p *porting) time.Time { return p.Date.Time }).From("portDate"),
			jobs.Int("status", "How far it has come, as the API's number.", func(p *porting) (int64, bool) { return p.Status.Get() }),
			jobs.Text("status_meaning", "The status in words; empty for a number that is not documented.", (*porting).Meaning).From("status"),
			jobs.Bool("pending", "Whether it is still under way.", func(p *porting) (bool, bool) { return p.Pending.Get() }),
			jobs.Bool("revocable", "Whether it can still be revoked.", func(p *porting) (bool, bool) { return p.Revocable.Get() }),
			jobs.List("numbers", "The numbers that are ported.", func(p *porting) (list []string) {
				for _, n := range p.Numbers {
					list = append(list, n.Number)
				}
				return list
			}).From("numbers[].number"),
			jobs.List("number_ids", "The ids of these numbers.", func(p *porting) (list []string) {
				for _, n := range p.Numbers {
					list = append(list, string(n.ID))
				}
				return list
			}).From("numbers[].id"),
		},
	}.Job()
}

func sipgateAddresses(c *sipgate.Client) jobs.Job {
	type address = sipgate.Address
	info := sipgateInfo(jobs.Info{
		Name: "sipgate-addresses", Title: "Addresses",
		About:    "A row for each postal address of the account, and the numbers that are registered there.",
		Endpoint: sipgate.AddressesPath, Scope: sipgate.AddressesScope + "; besides " + sipgate.NumbersScope + ", for the numbers, and " + sipgate.UsersScope + ", for ids that the list does not have",
		Requests: 3, Costly: "A request for each address, for its numbers.",
	})
	numbers := func(a *address) []sipgate.Number { return a.Numbers }
	return jobs.Report[address]{
		Info:   info,
		Source: sipgateStream(c, info, c.Addresses),
		Columns: jobs.Columns[address]{
			jobs.Code("id", "The address's id.", func(a *address) string { return string(a.ID) }),
			jobs.Text("street", "Street and house number.", func(a *address) string { return a.StreetAddress }).From("streetAddress"),
			jobs.Text("addition", "What is added to it, such as a floor.", func(a *address) string { return a.ExtendedAddress }).From("extendedAddress"),
			jobs.Code("po_box", "The post-office box.", func(a *address) string { return a.POBox }).From("poBox"),
			jobs.Code("postal_code", "The postal code.", func(a *address) string { return a.PostalCode }).From("postalCode"),
			jobs.Text("town", "The town.", func(a *address) string { return a.Locality }).From("locality"),
			jobs.Text("region", "The region.", func(a *address) string { return a.Region }),
			jobs.Text("country", "The country, such as DE.", func(a *address) string { return a.Country }),
			sipgateEach("numbers", "The telephone numbers that are registered there.", numbers, func(n *sipgate.Number) string { return n.Number }).From("items[].number"),
			sipgateEach("number_types", "What each of the numbers is.", numbers, func(n *sipgate.Number) string { return n.Type }).From("items[].type"),
			sipgateEach("number_ids", "The ids of the numbers.", numbers, func(n *sipgate.Number) string { return string(n.ID) }).From("items[].id"),
			sipgateEach("number_endpoints", "What each of the numbers leads to, such as p0; a dash if nowhere.", numbers, func(n *sipgate.Number) string { return n.EndpointID }).From("items[].endpointId"),
		},
	}.Job()
}
