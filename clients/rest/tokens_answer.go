package rest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// checkURL is the hint where the answer is not that of a token endpoint.
const checkURL = "check the token URL"

// maxLife is the longest life of a token that is believed. It also keeps the sum of time and life in bounds.
const maxLife = 10 * 365 * 24 * time.Hour

// issue is what a token endpoint gave.
type issue struct {
	token   token
	refresh Secret // empty if there was none
}

// issued reads a successful answer (RFC 6749, 5.1). Its errors name members of the answer, never their values.
func (t *Tokens) issued(r *Response, began time.Time) (issue, error) {
	wrong := func(text string) (issue, error) {
		return issue{}, t.fault(Unexpected, r.Status, text, checkURL, nil)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(bytes.TrimPrefix(r.Body, []byte("\ufeff")), &members); err != nil || members == nil {
		return wrong(t.noObject(r))
	}
	access, refresh := stringOf(members["access_token"]), stringOf(members["refresh_token"])
	t.o.Redactor.addMinted(access, refresh)
	if _, bad := members["error"]; bad && access == "" {
		fault := t.refusal(r)
		fault.Kind = Unexpected
		return issue{}, fault
	}
	if access == "" {
		return wrong("an answer without access_token; it has " + orDefault(strings.Join(sortedNames(members), ", "), "nothing"))
	}
	if strings.ContainsFunc(access, func(c rune) bool { return c <= ' ' || c >= 0x7f }) {
		return wrong("an access_token that cannot stand in a header")
	}
	if kind := stringOf(members["token_type"]); kind != "" && !strings.EqualFold(kind, "bearer") {
		return wrong(fmt.Sprintf("a token of type %q, where Bearer was expected", shorten(kind)))
	}
	k := token{access: NewSecret(access), obtained: began}
	life, ok := lifeOf(members["expires_in"])
	if !ok {
		life, ok = lifeInJWT(access, began)
	}
	if ok {
		k.expires = began.Add(life)
	}
	return issue{k, NewSecret(refresh)}, nil
}

// noObject describes an answer that is not a JSON object: its content type and how it begins.
func (t *Tokens) noObject(r *Response) string {
	said := describe(r.without(t.o.Redactor))
	if said == "" {
		said = "an empty answer"
	}
	said = looksSecret.ReplaceAllString(said, "${1}"+redacted)
	if kind := contentType(r.Header); kind != "" {
		said += " (" + shorten(kind) + ")"
	}
	return said + " where a token was expected"
}

// looksSecret finds values behind names of secrets in what could not be read as JSON.
var looksSecret = regexp.MustCompile(`(?i)((?:token|secret|password)["']?\s*[=:]\s*["']?)[^&\s"',;]+`)

// refusal is the error for an answer that is not a success (RFC 6749, 5.2, and its dialects).
func (t *Tokens) refusal(r *Response) *Error {
	var members struct {
		Error json.RawMessage `json:"error"`
	}
	_ = json.Unmarshal(r.Body, &members) // Whatever it is, ExplainJSON describes it.
	code := stringOf(members.Error)
	kind := Refused
	switch r.Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden:
	default:
		kind = Rejected
	}
	fault := t.fault(kind, r.Status, ExplainJSON(r.without(t.o.Redactor)), hintFor(code, r.Status), nil)
	fault.code = code
	return fault
}

// hintFor says what to do about an error of a token endpoint.
func hintFor(code string, status int) string {
	switch code {
	case "invalid_client":
		return "check the client id and secret"
	case "invalid_grant", "invalid_credentials":
		return "check user name and password"
	case "unsupported_grant_type":
		return "grant switched off, or body not parsed"
	case "unauthorized_client":
		return "this client may not use this grant"
	case "invalid_scope":
		return "check the scope"
	}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return "check the credentials"
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return "check the token URL"
	}
	return ""
}

// lifeOf reads expires_in, which comes as a number, as a number in quotes, with a fraction or an exponent. Zero, what is
// negative, and what is no number leave the life unknown.
func lifeOf(b json.RawMessage) (time.Duration, bool) {
	s, ok := scalar(b)
	if !ok || !validNumber(s) {
		return 0, false
	}
	seconds, _ := strconv.ParseFloat(s, 64) // Out of range it is infinite, which is cut below.
	if !(seconds > 0) {
		return 0, false
	}
	return time.Duration(min(seconds, maxLife.Seconds()) * float64(time.Second)), true
}

// lifeInJWT reads the expiry from the token itself. Its signature is the API's business: at worst the token is renewed
// too early or too late.
func lifeInJWT(access string, now time.Time) (time.Duration, bool) {
	parts := strings.Split(access, ".")
	if len(parts) != 3 {
		return 0, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return 0, false
	}
	var claims struct {
		Expires json.RawMessage `json:"exp"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		return 0, false
	}
	s, _ := scalar(claims.Expires)
	if !validNumber(s) {
		return 0, false
	}
	expires, _ := strconv.ParseFloat(s, 64)
	life := min(expires-float64(now.UnixMilli())/1000, maxLife.Seconds())
	return time.Duration(life * float64(time.Second)), life > 0
}

// stringOf is a JSON string's value, "" for everything else.
func stringOf(b json.RawMessage) string {
	if len(b) == 0 || b[0] != '"' {
		return ""
	}
	s, _ := scalar(b)
	return s
}
