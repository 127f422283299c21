package rest

import (
	"bytes"
	"encoding/json"
)

// Record is any JSON value, for reports of which nothing is known but the paths of their fields: nil, a bool, a string,
// a json.Number (digit for digit), []any or map[string]any.
type Record struct{ Value any }

// UnmarshalJSON takes any value.
func (r *Record) UnmarshalJSON(b []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber()
	r.Value = nil
	return decoder.Decode(&r.Value)
}

// MarshalJSON writes the value, the members of objects in the order of their names.
func (r Record) MarshalJSON() ([]byte, error) { return json.Marshal(r.Value) }
