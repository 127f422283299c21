package sierra

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"strconv"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// Paths of lists of records, and the roles that the API key needs for them.
const (
	BibsPath    = "/bibs"
	ItemsPath   = "/items"
	PatronsPath = "/patrons"

	BibsRole    = "Bibs_Read"
	ItemsRole   = "Items_Read"
	PatronsRole = "Patrons_Read"
)

// The fields that are asked for. Never isRequestable, which takes the server fifty times as long as all others.
const (
	bibFields   = "default,available,locations,copies,holdCount,normTitle,normAuthor,orders,volumes,items,fixedFields"
	itemFields  = "default,suppressed,itemType,copyNo,holdCount,transitInfo,fixedFields"
	ratioFields = "id,updatedDate,deleted,title,author,callNumber,materialType,locations,copies,holdCount"
	codeFields  = "id,updatedDate,deleted,location,status,fixedFields"
	// Patrons' default fields hold names, so each field goes by its name.
	patronFields = "id,updatedDate,createdDate,deleted,suppressed,patronType,patronCodes,homeLibraryCode,homeLibrary," +
		"expirationDate,message,blockInfo,autoBlockInfo,moneyOwed,pMessage,langPref,fixedFields"
	personalFields = ",names,barcodes,emails,uniqueIds,birthDate,addresses,phones"
	deletionFields = "id,deletedDate"
)

// Progress takes what a reading learns about its completeness.
type Progress interface {
	Complete(format string, args ...any)
	Unproven(format string, args ...any)
	Truncated(format string, args ...any)
	Warn(format string, args ...any)
	Account(account string)
}

// Query says which records are wanted.
type Query struct {
	From, To time.Time      // last updated in [From, To); all records if both are zero
	Filter   url.Values     // such as locations and suppressed, as the API takes them
	Personal bool           // with names, addresses and the like of patrons
	Zone     *time.Location // whose days the dates of deletions are; UTC if nil
	Limit    int            // 0: everything. Otherwise one page of that size and no more, as a trial
}

// Bibs reads titles in the order of their ids. Role: Bibs_Read.
// See https://techdocs.iii.com/sierraapi/Content/zAPIs/bibAPI.htm.
func (c *Client) Bibs(ctx context.Context, q Query, p Progress) iter.Seq2[Bib, error] {
	return records[Bib](ctx, c, list{path: BibsPath, role: BibsRole, fields: bibFields, deleted: living}, q, p)
}

// BibDemand reads titles with no more than what tells copies and holds, which is several times faster. Role: Bibs_Read.
func (c *Client) BibDemand(ctx context.Context, q Query, p Progress) iter.Seq2[Bib, error] {
	return records[Bib](ctx, c, list{path: BibsPath, role: BibsRole, fields: ratioFields, deleted: living}, q, p)
}

// Items reads copies in the order of their ids. Role: Items_Read.
// See https://techdocs.iii.com/sierraapi/Content/zAPIs/itemAPI.htm.
func (c *Client) Items(ctx context.Context, q Query, p Progress) iter.Seq2[Item, error] {
	return records[Item](ctx, c, list{path: ItemsPath, role: ItemsRole, fields: itemFields, deleted: living}, q, p)
}

// ItemCodes reads copies with no more than their codes and what these are called. Role: Items_Read.
func (c *Client) ItemCodes(ctx context.Context, q Query, p Progress) iter.Seq2[Item, error] {
	return records[Item](ctx, c, list{path: ItemsPath, role: ItemsRole, fields: codeFields, deleted: living}, q, p)
}

// Patrons reads users in the order of their ids. Role: Patrons_Read.
// See https://techdocs.iii.com/sierraapi/Content/zAPIs/patronAPI.htm.
func (c *Client) Patrons(ctx context.Context, q Query, p Progress) iter.Seq2[Patron, error] {
	fields := patronFields
	if q.Personal {
		fields += personalFields
	}
	return records[Patron](ctx, c, list{path: PatronsPath, role: PatronsRole, fields: fields, deleted: living}, q, p)
}

// DeletedBibs reads the numbers of titles that were deleted on the days that the window touches. Role: Bibs_Read.
func (c *Client) DeletedBibs(ctx context.Context, q Query, p Progress) iter.Seq2[Deletion, error] {
	return records[Deletion](ctx, c, list{path: BibsPath, role: BibsRole, fields: deletionFields, deleted: gone}, q, p)
}

// DeletedItems reads the numbers of items that were deleted on the days that the window touches. Role: Items_Read.
func (c *Client) DeletedItems(ctx context.Context, q Query, p Progress) iter.Seq2[Deletion, error] {
	return records[Deletion](ctx, c, list{path: ItemsPath, role: ItemsRole, fields: deletionFields, deleted: gone}, q, p)
}

// list is one of the API's lists.
type list struct {
	path, role string
	fields     string // that are asked for; the API's own choice if empty
	deleted    string // living, gone, or empty where the API knows no such parameter
	login      bool   // wants the login name of somebody of the staff
}

// What the parameter "deleted" says. Without it, some lists mix stubs of deleted records among the living.
const (
	living = "false"
	gone   = "true"
)

// parameters are those that every request of a list has; the filter of the query among them.
func (l list) parameters(c *Client, filter url.Values) url.Values {
	q := maps.Clone(filter)
	if q == nil {
		q = url.Values{}
	}
	if l.fields != "" && !q.Has("fields") {
		q.Set("fields", l.fields)
	}
	if l.deleted != "" {
		q.Set("deleted", l.deleted)
	}
	if l.login {
		q.Set("login", c.login)
	}
	return q
}

// record is what records reads.
type record[T any] interface {
	*T
	number() rest.ID
	moments() []moment
	// belongs tells whether a record is what was asked for. Its error says what is missing for telling.
	belongs(q Query) (bool, error)
}

// answer is a page of any list.
type answer[T any] struct {
	Total   rest.Int `json:"total"`
	Entries *[]T     `json:"entries"`

	Start rest.Ignored `json:"start"` // the offset that was asked for; at times left out
}

// keyset is one reading of a list of records, in the order of their ids, each page beginning behind the last id of the
// page before it. Records that change meanwhile keep their ids, so that none is skipped and none comes twice.
type keyset[T any, P record[T]] struct {
	list
	query    Query
	progress Progress
	limit    int    // of a page
	last     uint64 // the highest id so far
	pages    int
	got      int // on the last page
	rows     int
	strays   int // records that were not asked for
}

// records reads a list to its end. The API's total counts no more than the page that it stands on, so it is a page
// shorter than what was asked for, or an empty one, that ends the list.
func records[T any, P record[T]](ctx context.Context, c *Client, l list, q Query, p Progress) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		k := &keyset[T, P]{list: l, query: q, progress: p, limit: c.pageSize(q.Limit)}
		p.Account(c.Account())
		for one, err := range rest.List(ctx, c.rest, l.path, k.parameters(c), k.turn) {
			if NothingFound(err) {
				k.pages, k.got = k.pages+1, 0
				break
			}
			if err != nil {
				yield(one, l.hinted(err))
				return
			}
			k.rows++
			if !yield(one, nil) {
				return
			}
		}
		k.conclude()
	}
}

// pageSize is the size of a page; a trial has a page of its own size.
func (c *Client) pageSize(trial int) int {
	if trial > 0 {
		return min(trial, c.page)
	}
	return c.page
}

func (k *keyset[T, P]) parameters(c *Client) url.Values {
	q := k.list.parameters(c, k.query.Filter)
	q.Set("limit", strconv.Itoa(k.limit))
	switch {
	case k.query.To.IsZero():
	case k.deleted == gone:
		first, last := k.query.days()
		q.Set("deletedDate", "["+first+","+last+"]")
	default:
		// Both ends are included, and the API counts whole seconds.
		first := k.query.From.Add(time.Second - 1).Truncate(time.Second)
		last := k.query.To.Add(-1).Truncate(time.Second)
		q.Set("updatedDate", "["+stamp(first)+","+stamp(last)+"]")
	}
	return q
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// turn reads one page.
func (k *keyset[T, P]) turn(page *answer[T], at rest.Page) ([]T, url.Values, error) {
	if page.Entries == nil {
		return nil, nil, unexpected(k.path, "page %d has no entries", at.Number+1)
	}
	entries := *page.Entries
	wanted := entries[:0]
	for i := range entries {
		keep, err := k.take(P(&entries[i]))
		if err != nil {
			return nil, nil, unexpected(k.path, "page %d: entries[%d]: %v", at.Number+1, i, err)
		}
		if keep {
			wanted = append(wanted, entries[i])
		}
	}
	k.pages, k.got = k.pages+1, len(entries)
	short := k.got < k.limit && page.Total.Or(0) <= int64(k.got) && !looksCut(k.got)
	if short || k.got == 0 || k.query.Limit > 0 {
		return wanted, nil, nil
	}
	at.Query.Set("id", "["+strconv.FormatUint(k.last+1, 10)+",]")
	return wanted, at.Query, nil
}

// looksCut tells whether a page that is shorter than what was asked for may be no end. Some servers cut pages to a
// number of their own, such as 50, without a word; a round number of rows is therefore worth one more request.
func looksCut(got int) bool { return got > 0 && got%50 == 0 }

// take checks a record and tells whether it belongs to the report.
func (k *keyset[T, P]) take(one P) (bool, error) {
	id, err := strconv.ParseUint(one.number().Last(), 10, 64)
	if err != nil {
		return false, fmt.Errorf("id: %.40q is not a number", string(one.number()))
	}
	if id <= k.last {
		return false, fmt.Errorf("id: %d after %d, where ids should rise", id, k.last)
	}
	k.last = id
	if err := checkMoments(one.moments()); err != nil {
		return false, err
	}
	belongs, err := one.belongs(k.query)
	if err == nil && !belongs {
		k.strays++
	}
	return belongs, err
}

// belongs tells whether a living record was last updated in the window.
func (h *Head) belongs(q Query) (bool, error) {
	if deleted, _ := h.Deleted.Get(); deleted {
		return false, nil
	}
	updated := h.Updated.Time()
	if updated.IsZero() {
		return false, errors.New("no updatedDate")
	}
	return q.To.IsZero() || !updated.Before(q.From) && updated.Before(q.To), nil
}

// belongs tells whether a record was deleted on a day that the window touches.
func (d *Deletion) belongs(q Query) (bool, error) {
	day := d.Date.Day(q.zone()).Format(time.DateOnly)
	if d.Date.at.IsZero() {
		return false, errors.New("no deletedDate")
	}
	first, last := q.days()
	return q.To.IsZero() || first <= day && day <= last, nil
}

// days are the first and the last day that the window touches.
func (q Query) days() (first, last string) {
	return q.From.In(q.zone()).Format(time.DateOnly), q.To.Add(-1).In(q.zone()).Format(time.DateOnly)
}

func (q Query) zone() *time.Location {
	if q.Zone == nil {
		return time.UTC
	}
	return q.Zone
}

// conclude says what was proven.
func (k *keyset[T, P]) conclude() {
	if k.strays > 0 {
		k.progress.Warn("%s: %d records that do not belong to the report came unasked and were left out", k.path, k.strays)
	}
	if k.query.Limit > 0 {
		k.progress.Unproven("a trial: one page of %s", k.path)
		return
	}
	k.progress.Complete("%s: read in the order of ids until page %d was short: %d of %d records (rows: %d)", k.path, k.pages, k.got, k.limit, k.rows)
}
