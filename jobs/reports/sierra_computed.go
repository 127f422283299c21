package reports

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// sierraWhole is a list of records of which all are wanted, whatever the window: what is reckoned from a part would be
// wrong.
func sierraWhole[T any](list sierraList[T]) sierraList[T] {
	return func(ctx context.Context, q sierra.Query, p sierra.Progress) iter.Seq2[T, error] {
		q.From, q.To = time.Time{}, time.Time{}
		return list(ctx, q, p)
	}
}

// sierraWaited keeps the titles that somebody waits for. Where no title at all tells its holds, the API did not say that
// there are none, but nothing.
func sierraWaited(titles jobs.Source[sierraRow[sierra.Bib]]) jobs.Source[sierraRow[sierra.Bib]] {
	return func(ctx context.Context, r jobs.Request) iter.Seq2[sierraRow[sierra.Bib], error] {
		return func(yield func(sierraRow[sierra.Bib], error) bool) {
			came, told := 0, 0
			for one, err := range titles(ctx, r) {
				holds, known := one.record.Holds.Get()
				if came++; known {
					told++
				}
				if err == nil && holds <= 0 {
					continue
				}
				if !yield(one, err) || err != nil {
					return
				}
			}
			if came > 0 && told == 0 && r.Limit == 0 {
				yield(sierraRow[sierra.Bib]{}, &rest.Error{API: "sierra", Path: sierra.BibsPath, Kind: rest.Unexpected,
					Text: fmt.Sprintf("holdCount: none of %d titles has it", came)})
			}
		}
	}
}

// sierraHoldsRatio reads titles, which know the number of their copies and of their holds, and not holds: these name
// titles, items and volumes, and would have to be joined with lists that change meanwhile, in memory.
func sierraHoldsRatio(c *sierra.Client) jobs.Job {
	type bib = sierra.Bib
	info := jobs.Info{
		Name: "sierra-holds-ratio", Title: "Holds per copy", API: "sierra",
		Summary: []exporters.Block{total("Holds", "holds"), total("Copies", "copies"), most("Titles with the most holds", "title", "", "holds")},
		About: "A row for each title that somebody waits for, with the number of holds per copy. Both numbers are the API's own, from the title's record;" +
			" whether it counts copies that are lost, or holds on single copies, is documented nowhere.",
		Endpoint:   sierra.BibsPath,
		Scope:      sierra.BibsRole,
		Page:       sierraReference + "zObjects/bibObjectDescription.htm",
		Paging:     "ranges of ids, 2,000 records a page, to a short page; the API's total counts one page and is not used",
		Limits:     sierraCalm,
		Every:      jobs.Now,
		Costly:     "It reads every title of the library, 2,000 with a request.",
		Parameters: []jobs.Parameter{sierraLocations, sierraMade, sierraSuppressed},
	}
	return jobs.Report[sierraRow[bib]]{
		Info:   info,
		Source: sierraWaited(sierraSource(info, sierraWhole(c.BibDemand))),
		Columns: jobs.Columns[sierraRow[bib]]{
			jobs.Code("bib_id", "The number of the title.", of(func(b *bib) string { return b.ID.Last() })).From("id"),
			jobs.Text("title", "The title.", textOf(func(b *bib) sierra.Text { return b.Title })),
			jobs.Text("author", "The author.", textOf(func(b *bib) sierra.Text { return b.Author })),
			jobs.Text("call_number", "Where it stands on the shelf, without marks of subfields.", of((*bib).CallNumber)).From("callNumber"),
			jobs.Text("material_type", "The code of the kind of material.", textOf(func(b *bib) sierra.Text { return b.Material.Code })).From("materialType.code"),
			jobs.Text("material_type_name", "The kind of material.", of(func(b *bib) string { return b.Material.Label() })).From("materialType.value"),
			jobs.Int("holds", "The number of holds on the title.", countOf(func(b *bib) rest.Int { return b.Holds })).In("holds").From("holdCount"),
			jobs.Int("copies", "The number of copies.", countOf(func(b *bib) rest.Int { return b.Copies })).In("items"),
			jobs.Decimal("holds_per_copy", "Holds divided by copies, rounded to two places; empty where there is no copy.", of(sierraRatio)).From("holdCount / copies"),
			jobs.List("locations", "The codes of the locations that have it.", of(func(b *bib) []string { return sierraCodes(b.Locations) })).From("locations[].code"),
		},
	}.Job()
}

// sierraRatio divides holds by copies, in hundredths, so that nothing is rounded but the last place.
func sierraRatio(b *sierra.Bib) json.Number {
	holds, copies := b.Holds.Or(0), b.Copies.Or(0)
	if copies <= 0 || holds < 0 || holds > 1<<50 {
		return ""
	}
	hundredths := (holds*200 + copies) / (copies * 2)
	return json.Number(fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100))
}

// defaultMissing is the status of missing items in a library that did not change it.
const defaultMissing = "m"

func sierraMissingItems(c *sierra.Client) jobs.Job {
	type item = sierra.Item
	info := jobs.Info{
		Name: "sierra-missing-items", Title: "Missing items", API: "sierra",
		Summary: []exporters.Block{most("Locations with the most missing items", "location_name", "", ""), most("Types with the most missing items", "item_type_name", "", "")},
		About: "A row for each copy whose status says that it is missing. The API does not tell since when: the last update, from which the days are counted," +
			" may be of something else. With another window than now, only those that were updated in it.",
		Endpoint: sierra.ItemsPath,
		Scope:    sierra.ItemsRole,
		Page:     sierraReference + "zObjects/itemObjectDescription.htm",
		Paging:   "ranges of ids, 2,000 records a page, to a short page; the API's total counts one page and is not used",
		Limits:   sierraCalm,
		Every:    jobs.Now,
		Parameters: []jobs.Parameter{
			{Name: "status", Values: "codes of one character, parted by commas; " + defaultMissing + " if none is given", Meaning: "which codes mean that an item is missing," +
				" lost or billed is set by each library: see sierra-item-codes"},
			sierraLocations, sierraBibIDs, sierraMade, sierraSuppressed, sierraPersonal,
		},
	}
	days := jobs.Int("days_since_update", "How many days ago the record was changed last.", func(r *sierraRow[item]) (int64, bool) {
		updated := r.record.Updated.Time()
		return daysUntil(updated, r.end, r.zone), !updated.IsZero()
	}).In("days").From("updatedDate")
	return jobs.Report[sierraRow[item]]{
		Info:   info,
		Source: sierraSource(info, sierraByStatus(c.Items)),
		Columns: columns(sierraItemCopy(), sierraItemState(), itemColumns{days}, sierraItemUse(), sierraItemRest(), sierraItemPatrons(),
			sierraHead(func(i *item) *sierra.Head { return &i.Head })),
	}.Job()
}

// daysUntil counts the days from the one of an instant to the one of another.
func daysUntil(from, to time.Time, zone *time.Location) int64 {
	day := func(t time.Time) time.Time {
		year, month, day := t.In(zone).Date()
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	}
	return int64(day(to).Sub(day(from)) / (24 * time.Hour))
}

// sierraByStatus reads the items of one status after those of the other, since the API takes no more than one code. An
// item whose status changes meanwhile comes once, or is missed; with one code alone, neither can be.
func sierraByStatus(list sierraList[sierra.Item]) sierraList[sierra.Item] {
	return func(ctx context.Context, q sierra.Query, p sierra.Progress) iter.Seq2[sierra.Item, error] {
		return func(yield func(sierra.Item, error) bool) {
			codes, seen := sierraStatuses(q.Filter.Get("status")), map[rest.ID]bool{}
			for _, code := range codes {
				q.Filter.Set("status", code)
				for one, err := range list(ctx, q, p) {
					// A server that does not know the filter gives all items.
					if err == nil && (string(one.Status.Code.Code) != code || seen[one.ID]) {
						continue
					}
					if len(codes) > 1 {
						seen[one.ID] = true
					}
					if !yield(one, err) || err != nil {
						return
					}
				}
			}
			if len(codes) > 1 && q.Limit == 0 {
				p.Unproven("the statuses %s were read one after the other: an item that went from one to another meanwhile may not be there", strings.Join(codes, " "))
			}
		}
	}
}

// sierraStatuses are the codes in a list of them. A comma by itself is a code.
func sierraStatuses(text string) []string {
	if text == "" {
		return []string{defaultMissing}
	}
	if len(text) == 1 {
		return []string{text}
	}
	var codes []string
	for code := range strings.SplitSeq(text, ",") {
		if code = strings.TrimSpace(code); code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}

// place is where something was charged, and for what.
type place struct{ location, locationName, charge, chargeName string }

// debt is what was charged at a place.
type debt struct {
	place
	fines                                int64
	item, processing, billing, paid, due sierra.Total
}

func sierraFinesByLocation(c *sierra.Client) jobs.Job {
	info := sierraSnapshotInfo(sierraFinesInfo(jobs.Info{
		Name: "sierra-fines-by-location", Title: "Fines by location",
		Summary: []exporters.Block{total("What is owed", "owed"), most("Owed by location", "location_name", "", "owed"), each("Owed by kind of charge", "charge_type_name", "", "owed")},
		About:   "A row for each location and kind of charge: how many charges patrons have not paid in full at this moment, and what they owe. Amounts are exact.",
	}))
	info.Parameters = slices.DeleteFunc(info.Parameters, func(p jobs.Parameter) bool { return p.Name == sierraPersonal.Name })
	fines := sierraSource(info, c.Fines)
	source := func(ctx context.Context, r jobs.Request) iter.Seq2[debt, error] {
		return func(yield func(debt, error) bool) {
			debts := map[place]*debt{}
			for row, err := range fines(ctx, r) {
				if err == nil {
					err = addFine(debts, &row.record)
				}
				if err != nil {
					yield(debt{}, err)
					return
				}
			}
			order := func(a, b place) int {
				return cmp.Or(cmp.Compare(a.location, b.location), cmp.Compare(a.charge, b.charge), cmp.Compare(a.locationName, b.locationName), cmp.Compare(a.chargeName, b.chargeName))
			}
			for _, where := range slices.SortedFunc(maps.Keys(debts), order) {
				if !yield(*debts[where], nil) {
					return
				}
			}
		}
	}
	money := func(name, meaning, field string, get func(*debt) *sierra.Total) jobs.Column[debt] {
		return jobs.Money(name, meaning, func(d *debt) json.Number { return get(d).Number().JSON() }).In(sierraCurrency).From(field)
	}
	return jobs.Report[debt]{
		Info:   info,
		Source: source,
		Columns: jobs.Columns[debt]{
			jobs.Text("location", "The code of the location that charged it; empty where the API tells none.", func(d *debt) string { return d.location }).From("location.code"),
			jobs.Text("location_name", "The location that charged it.", func(d *debt) string { return d.locationName }).From("location.name"),
			jobs.Code("charge_type", "The code of the kind of charge.", func(d *debt) string { return d.charge }).From("chargeType.code"),
			jobs.Text("charge_type_name", "The kind of charge.", func(d *debt) string { return d.chargeName }).From("chargeType.display"),
			jobs.Count("fines", "How many charges there are.", func(d *debt) int64 { return d.fines }).In("fines").From("entries"),
			money("owed", "What remains to be paid.", "itemCharge + processingFee + billingFee - paidAmount", func(d *debt) *sierra.Total { return &d.due }),
			money("item_charges", "The charges themselves.", "itemCharge", func(d *debt) *sierra.Total { return &d.item }),
			money("processing_fees", "The fees for replacing items.", "processingFee", func(d *debt) *sierra.Total { return &d.processing }),
			money("billing_fees", "The fees for bills.", "billingFee", func(d *debt) *sierra.Total { return &d.billing }),
			money("paid", "What was paid of all that.", "paidAmount", func(d *debt) *sierra.Total { return &d.paid }),
		},
	}.Job()
}

// addFine adds a charge to those of its place. Memory grows by the number of places and kinds of charge.
func addFine(debts map[place]*debt, f *sierra.Fine) error {
	where := place{string(f.Location.Code), f.Location.Label(), string(f.Charge.Code), f.Charge.Label()}
	d := debts[where]
	if d == nil {
		d = &debt{place: where}
		debts[where] = d
	}
	d.fines++
	for name, ok := range map[string]bool{
		"itemCharge": d.item.Add(f.ItemCharge), "processingFee": d.processing.Add(f.Processing),
		"billingFee": d.billing.Add(f.Billing), "paidAmount": d.paid.Add(f.Paid),
	} {
		if !ok {
			return &rest.Error{API: "sierra", Path: sierra.FinesPath, Kind: rest.Unexpected, Text: fmt.Sprintf("fine %s: %s is no amount of money", f.Address.Last(), name)}
		}
	}
	d.due.Add(f.Owed())
	return nil
}
