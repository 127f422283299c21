package rest

import (
	"encoding/json"
	"testing"
)

func TestRecordsKeepEveryDigit(t *testing.T) {
	for _, text := range []string{
		`{"id":12345678901234567890,"price":14.990,"tags":["a",null,true],"owner":{"name":"Zoë"}}`,
		`null`, `"text"`, `-0.10`, `[]`, `false`,
	} {
		var r Record
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var want, got any
		if json.Unmarshal([]byte(text), &want) != nil || json.Unmarshal(again, &got) != nil || len(again) != len(text) {
			t.Errorf("%s came back as %s", text, again)
		}
	}
}

func TestARecordForgetsWhatItHeldBefore(t *testing.T) {
	r := Record{Value: map[string]any{"old": true}}
	if err := json.Unmarshal([]byte(`{"new":1}`), &r); err != nil {
		t.Fatal(err)
	}
	if text, _ := json.Marshal(r); string(text) != `{"new":1}` {
		t.Errorf("the record holds %s", text)
	}
}
