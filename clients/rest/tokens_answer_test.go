package rest_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// signedAfter is what a request is signed with some time after the first token came.
func signedAfter(t *testing.T, first reply, d time.Duration) (header string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		tokens := rest.NewTokens(only(scripted(first, given("new-token", "", "")), "password"))
		sign(t, tokens)
		time.Sleep(d)
		header, _ = sign(t, tokens)
	})
	return header
}

func TestExpiresInIsReadInAllItsForms(t *testing.T) {
	t.Parallel()
	for _, expires := range []string{`600`, `"600"`, `600.0`, `6e2`, `"600.0"`, `6.0E+2`} {
		if got := signedAfter(t, given("old-token", "", expires), 530*time.Second); got != "Bearer old-token" {
			t.Errorf("%s: renewed before 530 s", expires)
		}
		if got := signedAfter(t, given("old-token", "", expires), 550*time.Second); got != "Bearer new-token" {
			t.Errorf("%s: not renewed after 550 s", expires)
		}
	}
}

func TestTokenOfUnknownExpiryIsUsedUntilItIsRefused(t *testing.T) {
	t.Parallel()
	for _, expires := range []string{``, `null`, `0`, `""`, `"soon"`, `true`, `{}`, `-5`, `"NaN"`, `"Inf"`, `31536000000000`, `1e300`, `1e999`} {
		if got := signedAfter(t, given("old-token", "", expires), 5*365*24*time.Hour); got != "Bearer old-token" {
			t.Errorf("%s: renewed though nobody refused it", expires)
		}
	}
}

func TestExpiryIsReadFromTheTokenWhereTheAnswerSaysNothing(t *testing.T) {
	t.Parallel()
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // where synctest's clock begins
	for _, format := range []string{`{"exp":%d}`, `{"exp":%d.5}`, `{"exp":"%d"}`} {
		claims := fmt.Sprintf(format, start.Add(10*time.Minute).Unix())
		jwt := "eyJhbGciOiJSUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2lnbmF0dXJl"
		if got := signedAfter(t, given(jwt, "", ""), 530*time.Second); got != "Bearer "+jwt {
			t.Errorf("%s: renewed before 530 s", claims)
		}
		if got := signedAfter(t, given(jwt, "", ""), 550*time.Second); got != "Bearer new-token" {
			t.Errorf("%s: not renewed after 550 s", claims)
		}
	}
	for _, odd := range []string{"a.b.c", "a.bm90IGpzb24.c", "...."} {
		if got := signedAfter(t, given(odd, "", ""), 24*time.Hour); got != "Bearer "+odd {
			t.Errorf("%s: renewed", odd)
		}
	}
}

func TestBearerIsAlwaysSpeltTheSame(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{`"token_type":"bearer",`, `"token_type":"BEARER",`, `"token_type":"Bearer",`, `"token_type":"",`, ``} {
		tokens := rest.NewTokens(only(scripted(reply{body: `{` + kind + `"access_token":"a-token"}`}), "password"))
		if got, _ := sign(t, tokens); got != "Bearer a-token" {
			t.Errorf("%s: signed with %q", kind, got)
		}
	}
}

func TestAnswersThatAreNoTokenAreDescribedWithoutTheirSecrets(t *testing.T) {
	t.Parallel()
	html := http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	text := http.Header{"Content-Type": {"text/plain"}}
	for name, c := range map[string]struct {
		reply reply
		says  []string
	}{
		"a login page":        {reply{header: html, body: `<html><head><title>Log in</title>`}, []string{"an HTML page titled “Log in”", "text/html"}},
		"nothing":             {reply{}, []string{"an empty answer"}},
		"plain text":          {reply{header: text, body: "it works"}, []string{"it works", "text/plain"}},
		"a form":              {reply{header: text, body: "access_token=hidden-token&token_type=bearer"}, []string{"text/plain"}},
		"cut JSON":            {reply{body: `{"token_type":"Bearer","access_token":"hidden-token`}, []string{"application/json"}},
		"a list":              {reply{body: `["x"]`}, []string{"where a token was expected"}},
		"no access token":     {reply{body: `{"token_type":"Bearer","refresh_token":"hidden-token"}`}, []string{"without access_token", "refresh_token, token_type"}},
		"an access number":    {reply{body: `{"access_token":12345678}`}, []string{"without access_token"}},
		"a line end":          {reply{body: `{"access_token":"hidden-token\nX: y"}`}, []string{"cannot stand in a header"}},
		"an error as success": {reply{body: `{"error":"invalid_grant","error_description":"The user credentials were incorrect."}`}, []string{"status 200", "The user credentials were incorrect.", "check user name and password"}},
		"a mac token":         {reply{body: `{"access_token":"hidden-token","token_type":"mac"}`}, []string{`type "mac"`}},
		"a redirect":          {reply{status: 302, header: http.Header{"Location": {"/login?ticket=hidden-token"}}}, []string{"a redirect to https://login.example", "check the token URL"}},
		"a redirect nowhere":  {reply{status: 302}, []string{"a redirect (check the token URL)"}},
		"too much":            {reply{body: strings.Repeat("hidden-token", 100_000)}, []string{"larger than 1048576 bytes"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := scripted(c.reply)
			tokens := rest.NewTokens(only(server, "password"))
			err := tokens.Token(t.Context())
			wantError(t, err, rest.Unexpected, c.says...)
			if strings.Contains(err.Error(), "hidden-token") {
				t.Errorf("tells a token: %v", err)
			}
			wantError(t, tokens.Token(t.Context()), rest.Unexpected)
			if server.count() != 1 {
				t.Errorf("%d calls, want 1", server.count())
			}
		})
	}
}

func TestErrorsOfTheTokenEndpointSayWhatToDo(t *testing.T) {
	t.Parallel()
	for body, says := range map[string][]string{
		`{"error":"invalid_client","message":"Client authentication failed"}`:                       {"Client authentication failed", "check the client id and secret"},
		`{"error":"invalid_grant","error_description":"Wrong.","hint":"","message":"Wrong."}`:       {"invalid_grant: Wrong.", "check user name and password"},
		`{"error":"unsupported_grant_type","hint":"Check that all"}`:                                {"Check that all", "grant switched off, or body not parsed"},
		`{"error":"invalid_request","error_description":"Bad.","hint":"Check the ` + "`x`" + `"}`:   {"Bad.", "Check the `x`"},
		`{"error":"invalid_scope","error_description":"The requested scope is invalid"}`:            {"The requested scope is invalid", "check the scope"},
		`{"error":"unauthorized_client"}`:                                                           {"may not use this grant"},
		`{"errors":[{"id":"1","status":"401","title":"Unauthorized","detail":"No such client"}]}`:   {"No such client"},
		`{"message":"The given data was invalid.","errors":{"username":["The name is required."]}}`: {"The name is required."},
		`{"error":"x","error_description":"` + thePassword + ` is not the password"}`:               {"(redacted) is not the password"},
	} {
		err := rest.NewTokens(only(scripted(reply{status: 400, body: body}), "password")).Token(t.Context())
		wantError(t, err, rest.Refused, append(says, "shop: /oauth/token", "status 400")...)
	}
	err := rest.NewTokens(only(scripted(reply{status: 404}), "password")).Token(t.Context())
	wantError(t, err, rest.Rejected, "check the token URL")
}

func TestTokenCallsFollowNoRedirect(t *testing.T) {
	t.Parallel()
	var strayed atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strayed.Add(1) }))
	t.Cleanup(other.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.RedirectHandler(other.URL+"/login?secret=1", status))
		o := only(nil, "password")
		o.URL, o.Transport = mustURL(server.URL), loopbackTransport(t)
		wantError(t, rest.NewTokens(o).Token(t.Context()), rest.Refused, "a redirect to http://127.0.0.1:")
		server.Close()
	}
	if strayed.Load() != 0 {
		t.Errorf("%d calls, with a password, went elsewhere", strayed.Load())
	}
}

func TestARedirectOfTokenCallsToAnotherHostIsRefused(t *testing.T) {
	t.Parallel()
	for _, location := range []string{"https://sso.example/login?ticket=hidden-token", "//SSO.example/login", "https://sso.example"} {
		server := scripted(reply{status: 302, header: http.Header{"Location": {location}}})
		tokens := rest.NewTokens(only(server, "password"))
		for range 2 {
			wantError(t, tokens.Token(t.Context()), rest.Refused, "a redirect to https://sso.example", "check the token URL")
		}
		if server.count() != 1 {
			t.Errorf("%s: %d calls, want 1", location, server.count())
		}
	}
}

func TestTokensMintedInARunAreRedacted(t *testing.T) {
	t.Parallel()
	redactor := rest.NewRedactor()
	o := options(scripted(given("minted-access", "minted-refresh", "")))
	o.Redactor = redactor
	sign(t, rest.NewTokens(o))
	text := redactor.String("minted-access minted-refresh " + thePassword + " " + theSecret + " " + theRefresh + " anna")
	if want := strings.Repeat("(redacted) ", 5) + "anna"; text != want {
		t.Errorf("%q, want %q", text, want)
	}
}

// loopbackTransport is a transport that leaves nothing behind.
func loopbackTransport(t *testing.T) *http.Transport {
	t.Helper()
	transport, err := rest.NewTransport(rest.TransportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}
