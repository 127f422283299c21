package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// ID is an identifier, digit for digit, from a string, a number, or null ("").
type ID string

// UnmarshalJSON takes a string, a number or null.
func (id *ID) UnmarshalJSON(b []byte) error {
	s, ok := scalar(b)
	if !ok || b[0] == 't' || b[0] == 'f' {
		return wrongType[ID](b)
	}
	*id = ID(s)
	return nil
}

// UnmarshalScalar takes the same for types that are made of ids.
func (id *ID) UnmarshalScalar(text string, quoted bool) error {
	switch {
	case quoted:
		text = strings.TrimSpace(text)
	case text == "null":
		text = ""
	case text == "true" || text == "false":
		return wrongType[ID]([]byte(text))
	}
	*id = ID(text)
	return nil
}

// Last is the last part of the path, for ids that are addresses: "…/patrons/holds/123" gives "123".
func (id ID) Last() string {
	s, _, _ := strings.Cut(string(id), "?")
	s = strings.TrimRight(s, "/")
	return s[strings.LastIndexByte(s, '/')+1:]
}

// Ignored is a field that is known and deliberately not read, such as a password or an address that opens without a
// login. Declaring it tells it from a field that nobody knows.
type Ignored struct{}

// UnmarshalJSON takes anything and keeps nothing of it.
func (*Ignored) UnmarshalJSON([]byte) error { return nil }

// Int is a whole number that an API sends as 5, 5.0, "5", "", null or not at all.
type Int struct {
	value int64
	set   bool
}

// Get gives the number, and whether there was one.
func (i Int) Get() (int64, bool) { return i.value, i.set }

// Or gives the number, or fallback if there was none.
func (i Int) Or(fallback int64) int64 {
	if i.set {
		return i.value
	}
	return fallback
}

// Seconds gives a number of seconds as a length of time, 0 if there was none. Its error says that no length of time is
// that long, which is about 292 years: to multiply would give some other length without a sign.
func (i Int) Seconds() (time.Duration, error) {
	const most = int64(math.MaxInt64 / time.Second)
	if i.value > most || i.value < -most {
		return 0, fmt.Errorf("%d seconds, where a length of time of no more than %d was expected", i.value, most)
	}
	return time.Duration(i.value) * time.Second, nil
}

// MarshalJSON writes the number, or null.
func (i Int) MarshalJSON() ([]byte, error) {
	if !i.set {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, i.value, 10), nil
}

// UnmarshalJSON takes a whole number in any of its shapes.
func (i *Int) UnmarshalJSON(b []byte) error {
	s, ok := scalar(b)
	if !ok || b[0] == 't' || b[0] == 'f' {
		return wrongType[Int](b)
	}
	if s == "" {
		*i = Int{}
		return nil
	}
	value, ok := whole(s)
	if !ok {
		return wrongType[Int](b)
	}
	*i = Int{value, true}
	return nil
}

// whole reads a number without a fraction exactly, however it is written: 5, 5.0, 5e3.
func whole(s string) (int64, bool) {
	if value, err := strconv.ParseInt(s, 10, 64); err == nil {
		return value, true
	}
	if !validNumber(s) {
		return 0, false
	}
	// A long exponent would make an integer of as many digits; no count has more than two of them.
	if _, exponent, _ := strings.Cut(strings.ToLower(s), "e"); len(strings.TrimLeft(exponent, "+-")) > 2 || len(s) > 64 {
		return 0, false
	}
	exact, ok := new(big.Rat).SetString(s)
	if !ok || !exact.IsInt() || !exact.Num().IsInt64() {
		return 0, false
	}
	return exact.Num().Int64(), true
}

// Bool is a truth that an API sends as true, "true", 1, "", null or not at all.
type Bool struct{ value, set bool }

// Get gives the truth, and whether it was told.
func (v Bool) Get() (value, ok bool) { return v.value, v.set }

// MarshalJSON writes true, false, or null.
func (v Bool) MarshalJSON() ([]byte, error) {
	if !v.set {
		return []byte("null"), nil
	}
	return strconv.AppendBool(nil, v.value), nil
}

// UnmarshalJSON takes a truth in any of its shapes.
func (v *Bool) UnmarshalJSON(b []byte) error {
	s, ok := scalar(b)
	switch strings.ToLower(s) {
	case "true", "1":
		*v = Bool{true, true}
	case "false", "0":
		*v = Bool{false, true}
	case "":
		*v = Bool{}
	default:
		ok = false
	}
	if !ok {
		return wrongType[Bool](b)
	}
	return nil
}

// Number is a decimal number, digit for digit, from 14.99, "14.99", "" or null ("").
type Number string

// JSON gives the number as encoding/json has it.
func (n Number) JSON() json.Number { return json.Number(n) }

// MarshalJSON writes the number as it came, or null.
func (n Number) MarshalJSON() ([]byte, error) {
	if n == "" {
		return []byte("null"), nil
	}
	return []byte(n), nil
}

// UnmarshalJSON takes a number, also one in quotes.
func (n *Number) UnmarshalJSON(b []byte) error {
	s, ok := scalar(b)
	if !ok || s != "" && !validNumber(s) {
		return wrongType[Number](b)
	}
	*n = Number(s)
	return nil
}

// validNumber tells whether s is a number as JSON has them.
func validNumber(s string) bool {
	return s != "" && (s[0] == '-' || s[0] >= '0' && s[0] <= '9') && json.Valid([]byte(s))
}

// scalar gives the text of a string, a number or a truth; "" for null. Anything else is not ok.
func scalar(b []byte) (string, bool) {
	switch {
	case len(b) == 0 || b[0] == '{' || b[0] == '[':
		return "", false
	case bytes.Equal(b, []byte("null")):
		return "", true
	case b[0] != '"':
		return string(b), true
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return "", false
	}
	return strings.TrimSpace(s), true
}

// wrongType is the error that makes encoding/json name the field.
func wrongType[T any](b []byte) error {
	found := "number"
	if len(b) > 0 {
		switch b[0] {
		case '"':
			found = "string"
		case '{':
			found = "object"
		case '[':
			found = "array"
		case 't', 'f':
			found = "bool"
		}
	}
	return &json.UnmarshalTypeError{Value: found, Type: reflect.TypeFor[T]()}
}
