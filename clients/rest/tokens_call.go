package rest

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxTokenAnswer is the largest answer of a token endpoint that is read.
const maxTokenAnswer = 1 << 20

const (
	refreshGrant  = "refresh_token"
	passwordGrant = "password"
	clientGrant   = "client_credentials"
)

// errLost is a call whose answer did not arrive, so that nobody knows whether it had an effect.
var errLost = errors.New("the answer was lost")

// lost is errLost with its cause.
type lost struct{ error }

func (l lost) Unwrap() error        { return l.error }
func (l lost) Is(target error) bool { return target == errLost }

// parameters are what a grant sends; not ok if it has not got all it needs.
func (t *Tokens) parameters(g Grant) (values map[string]string, ok bool) {
	values = map[string]string{"grant_type": g.Type}
	maps.Copy(values, t.o.Extra)
	ok = true
	switch g.Type {
	case refreshGrant:
		t.mu.Lock()
		values["refresh_token"] = t.refresh.Reveal()
		t.mu.Unlock()
		ok = values["refresh_token"] != ""
	case passwordGrant:
		values["username"], values["password"] = g.Username, g.Password.Reveal()
		ok = g.Username != "" && !g.Password.IsZero()
	case clientGrant:
		ok = t.o.ClientID != "" && !t.o.ClientSecret.IsZero()
	}
	if t.o.BasicClient {
		return values, ok
	}
	if t.o.ClientID != "" {
		values["client_id"] = t.o.ClientID
	}
	if !t.o.ClientSecret.IsZero() {
		values["client_secret"] = t.o.ClientSecret.Reveal()
	}
	return values, ok
}

// request makes a token call. Secrets are in its body or its header, never in its address.
func (t *Tokens) request(ctx context.Context, values map[string]string) (*http.Request, error) {
	form := url.Values{}
	for name, value := range values {
		form.Set(name, value)
	}
	body, content := []byte(form.Encode()), "application/x-www-form-urlencoded"
	if t.o.Encoding == JSON {
		var err error
		if body, err = json.Marshal(values); err != nil {
			return nil, err
		}
		content = "application/json"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.o.URL.String(), bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the token address is not a valid one")
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "reportjob")
	for name, more := range t.o.Header {
		request.Header[http.CanonicalHeaderKey(name)] = more
	}
	request.Header.Set("Content-Type", content)
	if t.o.BasicClient {
		request.Header.Set("Authorization", basicHeader(t.o))
	}
	return request, nil
}

// basicHeader identifies the client (RFC 6749, 2.3.1).
func basicHeader(o TokenOptions) string {
	if !o.BasicClient || o.ClientSecret.IsZero() {
		return ""
	}
	return Basic{User: o.ClientID, Password: o.ClientSecret}.header()
}

// call asks once. Where asking again may help, wait tells when: zero after a back-off; it is negative where it may not.
func (n *renewal) call(g Grant, values map[string]string) (i issue, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(n.wire, maxStep)
	defer cancel()
	request, err := n.t.request(ctx, values)
	if err != nil {
		return issue{}, -1, n.t.fault(Rejected, 0, "", "check the token URL", err)
	}
	count(ctx, n.calls > 0)
	n.calls++
	began := n.t.now()
	// The transport is asked directly: it follows no redirect, which would carry the credentials elsewhere.
	reply, err := n.t.o.Transport.RoundTrip(request)
	if err != nil {
		return n.unreached(err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(io.LimitReader(reply.Body, maxTokenAnswer+1))
	switch {
	case bodiless(reply, err):
		body = nil
	case errors.Is(err, gzip.ErrHeader):
		return issue{}, -1, n.t.fault(Unexpected, reply.StatusCode, notZipped, checkURL, nil)
	case err != nil:
		return n.unreached(err)
	}
	answer := &Response{Status: reply.StatusCode, Header: reply.Header, Body: body, Path: n.t.o.URL.Path}
	i, wait, err = n.t.read(answer, began)
	n.t.o.Log.DebugContext(ctx, "asked for a token", "api", n.t.o.API, "grant", g.Type, "status", answer.Status, "host", n.t.o.URL.Host, "ok", err == nil)
	return i, wait, err
}

// unreached is a call without an answer.
func (n *renewal) unreached(err error) (issue, time.Duration, error) {
	fault := n.t.fault(Unreachable, 0, "", "", err)
	if certificate(err) {
		fault.Hint = "if the certificate is your own, set " + setting(n.t.o.API, "CA_FILE")
		return issue{}, -1, fault
	}
	if dial, ok := errors.AsType[*net.OpError](err); !ok || dial.Op != "dial" {
		fault.Err = lost{fault.Err}
	}
	return issue{}, 0, fault
}

// read tells what an answer means.
func (t *Tokens) read(r *Response, began time.Time) (issue, time.Duration, error) {
	switch {
	case len(r.Body) > maxTokenAnswer:
		return issue{}, -1, t.fault(Unexpected, r.Status, fmt.Sprintf("the answer is larger than %d bytes", maxTokenAnswer), checkURL, nil)
	case r.Status >= 200 && r.Status <= 299:
		i, err := t.issued(r, began)
		return i, -1, err
	case r.Status >= 300 && r.Status <= 399:
		return issue{}, -1, t.redirect(r)
	case ByStatus(r) == Retry:
		wait, _ := retryAfter(r, time.Now())
		if wait == 0 && r.Status == http.StatusTooManyRequests {
			wait = time.Second + backOff(1)
		}
		return issue{}, wait, t.fault(Overloaded, r.Status, ExplainJSON(r.without(t.o.Redactor)), "", nil)
	}
	return issue{}, -1, t.refusal(r)
}

// redirect is the error for an answer that leads elsewhere. No token call follows one, and to another host none may go.
func (t *Tokens) redirect(r *Response) *Error {
	location := r.Header.Get("Location")
	to, err := t.o.URL.Parse(location)
	if err != nil || to.Host == "" || location == "" {
		return t.fault(Unexpected, r.Status, "a redirect", checkURL, nil)
	}
	kind := Unexpected
	if !sameOrigin(t.o.URL, to) {
		kind = Refused
	}
	return t.fault(kind, r.Status, "a redirect to "+strings.ToLower(to.Scheme+"://"+to.Host), checkURL, nil)
}
