package reports

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

func sierraPatrons(c *sierra.Client) jobs.Job {
	info := sierraRecordsInfo(jobs.Info{
		Name: "sierra-patrons", Title: "Patrons",
		Summary: []exporters.Block{
			total("What they owe", "money_owed"), each("Patrons by type", "patron_type", "", ""), most("Home libraries of the most patrons", "home_library_name", "", ""),
		},
		About: "A row for each user of the library. Names, addresses, telephone numbers, e-mail addresses, bar codes and birth dates are" +
			" neither asked for by name nor written unless personal=true says so.",
		Endpoint: sierra.PatronsPath,
		Scope:    sierra.PatronsRole,
		Page:     sierraReference + "zAPIs/patronAPI.htm",
		Parameters: []jobs.Parameter{
			sierraAgency, sierraMade, sierraSuppressed, sierraPersonal,
		},
	})
	return sierraJob(info, c.Patrons, columns(sierraMembership(), sierraBlocks(), sierraPatronUse(), sierraPerson(),
		sierraHead(func(p *sierra.Patron) *sierra.Head { return &p.Head })))
}

// patronColumns are columns of sierra-patrons.
type patronColumns = jobs.Columns[sierraRow[sierra.Patron]]

// sierraMembership says what kind of patron it is.
func sierraMembership() patronColumns {
	type patron = sierra.Patron
	return patronColumns{
		jobs.Code("id", "The record's number, without the letter p and without a check digit.", of(func(p *patron) string { return string(p.ID) })),
		jobs.Int("patron_type", "The number of the patron type, on which loan rules depend.", maybe(func(p *patron) (int64, bool) { return p.Type.Get() })).From("patronType"),
		jobs.Text("patron_code_1", "The first statistical code, whose meaning each library sets.", of(func(p *patron) string { return string(p.Codes.P1) })).From("patronCodes.pcode1"),
		jobs.Text("patron_code_2", "The second statistical code.", of(func(p *patron) string { return string(p.Codes.P2) })).From("patronCodes.pcode2"),
		jobs.Text("patron_code_3", "The third statistical code.", of(func(p *patron) string { return string(p.Codes.P3) })).From("patronCodes.pcode3"),
		jobs.Text("patron_code_4", "The fourth statistical code.", of(func(p *patron) string { return string(p.Codes.P4) })).From("patronCodes.pcode4"),
		jobs.Text("home_library", "The code of the home library.", of(func(p *patron) string { return string(p.HomeCode) })).From("homeLibraryCode"),
		jobs.Text("home_library_name", "The home library.", of(func(p *patron) string { return p.Home.Label() })).From("homeLibrary.name"),
		jobs.Date("expires", "The day on which the card expires.", dayOf(func(p *patron) sierra.Instant { return p.Expires })).From("expirationDate"),
	}
}

// sierraBlocks says what stands in the way of borrowing.
func sierraBlocks() patronColumns {
	type patron = sierra.Patron
	return patronColumns{
		jobs.Text("message", "The code of the message that the desk sees; a hyphen is none.", of(func(p *patron) string { return string(p.Message.Code) })).From("message.code"),
		jobs.Text("patron_message", "The same, as an older field has it.", textOf(func(p *patron) sierra.Text { return p.PMessage })).From("pMessage"),
		jobs.Text("block", "The code of the block that staff set; a hyphen is none.", of(func(p *patron) string { return string(p.Block.Code) })).From("blockInfo.code"),
		jobs.Date("block_until", "The day until which that block holds.", dayOf(func(p *patron) sierra.Instant { return p.Block.Until })).From("blockInfo.until"),
		jobs.Text("auto_block", "The block that the system set, such as blockedByFines; a hyphen is none.", of(func(p *patron) string { return string(p.AutoBlock.Code) })).From("autoBlockInfo.code"),
		jobs.Date("auto_block_until", "The day until which the system's block holds.", dayOf(func(p *patron) sierra.Instant { return p.AutoBlock.Until })).From("autoBlockInfo.until"),
		jobs.Money("money_owed", "What the patron owes.", of(func(p *patron) json.Number { return p.Owed.JSON() })).In(sierraCurrency).From("moneyOwed"),
	}
}

// sierraPatronUse says how much the patron borrows, all from fixed fields, which go by their numbers.
func sierraPatronUse() patronColumns {
	type patron = sierra.Patron
	count := func(number string) func(*sierraRow[patron]) (int64, bool) {
		return maybe(func(p *patron) (int64, bool) { return p.Fixed.Int(number) })
	}
	fixed := func(number string) func(*sierraRow[patron]) string {
		return of(func(p *patron) string { return p.Fixed.Text(number) })
	}
	return columns(patronColumns{
		jobs.Int("total_checkouts", "How much the patron borrowed so far.", count(sierra.PatronCheckouts)).In("loans").From("fixedFields.48.value"),
		jobs.Int("total_renewals", "How often the patron renewed loans so far.", count(sierra.PatronRenewals)).In("renewals").From("fixedFields.49.value"),
		jobs.Int("current_checkouts", "How much the patron has at home.", count(sierra.PatronCurrent)).In("loans").From("fixedFields.50.value"),
		jobs.Time("last_activity", "When the patron borrowed, returned or renewed something last.", of(func(p *patron) time.Time { return p.Fixed.Time(sierra.PatronLastActivity) })).From("fixedFields.163.value"),
		jobs.Text("language", "The code of the language that the patron prefers.", fixed(sierra.PatronLanguage)).From("fixedFields.263.value"),
		jobs.Text("language_preference", "The same, as a field with a name has it.", textOf(func(p *patron) sierra.Text { return p.LangPref })).From("langPref"),
		jobs.Text("notices", "The code of the way in which the patron wants to be told, such as z for e-mail.", fixed(sierra.PatronNotices)).From("fixedFields.268.value"),
	}, patronColumns{
		jobs.Int("current_items_a", "How much of the first kind of item that the library counts by itself the patron has.", count(sierra.PatronCurrentA)).In("loans").From("fixedFields.102.value"),
		jobs.Int("current_items_b", "How much of the second kind the patron has.", count(sierra.PatronCurrentB)).In("loans").From("fixedFields.103.value"),
		jobs.Int("current_items_c", "How much of the third kind the patron has.", count(sierra.PatronCurrentC)).In("loans").From("fixedFields.124.value"),
		jobs.Int("current_items_d", "How much of the fourth kind the patron has.", count(sierra.PatronCurrentD)).In("loans").From("fixedFields.125.value"),
		jobs.Int("highest_overdues", "How far notices about one loan went at most.", count(sierra.PatronOverdues)).From("fixedFields.55.value"),
		jobs.Int("claims_returned", "How often the patron said to have returned what the library misses.", count(sierra.PatronClaims)).From("fixedFields.95.value"),
		jobs.Int("interlibrary_loans", "How many loans from other libraries the patron asked for.", count(sierra.PatronILL)).From("fixedFields.122.value"),
		jobs.Int("use_count", "A counter that each library uses as it likes.", count(sierra.PatronUse)).From("fixedFields.104.value"),
		jobs.Int("overdue_penalty", "The points that the patron has for being late.", count(sierra.PatronPenalty)).In("points").From("fixedFields.105.value"),
		jobs.Decimal("debit_cents", "What the patron has paid in advance.", of(func(p *patron) json.Number { return p.Fixed.Number(sierra.PatronDebit).JSON() })).In("hundredths of " + sierraCurrency).From("fixedFields.123.value"),
		jobs.Date("blocked_until", "The day until which the patron may not borrow, in another fixed field.", dayOf(func(p *patron) sierra.Instant { return p.Fixed.Instant(sierra.PatronBlockedUntil) })).From("fixedFields.101.value"),
		jobs.Code("agency", "The number of the patron's agency.", fixed(sierra.PatronAgency)).From("fixedFields.158.value"),
		jobs.Int("registrations", "For how many events of the library the patron is registered.", count(sierra.PatronRegistrations)).From("fixedFields.269.value"),
		jobs.Int("total_registrations", "For how many the patron was registered so far.", count(sierra.PatronRegistered)).From("fixedFields.270.value"),
		jobs.Int("events_attended", "To how many the patron came.", count(sierra.PatronAttended)).From("fixedFields.271.value"),
		jobs.Int("waitlists", "On how many waiting lists for events the patron is.", count(sierra.PatronWaitlists)).From("fixedFields.297.value"),
		jobs.Int("revisions", "How often the record was changed.", count(sierra.PatronRevisions)).From("fixedFields.85.value"),
		jobs.Time("pdate", "A time that the system keeps under this name.", of(func(p *patron) time.Time { return p.Fixed.Time(sierra.PatronPDate) })).From("fixedFields.98.value"),
	})
}

// sierraPerson is who the patron is.
func sierraPerson() patronColumns {
	type patron = sierra.Patron
	columns := patronColumns{
		jobs.List("names", "The patron's names.", of(func(p *patron) []string { return sierraTexts(p.Names) })),
		jobs.List("barcodes", "The bar codes of the patron's cards.", of(func(p *patron) []string { return sierraTexts(p.Barcodes) })),
		jobs.List("emails", "The patron's e-mail addresses.", of(func(p *patron) []string { return sierraTexts(p.Emails) })),
		jobs.List("phones", "The patron's telephone numbers.", of(sierraPhones)).From("phones[].number"),
		jobs.List("addresses", "The patron's postal addresses.", of(sierraAddresses)).From("addresses[].lines"),
		jobs.List("phone_types", "What the telephones are, in the same order: t, p or o; a hyphen stands for none.", of(sierraPhoneTypes)).From("phones[].type"),
		jobs.List("address_types", "What the addresses are, in the same order: a or h; a hyphen stands for none.", of(sierraAddressTypes)).From("addresses[].type"),
		jobs.Date("birth_date", "The day on which the patron was born.", dayOf(func(p *patron) sierra.Instant { return p.Born })).From("birthDate"),
		jobs.List("unique_ids", "Numbers by which other systems know the patron.", of(func(p *patron) []string { return sierraTexts(p.UniqueIDs) })).From("uniqueIds"),
		jobs.List("messages", "What the desk is to tell the patron.", of(func(p *patron) []string { return sierraTexts(p.Message.Texts) })).From("message.accountMessages"),
	}
	for i := range columns {
		columns[i] = columns[i].Personal()
	}
	return columns
}

func sierraPhones(p *sierra.Patron) []string {
	list := make([]string, len(p.Phones))
	for i, phone := range p.Phones {
		list[i] = string(phone.Number)
	}
	return list
}

// sierraAddresses puts each address into one line.
func sierraAddresses(p *sierra.Patron) []string {
	var list []string
	for _, a := range p.Addresses {
		lines := slices.DeleteFunc(sierraTexts(a.Lines), func(line string) bool { return line == "" })
		list = append(list, strings.Join(lines, ", "))
	}
	return list
}

func sierraPhoneTypes(p *sierra.Patron) []string {
	list := make([]string, len(p.Phones))
	for i, phone := range p.Phones {
		list[i] = orHyphen(string(phone.Type))
	}
	return list
}

func sierraAddressTypes(p *sierra.Patron) []string {
	list := make([]string, len(p.Addresses))
	for i, address := range p.Addresses {
		list[i] = orHyphen(string(address.Type))
	}
	return list
}
