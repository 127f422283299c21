package rest

import "encoding/json"

// Texts is a list of strings that an API sends as ["a", "b"], as "a", as "", null or not at all.
type Texts []string

// UnmarshalJSON takes a list of strings, a string or null.
func (t *Texts) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || b[0] != '"' {
		var list []string
		if err := json.Unmarshal(b, &list); err != nil {
			return wrongType[Texts](b)
		}
		*t = list
		return nil
	}
	one, _ := scalar(b)
	*t = nil
	if one != "" {
		*t = Texts{one}
	}
	return nil
}
