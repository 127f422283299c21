package sierra

import (
	"context"
	"errors"
	"iter"
	"net/url"
	"strconv"

	"github.com/reportjob/reportjob/clients/rest"
)

// Paths of lists about circulation, and the roles that the API key needs for them.
const (
	CheckoutsPath = "/items/checkouts"
	HoldsPath     = "/patrons/holds"
	FinesPath     = "/fines"

	CheckoutsRole = "Items_Read"
	HoldsRole     = "Holds_Read"
	FinesRole     = "Fines_Read"
)

const (
	// The fields of charges that are asked for, and without being asked for they do not come. Checkouts and holds are not
	// known to take the names of fields.
	fineFields = "id,item,assessedDate,description,invoiceNumber,chargeType,itemCharge,processingFee,billingFee,paidAmount,location," +
		"creationMethod,datePaid,transferDate,returnDate,printBill,terminalNumber"
	finePersons = ",patron,originalPatron,initials"

	readings = 3  // of a list that changes while it is read, at most
	overlap  = 20 // rows of a page that the next one repeats, at most
)

// Checkouts reads the loans that run. Sierra 5.2 and later; role: Items_Read.
// See https://techdocs.iii.com/sierraapi/Content/zAPIs/itemAPI.htm.
func (c *Client) Checkouts(ctx context.Context, q Query, p Progress) iter.Seq2[Checkout, error] {
	return snapshot[Checkout](ctx, c, list{path: CheckoutsPath, role: CheckoutsRole}, q, p)
}

// Holds reads the holds of all patrons. Sierra 5.2 and later; role: Holds_Read.
// See https://techdocs.iii.com/sierraapi/Content/zAPIs/patronAPI_holds.htm.
func (c *Client) Holds(ctx context.Context, q Query, p Progress) iter.Seq2[Hold, error] {
	return snapshot[Hold](ctx, c, list{path: HoldsPath, role: HoldsRole}, q, p)
}

// Fines reads the open charges of all patrons. Role: Fines_Read.
// See https://techdocs.iii.com/sierraapi/Content/zAPIs/fineAPI.htm.
func (c *Client) Fines(ctx context.Context, q Query, p Progress) iter.Seq2[Fine, error] {
	fields := fineFields
	if q.Personal {
		fields += finePersons
	}
	return snapshot[Fine](ctx, c, list{path: FinesPath, role: FinesRole, fields: fields}, q, p)
}

// row is what snapshot reads.
type row[T any] interface {
	*T
	id() string
	moments() []moment
}

// errEnough ends a reading whose consumer wants no more.
var errEnough = errors.New("enough")

// offsets is the reading of a list that is walked by offset and changes while it is walked: what is returned or paid
// moves the rows behind it forward. So each page begins with the last rows of the page before it, and every row comes
// once by its id. Memory grows by an id with every row.
type offsets[T any, P row[T]] struct {
	list
	client   *Client
	query    Query
	progress Progress
	limit    int // of a page
	overlap  int
	yield    func(T, error) bool

	tally rest.Tally
	grand bool // whether the API's total counts the list, and not just the page that it stands on
	joins bool // whether each page of this reading began with a row of the page before it
}

func snapshot[T any, P row[T]](ctx context.Context, c *Client, l list, q Query, p Progress) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		limit := c.pageSize(q.Limit)
		o := &offsets[T, P]{list: l, client: c, query: q, progress: p, limit: limit, overlap: min(overlap, limit/3), yield: yield}
		p.Account(c.Account())
		if err := o.whole(ctx); err != nil && !errors.Is(err, errEnough) {
			var none T
			yield(none, l.hinted(err))
		}
	}
}

// whole reads the list until a reading proves itself, three times at most. Later readings give only what did not come
// before.
func (o *offsets[T, P]) whole(ctx context.Context) error {
	for range readings {
		if err := o.read(ctx); err != nil {
			return err
		}
		if o.stands() || o.query.Limit > 0 {
			break
		}
	}
	o.conclude()
	return nil
}

// read walks the list once.
func (o *offsets[T, P]) read(ctx context.Context) error {
	o.tally.Start()
	o.grand, o.joins = false, true
	for one, err := range rest.List(ctx, o.client.rest, o.path, o.parameters(), o.turn) {
		if NothingFound(err) {
			o.ends(o.tally.Pages())
			return nil
		}
		if err != nil {
			return err
		}
		if !o.yield(one, nil) {
			return errEnough
		}
	}
	return nil
}

func (o *offsets[T, P]) parameters() url.Values {
	q := o.list.parameters(o.client, o.query.Filter)
	q.Set("limit", strconv.Itoa(o.limit))
	q.Set("offset", "0")
	return q
}

// turn reads one page.
func (o *offsets[T, P]) turn(page *answer[T], at rest.Page) ([]T, url.Values, error) {
	if page.Entries == nil {
		return nil, nil, unexpected(o.path, "page %d has no entries", at.Number+1)
	}
	entries := *page.Entries
	fresh, progress, err := o.take(entries, at.Number)
	if err != nil {
		return nil, nil, err
	}
	got := len(entries)
	if got == 0 {
		o.ends(at.Number)
	}
	offset, err := strconv.Atoi(at.Query.Get("offset"))
	if err != nil {
		return nil, nil, err
	}
	total, known := page.Total.Get()
	o.grand = o.grand || known && total > int64(got)
	o.tally.Page(total)
	switch {
	case o.last(got, offset, total, progress):
		return fresh, nil, nil
	case !progress:
		return nil, nil, unexpected(o.path, "page %d, from offset %d, holds nothing but what came before", at.Number+1, offset)
	}
	at.Query.Set("offset", strconv.Itoa(offset+max(1, got-o.overlap)))
	return fresh, at.Query, nil
}

// ends notes that a page, the first one being 0, has no rows. One that was to begin with rows of the page before it does
// not join that page: either so many rows went meanwhile, or the API does not give what it has.
func (o *offsets[T, P]) ends(number int) {
	o.joins = o.joins && (number == 0 || o.overlap == 0)
}

// last tells whether a page ends this reading.
func (o *offsets[T, P]) last(got, offset int, total int64, progress bool) bool {
	switch {
	case o.query.Limit > 0 || got == 0:
		return true
	case got >= o.limit:
		return false
	case !progress:
		return true
	case o.grand:
		return int64(offset+got) >= total
	}
	return !looksCut(got)
}

// take checks the rows of a page and keeps those that did not come before. There is progress if one of them did not
// come before in this reading.
func (o *offsets[T, P]) take(entries []T, number int) (fresh []T, progress bool, err error) {
	fresh = entries[:0]
	for i := range entries {
		one := P(&entries[i])
		id := one.id()
		if id == "" {
			return nil, false, unexpected(o.path, "page %d: entries[%d] has no id", number+1, i)
		}
		if err := checkMoments(one.moments()); err != nil {
			return nil, false, unexpected(o.path, "page %d: entries[%d]: %v", number+1, i, err)
		}
		isFresh, isNew := o.tally.Take(id)
		if i == 0 && number > 0 && isNew && o.overlap > 0 {
			o.joins = false
		}
		progress = progress || isNew
		if isFresh {
			fresh = append(fresh, entries[i])
		}
	}
	return fresh, progress, nil
}

// stands tells whether this reading holds every row that was there all the time. Pages that join are enough for that as
// long as rows keep their order; the API's total, where it counts the list, guards against the rest. A total alone does
// not do: rows that come and rows that go can make up for each other.
func (o *offsets[T, P]) stands() bool {
	return o.joins && (!o.grand || o.tally.Stands())
}

// conclude says what was proven.
func (o *offsets[T, P]) conclude() {
	t := &o.tally
	switch {
	case o.query.Limit > 0:
		o.progress.Unproven("a trial: one page of %s", o.path)
	case t.Came() == 0 && o.stands():
		o.progress.Complete("%s: the API says that the list is empty", o.path)
	case o.stands() && t.Stands():
		o.progress.Complete("%s: the API's total of %d was met (pages: %d)", o.path, t.Total(), t.Pages())
	case o.stands():
		o.progress.Complete("%s: each page began where the one before it ended, until one was short (rows: %d, pages: %d)", o.path, t.Came(), t.Pages())
	case o.grand && !t.Moved() && t.Came() < t.Total():
		o.progress.Truncated("%s: the API counts %d and gave %d, in each of %d readings", o.path, t.Total(), t.Came(), readings)
	case !o.joins && !(o.grand && t.Moved()):
		o.progress.Unproven("%s: a page did not begin where the one before it ended, in each of %d readings (rows in the last: %d)", o.path, readings, t.Came())
	default:
		o.progress.Unproven("%s: the list changed while it was read, in each of %d readings (rows in the last: %d, the API's total: %d)",
			o.path, readings, t.Came(), t.Total())
	}
}
