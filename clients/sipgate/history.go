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
	historyPage = 1000 // the most that the API allows; its own default is 10
	thirtyDays  = 30 * 24 * time.Hour
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
// API gives it, newest first; then the inbox once more, for what was moved back there. An entry that is moved comes once.
//
// The history is complete if in these three walks every page went on where the one before it ended, and each told one
// total and that many different entries came. Then every entry came that was there all the time and was moved once at
// most: moved to the archive, it was in the inbox first or in the archive behind it; moved back, in the archive or in the
// inbox behind that. Otherwise archive and inbox are read again, three times at most, and only what did not come before is
// given. Memory grows by an id with every entry.
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

// The two halves of a history.
const (
	inbox   = "inbox"
	archive = "archive"
)

// walk is how reading one half went.
type walk struct {
	folder string
	*reading[Entry]
}

func (h *history) trial(ctx context.Context) error {
	h.progress.Unproven("a trial: one page of the inbox")
	_, err := h.read(ctx, inbox)
	return err
}

func (h *history) whole(ctx context.Context) error {
	known, err := h.preface(ctx)
	if err != nil {
		return err
	}
	before, err := h.read(ctx, inbox)
	if err != nil {
		return err
	}
	for round := 1; ; round++ {
		archived, err := h.read(ctx, archive)
		if err != nil {
			return err
		}
		again, err := h.read(ctx, inbox)
		if err != nil {
			return err
		}
		if round == readings || before.stands() && archived.stands() && again.stands() {
			h.conclude(known, before, again, archived)
			return nil
		}
		before = again
	}
}

// read walks one half from its first page to its last.
func (h *history) read(ctx context.Context, folder string) (walk, error) {
	w := walk{folder, &reading[Entry]{
		path: HistoryPath, tally: &h.tally, once: h.query.Limit > 0, sure: true,
		check: func(e *Entry) error { return e.check() }, id: func(e *Entry) string { return string(e.ID) },
	}}
	err := w.reading.read(ctx, h.client, h.parameters(folder), h.take)
	return w, h.explain(err)
}

// take gives an entry to the consumer, if it is wanted.
func (h *history) take(e Entry) bool {
	if !h.wants(&e) {
		return true
	}
	h.entries++
	if e.Type == Call {
		h.calls++
	}
	return h.yield(e, nil)
}

// parameters asks for one second more than the window in front, and the second behind it: whether the API takes the
// bounds as inclusive is not documented, so that the last word is with wanted.
func (h *history) parameters(folder string) url.Values {
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
	q.Set("archived", strconv.FormatBool(folder == archive))
	q.Set("limit", strconv.Itoa(limit))
	q.Set("offset", "0")
	return q
}

// stamp writes an instant as the API's clients do, rounded down to the second.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// wants tells whether an entry lies in the window and is of a type that was asked for.
func (h *history) wants(e *Entry) bool {
	at := e.Created.Time
	return !at.Before(h.query.From) && at.Before(h.query.To) &&
		(len(h.query.Types) == 0 || slices.Contains(h.query.Types, e.Type))
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
	err := c.rest.Get(ctx, GroupsPath, nil, &groups)
	switch {
	case err == nil:
		return classic, nil
	case classicOnly(err):
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

// conclude says what was proven: of the inbox, what its last walk proves if the one before it stands too.
func (h *history) conclude(k known, before, again, archived walk) {
	shown := again
	if !before.stands() {
		shown = before
	}
	for _, w := range []walk{shown, archived} {
		w.conclude(w.folder, h.progress)
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
		h.progress.Unproven("no calls came, and the token lacks %s, so that it cannot be told whether the account is on sipgate's new system (neo), which keeps calls elsewhere", GroupsScope)
	}
}
