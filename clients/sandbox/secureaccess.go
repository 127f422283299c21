package sandbox

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// What opens the Secure Access stand-in.
const (
	secureAccessKey    = "sandbox-secureaccess-key-51c07e"
	secureAccessSecret = "sandbox-secureaccess-secret-d8f2a94b"
	// saOrganisation is the organisation of the key, unless the token is asked for a child of it.
	saOrganisation = "8123456"
)

// secureAccess stands in for Cisco Secure Access reporting: a token for a key and secret, and reports below
// /reports/v2, or below /reports.eu/v2 and /reports.us/v2 when a redirect leads there.
type secureAccess struct {
	o       Options
	tokens  *tokens
	logins  limiter // 20 token requests a minute for a key
	calls   limiter // 5 reporting requests a second for an organisation
	finds   limiter // 10 requests of App Discovery a second for a key
	company func() *saCompany
	hours   *memo[int64, []saEvent] // DNS and proxy
	others  *memo[int64, []saEvent] // the other kinds
	mixed   *memo[int64, []saEvent] // all of them
	turns   atomic.Uint64
}

// Hours that stay in memory: two days, so that the pages of a window are cut from events that were made once.
const saHoursKept = 50

func newSecureAccess(o Options) api {
	s := &secureAccess{o: o, tokens: newTokens(o.Now), company: sync.OnceValue(func() *saCompany { return newSACompany(o.Seed) })}
	s.hours = newMemo(saHoursKept, s.hourOf)
	s.others = newMemo(saHoursKept, s.otherHourOf)
	s.mixed = newMemo(saHoursKept, s.mixedHourOf)
	if o.Limits {
		s.logins = newBucket(o.Now, 20, time.Minute)
		s.calls = newBucket(o.Now, 5, time.Second)
		s.finds = newBucket(o.Now, 10, time.Second)
	}
	return api{prefix: "/secureaccess", handler: s.routes(), environment: func(base string) []string {
		return []string{
			"SECUREACCESS_BASE_URL=" + base,
			"SECUREACCESS_API_KEY=" + secureAccessKey,
			"SECUREACCESS_API_SECRET=" + secureAccessSecret,
			// Data loss prevention is at the addresses of regions alone.
			"SECUREACCESS_REGION=eu",
			// What these reports cannot find out by themselves.
			"PARAMS_SECUREACCESS_APP_CONNECTORS_GROUPS_DETAILED_STATS_TIMERANGE=groupids=" + saGroupIDs(),
			"PARAMS_SECUREACCESS_APP_CONNECTORS_DETAILED_STATS_TIMERANGE=agentids=" + saConnectorIDs(),
			"PARAMS_SECUREACCESS_SUMMARIES_BY_RULE_HITCOUNT=ruleids=" + saAccessRuleIDs(),
			"PARAMS_SECUREACCESS_SUMMARIES_BY_RULE_FIREWALL_HITCOUNT=ruleids=" + saAccessRuleIDs(),
		}
	}}
}

func (s *secureAccess) routes() http.Handler {
	reports := s.reports()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /auth/v2/token", s.token)
	mux.Handle("GET /reports/v2/", s.admitted(s.redirected(http.StripPrefix("/reports/v2", reports))))
	for _, region := range []string{"/reports.eu/v2", "/reports.us/v2"} {
		mux.Handle("GET "+region+"/", s.admitted(http.StripPrefix(region, reports)))
		mux.Handle("GET "+region+"/dlp/", s.admitted(http.StripPrefix(region, s.dlp())))
	}
	mux.HandleFunc("/", saNotFound)
	return mux
}

// reports routes a path below the base to its endpoint.
func (s *secureAccess) reports() http.Handler {
	mux := http.NewServeMux()
	for _, e := range append(s.privateEndpoints(), saEndpoints...) {
		mux.HandleFunc("GET /"+e.path, s.answer(e, saAllOf(e.path)))
		for _, name := range strings.Fields(e.types) {
			mux.HandleFunc("GET /"+e.path+"/"+name, s.answer(e, saKinds[name]))
		}
	}
	s.discovery(mux)
	s.usage(mux)
	mux.HandleFunc("/", saNotFound)
	return mux
}

func saNotFound(w http.ResponseWriter, _ *http.Request) { saMessage(w, http.StatusNotFound) }

// saMessage answers with the error body of the published description.
func saMessage(w http.ResponseWriter, status int) {
	writeJSON(w, status, object{"message": http.StatusText(status), "code": status})
}

// token answers POST /auth/v2/token: key and secret as Basic credentials, and a form that says client_credentials.
func (s *secureAccess) token(w http.ResponseWriter, r *http.Request) {
	switch key, secret, _ := r.BasicAuth(); {
	case !allowed(s.logins):
		saMessage(w, http.StatusTooManyRequests)
	case key != secureAccessKey || secret != secureAccessSecret:
		writeJSON(w, http.StatusUnauthorized, object{"message": "Unauthorized"})
	case r.PostFormValue("grant_type") != "client_credentials":
		writeJSON(w, http.StatusBadRequest, object{"message": "Bad Request"})
	default:
		life := s.o.life(time.Hour)
		claims := object{"iss": "uuid.example", "sub": "ups/4711", "organization": cmp.Or(r.Header.Get("X-Umbrella-OrgId"), saOrganisation),
			"scope": "reports.aggregations:read reports.granularEvents:read reports.utilities:read reports.summariesByRule:read " +
				"reports.privateResources:read reports.appDiscovery:read reports.usage.metrics:read reports.apiusage:read reports.dlp:read"}
		writeJSON(w, http.StatusOK, object{"token_type": "bearer", "access_token": s.tokens.jwt(life, claims), "expires_in": int(life / time.Second)})
	}
}

// admitted lets a request pass that shows a living token and keeps to the rate. An expired token is a bad request
// to this API; one that it never issued is not authorised.
func (s *secureAccess) admitted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, ok := bearer(r)
		switch state := s.tokens.check(token); {
		case ok && state == tokenExpired:
			writeJSON(w, http.StatusBadRequest, object{"error": "invalid_request"})
		case !ok || state == tokenUnknown:
			saMessage(w, http.StatusUnauthorized)
		case !allowed(s.limitOf(r.URL.Path)):
			// No Retry-After: the real service names none.
			writeJSON(w, http.StatusTooManyRequests, object{"message": "Exceeded Limit", "code": http.StatusTooManyRequests})
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// limitOf is the limit that counts requests for a path.
func (s *secureAccess) limitOf(path string) limiter {
	if strings.Contains(path, "/appDiscovery/") {
		return s.finds
	}
	return s.calls
}

// redirected sends requests to another region if the options say so, as a location or in the body.
func (s *secureAccess) redirected(next http.Handler) http.Handler {
	if s.o.RedirectTo == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := strings.TrimSuffix(s.o.RedirectTo, "/") + strings.Replace(r.URL.EscapedPath(), "/reports/v2/", "/reports.eu/v2/", 1)
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		if s.o.RedirectInBody {
			writeJSON(w, http.StatusOK, object{"data": object{"redirect": to}})
			return
		}
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	})
}

// answer serves one endpoint for the kinds of events that it is about.
func (s *secureAccess) answer(e saEndpoint, kinds saKind) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q, problem := s.query(r, e, kinds)
		if problem != nil {
			writeJSON(w, http.StatusBadRequest, problem)
			return
		}
		switch data := e.data(q).(type) {
		case nil:
			saMessage(w, http.StatusNotFound)
		case saRows:
			data.write(w, q.meta)
		case []object:
			if slices.Contains(e.needs, "limit") {
				data = q.page(data)
			}
			writeJSON(w, http.StatusOK, object{"data": data, "meta": q.meta})
		default:
			writeJSON(w, http.StatusOK, object{"data": data, "meta": q.meta})
		}
	}
}

// page cuts what the limit and the offset ask for. The result is a list even if it is empty.
func (q *saQuery) page(all []object) []object {
	first := min(q.offset, len(all))
	return append([]object{}, all[first:min(first+q.limit, len(all))]...)
}

// saRows is a JSON array that is written as it is.
type saRows []byte

func (rows saRows) write(w http.ResponseWriter, meta object) {
	w.Header().Set("Content-Type", "application/json")
	// A client that went away is no concern of the sandbox.
	_, _ = w.Write([]byte(`{"data":`))
	_, _ = w.Write(rows)
	_, _ = w.Write(append(append([]byte(`,"meta":`), mustJSON(meta)...), '}'))
}
