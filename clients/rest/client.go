package rest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// Options say how to talk to one API.
type Options struct {
	API       string                      // "sierra": names the API in errors and logs
	Base      *url.URL                    // may have a path; request paths are joined to it
	Transport http.RoundTripper           // shared with the token calls; one of NewTransport's if nil
	Auth      Auth                        // nil: none
	Rate      float64                     // requests a second, a bucket that holds one second's worth (at least 1); 0: no limit
	InFlight  int                         // requests under way at once; 0: no limit
	Retries   int                         // further attempts after the first; 4 if zero, none if negative
	MaxBody   int64                       // bytes of one answer; 64 MiB if zero
	Classify  func(*Response) Disposition // this API's reading of an answer; ByStatus if nil
	Explain   func(*Response) string      // what an error answer says, in the API's words; ExplainJSON if nil
	Redirect  Redirect                    // zero value: same scheme, host and port only, 3 hops
	Header    http.Header                 // sent with every request; Accept: application/json and User-Agent are set anyway
	UserAgent string                      // "reportjob" if empty
	Redactor  *Redactor                   // one of its own if nil
	Log       *slog.Logger                // discards if nil
}

// Client asks one API. It is used by many goroutines at once, which share its rate, its credentials and its region.
type Client struct {
	o       Options
	limiter *rate.Limiter // nil: no limit
	slots   chan struct{} // nil: no limit
	rights  atomic.Int64  // the generation whose refusal turned out to be a matter of rights
	plans   plans
	room    room
	packs   sync.Pool    // memory of packs that are not needed any more
	packed  atomic.Int64 // how large the last pack was
	clock   clock

	mu     sync.Mutex
	base   *url.URL      // where requests go now
	paused time.Time     // nothing is sent before: the API asked for it
	trip   time.Duration // how long a request takes, newer ones counting more; 0: none was made yet
}

// New makes a client. It sends nothing.
func New(o Options) *Client {
	if o.Transport == nil {
		// Without a CA file there is nothing that could fail.
		o.Transport, _ = NewTransport(TransportOptions{})
	}
	o.Retries = orDefault(o.Retries, 4)
	o.MaxBody = orDefault(o.MaxBody, 64<<20)
	o.UserAgent = orDefault(o.UserAgent, "reportjob")
	if o.Classify == nil {
		o.Classify = ByStatus
	}
	if o.Explain == nil {
		o.Explain = ExplainJSON
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Redactor = redactorFor(o.Redactor, o.Auth)
	c := &Client{o: o, base: o.Base}
	c.rights.Store(-1)
	if o.Rate > 0 {
		c.limiter = rate.NewLimiter(rate.Limit(o.Rate), max(1, int(o.Rate)))
	}
	if o.InFlight > 0 {
		c.slots = make(chan struct{}, o.InFlight)
	}
	return c
}

// Format prints which API the client asks, and nothing of what it holds.
func (c *Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "client of "+c.o.API) }

// redactorFor gives a redactor that knows what auth sends.
func redactorFor(r *Redactor, auth Auth) *Redactor {
	if r == nil {
		if t, ok := auth.(*Tokens); ok {
			return t.o.Redactor
		}
		r = NewRedactor()
	}
	switch a := auth.(type) {
	case Basic:
		r.Add(a.Password.Reveal(), a.header())
	case Raw:
		r.Add(a.Value.Reveal())
	}
	return r
}

// Base is where requests go now: Options.Base, or what Redirect.Remember made of a redirect.
func (c *Client) Base() *url.URL {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base
}

// Request is what to ask for.
type Request struct {
	Method string     // GET if empty; only GET and HEAD are ever retried or redirected
	Path   string     // below Base, such as "/history"
	Query  url.Values // may be nil
	Header http.Header
}

// repeatable tells whether asking twice is the same as asking once.
func (r Request) repeatable() bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}

// Do waits its turn, signs, sends, retries and follows. It returns answers of disposition Success alone; its error is an
// *Error or the context's.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	answer, leave, err := c.do(ctx, r)
	leave()
	return answer, err
}

// do is Do for whoever calls leave when the answer's body is not needed any more.
func (c *Client) do(ctx context.Context, r Request) (answer *Response, leave func(), err error) {
	r.Method = orDefault(r.Method, http.MethodGet)
	e := &exchange{c: c, r: r, leave: func() {}}
	for {
		a, err := e.attempt(ctx)
		if err != nil {
			err = e.afterFailure(ctx, err)
		} else if err = e.afterAnswer(ctx, a); err == errDone {
			return a.response, e.leave, nil
		}
		if err != nil {
			return nil, e.leave, err
		}
	}
}

// Get asks for a path and decodes the answer.
func (c *Client) Get(ctx context.Context, path string, query url.Values, into any) error {
	return c.Ask(ctx, Request{Path: path, Query: query}, into)
}

// Ask is Get for a request that has more to say, such as a header.
func (c *Client) Ask(ctx context.Context, r Request, into any) error {
	answer, leave, err := c.do(ctx, r)
	defer leave()
	if err != nil {
		return err
	}
	defer c.release(answer)
	return c.Decode(ctx, answer, into)
}

// Decode decodes an answer of this client, as Get does: like Response.Decode, without the client's secrets in errors, and
// with an eye on unknown fields.
func (c *Client) Decode(ctx context.Context, answer *Response, into any) error {
	return c.decoding(ctx).decode(answer, into)
}

func (c *Client) decoding(ctx context.Context) decoding {
	meter, _ := ctx.Value(meterKey{}).(*Meter)
	return decoding{plans: &c.plans, api: c.o.API, redactor: c.o.Redactor, meter: meter}
}

// fault makes an Error about r.
func (c *Client) fault(r Request, kind Kind, status int, text, hint string, err error) *Error {
	return &Error{
		API: c.o.API, Path: pathOnly(r.Path), Kind: kind, Status: status,
		Text: c.o.Redactor.String(text), Hint: hint, Err: cause(err, c.o.Redactor),
	}
}
