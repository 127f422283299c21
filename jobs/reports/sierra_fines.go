package reports

import (
	"encoding/json"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

func sierraFines(c *sierra.Client) jobs.Job {
	type fine = sierra.Fine
	info := sierraSnapshotInfo(sierraFinesInfo(jobs.Info{
		Name: "sierra-fines", Title: "Fines",
		About: "A row for each charge that a patron has not paid in full at this moment. Amounts are exact.",
		Summary: []exporters.Block{
			{Title: "What is owed", Sum: "owed"},
			{Title: "What was paid of it", Sum: "paid"},
			{Title: "Owed by location", By: "location_name", Sum: "owed", Chart: exporters.Bars},
			{Title: "Owed by kind of charge", By: "charge_type_name", Sum: "owed", Chart: exporters.Bars},
		},
	}))
	money := func(name, meaning, field string, get func(*fine) rest.Number) jobs.Column[sierraRow[fine]] {
		return jobs.Money(name, meaning, of(func(f *fine) json.Number { return get(f).JSON() })).In(sierraCurrency).From(field)
	}
	return sierraJob(info, c.Fines, columns(jobs.Columns[sierraRow[fine]]{
		jobs.Code("id", "The number of the fine.", of(func(f *fine) string { return f.Address.Last() })),
		jobs.Time("assessed", "When it was charged; empty if the API knows no more than the day.", of(func(f *fine) time.Time { return f.Assessed.Time() })).From("assessedDate"),
		jobs.Date("assessed_date", "The day on which it was charged, in the report's zone.", dayOf(func(f *fine) sierra.Instant { return f.Assessed })).From("assessedDate"),
		jobs.Code("charge_type", "The code of the kind of charge.", of(func(f *fine) string { return string(f.Charge.Code) })).From("chargeType.code"),
		jobs.Text("charge_type_name", "The kind of charge.", of(func(f *fine) string { return f.Charge.Label() })).From("chargeType.display"),
		jobs.Text("description", "What it is for: a title, or a word of the staff.", of(func(f *fine) string { return string(f.Description) })),
		jobs.Code("invoice_number", "The number of the charge.", of(func(f *fine) string { return string(f.Invoice) })).From("invoiceNumber"),
		jobs.Code("item_id", "The number of the item; empty for charges without one.", of(func(f *fine) string { return f.Item.Last() })).From("item"),
		jobs.Text("location", "The code of the location that charged it.", of(func(f *fine) string { return string(f.Location.Code) })).From("location.code"),
		jobs.Text("location_name", "The location that charged it.", of(func(f *fine) string { return f.Location.Label() })).From("location.name"),
		money("item_charge", "The charge itself.", "itemCharge", func(f *fine) rest.Number { return f.ItemCharge }),
		money("processing_fee", "The fee for replacing the item.", "processingFee", func(f *fine) rest.Number { return f.Processing }),
		money("billing_fee", "The fee for the bill.", "billingFee", func(f *fine) rest.Number { return f.Billing }),
		money("paid", "What was paid of it.", "paidAmount", func(f *fine) rest.Number { return f.Paid }),
		money("owed", "What remains to be paid: item charge, processing fee and billing fee less what was paid.",
			"itemCharge + processingFee + billingFee - paidAmount", (*fine).Owed),
	}, sierraWhen("paid_at", "something of it was paid last", "datePaid", func(f *fine) sierra.Instant { return f.DatePaid }),
		sierraWhen("returned", "the item came back", "returnDate", func(f *fine) sierra.Instant { return f.Returned }),
		sierraWhen("transferred", "it was put on another patron's account", "transferDate", func(f *fine) sierra.Instant { return f.Transferred }),
		jobs.Columns[sierraRow[fine]]{
			jobs.Text("creation_method", "How it came about, in the API's words.", textOf(func(f *fine) sierra.Text { return f.Method })).From("creationMethod"),
			jobs.Bool("bill_printed", "Whether a bill is to be printed.", maybe(func(f *fine) (bool, bool) { return f.PrintBill.Get() })).From("printBill"),
			jobs.Code("terminal", "The number of the place where it was charged.", textOf(func(f *fine) sierra.Text { return f.Terminal })).From("terminalNumber"),
			jobs.Code("patron_id", "The number of the patron who owes it.", of(func(f *fine) string { return f.Patron.Last() })).From("patron").Personal(),
			jobs.Code("original_patron_id", "The number of the patron who owed it before it was transferred.", of(func(f *fine) string { return f.Original.Last() })).From("originalPatron").Personal(),
			jobs.Text("staff_initials", "The initials of whoever of the staff charged it.", textOf(func(f *fine) sierra.Text { return f.Initials })).From("initials").Personal(),
		}))
}

// sierraFinesInfo fills what the reports on fines have in common.
func sierraFinesInfo(info jobs.Info) jobs.Info {
	info.Endpoint, info.Scope = sierra.FinesPath, sierra.FinesRole
	info.Page = sierraReference + "zObjects/fineObjectDescription.htm"
	info.Parameters = []jobs.Parameter{
		{Name: "assessedDate", Values: "a range such as [2026-11-01T00:00:00Z,2026-11-30T23:59:59Z]", Meaning: "only charges of that time"},
		sierraAgency,
		{Name: "patronId", Values: "a patron's number", Meaning: "only this patron's charges"},
		{Name: "invoiceNumber", Values: "a number", Meaning: "only this charge"},
		{Name: "id", Values: "numbers of fines, parted by commas", Meaning: "only these charges"},
	}
	return info
}
