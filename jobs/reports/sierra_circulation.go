package reports

import (
	"context"
	"iter"
	"time"

	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// loan is a row of the reports on checkouts.
type loan = sierraRow[sierra.Checkout]

func sierraCheckouts(c *sierra.Client) jobs.Job {
	return sierraJob(sierraLoansInfo(jobs.Info{
		Name: "sierra-checkouts", Title: "Checkouts",
		Summary: []exporters.Block{{Title: "Loans by the day on which they are due", By: "due_date", Every: exporters.Day, Chart: exporters.Lines}, total("Renewals", "renewals")},
		About:   "A row for each loan that runs at this moment.",
	}), c.Checkouts, sierraLoan())
}

func sierraOverdueItems(c *sierra.Client) jobs.Job {
	info := sierraLoansInfo(jobs.Info{
		Name: "sierra-overdue-items", Title: "Overdue items",
		About:   "A row for each loan that was due yesterday or before, on the library's calendar if the report's zone is the library's.",
		Summary: []exporters.Block{{Title: "Overdue loans by the day on which they were due", By: "due", Every: exporters.Day, Chart: exporters.Lines}},
	})
	all := sierraSource(info, c.Checkouts)
	late := func(ctx context.Context, r jobs.Request) iter.Seq2[loan, error] {
		return func(yield func(loan, error) bool) {
			for row, err := range all(ctx, r) {
				if err == nil && daysLate(&row) <= 0 {
					continue
				}
				if !yield(row, err) {
					return
				}
			}
		}
	}
	days := jobs.Count("days_late", "How many days ago it was due.", daysLate).In("days").From("dueDate").
		Marking(exporters.MarkedAbove(exporters.Bad, 30), exporters.MarkedAbove(exporters.Doubtful, 7))
	return jobs.Report[loan]{Info: info, Source: late, Columns: columns(sierraLoan(), jobs.Columns[loan]{days})}.Job()
}

// daysLate counts the days from the one on which a loan was due to the one on which the report is made.
func daysLate(l *loan) int64 {
	due := l.record.Due.Day(l.zone)
	if due.IsZero() {
		return 0
	}
	year, month, day := l.end.In(l.zone).Date()
	return int64(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Sub(due) / (24 * time.Hour))
}

// sierraLoansInfo fills what the reports on checkouts have in common.
func sierraLoansInfo(info jobs.Info) jobs.Info {
	info.Endpoint, info.Scope = sierra.CheckoutsPath, sierra.CheckoutsRole
	info.Page = sierraReference + "zObjects/checkoutObjectDescription.htm"
	info.Parameters = []jobs.Parameter{
		{Name: "fields", Values: "default,barcode,callNumber,numberOfRenewals", Meaning: "for libraries whose API leaves these out unless they are named"},
	}
	return sierraSnapshotInfo(info)
}

// sierraLoan are the columns of a loan.
func sierraLoan() jobs.Columns[loan] {
	type checkout = sierra.Checkout
	return columns(jobs.Columns[loan]{
		jobs.Code("id", "The number of the checkout.", of(func(c *checkout) string { return c.Address.Last() })),
		jobs.Code("item_id", "The number of the item.", of(func(c *checkout) string { return c.Item.Last() })).From("item"),
		jobs.Code("barcode", "The item's bar code.", of(func(c *checkout) string { return string(c.Barcode) })),
		jobs.Text("call_number", "Where the item stands on the shelf, without marks of subfields.", of((*checkout).CallNumber)).From("callNumber"),
		jobs.Time("checked_out", "When the loan began.", of(func(c *checkout) time.Time { return c.Out.Time() })).From("outDate"),
	}, sierraDue("dueDate", func(c *checkout) sierra.Instant { return c.Due }), jobs.Columns[loan]{
		jobs.Int("renewals", "How often the loan was renewed.", maybe(func(c *checkout) (int64, bool) { return c.Renewals.Get() })).In("renewals").From("numberOfRenewals"),
		jobs.Date("recalled", "The day on which the item was called back.", dayOf(func(c *checkout) sierra.Instant { return c.Recalled })).From("recallDate"),
		jobs.Code("patron_id", "The number of the patron who has it.", of(func(c *checkout) string { return c.Patron.Last() })).From("patron").Personal(),
	})
}

func sierraHolds(c *sierra.Client) jobs.Job {
	type hold = sierra.Hold
	info := sierraSnapshotInfo(jobs.Info{
		Name: "sierra-holds", Title: "Holds",
		About: "A row for each hold that waits or is ready at this moment.",
		Summary: []exporters.Block{
			{Title: "Holds by pickup location", By: "pickup_location_name", Split: "status_name", Chart: exporters.Stacked},
			{Title: "Holds by the month in which they were placed", By: "placed", Every: exporters.Month, Chart: exporters.Lines},
		},
		Endpoint: sierra.HoldsPath,
		Scope:    sierra.HoldsRole,
		Page:     sierraReference + "zObjects/holdObjectDescription.htm",
	})
	return sierraJob(info, c.Holds, jobs.Columns[sierraRow[hold]]{
		jobs.Code("id", "The number of the hold.", of(func(h *hold) string { return h.Address.Last() })),
		jobs.Text("record_type", "What is wanted: b is any copy of a title, i one item, j a volume.", of(func(h *hold) string { return string(h.RecordType) })).From("recordType"),
		jobs.Code("record_id", "The number of the title, item or volume.", of(func(h *hold) string { return h.Record.Last() })).From("record"),
		jobs.Text("status", "0 is waiting, i, b and j are ready for pickup, t is on its way.", of(func(h *hold) string { return string(h.Status.Code) })).From("status.code"),
		jobs.Text("status_name", "The status, in the library's words.", of(func(h *hold) string { return h.Status.Label() })).From("status.name"),
		jobs.Bool("frozen", "Whether the patron wants it to wait.", maybe(func(h *hold) (bool, bool) { return h.Frozen.Get() })),
		jobs.Date("placed", "The day on which it was placed.", dayOf(func(h *hold) sierra.Instant { return h.Placed })),
		jobs.Date("not_wanted_before", "The first day on which it is wanted.", dayOf(func(h *hold) sierra.Instant { return h.NotBefore })).From("notWantedBeforeDate"),
		jobs.Date("not_needed_after", "The last day on which it is wanted.", dayOf(func(h *hold) sierra.Instant { return h.NotAfter })).From("notNeededAfterDate"),
		jobs.Date("pickup_by", "The day until which it waits for the patron, if the report's zone is the library's.", dayOf(func(h *hold) sierra.Instant { return h.PickupBy })).From("pickupByDate"),
		jobs.Text("pickup_location", "The code of the location where it is to be picked up.", of(func(h *hold) string { return string(h.Pickup.Code) })).From("pickupLocation.code"),
		jobs.Text("pickup_location_name", "The location where it is to be picked up.", of(func(h *hold) string { return h.Pickup.Label() })).From("pickupLocation.name"),
		jobs.Text("location", "The code of the location from which it is wanted, if it is limited to one.", of(func(h *hold) string { return string(h.Location.Code) })).From("location.code"),
		jobs.Text("location_name", "The location from which it is wanted.", of(func(h *hold) string { return h.Location.Label() })).From("location.name"),
		jobs.Int("priority", "The place in the queue.", maybe(func(h *hold) (int64, bool) { return h.Priority.Get() })),
		jobs.Int("queue_length", "How many wait for the same.", maybe(func(h *hold) (int64, bool) { return h.QueueLength.Get() })).In("holds").From("priorityQueueLength"),
		jobs.Code("patron_id", "The number of the patron who wants it.", of(func(h *hold) string { return h.Patron.Last() })).From("patron").Personal(),
		jobs.Text("note", "What somebody wrote on the hold.", of(func(h *hold) string { return string(h.Note) })).Personal(),
	})
}
