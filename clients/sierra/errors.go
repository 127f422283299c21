package sierra

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
)

// The API's own numbers for its errors, as far as they decide on something.
// See https://techdocs.iii.com/sierraapi/Content/zAppendix/errorHandling.htm.
const (
	codeNotFound     = 107 // a record; but for a list, that it is empty
	codeNoHeader     = 113
	codeForbidden    = 116
	codeDisabled     = 117
	codeAccessTier   = 118
	codeInvalidToken = 120
	codeInvalidGrant = 123 // also of a token that has expired
)

// codeOf is the API's number in the body of an error; 0 if it is not the API that speaks.
func codeOf(r *rest.Response) int64 {
	var answer struct {
		Code rest.Int `json:"code"`
	}
	// What cannot be read has no code.
	_ = json.Unmarshal(r.Body, &answer)
	return answer.Code.Or(0)
}

// classify reads an answer as this API means it. An answer of 200 may come without a body, and a page for people
// under 403 is no word of the API: a machine in front of it has had enough of our requests.
func classify(r *rest.Response) rest.Disposition {
	code := codeOf(r)
	switch {
	case r.Status == http.StatusOK && len(bytes.TrimSpace(r.Body)) == 0:
		return rest.Retry
	case r.Status == http.StatusUnauthorized && code != 0 && code != codeNoHeader && code != codeInvalidToken && code != codeInvalidGrant:
		return rest.Refuse
	case r.Status == http.StatusForbidden && code == 0:
		return rest.Retry
	case code == codeDisabled, code == codeAccessTier:
		return rest.Refuse
	}
	return rest.ByStatus(r)
}

// explain says what an error answer says, with its letters as they are.
func explain(r *rest.Response) string { return plainLetters(rest.ExplainJSON(r)) }

var escapedLetter = regexp.MustCompile(`\{u([0-9A-Fa-f]{4})\}`)

// plainLetters turns {u00E4}, as the API escapes what is beyond ASCII, into ä.
func plainLetters(s string) string {
	return escapedLetter.ReplaceAllStringFunc(s, func(letter string) string {
		n, err := strconv.ParseInt(letter[2:6], 16, 32)
		if err != nil || n < ' ' {
			return letter
		}
		return string(rune(n))
	})
}

// NothingFound tells whether an error is how the API says that a list is empty: 404 with its own number 107. Any other
// 404 is a wrong address.
func NothingFound(err error) bool { return says(err, http.StatusNotFound, codeNotFound) }

// says tells whether the API answered with a status and a number of its own, as rest.ExplainJSON quotes it.
func says(err error, status int, code int64) bool {
	var e *rest.Error
	return errors.As(err, &e) && e.Status == status && strings.HasSuffix(e.Text, fmt.Sprintf("(code %d)", code))
}

// hinted adds to a refusal what may be done about it.
func (l list) hinted(err error) error {
	err = hinted(err, l.role)
	var e *rest.Error
	if l.login && says(err, http.StatusForbidden, codeForbidden) && errors.As(err, &e) {
		h := *e
		h.Hint += "; or SIERRA_LOGIN names nobody who may see the library's acquisitions"
		return &h
	}
	return err
}

// hinted adds to a refusal what may be done about it. Role is what the API key needs for the request.
func hinted(err error, role string) error {
	var e *rest.Error
	if !errors.As(err, &e) || e.Hint != "" {
		return err
	}
	h := *e
	switch {
	case says(err, http.StatusForbidden, codeForbidden):
		h.Hint = "the API key lacks the role " + role + ": tick it in the Sierra Admin App under API keys"
	case e.Status == http.StatusForbidden && e.Kind == rest.Overloaded:
		h.Hint = "a machine in front of Sierra refuses us: have this program's address allowed there, and SIERRA_RATE at 1 or below"
	case says(err, http.StatusServiceUnavailable, codeDisabled):
		h.Hint = "the library has its API switched off"
	case says(err, http.StatusServiceUnavailable, codeAccessTier):
		h.Hint = "the library's licence does not cover this part of the API"
	default:
		return err
	}
	return &h
}
