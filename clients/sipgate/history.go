package sipgate

import (
	"context"
	"errors"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

const (
	historyPage   = 1000 // the most that the API allows; its own default is 10
	historyRounds = 3    // how often a history that changes while it is read is read again at most
	thirtyDays    = 30 * 24 * time.Hour
)

// Progress takes what a reading learns about its completeness.
type Progress interface {
	Complete(format string, args ...any)
	Unproven(format string, args ...any)
	Truncated(format string, args ...any)
	Warn(format string, args ...any)
	Account(account string)
}

// HistoryQuery says which part of the history is wanted.
type HistoryQuery struct {
	Types    []string   // Call, Fax, SMS, Voicemail; all if empty
	From, To time.Time  // entries created in [From, To); no lower bound if From is zero
	Filter   url.Values // connectionIds, directions, starred and phonenumber, as the API takes them
	Limit    int        // 0: everything. Otherwise one page of that size and no more, as a trial
}

// History reads calls, faxes, messages and voicemails: first the inbox, then the archive, each in the order in which the
// API gives it, newest first. An entry that is archived in between comes once.
//
// The history is complete if each folder's pages told one total and that many different entries came; otherwise it is
// read again, three times at most, and only what did not come before is given. Memory grows by an id with every entry.
//
// Scope: history:read; account:read and groups:read say how far the history reaches and whether it holds calls at all.
// See https://api.sipgate.com/v2/doc, GET /history.
func (c *Client) History(ctx context.Context, q HistoryQuery, p Progress) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		h := &history{client: c, query: q, progress: p, yield: yield}
		read := h.whole
		if q.Limit > 0 {
			read = h.trial
		}
		if err := read(ctx); err != nil && !errors.Is(err, errEnough) {
			yield(Entry{}, err)
		}
	}
}

// errEnough ends a reading whose consumer wants no more.
var errEnough = errors.New("enough")

// history is one reading of the history.
type history struct {
	client   *Client
	query    HistoryQuery
	progress Progress
	yield    func(Entry, error) bool
	tally    rest.Tally
	entries  int // given
	calls    int // among them
}

// folder is one of the two halves of a history, and how reading it went.
type folder struct {
	name     string
	archived bool
	tally    rest.Tally // as it stood after the folder's last page
}

func (h *history) trial(ctx context.Context) error {
	h.progress.Unproven("a trial: one page of the inbox")
	h.tally.Start()
	return h.read(ctx, &folder{name: "inbox"})
}

func (h *history) whole(ctx context.Context) error {
	known, err := h.preface(ctx)
	if err != nil {
		return err
	}
	for round := 1; ; round++ {
		inbox, archive := &folder{name: "inbox"}, &folder{name: "archive", archived: true}
		for _, f := range []*folder{inbox, archive} {
			if err := h.read(ctx, f); err != nil {
				return err
			}
		}
		stands, err := h.stands(ctx, inbox, archive)
		if err != nil {
			return err
		}
		if stands || round == historyRounds {
			h.conclude(known, stands, inbox, archive)
			return nil
		}
	}
}

// read walks one folder from its first page to its last.
func (h *history) read(ctx context.Context, f *folder) error {
	h.tally.Start()
	for entry, err := range rest.List(ctx, h.client.rest, HistoryPath, h.parameters(f), h.turn) {
		if err != nil {
			return h.explain(err)
		}
		h.entries++
		if entry.Type == Call {
			h.calls++
		}
		if !h.yield(entry, nil) {
			return errEnough
		}
	}
	f.tally = h.tally
	return nil
}

// parameters asks for one second more than the window in front, and the second behind it: whether the API takes the
// bounds as inclusive is not documented, so that the last word is with wanted.
func (h *history) parameters(f *folder) url.Values {
	q := maps.Clone(h.query.Filter)
	if q == nil {
		q = url.Values{}
	}
	if len(h.query.Types) > 0 {
		q["types"] = h.query.Types
	}
	if !h.query.From.IsZero() {
		q.Set("from", stamp(h.query.From.Add(-time.Second)))
	}
	limit := historyPage
	if h.query.Limit > 0 {
		limit = min(limit, h.query.Limit)
	}
	q.Set("to", stamp(h.query.To.Add(time.Second-1)))
	q.Set("archived", strconv.FormatBool(f.archived))
	q.Set("limit", strconv.Itoa(limit))
	q.Set("offset", "0")
	return q
}

// stamp writes an instant as the API's clients do, rounded down to the second.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

type historyAnswer struct {
	Items      *[]Entry `json:"items"`
	TotalCount rest.Int `json:"totalCount"`
}

// turn reads one page. The next offset follows from what came, since the API may cut a page below the limit.
func (h *history) turn(page *historyAnswer, at rest.Page) ([]Entry, url.Values, error) {
	total, ok := page.TotalCount.Get()
	if page.Items == nil || !ok {
		return nil, nil, unexpected(HistoryPath, "page %d has no items or no totalCount", at.Number+1)
	}
	h.tally.Page(total)
	items, wanted, progress := *page.Items, (*page.Items)[:0], false
	for i := range items {
		if err := items[i].check(); err != nil {
			return nil, nil, unexpected(HistoryPath, "page %d: items[%d]: %v", at.Number+1, i, err)
		}
		fresh, isNew := h.tally.Take(string(items[i].ID))
		progress = progress || isNew
		if fresh && h.wants(&items[i]) {
			wanted = append(wanted, items[i])
		}
	}
	offset, err := strconv.Atoi(at.Query.Get("offset"))
	if err != nil {
		return nil, nil, err
	}
	offset += len(items)
	if !progress || int64(offset) >= total || h.query.Limit > 0 {
		return wanted, nil, nil
	}
	at.Query.Set("offset", strconv.Itoa(offset))
	return wanted, at.Query, nil
}

// wants tells whether an entry lies in the window and is of a type that was asked for.
func (h *history) wants(e *Entry) bool {
	at := e.Created.Time
	return !at.Before(h.query.From) && at.Before(h.query.To) &&
		(len(h.query.Types) == 0 || slices.Contains(h.query.Types, e.Type))
}

// stands tells whether both folders were read whole, and nothing was moved back from the archive into an inbox that had
// been read already.
func (h *history) stands(ctx context.Context, inbox, archive *folder) (bool, error) {
	if !inbox.tally.Stands() || !archive.tally.Stands() {
		return false, nil
	}
	query := h.parameters(inbox)
	query.Set("limit", "1")
	var now historyAnswer
	if err := h.client.rest.Get(ctx, HistoryPath, query, &now); err != nil {
		return false, h.explain(err)
	}
	total, ok := now.TotalCount.Get()
	if !ok {
		return false, unexpected(HistoryPath, "the answer has no totalCount")
	}
	return total <= inbox.tally.Total(), nil
}

// explain adds to a refusal that a filter may be the cause.
func (h *history) explain(err error) error {
	scope := HistoryScope
	if h.query.Filter.Has("connectionIds") {
		scope += "; connectionIds takes extensions such as p0 or g0, and not devices such as e0 or y0"
	}
	return h.client.explain(err, scope)
}

// known is what is known of an account before its history is read.
type known struct {
	account Account
	system  system
}

// system is the generation of an account.
type system int

const (
	unknown system = iota
	classic
	neo
)

// preface says whose history it is and how far it reaches. A token that may read nothing but the history is enough.
func (h *history) preface(ctx context.Context) (known, error) {
	var k known
	who, err := h.client.Userinfo(ctx)
	if err != nil {
		return k, err
	}
	k.account, err = h.client.Account(ctx)
	if isForbidden(err) {
		h.progress.Warn("the token lacks %s: how long the account keeps its history is not known", AccountScope)
		err = nil
	}
	if err != nil {
		return k, err
	}
	name := who.String()
	if k.account.Company != "" {
		name += " (" + k.account.Company + ")"
	}
	h.progress.Account(name)
	if oldest := h.client.now().Add(-thirtyDays); k.account.HistoryLifeTime == KeepsThirtyDays && !h.query.From.IsZero() && h.query.From.Before(oldest) {
		h.progress.Truncated("the account keeps its history for thirty days: what happened before %s is gone", oldest.UTC().Format(time.DateOnly))
	}
	if h.about(Call) {
		k.system, err = h.client.system(ctx)
	}
	return k, err
}

func (h *history) about(kind string) bool {
	return len(h.query.Types) == 0 || slices.Contains(h.query.Types, kind)
}

// system finds out to which generation the account belongs: only classic accounts have groups.
func (c *Client) system(ctx context.Context) (system, error) {
	var groups struct{}
	err := c.rest.Get(ctx, groupsPath, nil, &groups)
	var refused *rest.Error
	switch {
	case err == nil:
		return classic, nil
	case errors.As(err, &refused) && classicOnly(refused):
		return neo, nil
	case isForbidden(err):
		return unknown, nil
	}
	return unknown, err
}

func isForbidden(err error) bool {
	var refused *rest.Error
	return errors.As(err, &refused) && refused.Status == http.StatusForbidden
}

// conclude says what was proven.
func (h *history) conclude(k known, stands bool, folders ...*folder) {
	unmoved := true
	for _, f := range folders {
		t := &f.tally
		unmoved = unmoved && t.Stands()
		switch {
		case t.Stands():
			h.progress.Complete("%s: the API's total of %d was met (pages: %d)", f.name, t.Total(), t.Pages())
		case !t.Moved() && t.Came() < t.Total():
			h.progress.Truncated("%s: the API counts %d and gave %d, in each of %d readings", f.name, t.Total(), t.Came(), historyRounds)
		default:
			h.progress.Unproven("%s: it changed while it was read, in each of %d readings", f.name, historyRounds)
		}
	}
	if unmoved && !stands {
		h.progress.Unproven("entries were moved between inbox and archive while they were read, in each of %d readings", historyRounds)
	}
	if h.entries == 0 && k.account.HistoryLifeTime == KeepsNone {
		h.progress.Truncated("the account is set to keep no history")
	}
	if h.about(Call) {
		h.concludeCalls(k.system)
	}
}

// concludeCalls judges a history without calls: accounts of the new system keep theirs elsewhere, except for those that
// were moved there, for the time being.
func (h *history) concludeCalls(s system) {
	switch {
	case s == neo && h.calls == 0:
		h.progress.Truncated("the account is on sipgate's new system (neo), which keeps calls in channels and not in this history: " +
			"see them in the sipgate app, or ask sipgate for the channels of its API")
	case s == neo:
		h.progress.Warn("the account is on sipgate's new system (neo), which still writes calls to this history for accounts that were moved there")
	case s == unknown && h.calls == 0:
		h.progress.Unproven("no calls came, and the token lacks %s, so that it cannot be told whether the account is on sipgate's new system (neo), which keeps calls elsewhere", groupsScope)
	}
}
