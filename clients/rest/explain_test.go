package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
)

func TestErrorsAreExplainedInTheWordsOfTheAPI(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"message":"Unauthenticated."}`:                                                                          "Unauthenticated.",
		`{"error":"invalid_grant","error_description":"Gone.","hint":"Expired"}`:                                  "invalid_grant: Gone. (Expired)",
		`{"error":"invalid_grant","error_description":"Gone.","message":"Gone."}`:                                 "invalid_grant: Gone.",
		`{"error":{"message":"nested"}}`:                                                                          "nested",
		`{"code":107,"specificCode":0,"httpStatus":404,"name":"Record not found","description":"No such record"}`: "Record not found: No such record (code 107)",
		`{"data":{"error":"unauthorized"}}`:                                                                       "unauthorized",
		`{"data":{"errors":[{"param":"limit","value":"x","error":"not a number"}]}}`:                              "limit=x: not a number",
		`{"errors":[{"status":"401","title":"Unauthorized","detail":"No token"}]}`:                                "Unauthorized: No token",
		`{"errors":[{"title":"Bad","source":{"parameter":"page"}}]}`:                                              "page: Bad",
		`{"errors":["one","two"]}`:                                                                                "one; two",
		`{"message":"m","errors":{"b":["two"],"a":["one"]}}`:                                                      "a: one; b: two",
		"plain\nwords\x1b[31m of\tmany kinds":                                                                     "plain words [31m of many kinds",
		`<html><TITLE> 502 Bad &amp; Gone </TITLE>`:                                                               "an HTML page titled “502 Bad & Gone”",
		`<html><body>`:              "an HTML page without a title",
		`<?xml version="1.0"?><e/>`: "XML",
		``:                          "",
		strings.Repeat("é", 300):    strings.Repeat("é", 200) + "…",
	} {
		if got := rest.ExplainJSON(&rest.Response{Status: 400, Header: http.Header{}, Body: []byte(body)}); got != want {
			t.Errorf("%s\n got %q\nwant %q", body, got, want)
		}
	}
}

func TestWhatIsWrongInAnAnswerIsNamedByItsPath(t *testing.T) {
	t.Parallel()
	for body, says := range map[string]string{
		`{"data":[{"at":1,"n":"x"},{"at":"soon","n":"x"}]}`: "data[1].at: a string where a number was expected",
		`{"data":{}}`:                        "data: an object where an array was expected",
		`{"data":[{"n":{}}]}`:                "data[0].n: an object where a string was expected",
		`{"data":[{"id":[1]}]}`:              "data[0].id: an array where an id was expected",
		`{"data":[{"ok":7.5}]}`:              "data[0].ok: a number where true or false was expected",
		`{"data":[{"size":1},{"size":"x"}]}`: "data[1].size: a string where a number was expected", // of an embedded type
		`{"data":[`:                          "unexpected answer",
		`[]`:                                 "the whole answer: an array where an object was expected",
	} {
		type Embedded struct{ Size int64 }
		var into struct {
			Data []struct {
				Embedded
				At int64
				N  string
				ID rest.ID
				OK bool
			}
		}
		err := (&rest.Response{Status: 200, Path: "/things?a=hidden-query", Body: []byte(body)}).Decode("shop", &into)
		wantError(t, err, rest.Unexpected, "shop: /things: ", says)
	}
}
