package rest_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
)

func TestTextsTakeAListAndASingleString(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]string{
		`["a","b"]`: {"a", "b"},
		`"a"`:       {"a"},
		`""`:        nil,
		`null`:      nil,
		`[]`:        {},
	} {
		var got rest.Texts
		if err := json.Unmarshal([]byte(body), &got); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v, want %q", body, got, err, want)
		}
	}
	for _, body := range []string{`7`, `{}`, `[7]`} {
		var got rest.Texts
		if err := json.Unmarshal([]byte(body), &got); err == nil {
			t.Errorf("%s was taken as %q", body, got)
		}
	}
}
