package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// What opens the Wizart stand-in.
const (
	wizartUsername     = "reports@werk.example"
	wizartPassword     = "sandbox-wizart-password-7be1"
	wizartClientID     = "42"
	wizartClientSecret = "sandbox-wizart-client-secret-c39d"
)

// wizart stands in for the catalogue of Wizart: a Laravel application that hands out Passport tokens, the import
// API 2.1 with JSON:API errors, and the older customer API with those of the framework.
type wizart struct {
	o       Options
	tokens  *tokens
	calls   limiter // 60 requests a minute for a user
	logins  limiter // 60 token requests a minute for an address
	catalog func() *wizartCatalogue

	mu        sync.Mutex
	refreshes map[string]*wizartRefresh
}

// wizartRefresh is what a refresh token stands for. A token that was used stays known, so that a second use is told
// from a forgery.
type wizartRefresh struct {
	access string
	until  time.Time
	used   bool
}

func newWizart(o Options) api {
	z := &wizart{o: o, tokens: newTokens(o.Now), refreshes: map[string]*wizartRefresh{},
		catalog: sync.OnceValue(func() *wizartCatalogue { return newWizartCatalogue(o.Seed) })}
	if o.Limits {
		z.calls = newWindow(o.Now, 60, time.Minute)
		z.logins = newWindow(o.Now, 60, time.Minute)
	}
	return api{prefix: "/wizart", handler: z.routes(), environment: func(base string) []string {
		return []string{
			"WIZART_BASE_URL=" + base,
			"WIZART_USERNAME=" + wizartUsername,
			"WIZART_PASSWORD=" + wizartPassword,
			"WIZART_CLIENT_ID=" + wizartClientID,
			"WIZART_CLIENT_SECRET=" + wizartClientSecret,
		}
	}}
}

func (z *wizart) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth/token", z.token)
	mux.HandleFunc("GET /login", wizartLoginPage)
	routes := map[string]func(*wizartRequest){
		"/api/v2.1/import/product-types":        (*wizartRequest).productTypes,
		"/api/v2.1/imports":                     (*wizartRequest).imports,
		"/api/v2.1/imports/last":                (*wizartRequest).lastImport,
		"/api/v2.1/imports/{id}":                (*wizartRequest).oneImport,
		"/api/v2.1/imports/product-type/{code}": (*wizartRequest).importsOfType,
		"/api/customer/brands":                  (*wizartRequest).brands,
		"/api/customer/collections":             (*wizartRequest).collections,
		"/api/customer/articles":                (*wizartRequest).articles,
		"/api/customer/customers":               (*wizartRequest).forbidden,
		"/api/":                                 (*wizartRequest).notFound,
	}
	for path, answer := range routes {
		mux.HandleFunc("GET "+path, z.authenticated(answer))
	}
	return mux
}

// wizartRequest is a request of somebody who is logged in.
type wizartRequest struct {
	z *wizart
	w http.ResponseWriter
	r *http.Request
}

// authenticated lets a request pass that shows a living token, with the scheme written exactly "Bearer". Whoever
// does not ask for JSON is taken for a browser and sent to the login page.
func (z *wizart) authenticated(answer func(*wizartRequest)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := &wizartRequest{z, w, r}
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		switch {
		case (!ok || z.tokens.check(token) != tokenValid) && !wantsJSON(r):
			w.Header().Set("Content-Type", "text/html; charset=UTF-8")
			w.Header().Set("Location", "http://"+r.Host+"/wizart/login")
			w.WriteHeader(http.StatusFound)
		case !ok || z.tokens.check(token) != tokenValid:
			q.problem(http.StatusUnauthorized, "Unauthenticated.", "", "Unauthenticated.")
		case wizartThrottled(w, z.calls, z.o.Now()):
		default:
			answer(q)
		}
	}
}

func wizartLoginPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	_, _ = io.WriteString(w, "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Login</title></head><body><form method=\"POST\" action=\"/login\"></form></body></html>\n")
}

// wantsJSON is how the framework decides: by the first entry of Accept alone.
func wantsJSON(r *http.Request) bool {
	first, _, _ := strings.Cut(r.Header.Get("Accept"), ",")
	return strings.Contains(first, "/json") || strings.Contains(first, "+json")
}

// wizartThrottled counts a request, writes the headers that count down, and answers if there were too many.
func wizartThrottled(w http.ResponseWriter, l limiter, now time.Time) bool {
	if l == nil {
		return false
	}
	ok, left, wait := l.take()
	w.Header().Set("X-RateLimit-Limit", "60")
	w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(left))
	if ok {
		return false
	}
	seconds := int64((wait + time.Second - 1) / time.Second)
	w.Header().Set("Retry-After", strconv.FormatInt(seconds, 10))
	w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(now.Unix()+seconds, 10))
	wizartPretty(w, http.StatusTooManyRequests, "Too Many Attempts.")
	return true
}

// wizartPretty answers with a message as the framework prints its own errors.
func wizartPretty(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	text, _ := json.MarshalIndent(object{"message": message}, "", "    ")
	_, _ = w.Write(text)
}

// problem answers with an error in the form of the API that was asked: JSON:API with a text of its own in 2.1, the
// framework's message in the older one. A parameter makes it a validation error.
func (q *wizartRequest) problem(status int, title, parameter, message string) {
	if !strings.HasPrefix(q.r.URL.Path, "/api/v2.1/") {
		body := object{"message": message}
		if parameter != "" {
			body["errors"] = object{parameter: []string{message}}
		}
		writeJSON(q.w, status, body)
		return
	}
	entry := object{"id": wizartUUID(seeded(q.z.o.Seed, "error", status, title)), "status": strconv.Itoa(status), "title": title, "detail": title}
	if parameter != "" {
		entry["source"] = object{"parameter": parameter}
	}
	wrapper := "errors"
	if status == http.StatusForbidden {
		wrapper = "data" // As the description has it for this one answer.
	}
	writeJSON(q.w, status, object{wrapper: []object{entry}})
}

func (q *wizartRequest) forbidden() {
	q.problem(http.StatusForbidden, "Unathorized.", "", "This action is unauthorized.")
}

func (q *wizartRequest) notFound() {
	q.problem(http.StatusNotFound, "Not found.", "", `No query results for model [App\Models\Article].`)
}

// token answers POST /oauth/token with the password and refresh grants, as a form or as JSON.
func (z *wizart) token(w http.ResponseWriter, r *http.Request) {
	if wizartThrottled(w, z.logins, z.o.Now()) {
		return
	}
	form := wizartParameters(r)
	grants := map[string]func(map[string]string) (string, *wizartRefusal){
		"password":           z.passwordGrant,
		"refresh_token":      z.refreshGrant,
		"client_credentials": func(map[string]string) (string, *wizartRefusal) { return "", refuse(400, "unauthorized_client", "") },
	}
	grant, known := grants[form["grant_type"]]
	refusal := refuse(400, "unsupported_grant_type", "Check that all required parameters have been provided")
	if known {
		refusal = z.client(form)
	}
	var access string
	if refusal == nil {
		access, refusal = grant(form)
	}
	if refusal != nil {
		if _, _, basic := r.BasicAuth(); basic && refusal.code == "invalid_client" {
			w.Header().Set("WWW-Authenticate", `Basic realm="OAuth"`)
		}
		refusal.write(w)
		return
	}
	z.writeTokens(w, access)
}

// wizartParameters reads the body, and the body alone: a form, or an object whose values are text or numbers. All
// are trimmed, the password too.
func wizartParameters(r *http.Request) map[string]string {
	form := map[string]string{}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return form
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); strings.Contains(kind, "/json") || strings.Contains(kind, "+json") {
		d := json.NewDecoder(strings.NewReader(string(body)))
		d.UseNumber()
		var values map[string]any
		if d.Decode(&values) == nil {
			for name, v := range values {
				if v != nil {
					form[name] = strings.TrimSpace(fmt.Sprint(v))
				}
			}
		}
	} else {
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		if r.ParseForm() == nil {
			for name := range r.PostForm {
				form[name] = strings.TrimSpace(r.PostForm.Get(name))
			}
		}
	}
	if id, secret, ok := r.BasicAuth(); ok && form["client_id"] == "" {
		form["client_id"], form["client_secret"] = id, secret
	}
	return form
}

// wizartRefusal is an OAuth error as League's server 9 writes it.
type wizartRefusal struct {
	status     int
	code, hint string
}

func refuse(status int, code, hint string) *wizartRefusal { return &wizartRefusal{status, code, hint} }

var wizartDescriptions = map[string]string{
	"invalid_client":         "Client authentication failed",
	"invalid_grant":          "The user credentials were incorrect.",
	"invalid_request":        "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.",
	"invalid_scope":          "The requested scope is invalid, unknown, or malformed",
	"unauthorized_client":    "The authenticated client is not authorized to use this authorization grant type.",
	"unsupported_grant_type": "The authorization grant type is not supported by the authorization server.",
}

func (e *wizartRefusal) write(w http.ResponseWriter) {
	body := object{"error": e.code, "error_description": wizartDescriptions[e.code]}
	if e.hint != "" {
		body["hint"] = e.hint
		if e.code == "invalid_grant" {
			body["error_description"] = "The refresh token is invalid."
		}
	}
	writeJSON(w, e.status, body)
}

// client checks the client, and the scope, of which there is none to ask for.
func (z *wizart) client(form map[string]string) *wizartRefusal {
	for _, name := range []string{"client_id", "client_secret"} {
		if form[name] == "" {
			return refuse(400, "invalid_request", "Check the `"+name+"` parameter")
		}
	}
	if form["client_id"] != wizartClientID || form["client_secret"] != wizartClientSecret {
		return refuse(401, "invalid_client", "")
	}
	for scope := range strings.FieldsSeq(form["scope"]) {
		if scope != "*" {
			return refuse(400, "invalid_scope", "Check the `"+scope+"` scope")
		}
	}
	return nil
}

func (z *wizart) passwordGrant(form map[string]string) (string, *wizartRefusal) {
	for _, name := range []string{"username", "password"} {
		if form[name] == "" {
			return "", refuse(400, "invalid_request", "Check the `"+name+"` parameter")
		}
	}
	if form["username"] != wizartUsername || form["password"] != wizartPassword {
		return "", refuse(400, "invalid_grant", "")
	}
	return z.newAccess(), nil
}

// refreshGrant revokes the old access token at once and the refresh token with it: there is no time of grace.
func (z *wizart) refreshGrant(form map[string]string) (string, *wizartRefusal) {
	if form["refresh_token"] == "" {
		return "", refuse(400, "invalid_request", "Check the `refresh_token` parameter")
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	old := z.refreshes[form["refresh_token"]]
	switch {
	case old == nil:
		return "", refuse(400, "invalid_grant", "Cannot decrypt the refresh token")
	case old.used:
		return "", refuse(400, "invalid_grant", "Token has been revoked")
	case !z.o.Now().Before(old.until):
		return "", refuse(400, "invalid_grant", "Token has expired")
	}
	old.used = true
	z.tokens.revoke(old.access)
	return z.newAccess(), nil
}

const wizartYear = 365 * 24 * time.Hour

func (z *wizart) newAccess() string {
	claims := object{"aud": wizartClientID, "sub": wizartUUID(seeded(z.o.Seed, "wizart", "user")), "scopes": []string{}}
	return z.tokens.jwt(z.o.life(wizartYear), claims)
}

// writeTokens answers with an access token and a refresh token that belongs to it.
func (z *wizart) writeTokens(w http.ResponseWriter, access string) {
	refresh := "def50200" + randomHex(350)
	z.mu.Lock()
	z.refreshes[refresh] = &wizartRefresh{access: access, until: z.o.Now().Add(wizartYear)}
	z.mu.Unlock()
	w.Header().Set("Pragma", "no-cache")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_, _ = w.Write(mustJSON(object{"token_type": "Bearer", "expires_in": int(z.o.life(wizartYear) / time.Second),
		"access_token": access, "refresh_token": refresh}))
}
