package rest_test

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

func TestRefusedRefreshTokenIsDroppedForTheNextGrant(t *testing.T) {
	t.Parallel()
	for name, refused := range map[string]reply{
		"revoked, in newer words": {status: 400, body: `{"error":"invalid_grant","error_description":"The refresh token is invalid.","hint":"Token has been revoked"}`},
		"revoked, in older words": {status: 401, body: `{"error":"invalid_request","message":"The refresh token is invalid."}`},
		"client":                  {status: 401, body: `{"error":"invalid_client"}`},
		"grant switched off":      {status: 400, body: `{"error":"unsupported_grant_type"}`},
		"forbidden, in HTML":      {status: 403, body: `<html><title>No</title></html>`},
		"not found":               {status: 404},
		"not processable":         {status: 422, body: `{"message":"no"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := scripted(refused, given("one-token", "second-refresh", "3600"), given("two-token", "", "3600"))
			tokens := rest.NewTokens(options(server))
			_, generation := sign(t, tokens)
			if _, err := tokens.Refused(t.Context(), generation); err != nil {
				t.Fatal(err)
			}
			if got := server.grants(t); got != "refresh_token password refresh_token" {
				t.Errorf("asked for %q", got)
			}
			if got := server.values(t, 2).Get("refresh_token"); got != "second-refresh" {
				t.Errorf("the second refresh used %q", got)
			}
		})
	}
}

func TestRefusedRefreshTokenWithoutAnotherGrantIsFinal(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 403, 404, 422} {
		server := scripted(reply{status: status, body: `{"error":"invalid_grant","hint":"Token has been revoked"}`})
		tokens := rest.NewTokens(only(server, "refresh_token"))
		wantError(t, tokens.Token(t.Context()), rest.Refused, "Token has been revoked", "get a new one")
		wantError(t, tokens.Token(t.Context()), rest.Refused)
		if server.count() != 1 {
			t.Errorf("%d: %d calls", status, server.count())
		}
	}
}

func TestRefusalOfTheOnlyRefreshTokenIsToldInLaterRunsToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := scripted(reply{status: 400, body: `{"error":"invalid_grant","hint":"Token has been revoked"}`})
		tokens := rest.NewTokens(only(server, "refresh_token"))
		for range 2 {
			wantError(t, tokens.Token(t.Context()), rest.Refused, "Token has been revoked", "get a new one")
			time.Sleep(time.Hour)
		}
		if server.count() != 2 {
			t.Errorf("%d calls", server.count())
		}
	})
}

func TestRefusedRefreshTokenIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	server := scripted(reply{status: 400, body: `{"error":"invalid_grant"}`}, given("a-token", "", "3600"))
	tokens := rest.NewTokens(options(server))
	_, generation := sign(t, tokens)
	if _, err := tokens.Refused(t.Context(), generation); err != nil {
		t.Fatal(err)
	}
	if got := server.grants(t); got != "refresh_token password password" {
		t.Errorf("asked for %q", got)
	}
}

func TestTheErrorOfTheLoginIsTheOneThatIsReported(t *testing.T) {
	t.Parallel()
	server := scripted(reply{status: 401, body: `{"error":"invalid_request","message":"old refresh"}`},
		reply{status: 400, body: `{"error":"invalid_grant","error_description":"The user credentials were incorrect."}`})
	err := rest.NewTokens(options(server)).Token(t.Context())
	wantError(t, err, rest.Refused, "status 400", "The user credentials were incorrect.", "check user name and password")
}

func TestRotatedRefreshTokenIsUsedAndAnAbsentOneIsKept(t *testing.T) {
	t.Parallel()
	server := scripted(given("one-token", "second-refresh", "60"), given("two-token", "", "60"), given("three-token", "", "60"))
	tokens := rest.NewTokens(only(server, "refresh_token"))
	for range 2 {
		_, generation := sign(t, tokens)
		if _, err := tokens.Refused(t.Context(), generation); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []string{theRefresh, "second-refresh", "second-refresh"} {
		if got := server.values(t, i).Get("refresh_token"); got != want {
			t.Errorf("call %d used %q, want %q", i, got, want)
		}
	}
}

func TestWrongPasswordIsAskedOnceWhoeverAsks(t *testing.T) {
	t.Parallel()
	for name, refused := range map[string]reply{
		"newest": {status: 400, body: `{"error":"invalid_grant","error_description":"The user credentials were incorrect."}`},
		"oldest": {status: 401, body: `{"error":"invalid_credentials","message":"The user credentials were incorrect."}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := scripted(refused)
			tokens := rest.NewTokens(only(server, "password"))
			var workers sync.WaitGroup
			for range 32 {
				workers.Go(func() { wantError(t, tokens.Token(t.Context()), rest.Refused, "check user name and password") })
			}
			workers.Wait()
			wantError(t, tokens.Token(t.Context()), rest.Refused, "The user credentials were incorrect.")
			if server.count() != 1 {
				t.Errorf("the password was sent %d times", server.count())
			}
		})
	}
}

func TestPasswordThatWasPutRightIsNoticedAfterAWhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens := rest.NewTokens(only(scripted(reply{status: 401}, given("a-token", "", "")), "password"))
		wantError(t, tokens.Token(t.Context()), rest.Refused)
		time.Sleep(14 * time.Minute)
		wantError(t, tokens.Token(t.Context()), rest.Refused)
		time.Sleep(2 * time.Minute)
		if err := tokens.Token(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestRefreshTokenWhoseAnswerWasLostIsSentTwiceAtMost(t *testing.T) {
	t.Parallel()
	cut := reply{err: errors.New("connection reset by peer")}
	synctest.Test(t, func(t *testing.T) {
		server := scripted(cut, cut, given("a-token", "", ""))
		if err := rest.NewTokens(options(server)).Token(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := server.grants(t); got != "refresh_token refresh_token password" {
			t.Errorf("asked for %q", got)
		}
		server = scripted(cut)
		wantError(t, rest.NewTokens(only(server, "refresh_token")).Token(t.Context()), rest.Unreachable, "connection reset")
		if server.count() != 2 {
			t.Errorf("sent %d times", server.count())
		}
	})
}

func TestTokenEndpointThatCannotBeDialledIsTriedThreeTimes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := scripted(reply{err: &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("refused by the kernel")}})
		wantError(t, rest.NewTokens(options(server)).Token(t.Context()), rest.Unreachable, "refused by the kernel")
		if got := server.grants(t); got != "refresh_token refresh_token refresh_token" {
			t.Errorf("asked for %q", got)
		}
	})
}

func TestFailureOfTheTokenEndpointIsTriedThreeTimes(t *testing.T) {
	t.Parallel()
	for _, status := range []int{500, 502, 503, 504} {
		synctest.Test(t, func(t *testing.T) {
			server := scripted(reply{status: status, body: `<html><title>Be right back</title></html>`})
			err := rest.NewTokens(only(server, "password")).Token(t.Context())
			wantError(t, err, rest.Overloaded, "an HTML page titled “Be right back”")
			if server.count() != 3 {
				t.Errorf("%d: %d tries", status, server.count())
			}
			server = scripted(reply{status: status}, reply{status: status}, given("a-token", "", ""))
			if err := rest.NewTokens(only(server, "password")).Token(t.Context()); err != nil {
				t.Errorf("%d: %v", status, err)
			}
		})
	}
}

func TestThrottledTokenCallWaitsAsLongAsItIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header     func() http.Header
		least, top time.Duration
	}{
		"seconds": {func() http.Header { return http.Header{"Retry-After": {"7"}} }, 7 * time.Second, 7 * time.Second},
		"a date": {func() http.Header {
			return http.Header{"Retry-After": {time.Now().Add(9 * time.Second).UTC().Format(http.TimeFormat)}}
		}, 8 * time.Second, 9 * time.Second},
		"too long": {func() http.Header { return http.Header{"Retry-After": {"86400"}} }, 2 * time.Minute, 2 * time.Minute},
		"untold":   {func() http.Header { return http.Header{} }, time.Second, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := scripted(reply{status: 429, header: c.header()}, given("a-token", "", ""))
				began := time.Now()
				if err := rest.NewTokens(options(server)).Token(t.Context()); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(began); took < c.least || took > c.top {
					t.Errorf("waited %s, want %s to %s", took, c.least, c.top)
				}
				if got := server.grants(t); got != "refresh_token refresh_token" {
					t.Errorf("a throttled refresh went on with %q", got)
				}
			})
		})
	}
}

func TestParametersAreInTheBodyInTheConfiguredEncoding(t *testing.T) {
	t.Parallel()
	server := scripted(given("a-token", "", ""))
	o := only(server, "password")
	o.Encoding = rest.JSON
	o.Extra = map[string]string{"scope": "read"}
	sign(t, rest.NewTokens(o))
	request := server.seen[0]
	var sent map[string]string
	if err := json.Unmarshal([]byte(request.body), &sent); err != nil {
		t.Fatalf("%s: %v", request.body, err)
	}
	want := map[string]string{
		"grant_type": "password", "username": "anna", "password": thePassword, "client_id": "client-7", "client_secret": theSecret, "scope": "read",
	}
	for name, value := range want {
		if sent[name] != value {
			t.Errorf("%s: %q, want %q", name, sent[name], value)
		}
	}
	if len(sent) != len(want) || request.URL.RawQuery != "" || request.Header.Get("Content-Type") != "application/json" ||
		request.Header.Get("Accept") != "application/json" || request.Method != http.MethodPost {
		t.Errorf("%s %s %v %s", request.Method, request.URL, request.Header, request.body)
	}
}

func TestClientIsNamedInTheBodyOrTheHeaderNeverInBoth(t *testing.T) {
	t.Parallel()
	for _, inHeader := range []bool{false, true} {
		server := scripted(reply{status: 401, body: `{"error":"invalid_client"}`})
		o := only(server, "client_credentials")
		o.BasicClient = inHeader
		wantError(t, rest.NewTokens(o).Token(t.Context()), rest.Refused, "check the client id and secret")
		user, password, basic := server.seen[0].BasicAuth()
		inBody := server.values(t, 0).Get("client_secret") == theSecret
		if basic != inHeader || inBody == inHeader || basic && (user != "client-7" || password != theSecret) {
			t.Errorf("header %v (%s), body %v", basic, user, inBody)
		}
		if server.count() != 1 {
			t.Errorf("%d calls: another style was tried", server.count())
		}
	}
}

func TestExtraParametersAndHeadersGoWithEveryStep(t *testing.T) {
	t.Parallel()
	server := scripted(reply{status: 400}, given("a-token", "", ""))
	o := options(server)
	o.Extra = map[string]string{"scope": "all of it"}
	o.Header = http.Header{"X-Organisation": {"12"}}
	sign(t, rest.NewTokens(o))
	for i := range 2 {
		if got := server.values(t, i).Get("scope"); got != "all of it" || server.seen[i].Header.Get("X-Organisation") != "12" {
			t.Errorf("step %d: scope %q, header %v", i, got, server.seen[i].Header)
		}
	}
}

func TestMissingCredentialsAreNoticedWithoutACall(t *testing.T) {
	t.Parallel()
	server := scripted(given("a-token", "", ""))
	for _, g := range []rest.Grant{{Type: "password", Username: "anna"}, {Type: "refresh_token"}} {
		o := options(server)
		o.Grants = []rest.Grant{g}
		wantError(t, rest.NewTokens(o).Token(t.Context()), rest.Refused, "no credentials")
	}
	if server.count() != 0 {
		t.Errorf("%d calls", server.count())
	}
}
