package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	backOffBase   = 500 * time.Millisecond
	backOffCap    = 30 * time.Second
	retryAfterCap = 2 * time.Minute
	// settle is what a token may need until every node of an API knows it.
	settle = time.Second
)

// afterFailure decides what to do when an attempt brought no answer: nil means ask again.
func (e *exchange) afterFailure(ctx context.Context, err error) error {
	if over := ended(ctx); over != nil {
		return over
	}
	network, ok := errors.AsType[sent](err)
	if !ok {
		return err
	}
	fault := e.c.fault(e.r, Unreachable, 0, "", "", network.error)
	if certificate(network.error) {
		fault.Hint = "if the certificate is your own, set " + setting(e.c.o.API, "CA_FILE")
		return fault
	}
	return e.again(ctx, fault, backOff(e.retries))
}

// afterAnswer decides what an answer means: errDone that it is the one, nil that it is worth asking again.
func (e *exchange) afterAnswer(ctx context.Context, a *answer) error {
	if e.fallBack(a) {
		return nil
	}
	switch disposition := e.c.o.Classify(a.response); disposition {
	case Success:
		if e.c.o.Auth != nil {
			e.c.o.Auth.Accepted(a.generation)
		}
		e.c.remember(a)
		return errDone
	case Renew, RenewOnce:
		return e.renew(ctx, a, disposition)
	case Retry:
		fault := e.refusal(a, Overloaded)
		wait, asked := retryAfter(a.response, time.Now())
		switch {
		case wait > 0:
			e.c.pause(wait)
		case asked && e.retries == 0: // "At once" is believed, but only the first time.
		default:
			wait = backOff(e.retries)
			if a.response.Status == http.StatusTooManyRequests {
				wait += time.Second
			}
		}
		return e.again(ctx, fault, wait)
	case Refuse:
		return e.refusal(a, Refused)
	default:
		return e.refusal(a, Rejected)
	}
}

// refusal is the error for an answer that is not a success. Secrets are taken out before the answer is explained, since
// half of one, where a long text was cut, could not be found any more.
func (e *exchange) refusal(a *answer, kind Kind) *Error {
	return e.c.fault(e.r, kind, a.response.Status, e.c.o.Explain(a.response.without(e.c.o.Redactor)), "", nil)
}

// again waits before the next attempt; it returns fault if there is to be none.
func (e *exchange) again(ctx context.Context, fault *Error, wait time.Duration) error {
	e.leave() // what the last answer says is of no interest any more
	if !e.r.repeatable() || e.retries >= e.c.o.Retries {
		return fault
	}
	if !fits(ctx, wait) {
		fault.Hint = fmt.Sprintf("the next attempt was due in %s, after the end of the run", wait.Round(time.Second))
		return fault
	}
	e.retries++
	e.c.o.Log.InfoContext(ctx, "asking again", "api", e.c.o.API, "path", fault.Path, "attempt", e.retries+1,
		"wait", wait.Round(time.Millisecond), "because", fault.Error())
	return sleep(ctx, wait)
}

// renew has the credentials renewed, once for a request, and lets it ask again. The renewed ones may meet a node that does
// not know them yet, so one refusal within a second of their issue is not believed.
func (e *exchange) renew(ctx context.Context, a *answer, disposition Disposition) error {
	fault := e.refusal(a, Refused)
	switch {
	case e.c.o.Auth == nil || !e.r.repeatable():
		return fault
	case e.renewed.IsZero():
		if disposition == RenewOnce && e.c.rights.Load() == a.generation {
			return fault
		}
		again, err := e.c.o.Auth.Refused(ctx, a.generation)
		if err != nil {
			return err
		}
		if !again {
			return fault
		}
		e.renewed = time.Now()
		return nil
	case !e.waited && time.Since(e.renewed) <= settle:
		e.waited = true
		return sleep(ctx, settle)
	}
	if disposition == RenewOnce {
		e.c.rights.Store(a.generation)
	}
	return fault
}

// turn waits for the rate and for a pause that the API asked for.
func (c *Client) turn(ctx context.Context, r Request) error {
	late := c.fault(r, Overloaded, 0, "no turn before the end of the run", "", context.DeadlineExceeded)
	// The pause may have become longer meanwhile.
	for wait := c.pauseLeft(); wait > 0; wait = c.pauseLeft() {
		if !fits(ctx, wait) {
			return late
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
	if c.limiter == nil {
		return ended(ctx)
	}
	if err := c.limiter.Wait(ctx); err != nil {
		if over := ended(ctx); over != nil {
			return over
		}
		return late
	}
	return nil
}

// pauseLeft is how long nothing is to be sent.
func (c *Client) pauseLeft() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Until(c.paused)
}

// pause holds back every request of the client.
func (c *Client) pause(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if until := time.Now().Add(d); until.After(c.paused) {
		c.paused = until
	}
}

// backOff grows from half a second to half a minute, and is spread over the whole of it, so that many clients that failed
// together do not come back together.
func backOff(attempt int) time.Duration {
	return rand.N(min(backOffCap, backOffBase<<min(attempt, 10)) + 1)
}

// retryAfter reads the wait that an answer asks for, in seconds or as a date, two minutes at most.
func retryAfter(r *Response, now time.Time) (time.Duration, bool) {
	text := strings.TrimSpace(r.Header.Get("Retry-After"))
	if text == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if !(seconds >= 0) {
			return 0, false
		}
		return time.Duration(min(seconds, retryAfterCap.Seconds()) * float64(time.Second)), true
	}
	date, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	// The server's own clock is the one that its date was read from.
	if theirs, err := http.ParseTime(r.Header.Get("Date")); err == nil {
		now = theirs
	}
	return min(max(0, date.Sub(now)), retryAfterCap), true
}

// fits tells whether a wait ends before the context does.
func fits(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Until(deadline) > wait
}

// sleep waits, or returns the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ended(ctx)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// certificate tells whether TLS failed over who the other side is, which no retry changes.
func certificate(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return true
	}
	_, ok := errors.AsType[x509.CertificateInvalidError](err)
	return ok
}

// setting is the name of an API's setting.
func setting(api, name string) string { return strings.ToUpper(api) + "_" + name }
