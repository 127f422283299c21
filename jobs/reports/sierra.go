package reports

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/jobs"
)

// Sierra lists the reports about a library.
func Sierra(c *sierra.Client) []jobs.Job {
	return []jobs.Job{
		sierraToken(c),
		sierraBibs(c),
		sierraItems(c),
		sierraOrders(c),
		sierraPatrons(c),
		sierraAuthorities(c),
		sierraDeletedBibs(c),
		sierraDeletedItems(c),
		sierraCheckouts(c),
		sierraOverdueItems(c),
		sierraHolds(c),
		sierraHoldsRatio(c),
		sierraMissingItems(c),
		sierraFines(c),
		sierraFinesByLocation(c),
		sierraInvoices(c),
		sierraInvoiceLines(c),
		sierraFunds(c),
		sierraVendors(c),
		sierraVolumes(c),
		sierraHoldings(c),
		sierraCourses(c),
		sierraBibCodes(c),
		sierraItemCodes(c),
		sierraPatronCodes(c),
		sierraBranches(c),
		sierraPickupLocations(c),
		sierraAgencies(c),
	}
}

const (
	sierraReference = "https://techdocs.iii.com/sierraapi/Content/"
	sierraCalm      = "the vendor publishes none; 1 request a second is sent, since libraries are advised to cut off addresses above 60 a minute"
	sierraCurrency  = "the library's currency"
)

// sierraPersonal is the option without which nothing about a person is read or written.
var sierraPersonal = jobs.Parameter{Name: "personal", Values: "true", Meaning: "with the columns that are personal data of patrons"}

var sierraSuppressed = jobs.Parameter{Name: "suppressed", Values: "true, false", Meaning: "only records that are, or are not, hidden from the public catalogue"}

// Parameters of many lists. Filters combine: a record has to pass all of them.
var (
	sierraLocations = jobs.Parameter{Name: "locations", Values: "codes, with * for any ending, parted by commas", Meaning: "only what is at these locations"}
	sierraMade      = jobs.Parameter{Name: "createdDate", Values: "a range such as [2026-11-01T00:00:00Z,], both ends included", Meaning: "only records that were made then"}
	sierraBibIDs    = jobs.Parameter{Name: "bibIds", Values: "record numbers, parted by commas", Meaning: "only what belongs to these titles"}
	sierraAgency    = jobs.Parameter{Name: "agencyCodes", Values: "numbers, parted by commas", Meaning: "only what belongs to these agencies"}
	// Of some lists no answer of a real library is on record.
	sierraFields = jobs.Parameter{Name: "fields", Values: "names, parted by commas", Meaning: "the fields to ask for in place of the report's own, where a library's" +
		" version refuses one of them; records need id, updatedDate and deleted, and columns whose fields do not come are empty"}
)

// sierraRow is a record, the zone in which its days are counted, and the end of the window.
type sierraRow[T any] struct {
	record T
	zone   *time.Location
	end    time.Time
}

// sierraList is how the client reads a list.
type sierraList[T any] func(context.Context, sierra.Query, sierra.Progress) iter.Seq2[T, error]

// sierraSource reads a list for a window; a snapshot is all of it.
func sierraSource[T any](info jobs.Info, list sierraList[T]) jobs.Source[sierraRow[T]] {
	return checked(info, func(ctx context.Context, r jobs.Request) iter.Seq2[sierraRow[T], error] {
		if err := checkSierraParams(info, r.Params); err != nil {
			return failed[sierraRow[T]](err)
		}
		q := sierra.Query{Filter: apiParams(r.Params), Personal: r.Params.Get("personal") == "true", Limit: r.Limit, Zone: r.Zone}
		if !r.Window.Snapshot() {
			q.From, q.To = r.Window.From, r.Window.To
		}
		return func(yield func(sierraRow[T], error) bool) {
			for record, err := range list(ctx, q, r.Proof) {
				if !yield(sierraRow[T]{record, r.Zone, r.Window.To}, err) || err != nil {
					return
				}
			}
		}
	})
}

// sierraStaff is a list that wants the login name of somebody of the staff besides the API key.
func sierraStaff[T any](c *sierra.Client, list sierraList[T]) sierraList[T] {
	return func(ctx context.Context, q sierra.Query, p sierra.Progress) iter.Seq2[T, error] {
		if c.Login() == "" {
			return failed[T](&ParamError{"SIERRA_LOGIN", "is not set: besides the API key, the API wants the login name of" +
				" somebody of the staff who may see the library's acquisitions"})
		}
		return list(ctx, q, p)
	}
}

// checkSierraParams refuses what the paging and the columns need for themselves.
func checkSierraParams(info jobs.Info, params url.Values) error {
	for name, text := range map[string]string{
		"id":      "the paging sets it",
		"deleted": "the report sets it: reports on deleted records are of their own",
		"fields":  "the columns set it",
		"login":   "SIERRA_LOGIN sets it",
	} {
		if params.Has(name) && !documented(info, name) {
			return &ParamError{name, text}
		}
	}
	return nil
}

// sierraRecordsInfo fills what the reports on records of the catalogue have in common.
func sierraRecordsInfo(info jobs.Info) jobs.Info {
	info.API, info.Every, info.AnyWindow = "sierra", jobs.PreviousDay, true
	info.About += " Those whose last update, which may be their creation, lies in the window: a record that was changed again later" +
		" is in the later window alone. With the window now, all of them. Deleted records are left out."
	info.Paging = "ranges of ids, 2,000 records a page, to a short page; the API's total counts one page and is not used"
	info.Limits = sierraCalm
	return info
}

// sierraSnapshotInfo fills what the reports on circulation have in common.
func sierraSnapshotInfo(info jobs.Info) jobs.Info {
	info.API, info.Every = "sierra", jobs.Now
	info.Paging = "limit and offset, 2,000 rows a page, each of which begins with the last 20 of the page before it; read again if rows went missing"
	info.Limits = sierraCalm
	info.Parameters = append(info.Parameters, sierraPersonal)
	return info
}

// sierraJob declares a report.
func sierraJob[T any](info jobs.Info, list sierraList[T], columns jobs.Columns[sierraRow[T]]) jobs.Job {
	return jobs.Report[sierraRow[T]]{Info: info, Source: sierraSource(info, list), Columns: columns}.Job()
}

// of turns a getter of a record into one of its row.
func of[T, V any](get func(*T) V) func(*sierraRow[T]) V {
	return func(r *sierraRow[T]) V { return get(&r.record) }
}

// maybe is of for values that may be absent.
func maybe[T, V any](get func(*T) (V, bool)) func(*sierraRow[T]) (V, bool) {
	return func(r *sierraRow[T]) (V, bool) { return get(&r.record) }
}

// dayOf is a date of a record, in the report's zone if the API has an instant for it.
func dayOf[T any](get func(*T) sierra.Instant) func(*sierraRow[T]) time.Time {
	return func(r *sierraRow[T]) time.Time { return get(&r.record).Day(r.zone) }
}

// textOf is of for text.
func textOf[T any](get func(*T) sierra.Text) func(*sierraRow[T]) string {
	return func(r *sierraRow[T]) string { return string(get(&r.record)) }
}

// idsOf is of for lists of records, given by numbers or by addresses that end in them.
func idsOf[T any](get func(*T) []rest.ID) func(*sierraRow[T]) []string {
	return func(r *sierraRow[T]) []string {
		var numbers []string
		for _, id := range get(&r.record) {
			numbers = append(numbers, id.Last())
		}
		return numbers
	}
}

// amountOf is of for exact amounts.
func amountOf[T any](get func(*T) rest.Number) func(*sierraRow[T]) json.Number {
	return func(r *sierraRow[T]) json.Number { return get(&r.record).JSON() }
}

// countOf is of for whole numbers that may be absent.
func countOf[T any](get func(*T) rest.Int) func(*sierraRow[T]) (int64, bool) {
	return func(r *sierraRow[T]) (int64, bool) { return get(&r.record).Get() }
}

// sierraWhen are the columns of something that happened, which the API may know as an instant or as a day.
func sierraWhen[T any](name, what, field string, get func(*T) sierra.Instant) jobs.Columns[sierraRow[T]] {
	return jobs.Columns[sierraRow[T]]{
		jobs.Time(name, "When "+what+"; empty if the API knows no more than the day.", of(func(r *T) time.Time { return get(r).Time() })).From(field),
		jobs.Date(name+"_date", "The day on which "+what+", in the report's zone if the API has an instant.", dayOf(get)).From(field),
	}
}

// sierraDue are the columns of a due time, which Sierra has for each loan, as an instant and as the library's day.
func sierraDue[T any](field string, get func(*T) sierra.Instant) jobs.Columns[sierraRow[T]] {
	return jobs.Columns[sierraRow[T]]{
		jobs.Time("due", "When it is due. For loans by the day that is 04:00 in the library's zone, on the day on which it is due.",
			of(func(r *T) time.Time { return get(r).Time() })).From(field),
		jobs.Date("due_date", "The day on which it is due, as the library counts it, if the report's zone is the library's: the day of the due time there.",
			dayOf(get)).From(field),
	}
}

// sierraHead are the columns that all records of the catalogue have.
func sierraHead[T any](head func(*T) *sierra.Head) jobs.Columns[sierraRow[T]] {
	return jobs.Columns[sierraRow[T]]{
		jobs.Time("created", "When the record was made.", of(func(r *T) time.Time { return head(r).Created.Time() })).From("createdDate"),
		jobs.Time("updated", "When the record was changed last.", of(func(r *T) time.Time { return head(r).Updated.Time() })).From("updatedDate"),
		jobs.Bool("suppressed", "Whether the record is hidden from the public catalogue.", maybe(func(r *T) (bool, bool) { return head(r).Suppressed.Get() })),
	}
}

// orHyphen keeps the places of lists that belong together, since lists leave out what is empty.
func orHyphen(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// sierraTexts is a list of texts as plain strings.
func sierraTexts[S ~string](list []S) []string {
	texts := make([]string, 0, len(list))
	for _, s := range list {
		texts = append(texts, string(s))
	}
	return texts
}
