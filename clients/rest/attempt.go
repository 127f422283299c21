package rest

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// stall is how long an answer's body may give nothing before the connection counts as dead.
const stall = 60 * time.Second

// errDone ends the attempts: the answer is what was asked for.
var errDone = errors.New("done")

// errCut is a body that ends before its end.
var errCut = errors.New("the answer was cut off")

// exchange is one request and all the attempts that it takes.
type exchange struct {
	c       *Client
	r       Request
	sent    int       // requests that went out, redirects included
	retries int       // attempts that repeated another one because of a fault
	renewed time.Time // when this request had its credentials renewed; zero: not yet
	waited  bool      // a second was given to the renewed credentials
	fell    bool      // the remembered base was given up
	leave   func()    // gives back the room that the last answer has
}

// answer is what an attempt brought home.
type answer struct {
	response   *Response
	generation int64    // of the credentials that signed the last hop
	base       *url.URL // where the first hop went
	first, at  *url.URL // address of the first and of the last hop
}

// attempt asks once, redirects followed.
func (e *exchange) attempt(ctx context.Context) (*answer, error) {
	a := &answer{base: e.c.Base()}
	a.first = a.base.JoinPath(e.r.Path)
	a.first.RawQuery = e.r.Query.Encode()
	a.at = a.first
	repeats := e.sent > 0
	for hop := 0; ; hop++ {
		var err error
		if a.response, a.generation, err = e.send(ctx, a.at, repeats); err != nil {
			return nil, err
		}
		location, ok := e.c.redirected(e.r, a.response)
		if !ok {
			return a, nil
		}
		if a.at, err = e.c.permit(e.r, a.response, a.at, location, hop); err != nil {
			return nil, err
		}
	}
}

// send waits for a turn, signs, sends and reads the answer.
func (e *exchange) send(ctx context.Context, to *url.URL, repeats bool) (*Response, int64, error) {
	leave, err := e.c.enter(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer leave()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	request, err := http.NewRequestWithContext(ctx, e.r.Method, to.String(), nil)
	if err != nil {
		return nil, 0, e.c.fault(e.r, Rejected, 0, "", "", errors.New("the address is not a valid one"))
	}
	e.c.headers(request, e.r)
	generation, err := e.c.sign(ctx, e.r, request)
	if err != nil {
		return nil, 0, err
	}
	count(ctx, repeats)
	e.sent++
	began := time.Now()
	reply, err := e.c.o.Transport.RoundTrip(request)
	if err != nil {
		return nil, 0, sent{err}
	}
	defer reply.Body.Close()
	e.c.clock.read(reply.Header, began, time.Now())
	e.leave()
	if e.leave, err = e.c.room.take(ctx, reply.ContentLength); err != nil {
		e.leave = func() {}
		return nil, 0, sent{err}
	}
	body, err := e.body(reply, cancel)
	if err != nil {
		return nil, 0, err
	}
	e.c.room.was(len(body))
	took := time.Since(began)
	e.c.took(took)
	e.c.o.Log.DebugContext(ctx, "asked", "api", e.c.o.API, "path", pathOnly(e.r.Path), "host", to.Host,
		"status", reply.StatusCode, "bytes", len(body), "took", took)
	return &Response{Status: reply.StatusCode, Header: reply.Header, Body: body, Path: e.r.Path}, generation, nil
}

// body reads the body of an answer.
func (e *exchange) body(reply *http.Response, cancel context.CancelCauseFunc) ([]byte, error) {
	body, err := e.c.read(reply, cancel)
	switch {
	case errors.Is(err, errTooLarge):
		text := fmt.Sprintf("the answer is larger than %d bytes", e.c.o.MaxBody)
		return nil, e.c.fault(e.r, Unexpected, reply.StatusCode, text, "", nil)
	case bodiless(reply, err):
		return nil, nil
	case errors.Is(err, gzip.ErrHeader):
		return nil, e.c.fault(e.r, Unexpected, reply.StatusCode, notZipped, "", nil)
	case err != nil:
		return nil, sent{err}
	}
	return body, nil
}

// sent marks an error of the network: asking again may help.
type sent struct{ error }

func (s sent) Unwrap() error { return s.error }

// headers sets what every request carries.
func (c *Client) headers(request *http.Request, r Request) {
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.o.UserAgent)
	for _, more := range []http.Header{c.o.Header, r.Header} {
		for name, values := range more {
			request.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
}

// sign signs a request and waits its turn. The credentials are made ready before the wait, so that a long renewal does not
// use up turns and let a burst go afterwards; they are written after it, so that they are fresh when the request leaves.
func (c *Client) sign(ctx context.Context, r Request, request *http.Request) (generation int64, err error) {
	if c.o.Auth != nil {
		if _, err = c.o.Auth.Authorize(ctx, request); err != nil {
			return 0, err
		}
	}
	if err = c.turn(ctx, r); err != nil {
		return 0, err
	}
	if c.o.Auth != nil {
		generation, err = c.o.Auth.Authorize(ctx, request)
	}
	return generation, err
}

// enter takes one of the places for requests under way. Whoever is given none has none to leave.
func (c *Client) enter(ctx context.Context) (leave func(), err error) {
	if err := ended(ctx); err != nil || c.slots == nil {
		return func() {}, err
	}
	select {
	case c.slots <- struct{}{}:
		return func() { <-c.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// errTooLarge is a body over MaxBody.
var errTooLarge = errors.New("too large")

// read reads a body that is neither too large, nor stalled, nor cut off. Its memory is used again once release has it.
func (c *Client) read(reply *http.Response, cancel context.CancelCauseFunc) ([]byte, error) {
	watch := time.AfterFunc(stall, func() { cancel(errors.New("the answer stalled")) })
	defer watch.Stop()
	used, length := c.room.again(reply.ContentLength)
	body, err := readAll(io.LimitReader(watched{reply.Body, watch}, c.o.MaxBody+1), used, min(length, c.o.MaxBody))
	switch {
	case err != nil:
		return nil, err
	case int64(len(body)) > c.o.MaxBody:
		return nil, errTooLarge
	case endsWithConnection(reply) && looksLikeJSON(body) && !json.Valid(body):
		return nil, errCut
	}
	return body, nil
}

// notZipped is what is wrong with an answer that arrived and cannot be unpacked. One that breaks off is another matter.
const notZipped = "the answer is said to be gzip, and is not"

// bodiless tells whether an answer is not the gzip that it is said to be and can do without its body: that of a failure,
// whose status says what to do.
func bodiless(reply *http.Response, err error) bool {
	return errors.Is(err, gzip.ErrHeader) && (reply.StatusCode < 200 || reply.StatusCode > 299)
}

// readAll reads to the end, into memory that was used before if that is large enough. How long the text will be may be
// known; it is negative if not. A zero byte is put behind it, for the decoder.
func readAll(from io.Reader, into []byte, length int64) ([]byte, error) {
	// Two more: for the zero, and to find the end without having to make room first.
	into = slices.Grow(into[:0], int(max(length, 0))+2)
	for {
		n, err := from.Read(into[len(into) : cap(into)-1])
		switch into = into[:len(into)+n]; {
		case errors.Is(err, io.EOF):
			return append(into, 0)[:len(into)], nil
		case err != nil:
			return nil, err
		case len(into) == cap(into)-1:
			into = slices.Grow(into, max(len(into)/4, 512))
		}
	}
}

// release gives back the memory of an answer that nobody looks at any more.
func (c *Client) release(r *Response) {
	c.room.free(r.Body)
	r.Body = nil
}

// endsWithConnection tells whether nothing but the end of the connection ends the body, so that a broken connection looks
// like a whole answer.
func endsWithConnection(reply *http.Response) bool {
	return reply.ProtoMajor == 1 && reply.ContentLength < 0 && len(reply.TransferEncoding) == 0 && !reply.Uncompressed
}

// watched puts off the watch whenever something arrives.
type watched struct {
	io.Reader
	watch *time.Timer
}

func (w watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if n > 0 {
		w.watch.Reset(stall)
	}
	return n, err
}
