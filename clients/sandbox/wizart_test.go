package sandbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// wizartStand is a Wizart stand-in with a clock of its own, and somebody who is logged in.
type wizartStand struct {
	t               *testing.T
	h               http.Handler
	now             time.Time
	access, renewal string
}

func newWizartStand(t *testing.T, o Options) *wizartStand {
	t.Helper()
	s := &wizartStand{t: t, now: saturday}
	o.Now = func() time.Time { return s.now }
	s.h = newWizart(o).handler
	s.accept(s.login())
	return s
}

// login asks for tokens with the right password, but for the changes ("name", "value", …).
func (s *wizartStand) login(changes ...string) *httptest.ResponseRecorder {
	form := url.Values{"grant_type": {"password"}, "client_id": {wizartClientID}, "client_secret": {wizartClientSecret},
		"username": {wizartUsername}, "password": {wizartPassword}}
	for i := 0; i+1 < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
	}
	r := httptest.NewRequest("POST", "/oauth/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w
}

// accept goes on with the tokens of an answer.
func (s *wizartStand) accept(w *httptest.ResponseRecorder) {
	s.t.Helper()
	var answer struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 || answer.Access == "" || answer.Refresh == "" {
		s.t.Fatalf("token: status %d, %v, %s", w.Code, err, w.Body)
	}
	s.access, s.renewal = answer.Access, answer.Refresh
}

func (s *wizartStand) get(target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", target, nil)
	r.Header.Set("Authorization", "Bearer "+s.access)
	r.Header.Set("Accept", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w
}

func (s *wizartStand) expect(w *httptest.ResponseRecorder, status int, body string) {
	s.t.Helper()
	if w.Code != status || !strings.Contains(w.Body.String(), body) {
		s.t.Errorf("status %d, body %.300s; want %d and %s", w.Code, w.Body, status, body)
	}
}

func TestWizartTokensNeedEveryPartOfTheLogin(t *testing.T) {
	s := newWizartStand(t, Options{})
	for _, c := range []struct {
		name, value string
		status      int
		body        string
	}{
		{"grant_type", "magic", 400, "unsupported_grant_type"},
		{"grant_type", "client_credentials", 400, "unauthorized_client"},
		{"client_id", "", 400, "Check the `client_id` parameter"},
		{"client_id", "43", 401, "invalid_client"},
		{"client_secret", "wrong", 401, "invalid_client"},
		{"username", "", 400, "Check the `username` parameter"},
		{"password", "wrong", 400, `{"error":"invalid_grant","error_description":"The user credentials were incorrect."}`},
		{"password", " " + wizartPassword + " ", 200, "access_token"}, // the framework trims
		{"scope", "admin", 400, "invalid_scope"},
		{"scope", "*", 200, "access_token"},
	} {
		t.Run(c.name+"="+c.value, func(t *testing.T) {
			s.t = t
			s.expect(s.login(c.name, c.value), c.status, c.body)
		})
	}
}

func TestWizartRefreshTokensEndTheirAccessTokenAndWorkOnce(t *testing.T) {
	s := newWizartStand(t, Options{})
	access, used := s.access, s.renewal
	s.accept(s.login("grant_type", "refresh_token", "refresh_token", used))
	s.expect(s.get("/api/v2.1/imports", "Authorization", "Bearer "+access), 401, "Unauthenticated.")
	s.expect(s.get("/api/v2.1/imports"), 200, `"data"`)
	s.expect(s.login("grant_type", "refresh_token", "refresh_token", used), 400, "Token has been revoked")
	s.expect(s.login("grant_type", "refresh_token", "refresh_token", "def50200"), 400, "Cannot decrypt the refresh token")
	s.now = s.now.Add(wizartYear)
	s.expect(s.login("grant_type", "refresh_token", "refresh_token", s.renewal), 400, "Token has expired")
}

func TestWizartEnforcesWhatTheRealOneDoes(t *testing.T) {
	s := newWizartStand(t, Options{})
	for _, c := range []struct {
		name, target string
		header       []string
		status       int
		body         string
	}{
		{"no token", "/api/v2.1/imports", []string{"Authorization", ""}, 401, `"errors":[{`},
		{"no token, older API", "/api/customer/brands", []string{"Authorization", ""}, 401, `{"message":"Unauthenticated."}`},
		{"the scheme in lower case", "/api/v2.1/imports", []string{"Authorization", "bearer " + s.access}, 401, "Unauthenticated."},
		{"a browser is sent to the login", "/api/v2.1/imports", []string{"Authorization", "", "Accept", "*/*"}, 302, ""},
		{"JSON is not the first choice", "/api/v2.1/imports", []string{"Authorization", "", "Accept", "text/html, application/json"}, 302, ""},
		{"no such path", "/api/v2.1/nothing", nil, 404, "Not found."},
		{"a right that users lack", "/api/customer/customers", nil, 403, "unauthorized"},
		{"a type that is not sold", "/api/v2.1/imports/product-type/paint", nil, 403, `{"data":[{`},
		{"a type that is not known", "/api/v2.1/imports/product-type/teapots", nil, 404, "Not found."},
		{"an import that is no number", "/api/v2.1/imports/last-one", nil, 422, `"source":{"parameter":"importId"}`},
		{"an unknown locale", "/api/customer/articles?locale=de", nil, 422, `{"errors":{"locale":[`},
		{"a filter that is no JSON", "/api/customer/articles?q=brand", nil, 422, `{"errors":{"q":[`},
		{"a page past the end", "/api/customer/articles?page=9999", nil, 200, `{"data":[],`},
		{"a page that is no number", "/api/customer/articles?page=x", nil, 200, `"current_page":1`},
		{"pages of fifteen, told as text", "/api/customer/articles?per_page=100", nil, 200, `"per_page":"15"`},
		{"pages of twenty", "/api/v2.1/imports/product-type/wallpaper", nil, 200, `"per_page":20`},
		{"links that lose the filter", "/api/customer/articles?locale=ru", nil, 200, `"/api/articles?page=1"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.t = t
			s.expect(s.get(c.target, c.header...), c.status, c.body)
		})
	}
}

func TestWizartAccessTokensExpire(t *testing.T) {
	s := newWizartStand(t, Options{TokenLife: time.Minute})
	s.expect(s.get("/api/v2.1/imports/last"), 200, `"data"`)
	s.now = s.now.Add(time.Minute)
	s.expect(s.get("/api/v2.1/imports/last"), 401, "Unauthenticated.")
}

func TestWizartCountsSixtyRequestsAMinute(t *testing.T) {
	s := newWizartStand(t, Options{Limits: true})
	for i := range 60 {
		if w := s.get("/api/v2.1/import/product-types"); w.Code != 200 {
			t.Fatalf("request %d: status %d", i+1, w.Code)
		}
	}
	s.now = s.now.Add(10 * time.Second)
	w := s.get("/api/v2.1/import/product-types")
	s.expect(w, 429, `"message": "Too Many Attempts."`)
	if after := w.Header().Get("Retry-After"); after != "50" {
		t.Errorf("Retry-After %q, want 50", after)
	}
	s.now = s.now.Add(50 * time.Second)
	s.expect(s.get("/api/v2.1/import/product-types"), 200, `"data"`)
}

func TestImportsOfADayCanBeListedAtEveryTimeOfIt(t *testing.T) {
	catalogue := newWizartCatalogue(0)
	z := &wizart{catalog: func() *wizartCatalogue { return catalogue }}
	for day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC); day.Month() == time.November; day = day.AddDate(0, 0, 1) {
		for now := day; now.Before(day.AddDate(0, 0, 1)); now = now.Add(10 * time.Minute) {
			for _, one := range z.importsOf(day, now) {
				if one.created.After(now) {
					t.Errorf("at %v there is an import of %v", now, one.created)
				}
			}
		}
	}
}
