// Package sandbox serves stand-ins of the four APIs: the ones behind --demo, behind "reportjob sandbox", and
// behind the tests and benchmarks. They enforce what the real ones enforce: credentials, token life times,
// limits, paging, status codes and error bodies. Their data follows from a seed and from the calendar alone, so
// the same window always holds the same rows. The package knows no client and no report.
package sandbox

import (
	"net/http"
	"strings"
	"time"
)

// Options of a sandbox. The zero value is the sandbox that --demo uses.
type Options struct {
	// Now is the sandbox's clock; time.Now if nil. Data ends at this instant.
	Now func() time.Time
	// Seed makes another company, telephone account, library and catalogue out of another number.
	Seed uint64
	// Scale multiplies the number of rows of traffic (DNS, proxy, calls); 1 if zero.
	Scale float64
	// Limits enforces request rates and numbers of connections as the real APIs document them. Paging limits,
	// credentials and token life times are enforced always.
	Limits bool
	// TokenLife replaces the documented life time of access tokens of every API, to see them renewed in mid-run.
	TokenLife time.Duration
	// RedirectTo, if set, is the base address (scheme and host) to which Secure Access reporting requests are
	// redirected, as the real API does for tenants of another region. RedirectInBody chooses the second form, a
	// 200 answer whose body names the address.
	RedirectTo     string
	RedirectInBody bool
	// Sipgate is the generation of the telephone account. The zero value is an account in the middle of its move, which
	// has everything.
	Sipgate SipgateSystem
}

// Sandbox is an http.Handler that serves each API below a path of its own: /secureaccess, /sipgate, /sierra and
// /wizart.
type Sandbox struct {
	mux  *http.ServeMux
	apis []api
}

// api is what a stand-in gives to the sandbox.
type api struct {
	prefix  string // "/secureaccess"
	handler http.Handler
	// environment lists the variables with which reportjob reaches this API at a base address such as
	// http://127.0.0.1:8080/secureaccess.
	environment func(base string) []string
}

// New makes a sandbox. Data is made when it is first asked for.
func New(o Options) *Sandbox {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Scale == 0 {
		o.Scale = 1
	}
	s := &Sandbox{mux: http.NewServeMux(), apis: []api{
		newSecureAccess(o),
		newSipgate(o),
		newSierra(o),
		newWizart(o),
	}}
	for _, a := range s.apis {
		s.mux.Handle(a.prefix+"/", http.StripPrefix(a.prefix, a.handler))
	}
	return s
}

// ServeHTTP answers like the API below whose path the request lies.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Environment lists the variables, as NAME=value, with which reportjob uses the sandbox at an address such as
// http://127.0.0.1:8080. The credentials in it open nothing but a sandbox.
func (s *Sandbox) Environment(address string) []string {
	var env []string
	for _, a := range s.apis {
		env = append(env, a.environment(strings.TrimSuffix(address, "/")+a.prefix)...)
	}
	return env
}
