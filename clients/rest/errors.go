package rest

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
)

// Kind says what sort of failure an [Error] is: whether to try later, to look at the settings, or at the API.
type Kind int

// The kinds of failure.
const (
	Unreachable Kind = iota + 1 // network, name resolution, TLS, time-outs: try later
	Overloaded                  // 429 and 5xx, after all retries: try later
	Refused                     // credentials, rights, or a redirect to a host that is not allowed
	Unexpected                  // an answer that is not what the API documents
	Rejected                    // the API does not accept the request: 400, 404, 422 …
)

var kindTexts = [...]string{
	Unreachable: "could not be reached",
	Overloaded:  "kept failing or refusing for load",
	Refused:     "refused",
	Unexpected:  "unexpected answer",
	Rejected:    "request rejected",
}

// String describes the kind in a few words.
func (k Kind) String() string {
	if k < Unreachable || k > Rejected {
		return "failed"
	}
	return kindTexts[k]
}

// Error is why a request gave nothing. It never holds a query string nor a secret.
type Error struct {
	API, Path string
	Kind      Kind
	Status    int    // 0 if there was no answer
	Text      string // what the API said, in its words, redacted; may be empty
	Hint      string // what to do about it; may be empty
	Err       error  // the cause, if any

	code string // of a token endpoint, such as "invalid_grant"
}

// Error reads "sierra: /bibs: refused (status 403): Forbidden (hint)".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.API)
	if e.Path != "" {
		b.WriteString(": " + e.Path)
	}
	b.WriteString(": " + e.Kind.String())
	if e.Status != 0 {
		b.WriteString(" (status " + strconv.Itoa(e.Status) + ")")
	}
	if e.Text != "" {
		b.WriteString(": " + e.Text)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// cause makes an error of the network fit to be shown: without the address that url.Error puts in front, query string
// and all, and without any secret that the text might hold.
func cause(err error, r *Redactor) error {
	for {
		wrapped, ok := errors.AsType[*url.Error](err)
		if !ok {
			break
		}
		err = wrapped.Err
	}
	if err == nil {
		return nil
	}
	if text := err.Error(); r.String(text) != text {
		return errors.New(r.String(text))
	}
	return err
}

// ended gives the context's error if it is over, nil otherwise.
func ended(ctx context.Context) error { return ctx.Err() }

// pathOnly drops everything that might be a query string.
func pathOnly(path string) string {
	path, _, _ = strings.Cut(path, "?")
	path, _, _ = strings.Cut(path, "#")
	return path
}
