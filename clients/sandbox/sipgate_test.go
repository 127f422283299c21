package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// sipgateStand is a telephone account with a clock of its own.
type sipgateStand struct {
	t   *testing.T
	h   http.Handler
	now time.Time
}

func newSipgateStand(t *testing.T, o Options) *sipgateStand {
	t.Helper()
	s := &sipgateStand{t: t, now: saturday}
	o.Now = func() time.Time { return s.now }
	o.Scale = cmp.Or(o.Scale, 1)
	s.h = newSipgate(o).handler
	return s
}

// send asks for a path below /v2 with whatever credentials sign adds.
func (s *sipgateStand) send(path string, sign func(*http.Request)) *httptest.ResponseRecorder {
	r, w := httptest.NewRequest("GET", "/v2"+path, nil), httptest.NewRecorder()
	sign(r)
	s.h.ServeHTTP(w, r)
	return w
}

func (s *sipgateStand) get(path string) *httptest.ResponseRecorder {
	return s.send(path, func(r *http.Request) { r.SetBasicAuth(SipgateTokenID, SipgateToken) })
}

func (s *sipgateStand) refresh(form url.Values) (int, map[string]any) {
	s.t.Helper()
	r := httptest.NewRequest("POST", strings.TrimPrefix(SipgateTokenPath, "/sipgate"), strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w.Code, decoded[map[string]any](s.t, w)
}

func decoded[T any](t *testing.T, w *httptest.ResponseRecorder) (v T) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("status %d, body %.200q: %v", w.Code, w.Body, err)
	}
	return v
}

// sipgateRow is what the tests read of an entry.
type sipgateRow struct {
	ID, Type, Direction string
	ConnectionIDs       []string
	Created             time.Time
	Archived, Starred   bool
}

type sipgateList struct {
	Items      []sipgateRow
	TotalCount int
}

func (s *sipgateStand) history(query string) sipgateList {
	s.t.Helper()
	w := s.get("/history?" + query)
	if w.Code != http.StatusOK {
		s.t.Fatalf("/history?%s: status %d, %s", query, w.Code, w.Body)
	}
	return decoded[sipgateList](s.t, w)
}

func sipgateGrant(token string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "client_id": {SipgateClientID},
		"client_secret": {SipgateClientSecret}, "refresh_token": {token}}
}

func TestSipgateRefusesStrangersWithoutAWord(t *testing.T) {
	s := newSipgateStand(t, Options{})
	for name, sign := range map[string]func(*http.Request){
		"no credentials": func(*http.Request) {},
		"wrong token":    func(r *http.Request) { r.SetBasicAuth(SipgateTokenID, SipgateToken[1:]) },
		"wrong token id": func(r *http.Request) { r.SetBasicAuth("token-AAAAAA", SipgateToken) },
		"unknown bearer": func(r *http.Request) { r.Header.Set("Authorization", "Bearer nobody") },
	} {
		if w := s.send("/account", sign); w.Code != http.StatusUnauthorized || w.Body.Len() != 0 {
			t.Errorf("%s: status %d, body %q; want 401 and nothing", name, w.Code, w.Body)
		}
	}
}

func TestARefreshTokenWorksOnceAndItsAnswerHoldsTheNext(t *testing.T) {
	s := newSipgateStand(t, Options{})
	status, first := s.refresh(sipgateGrant(SipgateRefreshToken))
	if status != http.StatusOK || first["expires_in"] != 300.0 || first["refresh_expires_in"] != 2592000.0 || first["token_type"] != "bearer" {
		t.Fatalf("first refresh: status %d, %v", status, first)
	}
	status, again := s.refresh(sipgateGrant(SipgateRefreshToken))
	want := map[string]any{"error": "invalid_grant", "error_description": "Token is not active"}
	if status != http.StatusBadRequest || !maps.Equal(again, want) {
		t.Errorf("the same token again: status %d, %v", status, again)
	}
	if status, _ := s.refresh(sipgateGrant(first["refresh_token"].(string))); status != http.StatusOK {
		t.Errorf("the next token: status %d", status)
	}
}

func TestSipgateAccessTokensEndWithTheirLife(t *testing.T) {
	for _, test := range []struct{ option, life time.Duration }{{0, 300 * time.Second}, {7 * time.Second, 7 * time.Second}} {
		s := newSipgateStand(t, Options{TokenLife: test.option})
		_, answer := s.refresh(sipgateGrant(SipgateRefreshToken))
		sign := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+answer["access_token"].(string)) }
		s.now = s.now.Add(test.life - time.Second)
		if w := s.send("/account", sign); w.Code != http.StatusOK {
			t.Errorf("a second before %v are over: status %d", test.life, w.Code)
		}
		s.now = s.now.Add(time.Second)
		if w := s.send("/account", sign); w.Code != http.StatusUnauthorized {
			t.Errorf("after %v: status %d, want 401", test.life, w.Code)
		}
	}
}

func TestTheRefreshGrantSaysWhatIsWrong(t *testing.T) {
	with := func(name, value string) url.Values {
		form := sipgateGrant(SipgateRefreshToken)
		form.Set(name, value)
		return form
	}
	s := newSipgateStand(t, Options{})
	for _, test := range []struct {
		form   url.Values
		status int
		code   string
	}{
		{url.Values{}, 400, "invalid_request"},
		{with("client_secret", "x"), 401, "unauthorized_client"},
		{with("client_id", "x"), 401, "unauthorized_client"},
		{with("grant_type", "password"), 400, "unsupported_grant_type"},
		{with("refresh_token", ""), 400, "invalid_request"},
		{with("refresh_token", "x"), 400, "invalid_grant"},
	} {
		if status, body := s.refresh(test.form); status != test.status || body["error"] != test.code {
			t.Errorf("%v: status %d, %v; want %d, %s", test.form, status, body, test.status, test.code)
		}
	}
}

func TestHistoryRefusesWhatItCannotUnderstand(t *testing.T) {
	s := newSipgateStand(t, Options{})
	for query, status := range map[string]int{
		"limit=1000": 200, "limit=0": 200, "limit=1001": 400, "limit=-1": 400, "limit=x": 400, "offset=-1": 400,
		"types=CALL&types=FAX": 200, "types=CALL,FAX": 400, "directions=UP": 400, "starred=YES": 400,
		"from=2026-11-20T00:00:00Z": 200, "from=2026-11-20T01:00:00.000%2B01:00": 200, "from=2026-11-20": 400, "to=1763856000": 400,
		"archived=true": 200, "archived=both": 400,
		"connectionIds=p0&connectionIds=g1": 200, "connectionIds=0": 400, "connectionIds=p0&connectionIds=e0": 403,
		"connectionIds=y1": 403, "connectionIds=x3": 403,
	} {
		w := s.get("/history?" + query)
		if w.Code != status {
			t.Errorf("%s: status %d, want %d", query, w.Code, status)
		}
		if plain := strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain"); plain != (status == 403) {
			t.Errorf("%s: content type %q; text is for 403 alone", query, w.Header().Get("Content-Type"))
		}
	}
}

func TestHistoryWalkedToItsEndHoldsEveryEntryOnceNewestFirst(t *testing.T) {
	s := newSipgateStand(t, Options{})
	seen := map[string]bool{}
	for _, archived := range []string{"false", "true"} {
		var last time.Time
		for offset, total := 0, 1; offset < total; {
			page := s.history(fmt.Sprintf("archived=%s&limit=700&offset=%d", archived, offset))
			for _, e := range page.Items {
				if seen[e.ID] || offset > 0 && e.Created.After(last) || fmt.Sprint(e.Archived) != archived {
					t.Fatalf("entry %s of %v: seen %v, after %v, archived %v", e.ID, e.Created, seen[e.ID], last, e.Archived)
				}
				seen[e.ID], last = true, e.Created
			}
			offset, total = offset+len(page.Items), page.TotalCount
		}
	}
	byDay := 0
	for d := range sipgateHistoryDays {
		from := saturday.Truncate(24*time.Hour).AddDate(0, 0, -d)
		for _, archived := range []string{"false", "true"} {
			byDay += s.history(fmt.Sprintf("archived=%s&limit=0&from=%s&to=%s", archived, from.Format(time.RFC3339),
				from.Add(24*time.Hour-time.Second).Format(time.RFC3339))).TotalCount
		}
	}
	if len(seen) != byDay || byDay < 6000 {
		t.Errorf("the walk holds %d entries, the days %d", len(seen), byDay)
	}
}

func TestHistoryFiltersKeepWhatTheyName(t *testing.T) {
	s := newSipgateStand(t, Options{})
	all := s.history("limit=0").TotalCount
	if n := len(s.history("").Items); n != 10 {
		t.Errorf("without a limit a page holds %d entries, want 10", n)
	}
	for name, values := range map[string][]string{"types": sipgateTypes, "directions": sipgateDirections, "starred": sipgateStars} {
		sum := 0
		for _, value := range values {
			page := s.history("limit=1000&" + name + "=" + value)
			sum += page.TotalCount
			for _, e := range page.Items {
				star := map[bool]string{true: "STARRED", false: "UNSTARRED"}[e.Starred]
				if !slices.Contains([]string{e.Type, e.Direction, star}, value) {
					t.Fatalf("%s=%s gave %+v", name, value, e)
				}
			}
			if page.TotalCount == 0 || page.TotalCount == all {
				t.Errorf("%s=%s keeps %d of %d", name, value, page.TotalCount, all)
			}
		}
		if sum != all {
			t.Errorf("%s: the parts sum to %d, the whole is %d", name, sum, all)
		}
	}
	for _, e := range s.history("connectionIds=p2&connectionIds=g0&limit=1000").Items {
		if !slices.Contains(e.ConnectionIDs, "p2") && !slices.Contains(e.ConnectionIDs, "g0") {
			t.Fatalf("connectionIds gave %v", e.ConnectionIDs)
		}
	}
	national, full := s.history("limit=0&phonenumber=030-23125000"), s.history("limit=0&phonenumber=%2B493023125000")
	if national.TotalCount == 0 || national.TotalCount != full.TotalCount {
		t.Errorf("a number finds %d entries in one form and %d in the other", national.TotalCount, full.TotalCount)
	}
}

func TestHistoryWindowsIncludeBothTheirEnds(t *testing.T) {
	s := newSipgateStand(t, Options{})
	at := s.history("limit=1").Items[0].Created
	for window, want := range map[[2]time.Time]bool{{at, at}: true, {at.Add(time.Second), at.Add(time.Hour)}: false,
		{at.Add(-time.Hour), at.Add(-time.Second)}: false} {
		page := s.history(fmt.Sprintf("limit=1000&from=%s&to=%s", window[0].Format(time.RFC3339), window[1].Format(time.RFC3339)))
		found := slices.ContainsFunc(page.Items, func(e sipgateRow) bool { return e.Created.Equal(at) })
		if found != want {
			t.Errorf("window %v of an entry of %v: found %v", window, at, found)
		}
	}
}

func TestEachTypeOfEntryHasTheFieldsOfItsOwn(t *testing.T) {
	common := strings.Fields("id source target sourceAlias targetAlias type created lastModified direction incoming status connectionIds " +
		"read archived note endpoints starred labels")
	for kind, own := range map[string]string{
		"CALL":      "callId callStatus recordings recordingUrl duration responder responderAlias",
		"FAX":       "faxStatusType documentUrl reportUrl previewUrl pageCount",
		"SMS":       "smsContent scheduled",
		"VOICEMAIL": "transcription recordingUrl duration",
	} {
		s := newSipgateStand(t, Options{})
		want := slices.Sorted(slices.Values(append(strings.Fields(own), common...)))
		for _, item := range decoded[struct{ Items []map[string]any }](t, s.get("/history?limit=1000&types="+kind)).Items {
			if item["scheduled"] != nil && kind == "FAX" {
				delete(item, "scheduled") // only faxes that wait have it
			}
			if got := slices.Sorted(maps.Keys(item)); !slices.Equal(got, want) {
				t.Fatalf("%s has %v, want %v", kind, got, want)
			}
		}
	}
}

func TestTheAccountFollowsFromSeedAndDayAlone(t *testing.T) {
	a, b, other := newSipgateStand(t, Options{Seed: 7}), newSipgateStand(t, Options{Seed: 7}), newSipgateStand(t, Options{Seed: 8})
	b.now = b.now.Add(31 * time.Hour) // another day, another hour
	for _, path := range []string{"/users", "/numbers", "/contacts", "/w3/devices",
		"/history?limit=1000&from=2026-11-19T00:00:00Z&to=2026-11-20T23:59:59Z"} {
		here, there, elsewhere := a.get(path).Body.String(), b.get(path).Body.String(), other.get(path).Body.String()
		if here != there {
			t.Errorf("%s differs between two accounts of one seed", path)
		}
		if here == elsewhere && path != "/numbers" {
			t.Errorf("%s is the same for another seed", path)
		}
	}
}

func TestADayHasTheTrafficThatIsPromised(t *testing.T) {
	const friday = "limit=0&from=2026-11-20T00:00:00Z&to=2026-11-20T23:59:59Z&archived="
	s, double := newSipgateStand(t, Options{}), newSipgateStand(t, Options{Scale: 2})
	inbox, archive := s.history(friday+"false").TotalCount, s.history(friday+"true").TotalCount
	if all := inbox + archive; all < 150 || all > 210 || archive*100/all < 10 || archive*100/all > 30 {
		t.Errorf("Friday has %d entries, %d of them archived; want about 180, a fifth", all, archive)
	}
	if n := double.history(friday+"false").TotalCount + double.history(friday+"true").TotalCount; n < 310 || n > 410 {
		t.Errorf("at scale 2 Friday has %d entries, want about 360", n)
	}
	if n := s.history("archived=true&limit=0&from=2026-11-21T00:00:00Z").TotalCount; n != 0 {
		t.Errorf("%d entries of today are archived already", n)
	}
	if newest := s.history("limit=1").Items[0].Created; newest.After(s.now) {
		t.Errorf("an entry of %v, and it is %v", newest, s.now)
	}
}

func TestEveryPathOfTheAccountAnswers(t *testing.T) {
	s := newSipgateStand(t, Options{})
	entry := s.history("types=CALL&limit=1").Items[0].ID
	contact := decoded[struct{ Items []struct{ ID string } }](t, s.get("/contacts")).Items[0].ID
	for path, key := range map[string]string{
		"/authorization/userinfo": "sub", "/account": "company", "/balance": "amount", "/users": "items",
		"/users/w0": "firstname", "/history/" + entry: "callId",
		"/contacts": "totalCount", "/contacts/" + contact: "numbers", "/contacts/internal": "items", "/numbers": "items",
		"/w0/numbers": "items", "/w0/devices": "items",
		"/devices/e0": "credentials", "/devices/e0/callerid": "value", "/devices/e0/localprefix": "value",
		"/devices/e0/singlerowdisplay": "enabled", "/devices/e0/tariffannouncement": "enabled", "/autorecordings/e0/settings": "active",
		"/w1/devices/y1/contingents": "contingents",
		"/w0/phonelines":             "items", "/w0/phonelines/p0": "voicemails", "/w0/phonelines/p0/numbers": "items",
		"/w0/phonelines/p0/devices":     "items",
		"/w0/phonelines/p0/forwardings": "items", "/w0/phonelines/p0/parallelforwardings": "items", "/w0/phonelines/p0/voicemails": "items",
		"/w0/phonelines/p0/blockanonymous": "enabled", "/w0/phonelines/p0/sipgateio": "log", "/w0/phonelines/p0/sipgateio/log": "items",
		"/groups": "items", "/groups?userId=w0": "items", "/groups/g0": "alias", "/groups/g0/users": "items",
		"/groups/g0/numbers": "items", "/groups/g0/faxlines": "items",
		"/groups/g0/voicemail": "items", "/groupfaxlines": "items", "/groupfaxlines/f90/numbers": "items",
		"/groupfaxlines/f90/callerid": "value",
		"/w0/faxlines":                "items", "/w0/faxlines/f0/numbers": "items", "/w0/faxlines/f0/callerid": "value", "/w1/sms": "items",
		"/w1/sms/s1/callerids": "items",
		"/voicemails":          "items", "/voicemails/v0": "accessNumber", "/calls": "data", "/blacklist/incoming": "items",
		"/settings/sipgateio": "log", "/log/webhooks": "items",
		"/portings": "items", "/addresses": "items", "/addresses/1001": "locality", "/addresses/1001/numbers": "items",
		"/addresses/itemCount": "itemCount",
		"/w0/notifications":    "voicemail", "/callrestrictions?userIds=w0": "roaming", "/channels": "items",
	} {
		w := s.get(path)
		if w.Code != http.StatusOK {
			t.Errorf("%s: status %d", path, w.Code)
			continue
		}
		if body := decoded[map[string]any](t, w); body[key] == nil {
			t.Errorf("%s has no %q: %.200s", path, key, w.Body)
		}
	}
	for _, path := range []string{"/nothing", "/w7/devices", "/users/w99", "/history/1", "/contacts/x", "/phonelines"} {
		if w := s.get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, w.Code)
		}
	}
}

func TestOneNumberLeadsNowhereAndPagesOfNumbersFit(t *testing.T) {
	type list struct {
		Items []struct{ ID, Number, EndpointID string }
	}
	s := newSipgateStand(t, Options{})
	all := decoded[list](t, s.get("/numbers")).Items
	loose, paged := 0, []string{}
	for offset := 0; offset < len(all); offset += 7 {
		for _, n := range decoded[list](t, s.get(fmt.Sprintf("/numbers?limit=7&offset=%d", offset))).Items {
			paged = append(paged, n.Number)
			if n.EndpointID == "" {
				loose++
			}
		}
	}
	if len(all) < 20 || len(paged) != len(all) || loose != 1 {
		t.Errorf("%d numbers, %d in pages, %d of them lead nowhere; want 20 and more, as many, one", len(all), len(paged), loose)
	}
}

func TestSipgateEnvironmentReachesTheAccount(t *testing.T) {
	env := newSipgate(Options{Now: time.Now, Scale: 1}).environment("http://127.0.0.1:8080/sipgate")
	for _, want := range []string{
		"SIPGATE_BASE_URL=http://127.0.0.1:8080/sipgate/v2",
		"SIPGATE_TOKEN_URL=http://127.0.0.1:8080/sipgate/auth/realms/third-party/protocol/openid-connect/token",
		"SIPGATE_TOKEN_ID=" + SipgateTokenID, "SIPGATE_TOKEN=" + SipgateToken,
	} {
		if !slices.Contains(env, want) {
			t.Errorf("%q lacks %q", env, want)
		}
	}
}

func TestEachGenerationOfAccountsHasPathsOfItsOwn(t *testing.T) {
	classic, neo := []string{"/groups", "/groups/g0/users", "/groupfaxlines", "/w0/phonelines", "/w0/phonelines/p0/numbers"}, []string{"/channels"}
	for _, test := range []struct {
		system      SipgateSystem
		has, hasNot []string
		calls       bool
	}{
		{SipgateMoving, append(neo, classic...), nil, true},
		{SipgateClassic, classic, neo, true},
		{SipgateMoved, neo, classic, true},
		{SipgateNeo, neo, classic, false},
	} {
		s := newSipgateStand(t, Options{Sipgate: test.system})
		for _, path := range test.has {
			if w := s.get(path); w.Code != http.StatusOK {
				t.Errorf("system %d: %s: status %d", test.system, path, w.Code)
			}
		}
		for _, path := range test.hasNot {
			if w := s.get(path); w.Code != http.StatusForbidden {
				t.Errorf("system %d: %s: status %d", test.system, path, w.Code)
			}
		}
		if n := s.history("types=CALL&limit=0").TotalCount; n > 0 != test.calls {
			t.Errorf("system %d: %d calls", test.system, n)
		}
		if n := s.history("types=FAX&limit=0").TotalCount; n == 0 {
			t.Errorf("system %d: no faxes", test.system)
		}
	}
}

func TestAppsOfTheNewSystemComeWhereTheyAreAskedFor(t *testing.T) {
	for _, test := range []struct {
		system SipgateSystem
		query  string
		apps   int
	}{{SipgateNeo, "", 0}, {SipgateNeo, "?type=all", 1}, {SipgateNeo, "?type=register,app", 1}, {SipgateNeo, "?type=register", 0}, {SipgateClassic, "?type=all", 0}} {
		s := newSipgateStand(t, Options{Sipgate: test.system})
		apps := 0
		for _, d := range decoded[struct{ Items []struct{ Type string } }](t, s.get("/w0/devices"+test.query)).Items {
			if d.Type == "DESKTOP_APP" {
				apps++
			}
		}
		if apps != test.apps {
			t.Errorf("system %d, %q: %d apps, want %d", test.system, test.query, apps, test.apps)
		}
	}
}
