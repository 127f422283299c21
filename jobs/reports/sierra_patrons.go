package reports

import (
	"encoding/json"
	"time"

	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/jobs"
)

func sierraPatrons(c *sierra.Client) jobs.Job {
	info := sierraRecordsInfo(jobs.Info{
		Name: "sierra-patrons", Title: "Patrons",
		About: "A row for each user of the library. Names, addresses, telephone numbers, e-mail addresses, bar codes and birth dates are" +
			" neither asked for by name nor written unless personal=true says so.",
		Endpoint: sierra.PatronsPath,
		Scope:    sierra.PatronsRole,
		Page:     sierraReference + "zAPIs/patronAPI.htm",
		Parameters: []jobs.Parameter{
			{Name: "agencyCodes", Values: "numbers, parted by commas", Meaning: "only patrons of these agencies"},
			sierraSuppressed, sierraPersonal,
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
	return patronColumns{
		jobs.Int("total_checkouts", "How much the patron borrowed so far.", count(sierra.PatronCheckouts)).In("loans").From("fixedFields.48.value"),
		jobs.Int("total_renewals", "How often the patron renewed loans so far.", count(sierra.PatronRenewals)).In("renewals").From("fixedFields.49.value"),
		jobs.Int("current_checkouts", "How much the patron has at home.", count(sierra.PatronCurrent)).In("loans").From("fixedFields.50.value"),
		jobs.Time("last_activity", "When the patron borrowed, returned or renewed something last.", of(func(p *patron) time.Time { return p.Fixed.Time(sierra.PatronLastActivity) })).From("fixedFields.163.value"),
		jobs.Text("language", "The code of the language that the patron prefers.", of(func(p *patron) string { return p.Fixed.Text(sierra.PatronLanguage) })).From("fixedFields.263.value"),
		jobs.Text("notices", "The code of the way in which the patron wants to be told, such as z for e-mail.", of(func(p *patron) string { return p.Fixed.Text(sierra.PatronNotices) })).From("fixedFields.268.value"),
	}
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
