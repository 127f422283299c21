package sandbox

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Credentials of the sandbox's library.
const (
	SierraClientKey    = "sandbox-sierra-key-4yQm7Lr2"
	SierraClientSecret = "sandbox-sierra-secret-b20c6e94"
	// SierraLogin is the login name without which the acquisitions lists answer nothing.
	SierraLogin = "sandboxacq"
)

const (
	sierraRoot      = "/iii/sierra-api"
	sierraPath      = sierraRoot + "/v6"
	sierraTokenLife = 3600 * time.Second
	// One request for data in so many is answered with 200 and an empty body.
	sierraHollowOneIn = 60
)

// sierra stands in for a library system. Its manners follow what libraries recorded: totals that count one page,
// stubs of deleted records among the living, 404 for an empty list, and now and then an answer without a body.
type sierra struct {
	o      Options
	access *tokens
	calm   limiter       // requests a minute; nil without Options.Limits
	lines  chan struct{} // connections at once; nil without Options.Limits

	mu     sync.Mutex
	served uint64 // requests for data, which decide where an empty body comes
	hollow bool   // the request before this one got an empty body
}

func newSierra(o Options) api {
	s := &sierra{o: o, access: newTokens(o.Now)}
	if o.Limits {
		s.calm = newWindow(o.Now, 60, time.Minute)
		s.lines = make(chan struct{}, 4)
	}

	mux := http.NewServeMux()
	mux.HandleFunc("POST "+sierraPath+"/token", s.token)
	mux.HandleFunc("POST "+sierraRoot+"/token", s.token)
	mux.Handle(sierraPath+"/", http.StripPrefix(sierraPath, s.signedIn(s.routes())))
	return api{prefix: "/sierra", handler: s.guarded(mux), environment: func(base string) []string {
		return []string{
			"SIERRA_BASE_URL=" + base + sierraPath,
			"SIERRA_CLIENT_KEY=" + SierraClientKey,
			"SIERRA_CLIENT_SECRET=" + SierraClientSecret,
			"SIERRA_LOGIN=" + SierraLogin,
		}
	}}
}

// guarded is the machine in front of the library system, which thinks of nothing but load. Lists are reachable with
// and without a slash at the end.
func (s *sierra) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !allowed(s.calm) {
			writeHTML(w, http.StatusForbidden, "Access denied", "You have been blocked: too many requests from your address.")
			return
		}
		if s.lines != nil {
			select {
			case s.lines <- struct{}{}:
				defer func() { <-s.lines }()
			default:
				writeHTML(w, http.StatusServiceUnavailable, "Service Unavailable", "The server is busy. Please try again later.")
				return
			}
		}
		r.URL.Path = strings.TrimSuffix(r.URL.Path, "/")
		next.ServeHTTP(w, r)
	})
}

// signedIn lets requests with a living token pass.
func (s *sierra) signedIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, ok := bearer(r)
		switch {
		case !ok:
			w.Header().Set("WWW-Authenticate", "Bearer realm=sierra-api")
			writeSierraError(w, sierraNoHeader)
		case s.access.check(token) != tokenValid:
			writeSierraError(w, sierraBadToken)
		case s.isHollow():
			w.WriteHeader(http.StatusOK)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// isHollow decides by the count of requests alone whether this one gets an empty body; never two in a row.
func (s *sierra) isHollow() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.served++
	s.hollow = !s.hollow && sierraMix(s.o.Seed, sierraHollow, s.served)%sierraHollowOneIn == 0
	return s.hollow
}

// token answers the client credentials grant. The body may be missing, as the real API allows.
func (s *sierra) token(w http.ResponseWriter, r *http.Request) {
	key, secret, ok := r.BasicAuth()
	switch grant := r.PostFormValue("grant_type"); {
	case !ok:
		w.Header().Set("WWW-Authenticate", "Basic realm=sierra-api")
		writeSierraError(w, sierraNoHeader)
	case !same(key, SierraClientKey) || !same(secret, SierraClientSecret):
		writeSierraError(w, sierraBadClient)
	case grant != "" && grant != "client_credentials":
		writeSierraError(w, sierraBadGrant)
	default:
		life := s.o.life(sierraTokenLife)
		writeJSON(w, http.StatusOK, object{
			"access_token": s.access.issue(randomHex(32), life),
			"token_type":   "bearer",
			"expires_in":   int(life / time.Second),
		})
	}
}

// tokenInfo tells what the token in use may do, and how long.
func (s *sierra) tokenInfo(w http.ResponseWriter, r *http.Request) {
	token, _ := bearer(r)
	roles := make([]object, len(sierraRoles))
	for i, role := range sierraRoles {
		roles[i] = object{"name": role.name, "tokenLifetime": int(sierraTokenLife / time.Second),
			"permissions": strings.Fields(role.permissions)}
	}
	writeJSON(w, http.StatusOK, object{
		"keyId":               SierraClientKey,
		"grantType":           "client_credentials",
		"authorizationScheme": "Bearer",
		"expiresIn":           int(s.access.left(token) / time.Second),
		"roles":               roles,
	})
}

// left is how long a token has to live.
func (t *tokens) left(token string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.until[token].Sub(t.now())
}

// sierraRoles are those of a key that may read everything and change nothing.
var sierraRoles = []struct{ name, permissions string }{
	{"Agencies_Read", "Agencies_List"},
	{"Authorities_Read", "Authorities_Filter Authorities_List Authorities_Read Authorities_Read_Marc"},
	{"Bibs_Read", "Bibs_Filter Bibs_List Bibs_Metadata_Read Bibs_Read Bibs_Read_Marc Bibs_Search"},
	{"Branches_Read", "Branches_List Branches_PickupLocations_List Branches_Read"},
	{"Courses_Read", "Courses_List"},
	{"Currencies_Read", "Currencies_List"},
	{"Fines_Read", "Fines_List"},
	{"Funds_Read", "Funds_List"},
	{"Holdings_Read", "Holdings_List Holdings_Read_Marc"},
	{"Holds_Read", "Holds_List"},
	{"Info_Holds_Config", "Info_Holds_Config_Read"},
	{"Invoices_Read", "Invoices_List Invoices_Metadata_Read Invoices_Read"},
	{"Item_Scans_Read", "Item_Scans_List"},
	{"Items_Read", "Items_Checkouts_List Items_Checkouts_Read Items_Filter Items_List Items_Read"},
	{"Orders_Read", "Orders_Filter Orders_Funds_Read Orders_List Orders_Read"},
	{"Patrons_Read", "Patrons_Checkouts_History_List Patrons_Checkouts_List Patrons_Checkouts_Read Patrons_Filter Patrons_Find " +
		"Patrons_Fines_List Patrons_Fines_Read Patrons_Hold_Form_Read Patrons_Hold_List Patrons_Hold_Read Patrons_List " +
		"Patrons_Metadata_Read Patrons_Read"},
	{"Title_Pages_Read", "Title_Pages_List"},
	{"Vendors_Read", "Vendors_List"},
	{"Volumes_Read", "Volumes_List Volumes_Read"},
}

// sierraView is the library as one request sees it.
type sierraView struct {
	*sierraLibrary
	now  time.Time
	base string // address of the API, for the ids that are addresses
}

// link is the address of a record.
func (v *sierraView) link(path string, id int) string {
	return v.base + "/" + path + "/" + digits(id)
}

func (s *sierra) view(r *http.Request) *sierraView {
	now, scheme := s.o.Now().UTC(), "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return &sierraView{
		sierraLibrary: sierraLibraries.get(sierraDay{s.o.Seed, unixDay(now)}),
		now:           now,
		base:          scheme + "://" + r.Host + "/sierra" + sierraPath,
	}
}

// sierraAnswer makes the body of an answer. The id is the one in the path, if any.
type sierraAnswer func(v *sierraView, id string, query url.Values) (any, *sierraError)

// answer writes what a sierraAnswer makes.
func (s *sierra) answer(make sierraAnswer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, failed := make(s.view(r), r.PathValue("id"), r.URL.Query())
		if failed != nil {
			writeSierraError(w, *failed)
			return
		}
		writeJSON(w, http.StatusOK, body)
	}
}

// sierraError is the body of every error of the library system itself.
type sierraError struct {
	Code         int    `json:"code"`
	SpecificCode int    `json:"specificCode"`
	HTTPStatus   int    `json:"httpStatus"`
	Name         string `json:"name"`
	Description  string `json:"description,omitempty"`
}

var (
	sierraNoHeader  = sierraError{Code: 113, HTTPStatus: 401, Name: "Unauthorized", Description: "Invalid or missing authorization header"}
	sierraBadToken  = sierraError{Code: 123, HTTPStatus: 401, Name: "Unauthorized", Description: "invalid_grant"}
	sierraBadClient = sierraError{Code: 127, HTTPStatus: 401, Name: "Unauthorized", Description: "invalid_client"}
	sierraBadGrant  = sierraError{Code: 108, HTTPStatus: 400, Name: "Invalid parameter", Description: "unsupported grant_type"}
	sierraNoRecord  = sierraError{Code: 107, HTTPStatus: 404, Name: "Record not found"}
	sierraUnknown   = sierraError{Code: 106, HTTPStatus: 400, Name: "Parameter not recognized"}
	sierraMissing   = sierraError{Code: 105, HTTPStatus: 400, Name: "Required parameter missing"}
	sierraForbidden = sierraError{Code: 116, HTTPStatus: 403, Name: "Forbidden"}
	sierraBroken    = sierraError{Code: 102, HTTPStatus: 500, Name: "Internal server error"}
)

// invalidSierra is the error for a parameter that is known and cannot be understood.
func invalidSierra(description string) *sierraError {
	return &sierraError{Code: 108, HTTPStatus: 400, Name: "Invalid parameter", Description: description}
}

func writeSierraError(w http.ResponseWriter, e sierraError) { writeJSON(w, e.HTTPStatus, e) }

// writeHTML answers like the web server or proxy in front of an API.
func writeHTML(w http.ResponseWriter, status int, title, text string) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte("<!DOCTYPE html>\n<html><head><title>" + title + "</title></head>\n<body><h1>" + title + "</h1><p>" + text + "</p></body></html>\n"))
}
