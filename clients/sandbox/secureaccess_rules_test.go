package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestSecureAccessEnforcesWhatTheRealOneDoes(t *testing.T) {
	s := newSAStand(t, Options{})
	window := fmt.Sprintf("from=%d&to=%d", fridayTen.UnixMilli(), fridayTen.Add(time.Hour).UnixMilli())
	for _, c := range []struct {
		name, target, authorization string
		status                      int
		body                        string
	}{
		{"no token", "/reports/v2/summary?limit=1&" + window, "", 401, `{"code":401,"message":"Unauthorized"}`},
		{"a token of nobody", "/reports/v2/summary?limit=1&" + window, "Bearer x", 401, `Unauthorized`},
		{"another scheme", "/reports/v2/summary?limit=1&" + window, "Basic " + s.token, 401, `Unauthorized`},
		{"no such path", "/reports/v2/nothing", "Bearer " + s.token, 404, `{"code":404,"message":"Not Found"}`},
		{"no such type", "/reports/v2/summary/smoke?limit=1&" + window, "Bearer " + s.token, 404, `Not Found`},
		{"no window", "/reports/v2/summary?limit=1", "Bearer " + s.token, 400, `"requiredParameters":["from","to"]`},
		{"no limit", "/reports/v2/activity/dns?" + window, "Bearer " + s.token, 400, `"requiredParameters":["limit"]`},
		{"no limit needed", "/reports/v2/total-requests?" + window, "Bearer " + s.token, 200, `"count":`},
		{"limit too small", "/reports/v2/activity/dns?limit=0&" + window, "Bearer " + s.token, 400, `"param":"limit"`},
		{"limit too big", "/reports/v2/activity/dns?limit=5001&" + window, "Bearer " + s.token, 400, `"value":"5001"`},
		{"largest limit and offset", "/reports/v2/activity/dns?limit=5000&offset=10000&" + window, "Bearer " + s.token, 200, `{"data":[],"meta":{}}`},
		{"offset too big", "/reports/v2/activity/dns?limit=1&offset=11000&" + window, "Bearer " + s.token, 400,
			`{"data":{"errors":[{"param":"offset","value":"11000","error":"invalid offset: should be integer between 0 and 10000 inclusive"}]},"meta":{}}`},
		{"ISO times", "/reports/v2/activity/dns?limit=1&from=2026-08-14T00:30:00.151Z&to=now", "Bearer " + s.token, 400,
			`{"param":"from","value":"2026-08-14T00:30:00.151Z","error":"invalid timestamp specified"}`},
		{"seconds for milliseconds", fmt.Sprintf("/reports/v2/activity/dns?limit=1&from=%d&to=%d", fridayTen.Unix(), saturday.Unix()), "Bearer " + s.token, 200, `{"data":[],"meta":{}}`},
		{"a window at the end of time", "/reports/v2/total-requests?from=9223372036854775807&to=9223372036854775807", "Bearer " + s.token, 200, `{"count":0}`},
		{"an unknown order", "/reports/v2/activity/dns?limit=1&order=up&" + window, "Bearer " + s.token, 400, `"param":"order"`},
		{"an unknown zone", "/reports/v2/activity/dns?limit=1&timezone=Moon/Base&" + window, "Bearer " + s.token, 400, `"param":"timezone"`},
		{"a type without data", "/reports/v2/requests-by-hour/ip?limit=1&" + window, "Bearer " + s.token, 200, `"count":0`},
		{"an offset where there is none", "/reports/v2/remote-access-events?limit=1&offset=0&" + window, "Bearer " + s.token, 400, `"param":"offset"`},
		{"more than thirty days", "/reports/v2/remote-access-events?limit=1&from=1792000000000&to=1795000000000", "Bearer " + s.token, 400, `30 days or less`},
		{"an unknown identity", "/reports/v2/identities/1", "Bearer " + s.token, 404, `Not Found`},
		{"a regional base", "/reports.eu/v2/total-requests?" + window, "Bearer " + s.token, 200, `"count":`},
		{"a regional base without a token", "/reports.us/v2/total-requests?" + window, "", 401, `Unauthorized`},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := s.get(c.target, "Authorization", c.authorization)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
				t.Errorf("status %d, body %.300s; want %d and %s", w.Code, w.Body, c.status, c.body)
			}
		})
	}
}

func TestSecureAccessTokensNeedKeySecretAndGrant(t *testing.T) {
	s := newSAStand(t, Options{TokenLife: 90 * time.Second})
	for _, c := range []struct {
		key, secret, grant string
		status             int
	}{
		{secureAccessKey, "wrong", "client_credentials", 401},
		{"wrong", secureAccessSecret, "client_credentials", 401},
		{secureAccessKey, secureAccessSecret, "password", 400},
		{secureAccessKey, secureAccessSecret, "client_credentials", 200},
	} {
		if w := s.post(c.key, c.secret, c.grant); w.Code != c.status {
			t.Errorf("%s, %s, %s: status %d, want %d", c.key, c.secret, c.grant, w.Code, c.status)
		}
	}
	if body := s.post(secureAccessKey, secureAccessSecret, "client_credentials").Body.String(); !strings.Contains(body, `"expires_in":90,"token_type":"bearer"`) {
		t.Errorf("token answer %.80s…", body)
	}
	s.now = s.now.Add(90 * time.Second)
	if w := s.get("/reports/v2/categories"); w.Code != 400 || w.Body.String() != `{"error":"invalid_request"}` {
		t.Errorf("expired token: status %d, body %s", w.Code, w.Body)
	}
	s.token = s.login()
	if w := s.get("/reports/v2/categories"); w.Code != 200 {
		t.Errorf("new token: status %d", w.Code)
	}
}

func TestSecureAccessRatesAreLimitedOnDemand(t *testing.T) {
	s := newSAStand(t, Options{Limits: true})
	codes := map[int]int{}
	for range 6 {
		w := s.get("/reports/v2/categories")
		codes[w.Code]++
		if w.Code == 429 && w.Header().Get("Retry-After") != "" {
			t.Error("a 429 named a time to wait, which the real one does not")
		}
	}
	if codes[200] != 5 || codes[429] != 1 {
		t.Errorf("six requests at once: %v", codes)
	}
	for range 19 {
		s.login()
	}
	if w := s.post(secureAccessKey, secureAccessSecret, "client_credentials"); w.Code != 429 {
		t.Errorf("token request 21 within a minute: status %d", w.Code)
	}
}

func TestSecureAccessSendsToAnotherRegion(t *testing.T) {
	const query = "/reports/v2/activity/dns?limit=7&from=1&to=2&domains=a.example%2Cb.example"
	const want = "https://api.umbrella.example/reports.eu/v2/activity/dns?limit=7&from=1&to=2&domains=a.example%2Cb.example"
	w := newSAStand(t, Options{RedirectTo: "https://api.umbrella.example/"}).get(query)
	if w.Code != 302 || w.Header().Get("Location") != want {
		t.Errorf("status %d, location %s", w.Code, w.Header().Get("Location"))
	}
	s := newSAStand(t, Options{RedirectTo: "https://api.umbrella.example", RedirectInBody: true})
	var answer struct{ Data struct{ Redirect string } }
	if w := s.get(query); w.Code != 200 || json.Unmarshal(w.Body.Bytes(), &answer) != nil || answer.Data.Redirect != want {
		t.Errorf("status %d, body %s", w.Code, w.Body)
	}
	if w := s.get("/reports.eu/v2/categories"); w.Code != 200 || strings.Contains(w.Body.String(), "redirect") {
		t.Errorf("the region itself: status %d, body %.100s", w.Code, w.Body)
	}
}
