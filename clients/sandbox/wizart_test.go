package sandbox

import (
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
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

func TestWizartReadsALoginFromTheBodyAlone(t *testing.T) {
	s := newWizartStand(t, Options{})
	login := `{"grant_type":"password","client_id":` + wizartClientID + `,"client_secret":"` + wizartClientSecret +
		`","username":"` + wizartUsername + `","password":"` + wizartPassword + `"}`
	query := "?" + url.Values{"grant_type": {"password"}, "client_id": {wizartClientID}, "client_secret": {wizartClientSecret},
		"username": {wizartUsername}, "password": {wizartPassword}}.Encode()
	for _, c := range []struct {
		name, target, kind, body string
		status                   int
		want                     string
	}{
		{"JSON with a number for the client", "/oauth/token", "application/json", login, 200, `"token_type":"Bearer"`},
		{"JSON with text for the client", "/oauth/token", "application/json; charset=utf-8", strings.Replace(login, wizartClientID, `"`+wizartClientID+`"`, 1), 200, `"expires_in":31536000`},
		{"JSON that does not say so", "/oauth/token", "text/plain", login, 400, "unsupported_grant_type"},
		{"parameters in the address", "/oauth/token" + query, "application/x-www-form-urlencoded", "", 400, "unsupported_grant_type"},
		{"broken JSON", "/oauth/token", "application/json", login[:20], 400, "unsupported_grant_type"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.t = t
			r := httptest.NewRequest("POST", c.target, strings.NewReader(c.body))
			r.Header.Set("Content-Type", c.kind)
			w := httptest.NewRecorder()
			s.h.ServeHTTP(w, r)
			s.expect(w, c.status, c.want)
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

// wizartPage is one page of either API.
type wizartPage struct {
	Data []struct {
		UUID, ID, Name, VendorCode string
		Attributes                 struct {
			Status, Timezone string
			CreatedAt        string `json:"created_at"`
		}
	}
	Links struct{ Next *string }
	Meta  struct{ Total int }
}

func (s *wizartStand) page(path string) (p wizartPage) {
	s.t.Helper()
	w := s.get(path)
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != 200 {
		s.t.Fatalf("%s: status %d, %v, %.200s", path, w.Code, err, w.Body)
	}
	return p
}

// walk reads a listing to its end by page number, and returns how often every record came, and the total.
func (s *wizartStand) walk(path string) (seen map[string]int, total int) {
	s.t.Helper()
	seen = map[string]int{}
	for page := 1; ; page++ {
		p := s.page(path + "page=" + strconv.Itoa(page))
		for _, d := range p.Data {
			seen[d.UUID+d.ID]++
		}
		if p.Links.Next == nil {
			return seen, p.Meta.Total
		}
	}
}

func TestWizartListingsHoldEveryRecordOnce(t *testing.T) {
	s := newWizartStand(t, Options{})
	twin, other := newWizartStand(t, Options{}), newWizartStand(t, Options{Seed: 1})
	for path, least := range map[string]int{
		"/api/customer/brands?":                             12,
		"/api/customer/collections?":                        80,
		"/api/customer/articles?":                           2000,
		"/api/v2.1/imports/product-type/wallpaper?":         40,
		`/api/customer/articles?q={"product_type":"tile"}&`: 200,
	} {
		path = strings.ReplaceAll(path, `"`, "%22")
		seen, total := s.walk(path)
		for id, n := range seen {
			if n != 1 || id == "" {
				t.Errorf("%s: %q came %d times", path, id, n)
			}
		}
		if len(seen) != total || total < least {
			t.Errorf("%s: %d records, total %d, want at least %d", path, len(seen), total, least)
		}
		if same, _ := twin.walk(path); !maps.Equal(same, seen) {
			t.Errorf("%s: another sandbox of the same seed has other records", path)
		}
		if others, _ := other.walk(path); maps.Equal(others, seen) {
			t.Errorf("%s: another seed has the same records", path)
		}
	}
}

func TestWizartFiltersByEqualityLikenessAndList(t *testing.T) {
	s := newWizartStand(t, Options{})
	count := func(q string) int {
		t.Helper()
		return s.page("/api/customer/articles?q=" + url.QueryEscape(q)).Meta.Total
	}
	all, tiles, carpets := count("{}"), count(`{"product_type":"tile"}`), count(`{"product_type":"carpet"}`)
	if tiles == 0 || carpets == 0 || tiles+carpets >= all {
		t.Fatalf("%d tiles and %d carpets of %d articles", tiles, carpets, all)
	}
	if n := count(`{"product_type":{"$in":["tile","carpet"]}}`); n != tiles+carpets {
		t.Errorf("tiles or carpets: %d, want %d", n, tiles+carpets)
	}
	if n := count(`{"product_type":{"$like":"%TIL%"}}`); n != tiles {
		t.Errorf("like til: %d, want %d", n, tiles)
	}
	if murals, others := count(`{"mural":true}`), count(`{"mural":false}`); murals == 0 || others == 0 || murals+others != all {
		t.Errorf("%d murals and %d others of %d", murals, others, all)
	}
}

func TestImportsReachEveryState(t *testing.T) {
	states, zones := map[string]int{}, map[string]int{}
	for seed := range uint64(3) {
		s := newWizartStand(t, Options{Seed: seed})
		var all wizartPage
		if err := json.Unmarshal(s.get("/api/v2.1/imports").Body.Bytes(), &all); err != nil {
			t.Fatal(err)
		}
		if n := len(all.Data); n < 200 || n > 320 {
			t.Errorf("%d imports in a year", n)
		}
		last := int64(math.MaxInt64)
		for _, i := range all.Data {
			states[i.Attributes.Status]++
			zones[i.Attributes.Timezone]++
			id, err := strconv.ParseInt(i.ID, 10, 64)
			if err != nil || id >= last {
				t.Errorf("import %q comes after %d", i.ID, last)
			}
			last = id
			if _, err := time.Parse(time.DateTime, i.Attributes.CreatedAt); err != nil {
				t.Error(err)
			}
		}
	}
	for _, state := range append([]string{"success", "warning", "failure"}, wizartStates...) {
		if states[state] == 0 {
			t.Errorf("no import is in the state %s: %v", state, states)
		}
	}
	if zones["UTC"] == 0 || zones["Europe/Minsk"] == 0 {
		t.Errorf("zones %v", zones)
	}
}

func TestAnImportIsFoundByItsNumberAndTheNewestWithout(t *testing.T) {
	s := newWizartStand(t, Options{})
	var all wizartPage
	if err := json.Unmarshal(s.get("/api/v2.1/imports").Body.Bytes(), &all); err != nil || len(all.Data) < 2 {
		t.Fatalf("%d imports, %v", len(all.Data), err)
	}
	s.expect(s.get("/api/v2.1/imports/last"), 200, `"id":"`+all.Data[0].ID+`"`)
	s.expect(s.get("/api/v2.1/imports/"+all.Data[1].ID), 200, `"id":"`+all.Data[1].ID+`"`)
	s.expect(s.get("/api/v2.1/imports/1"), 404, "Not found.")
}

func TestImportsOfADayCanBeListedAtEveryTimeOfIt(t *testing.T) {
	catalogue := newWizartCatalogue(0)
	z := &wizart{catalog: func() *wizartCatalogue { return catalogue }}
	for day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC); day.Month() == time.November; day = day.AddDate(0, 0, 1) {
		for at := day; at.Before(day.AddDate(0, 0, 1)); at = at.Add(10 * time.Minute) {
			for _, one := range z.importsOf(day, at) {
				if one.created.After(at) {
					t.Errorf("at %v there is an import of %v", at, one.created)
				}
			}
		}
	}
}
