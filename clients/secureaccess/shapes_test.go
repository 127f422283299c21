package secureaccess

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
)

func TestNamesAreDecodedAsEncodingJSONDoesIt(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`"DE"`, `" padded "`, `""`, `null`, `5`, `-1.50`, `true`, `false`, `[]`, `{}`, `{"label":"Germany","name":"x"}`, `{"name":"x"}`, `{"label":5}`, `{"code": "DE"}`, `"\u00e9"`,
	} {
		var want, got []Name
		err := json.Unmarshal([]byte("["+body+"]"), &want)
		wrong := (&rest.Response{Body: []byte("[" + body + "]")}).Decode("test", &got)
		if (err == nil) != (wrong == nil) || err == nil && got[0] != want[0] {
			t.Errorf("%s: %q, %v, want %q, %v", body, got, wrong, want, err)
		}
	}
}

func TestWrappedAnswersAreDecodedAsEncodingJSONDoesIt(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`[]`, `null`, `{}`, `5`, `"x"`, `[{"requests":5,"category":{"id":7,"label":"x"}},{}]`, `{"timestamp":1763713800000,"verdict":"x"}`} {
		var want, got struct {
			Counts categoryCounts `json:"counts"`
			Event  *anyEvent      `json:"event"`
			Events []anyEvent     `json:"events"`
		}
		for _, text := range []string{`{"counts":` + body + `}`, `{"event":` + body + `}`, `{"events":[` + body + `]}`} {
			err := json.Unmarshal([]byte(text), &want)
			wrong := (&rest.Response{Body: []byte(text)}).Decode("test", &got)
			if (err == nil) != (wrong == nil) || err == nil && !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %v, %v, want %v, %v", text, got, wrong, want, err)
			}
		}
	}
}
