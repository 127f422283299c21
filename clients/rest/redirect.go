package rest

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// maxHops is how many redirects one request follows.
const maxHops = 3

// Redirect says where a request, with its credentials, may be sent on to.
type Redirect struct {
	// Allow tells whether a request, with its token, may be sent there. https is required besides (http only between
	// loopback hosts, when the base is one of those itself). The host that redirects is always allowed. Nil: only that.
	Allow func(to *url.URL) bool
	// InBody gives an address that an answer of status 200 names instead of data.
	InBody func(*Response) (location string, ok bool)
	// Remember is told of a redirect that worked; it returns the base address for the requests to come, nil to go on as
	// before. On 401, 403 and 404 from a remembered base the client goes back to Options.Base once.
	Remember func(from, to *url.URL) *url.URL
}

// redirected tells whether an answer sends the request elsewhere.
func (c *Client) redirected(r Request, a *Response) (location string, ok bool) {
	switch a.Status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		location = a.Header.Get("Location")
		return location, r.repeatable() && location != ""
	case http.StatusOK:
		if c.o.Redirect.InBody != nil && r.repeatable() {
			return c.o.Redirect.InBody(a)
		}
	}
	return "", false
}

// permit gives the address of the next hop, or why there is none. Its texts name hosts, never a query.
func (c *Client) permit(r Request, a *Response, from *url.URL, location string, hop int) (*url.URL, error) {
	to, err := from.Parse(location)
	if err != nil || to.Host == "" {
		return nil, c.fault(r, Unexpected, a.Status, "a redirect to an address that cannot be read", "", nil)
	}
	if !c.allowed(from, to) {
		hint := "the token goes to allowed hosts alone"
		if to.Scheme != "https" && c.named(to) {
			hint = "the token goes over https alone"
		}
		return nil, c.fault(r, Refused, a.Status, "a redirect to "+to.Scheme+"://"+to.Host+", which is not allowed", hint, nil)
	}
	if hop == maxHops {
		return nil, c.fault(r, Unexpected, a.Status, "more than 3 redirects, the last one to "+to.Host, "", nil)
	}
	to.Fragment, to.RawFragment = "", ""
	return to, nil
}

// allowed tells whether the credentials may go to an address.
func (c *Client) allowed(from, to *url.URL) bool {
	if to.User != nil {
		return false
	}
	if sameOrigin(c.o.Base, to) || sameOrigin(from, to) {
		return true
	}
	secure := to.Scheme == "https" ||
		to.Scheme == "http" && c.o.Base.Scheme == "http" && loopback(c.o.Base) && loopback(to)
	return secure && c.named(to)
}

func (c *Client) named(to *url.URL) bool { return c.o.Redirect.Allow != nil && c.o.Redirect.Allow(to) }

// sameOrigin compares scheme, host and port.
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

// loopback tells whether an address is this machine's own.
func loopback(u *url.URL) bool {
	if u.Hostname() == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.IsLoopback()
}

// remember lets Redirect.Remember learn from a redirect that worked.
func (c *Client) remember(a *answer) {
	if c.o.Redirect.Remember == nil || a.at == a.first {
		return
	}
	base := c.o.Redirect.Remember(a.first, a.at)
	if base == nil || !c.allowed(a.at, base) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base = base
}

// fallBack gives up a remembered base that refuses, once for a request.
func (e *exchange) fallBack(a *answer) bool {
	switch a.response.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
	default:
		return false
	}
	if e.fell || a.base == e.c.o.Base || !e.r.repeatable() {
		return false
	}
	e.fell = true
	e.c.mu.Lock()
	defer e.c.mu.Unlock()
	if e.c.base == a.base {
		e.c.base = e.c.o.Base
	}
	return true
}
