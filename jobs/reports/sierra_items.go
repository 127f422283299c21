package reports

import (
	"encoding/json"
	"time"

	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

func sierraItems(c *sierra.Client) jobs.Job {
	info := sierraRecordsInfo(jobs.Info{
		Name: "sierra-items", Title: "Items",
		Summary: []exporters.Block{
			most("Locations with the most items", "location_name", "", ""), each("Items by status", "status_name", "", ""), most("Types with the most items", "item_type_name", "", ""),
		},
		About:    "A row for each copy, with its status, loans and holds.",
		Endpoint: sierra.ItemsPath,
		Scope:    sierra.ItemsRole,
		Page:     sierraReference + "zObjects/itemObjectDescription.htm",
		Parameters: []jobs.Parameter{
			sierraLocations, sierraBibIDs, sierraMade,
			{Name: "status", Values: "a code of one character, such as m", Meaning: "only items of this status"},
			{Name: "duedate", Values: "a range such as [,2026-11-20T23:59:59Z]", Meaning: "only items that are out and due then"},
			sierraSuppressed, sierraPersonal,
		},
	})
	return sierraJob(info, c.Items, columns(sierraItemCopy(), sierraItemState(), sierraItemUse(), sierraItemRest(), sierraItemPatrons(),
		sierraHead(func(i *sierra.Item) *sierra.Head { return &i.Head })))
}

// itemColumns are columns of sierra-items.
type itemColumns = jobs.Columns[sierraRow[sierra.Item]]

// sierraItemCopy says which copy it is.
func sierraItemCopy() itemColumns {
	type item = sierra.Item
	return itemColumns{
		jobs.Code("id", "The record's number, without the letter i and without a check digit.", of(func(i *item) string { return string(i.ID) })),
		jobs.List("bib_ids", "The numbers of the titles; several for volumes that are bound together.", of(func(i *item) []string { return sierraTexts(i.BibIDs) })).From("bibIds"),
		jobs.Code("barcode", "The item's bar code.", of(func(i *item) string { return string(i.Barcode) })),
		jobs.Text("call_number", "Where it stands on the shelf, without marks of subfields.", of((*item).CallNumber)).From("callNumber"),
		jobs.List("volumes", "Which volume or issue it is.", of(func(i *item) []string { return sierraTexts(i.Volumes) })),
		jobs.Int("copy", "The number of the copy.", maybe(func(i *item) (int64, bool) { return i.CopyNo.Get() })).From("copyNo"),
		jobs.Text("location", "The code of the location.", of(func(i *item) string { return string(i.Location.Code) })).From("location.code"),
		jobs.Text("location_name", "The location.", of(func(i *item) string { return i.Location.Label() })).From("location.name"),
		jobs.Code("item_type", "The number of the item type, on which loan rules depend.", of(func(i *item) string { return i.Fixed.Text(sierra.ItemType) })).From("fixedFields.61.value"),
		jobs.Text("item_type_name", "The item type.", of(func(i *item) string {
			if i.ItemType != "" {
				return string(i.ItemType)
			}
			return i.Fixed.Display(sierra.ItemType)
		})).From("itemType"),
	}
}

// sierraItemState says where it is.
func sierraItemState() itemColumns {
	type item = sierra.Item
	return columns(itemColumns{
		jobs.Text("status", "The status code. An item that is out keeps the one that it had on the shelf, as a rule a hyphen: see checked_out.", of(func(i *item) string { return string(i.Status.Code.Code) })).From("status.code"),
		jobs.Text("status_name", "The status, in the library's words.", of(func(i *item) string { return i.Status.Label() })).From("status.display"),
		jobs.Bool("checked_out", "Whether somebody has it: it has a due time.", always((*item).CheckedOut)).From("status.duedate"),
	}, sierraDue("status.duedate", func(i *item) sierra.Instant { return i.Status.Due }), itemColumns{
		jobs.Text("transit_to", "The code of the location that it is on its way to.", of(func(i *item) string { return string(i.Transit.To.Code) })).From("transitInfo.to.code"),
		jobs.Text("transit_to_name", "The location that it is on its way to.", of(func(i *item) string { return i.Transit.To.Label() })).From("transitInfo.to.name"),
		jobs.Bool("transit_for_hold", "Whether it is on its way because somebody wants it.", maybe(func(i *item) (bool, bool) { return i.Transit.ForHold.Get() })).From("transitInfo.forHold"),
		jobs.Int("holds", "The number of holds on the item.", maybe(func(i *item) (int64, bool) { return i.Holds.Get() })).In("holds").From("holdCount"),
	})
}

// always is of for truths that every record has.
func always[T any](get func(*T) bool) func(*sierraRow[T]) (bool, bool) {
	return func(r *sierraRow[T]) (bool, bool) { return get(&r.record), true }
}

// sierraItemUse says how often it was borrowed, all from fixed fields, which go by their numbers.
func sierraItemUse() itemColumns {
	type item = sierra.Item
	count := func(number string) func(*sierraRow[item]) (int64, bool) {
		return maybe(func(i *item) (int64, bool) { return i.Fixed.Int(number) })
	}
	at := func(number string) func(*sierraRow[item]) time.Time {
		return of(func(i *item) time.Time { return i.Fixed.Time(number) })
	}
	return itemColumns{
		jobs.Int("total_checkouts", "How often it was borrowed in all its life.", count(sierra.ItemCheckouts)).In("loans").From("fixedFields.76.value"),
		jobs.Int("total_renewals", "How often loans of it were renewed in all its life.", count(sierra.ItemRenewals)).In("renewals").From("fixedFields.77.value"),
		jobs.Int("checkouts_this_year", "How often it was borrowed in the library's running year.", count(sierra.ItemThisYear)).In("loans").From("fixedFields.109.value"),
		jobs.Int("checkouts_last_year", "How often it was borrowed in the library's year before.", count(sierra.ItemLastYear)).In("loans").From("fixedFields.110.value"),
		jobs.Time("last_checkout", "When it was borrowed last.", at(sierra.ItemLastCheckout)).From("fixedFields.78.value"),
		jobs.Time("last_checkin", "When it came back last.", at(sierra.ItemLastCheckin)).From("fixedFields.68.value"),
	}
}

// sierraItemRest are the other fixed fields: the loan that runs, and what the staff notes.
func sierraItemRest() itemColumns {
	type item = sierra.Item
	text := func(number string) func(*sierraRow[item]) string {
		return of(func(i *item) string { return i.Fixed.Text(number) })
	}
	count := func(number string) func(*sierraRow[item]) (int64, bool) {
		return maybe(func(i *item) (int64, bool) { return i.Fixed.Int(number) })
	}
	at := func(number string) func(*sierraRow[item]) time.Time {
		return of(func(i *item) time.Time { return i.Fixed.Time(number) })
	}
	return itemColumns{
		jobs.Time("out", "When the loan that runs began.", at(sierra.ItemOut)).From("fixedFields.63.value"),
		jobs.Int("renewals", "How often the loan that runs was renewed.", count(sierra.ItemRenewed)).In("renewals").From("fixedFields.71.value"),
		jobs.Int("overdue_notices", "How many notices were sent about the loan that runs.", count(sierra.ItemOverdues)).In("notices").From("fixedFields.72.value"),
		jobs.Code("out_terminal", "The number of the place where it was handed out last.", text(sierra.ItemOutLocation)).From("fixedFields.64.value"),
		jobs.Code("in_terminal", "The number of the place where it was taken back last.", text(sierra.ItemInLocation)).From("fixedFields.70.value"),
		jobs.Decimal("price_cents", "What it cost, as the record has it. Other amounts in such fields are hundredths, and so is probably this one; no page of the vendor says so.",
			of(func(i *item) json.Number { return i.Fixed.Number(sierra.ItemPrice).JSON() })).In("probably hundredths of " + sierraCurrency).From("fixedFields.62.value"),
		jobs.Int("internal_uses", "How often it was used inside the library.", count(sierra.ItemInternalUse)).From("fixedFields.93.value"),
		jobs.Int("copy_uses", "How often it was copied from.", count(sierra.ItemCopyUse)).From("fixedFields.94.value"),
		jobs.Int("use_count", "A counter that each library uses as it likes.", count(sierra.ItemUse3)).From("fixedFields.74.value"),
		jobs.Text("item_code_1", "The first statistical code, whose meaning each library sets.", text(sierra.ItemCode1)).From("fixedFields.59.value"),
		jobs.Text("item_code_2", "The second statistical code, by which items are hidden, as a rule.", text(sierra.ItemCode2)).From("fixedFields.60.value"),
		jobs.Text("message", "The code of the message that the desk sees; a hyphen is none.", text(sierra.ItemMessage)).From("fixedFields.97.value"),
		jobs.Text("public_message", "The code of the message that the public catalogue shows; a hyphen is none.", text(sierra.ItemPublicNote)).From("fixedFields.108.value"),
		jobs.Text("sticky_status", "The code of its sticky status, as Sierra calls it.", text(sierra.ItemStickyStatus)).From("fixedFields.306.value"),
		jobs.Bool("hold_on_title", "Whether somebody waits for any copy of the title.", maybe(func(i *item) (bool, bool) { return i.Fixed.Bool(sierra.ItemBibHold) })).From("fixedFields.57.value"),
		jobs.Date("inventoried", "The day on which it was counted last.", dayOf(func(i *item) sierra.Instant { return i.Fixed.Instant(sierra.ItemInventoried) })).From("fixedFields.69.value"),
		jobs.Code("agency", "The number of the agency to which it belongs.", text(sierra.ItemAgency)).From("fixedFields.86.value"),
		jobs.Code("other_agency", "The number of an agency in another fixed field; what sets the two apart is documented nowhere.", text(sierra.ItemLoanAgency)).From("fixedFields.127.value"),
		jobs.Int("revisions", "How often the record was changed.", count(sierra.ItemRevisions)).From("fixedFields.85.value"),
		jobs.Time("pdate", "A time that the system keeps under this name.", at(sierra.ItemPDate)).From("fixedFields.98.value"),
	}
}

// sierraItemPatrons are those who have it and had it, both from fixed fields.
func sierraItemPatrons() itemColumns {
	type item = sierra.Item
	patron := func(number string) func(*sierraRow[item]) string {
		return of(func(i *item) string {
			// A patron's number is 0 where there is none.
			if id := i.Fixed.Text(number); id != "0" {
				return id
			}
			return ""
		})
	}
	return itemColumns{
		jobs.Code("patron_id", "The number of the patron who has it.", patron(sierra.ItemPatron)).From("fixedFields.66.value").Personal(),
		jobs.Code("last_patron_id", "The number of the patron who had it before.", patron(sierra.ItemLastPatron)).From("fixedFields.67.value").Personal(),
	}
}
