package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Encoding is how a token call sends its parameters.
type Encoding int

// The encodings of token calls.
const (
	Form Encoding = iota // application/x-www-form-urlencoded
	JSON                 // application/json
)

// Grant is one way to get a token.
type Grant struct {
	Type         string // "client_credentials", "password", "refresh_token"
	Username     string // of password
	Password     Secret // of password
	RefreshToken Secret // of refresh_token: the first one; empty: only what an answer gave
}

// TokenOptions say where tokens come from.
type TokenOptions struct {
	API          string
	URL          *url.URL
	Transport    http.RoundTripper // shared with the API's client; one of NewTransport's if nil
	Encoding     Encoding          // Form (default) or JSON
	ClientID     string
	ClientSecret Secret
	BasicClient  bool              // id and secret in the Basic header instead of the body (never both)
	Grants       []Grant           // the ladder, tried in order
	Header       http.Header       // sent with every token call
	Extra        map[string]string // sent on every step, such as scope
	PerMinute    int               // token calls a minute at most; 0: no limit
	Store        Store             // where tokens outlive a run; nil: nowhere
	Key          string            // the name under which the Store keeps them (API if empty); a hash of URL, client and user is appended
	Redactor     *Redactor         // one of its own if nil
	Log          *slog.Logger      // discards if nil
	Now          func() time.Time  // time.Now if nil
}

const (
	// maxRefused is how many renewals in a row may be refused.
	maxRefused = 3
	// keepFinal is how long a final refusal answers for the token endpoint. It is longer than any row of reports that one
	// slot starts, so that a wrong password is not tried until the account is locked, and short enough for a service that
	// goes on to notice that somebody put things right.
	keepFinal = 15 * time.Minute
	// keepPassing is the same for a failure that may pass: long enough that many workers do not fail one after the other.
	keepPassing = time.Second
)

// Tokens is an Auth that signs with "Bearer <token>". It gets a token when the first one is needed, renews it shortly
// before it expires and when the API refuses it, and does so once for all who wait for it. Its errors are *Error, the
// caller's context's, or the Store's.
//
// Every token has a generation, so that a late refusal of an old one does not renew the new one. What the token endpoint
// said finally, such as that a password is wrong, is not asked for a second time.
type Tokens struct {
	o     TokenOptions
	name  string // of the document in the Store
	calls window // only the flight under way uses it

	mu      sync.Mutex
	current token
	refresh Secret // the refresh token to use next; empty if there is none
	ahead   bool   // the refresh token could not be saved: memory knows better than the Store
	row     int    // generations refused in a row, the first one included
	flight  *flight
	failure error // answers for the token endpoint
	until   time.Time
}

// token is an access token and what is known about it.
type token struct {
	access     Secret
	generation int64
	obtained   time.Time // when it was asked for
	expires    time.Time // zero: unknown, kept until it is refused
	refused    bool
}

// fresh tells whether a request may be signed with the token. It is renewed a minute, or a tenth of its life, before it
// expires. One from the future came before the clock was set back, and its expiry means nothing.
func (k token) fresh(now time.Time) bool {
	if k.access.IsZero() || k.refused || k.obtained.After(now.Add(time.Minute)) {
		return false
	}
	if k.expires.IsZero() {
		return true
	}
	margin := min(time.Minute, k.expires.Sub(k.obtained)/10)
	return now.Before(k.expires.Add(-margin))
}

// NewTokens sends nothing yet.
func NewTokens(o TokenOptions) *Tokens {
	if o.Transport == nil {
		// Without a CA file there is nothing that could fail.
		o.Transport, _ = NewTransport(TransportOptions{})
	}
	if o.Redactor == nil {
		o.Redactor = NewRedactor()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.URL == nil {
		o.URL = &url.URL{}
	}
	o.Key = orDefault(o.Key, o.API)
	t := &Tokens{o: o, name: documentName(o), calls: window{most: o.PerMinute}}
	o.Redactor.Add(o.ClientSecret.Reveal(), basicHeader(o))
	for _, g := range o.Grants {
		o.Redactor.Add(g.Password.Reveal(), g.RefreshToken.Reveal())
		if t.refresh.IsZero() {
			t.refresh = g.RefreshToken
		}
	}
	return t
}

// Format prints whose tokens they are, and nothing of what they hold.
func (t *Tokens) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "tokens of "+t.o.API) }

// now is the wall clock alone: the monotonic one stands still while a machine sleeps, and tokens expire meanwhile.
func (t *Tokens) now() time.Time { return t.o.Now().Round(0) }

// Token gets a token if there is none.
func (t *Tokens) Token(ctx context.Context) error {
	_, err := t.get(ctx)
	return err
}

// Authorize sets the Bearer header, and gets a token first if there is none that is fresh.
func (t *Tokens) Authorize(ctx context.Context, r *http.Request) (int64, error) {
	k, err := t.get(ctx)
	if err != nil {
		return 0, err
	}
	// Always in this spelling, whatever the answer's token_type looked like: some servers compare it letter for letter.
	r.Header.Set("Authorization", "Bearer "+k.access.Reveal())
	return k.generation, nil
}

// Refused renews a refused token, once for all callers. Where a newer one is there already, it is only told to ask again.
func (t *Tokens) Refused(ctx context.Context, generation int64) (bool, error) {
	if err := t.refuse(generation); err != nil {
		return false, err
	}
	_, err := t.get(ctx)
	return err == nil, err
}

// refuse notes that a generation was refused; its error ends the run.
func (t *Tokens) refuse(generation int64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if generation != t.current.generation || t.current.refused {
		return nil
	}
	t.current.refused = true
	if t.row++; t.row <= maxRefused {
		return nil
	}
	fault := t.fault(Refused, 0, "three renewals in a row were refused", "the token endpoint gives tokens that the API does not accept: "+
		"check that both belong together, and the clock", nil)
	t.keep(fault)
	return fault
}

// Accepted notes that a token works, which ends a row of refused renewals.
func (t *Tokens) Accepted(generation int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if generation == t.current.generation {
		t.row = 0
	}
}

// get gives a token that is fresh. A flight's own token is taken as it is: were its life shorter than the call took, there
// would never be a fresh one.
func (t *Tokens) get(ctx context.Context) (token, error) {
	for {
		if err := ended(ctx); err != nil {
			return token{}, err
		}
		k, f, err := t.join(ctx)
		if f == nil {
			return k, err
		}
		select {
		case <-f.done:
			if !errors.Is(f.err, errAbandoned) {
				return f.token, f.err
			}
		case <-ctx.Done():
			t.leave(f)
			return token{}, ctx.Err()
		}
	}
}

// join gives the current token, or the failure that is kept, or the flight to wait for.
func (t *Tokens) join(ctx context.Context) (token, *flight, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if t.failure != nil && now.Before(t.until) {
		return token{}, nil, t.failure
	}
	if t.current.fresh(now) {
		return t.current, nil, nil
	}
	if t.flight == nil {
		t.flight = t.depart(ctx)
	}
	t.flight.waiters++
	return token{}, t.flight, nil
}

// leave is called by who stops waiting. Nobody needs what the last one waited for.
func (t *Tokens) leave(f *flight) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f.waiters--; f.waiters == 0 {
		f.abandon(errAbandoned)
	}
}

// land publishes what a flight brought.
func (t *Tokens) land(f *flight, k token, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil {
		k.generation = t.current.generation + 1
		t.current, t.failure = k, nil
	} else if !errors.Is(err, errAbandoned) {
		t.keep(err)
	}
	f.token, f.err = k, err
	t.flight = nil
	close(f.done)
}

// keep lets a failure answer for the token endpoint for a while.
func (t *Tokens) keep(err error) {
	d := keepPassing
	if fault, ok := errors.AsType[*Error](err); ok && fault.Kind >= Refused {
		d = keepFinal
	}
	t.failure, t.until = err, t.now().Add(d)
}

// fault makes an Error about the token endpoint.
func (t *Tokens) fault(kind Kind, status int, text, hint string, err error) *Error {
	return &Error{
		API: t.o.API, Path: t.o.URL.Path, Kind: kind, Status: status,
		Text: t.o.Redactor.String(text), Hint: hint, Err: cause(err, t.o.Redactor),
	}
}

// window lets through so many calls in any minute.
type window struct {
	most int // 0: no limit
	went []time.Time
}

// wait returns when one more call may go.
func (w *window) wait(ctx context.Context) error {
	if w.most <= 0 {
		return ended(ctx)
	}
	if len(w.went) >= w.most {
		if d := time.Until(w.went[len(w.went)-w.most].Add(time.Minute)); d > 0 {
			if err := sleep(ctx, d); err != nil {
				return fmt.Errorf("%d token calls a minute: %w", w.most, err)
			}
		}
		w.went = w.went[len(w.went)-w.most+1:]
	}
	w.went = append(w.went, time.Now())
	return nil
}
