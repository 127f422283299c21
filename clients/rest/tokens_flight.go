package rest

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// maxFlight bounds a renewal with all its waits, so that nothing waits for ever.
	maxFlight = 5 * time.Minute
	// maxStep bounds one call to the token endpoint.
	maxStep = 30 * time.Second
	// maxTries is how often one step of the ladder is tried while the token endpoint fails.
	maxTries = 3
)

var (
	// errAbandoned is the end of a flight that nobody waits for any more.
	errAbandoned = errors.New("nobody waits for the token any more")
	// errTooLong is the end of a flight that took longer than maxFlight.
	errTooLong = errors.New("no token within " + maxFlight.String())
)

// flight is one renewal, and everybody who waits for it.
type flight struct {
	done    chan struct{}
	token   token // when done
	err     error // when done
	waiters int
	abandon context.CancelCauseFunc
}

// depart starts a renewal. It takes the values of the first caller's context, such as the meter, but does not end with it,
// since others wait as well. When nobody does any more, it does not wait either; but a call that is on its way is
// brought home, because its answer may hold the only valid refresh token.
func (t *Tokens) depart(ctx context.Context) *flight {
	wire := context.WithoutCancel(ctx)
	waits, release := context.WithTimeoutCause(wire, maxFlight, errTooLong)
	waits, abandon := context.WithCancelCause(waits)
	f := &flight{done: make(chan struct{}), abandon: abandon}
	n := &renewal{t: t, wire: wire, old: t.current.access.Reveal()}
	go func() {
		defer release()
		defer abandon(nil)
		k, err := n.run(waits)
		switch {
		case err == nil:
		case context.Cause(waits) == errAbandoned:
			err = errAbandoned
		case context.Cause(waits) == errTooLong:
			err = t.fault(Overloaded, 0, "", "", errTooLong)
		}
		t.land(f, k, err)
	}()
	return f
}

// renewal climbs the ladder once. Only one is under way at a time.
type renewal struct {
	t     *Tokens
	wire  context.Context // of the calls; the waits between them have one that may end earlier
	old   string          // the access token to be replaced
	calls int
}

// run gives a token from the store, or from the first grant that gets one. What is stored is locked and read again first,
// since another process may have renewed meanwhile.
func (n *renewal) run(ctx context.Context) (token, error) {
	if n.t.o.Store != nil {
		unlock, err := n.t.o.Store.Lock(ctx, n.t.name)
		if err != nil {
			return token{}, fmt.Errorf("token store: %w", err)
		}
		defer unlock()
		k, err := n.t.load()
		if err != nil {
			return token{}, err
		}
		if k.access.Reveal() != n.old && k.fresh(n.t.now()) {
			return k, nil
		}
	}
	return n.climb(ctx)
}

// climb tries the grants in order. A refresh token that is refused, in whatever words, is dropped for the next grant; so is
// one whose answer was lost twice. Every other failure is final: it would be no better with another grant.
func (n *renewal) climb(ctx context.Context) (token, error) {
	var before error
	var dropped Secret
	for _, g := range n.t.o.Grants {
		values, ok := n.t.parameters(g)
		if !ok {
			continue
		}
		refreshing := g.Type == refreshGrant
		if refreshing {
			if err := n.t.proveStore(); err != nil {
				return token{}, err
			}
		}
		used := NewSecret(values["refresh_token"])
		i, err := n.step(ctx, g, values)
		if err == nil {
			return n.t.take(i)
		}
		if !refreshing || !n.t.drop(err) {
			return token{}, err
		}
		n.t.o.Log.InfoContext(ctx, "the refresh token is of no use", "api", n.t.o.API, "because", err.Error())
		before, dropped = err, used
	}
	if before != nil {
		n.t.restore(dropped)
		return token{}, before
	}
	return token{}, n.t.fault(Refused, 0, "no credentials to get a token with", "set all of them", nil)
}

// drop tells whether a failed refresh leaves the ladder to the next grant, and forgets a token that was refused.
func (t *Tokens) drop(err error) bool {
	fault, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
		return false
	case errors.Is(err, errLost):
		return true
	case fault.Status < 400 || fault.Status > 499 || fault.Kind == Overloaded:
		return false
	}
	t.mu.Lock()
	t.refresh = Secret{}
	t.mu.Unlock()
	fault.Kind, fault.Hint = Refused, "the refresh token is no longer valid: get a new one"
	if hint := hintFor(fault.code, fault.Status); fault.code == "invalid_client" || fault.code == "unsupported_grant_type" {
		fault.Hint = hint
	}
	return true
}

// restore takes a dropped refresh token back. Where no other grant follows it is the only one to try in a later run, and
// what the token endpoint says of it tells more than that there is none.
func (t *Tokens) restore(refresh Secret) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refresh = refresh
}

// step makes one grant's call, and repeats it while the token endpoint is overloaded or cannot be reached.
func (n *renewal) step(ctx context.Context, g Grant, values map[string]string) (issue, error) {
	lost := 0
	for try := 1; ; try++ {
		if err := n.t.calls.wait(ctx); err != nil {
			return issue{}, err
		}
		i, wait, err := n.call(g, values)
		if err == nil {
			return i, nil
		}
		if errors.Is(err, errLost) {
			lost++
		}
		// A refresh token whose answer was lost may be used up already; one more try tells.
		if wait < 0 || try == maxTries || lost == 2 && g.Type == refreshGrant {
			return issue{}, err
		}
		if wait == 0 {
			wait = backOff(try - 1)
		}
		n.t.o.Log.InfoContext(ctx, "asking for a token again", "api", n.t.o.API, "grant", g.Type, "wait", wait.Round(time.Millisecond), "because", err.Error())
		if err := sleep(ctx, wait); err != nil {
			return issue{}, err
		}
	}
}

// take keeps an issued token. The new refresh token is on disk before the access token is used, since the old one is dead.
func (t *Tokens) take(i issue) (token, error) {
	t.mu.Lock()
	if !i.refresh.IsZero() {
		t.refresh = i.refresh
	}
	refresh := t.refresh
	t.mu.Unlock()
	t.o.Redactor.addMinted(i.token.access.Reveal(), refresh.Reveal())
	if err := t.save(i.token, refresh); err != nil {
		t.ahead = true
		return token{}, err
	}
	t.ahead = false
	return i.token, nil
}
