package rest_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

func TestTolerantValuesKeepEveryDigit(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"id":12345678901234567890,"int":5.0,"bool":"true","number":"14.990"}`: `{"id":"12345678901234567890","int":5,"bool":true,"number":14.990}`,
		`{"id":"007","int":"5","bool":1,"number":14.99}`:                        `{"id":"007","int":5,"bool":true,"number":14.99}`,
		`{"id":null,"int":null,"bool":null,"number":null}`:                      `{"id":"","int":null,"bool":null,"number":null}`,
		`{"id":"","int":"","bool":"","number":""}`:                              `{"id":"","int":null,"bool":null,"number":null}`,
		`{"int":9007199254740993,"bool":false,"number":1e-7}`:                   `{"id":"","int":9007199254740993,"bool":false,"number":1e-7}`,
		`{}`: `{"id":"","int":null,"bool":null,"number":null}`,
	} {
		got, err := again(body)
		if err != nil || got != want {
			t.Errorf("%s became %s, %v, want %s", body, got, err, want)
		}
	}
}

func TestValuesThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"id":true}`, `{"id":{}}`, `{"id":[]}`, `{"int":5.5}`, `{"int":"five"}`, `{"int":true}`, `{"int":1e400}`, `{"int":9223372036854775808}`,
		`{"bool":2}`, `{"bool":"yes"}`, `{"bool":{}}`, `{"number":"1,5"}`, `{"number":"NaN"}`, `{"number":"0x10"}`, `{"number":true}`,
	} {
		if got, err := again(body); err == nil {
			t.Errorf("%s was taken as %s", body, got)
		}
	}
}

// again reads and writes values.
func again(body string) (string, error) {
	var v struct {
		ID     rest.ID     `json:"id"`
		Int    rest.Int    `json:"int"`
		Bool   rest.Bool   `json:"bool"`
		Number rest.Number `json:"number"`
	}
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		return "", err
	}
	out, err := json.Marshal(v)
	return string(out), err
}

func TestSecondsThatNoLengthOfTimeHoldsAreRefused(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]time.Duration{
		`null`: 0, `0`: 0, `"90"`: 90 * time.Second, `-5`: -5 * time.Second,
		`9223372036`: 9223372036 * time.Second, `-9223372036`: -9223372036 * time.Second,
	} {
		var n rest.Int
		if err := json.Unmarshal([]byte(body), &n); err != nil {
			t.Fatal(err)
		}
		if got, err := n.Seconds(); err != nil || got != want {
			t.Errorf("%s seconds are %v, %v; want %v", body, got, err, want)
		}
	}
	for _, body := range []string{`9223372037`, `-9223372037`, `18446744074`, `9223372036854775807`, `-9223372036854775808`} {
		var n rest.Int
		if err := json.Unmarshal([]byte(body), &n); err != nil {
			t.Fatal(err)
		}
		if got, err := n.Seconds(); err == nil {
			t.Errorf("%s seconds are %v", body, got)
		}
	}
}

func TestLastPartOfAnAddressIsItsID(t *testing.T) {
	t.Parallel()
	for id, want := range map[rest.ID]string{
		"https://api.example/v6/patrons/holds/123":     "123",
		"https://api.example/v6/patrons/holds/123/?a=": "123",
		"123": "123", "": "",
	} {
		if got := id.Last(); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}
