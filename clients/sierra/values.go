package sierra

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// Text is a string, a number or a truth as text, without the blanks with which the API pads codes and names.
type Text string

// UnmarshalJSON takes a string, a number, true, false or null.
func (t *Text) UnmarshalJSON(b []byte) error {
	s := string(b)
	switch {
	case s == "null":
		s = ""
	case b[0] == '"' || b[0] == '{' || b[0] == '[':
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
	}
	*t = Text(strings.TrimRight(s, " "))
	return nil
}

// Instant is a time as the API writes it: 2026-11-21T08:30:00Z, or a day without a zone, 2026-11-21.
type Instant struct {
	at    time.Time
	day   bool   // there is no more than a day
	wrong string // what stands there if it is no time
}

// UnmarshalJSON takes a string or null.
func (i *Instant) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	*i = parseInstant(text)
	return nil
}

func parseInstant(text string) Instant {
	text = strings.TrimSpace(text)
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return Instant{at: at}
	}
	if at, err := time.Parse(time.DateOnly, text); err == nil {
		return Instant{at: at, day: true}
	}
	return Instant{wrong: text}
}

// Time is the instant; zero if there is none, or only a day.
func (i Instant) Time() time.Time {
	if i.day {
		return time.Time{}
	}
	return i.at
}

// Day is the day as it stands, or else the day of the instant in zone; zero if there is none.
//
// Sierra stores the days that its circulation rules count, such as the day on which something is due, as 04:00 in the
// library's zone on that day: a patron's expiry of 2024-09-25 stands in the fixed fields as 2024-09-25T08:00:00Z, in
// Cincinnati. So the day is right in the library's own zone.
func (i Instant) Day(zone *time.Location) time.Time {
	if i.day || i.at.IsZero() {
		return i.at
	}
	year, month, day := i.at.In(zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// moment is a time of a record under the name that the API has for it.
type moment struct {
	name string
	at   Instant
}

// checkMoments says which time is none.
func checkMoments(moments []moment) error {
	for _, m := range moments {
		if m.at.wrong != "" {
			return fmt.Errorf("%s: %.40q is not a time", m.name, m.at.wrong)
		}
	}
	return nil
}

// Code is a code with its name. The API calls the name name, display or value.
type Code struct {
	Code    Text `json:"code"`
	Name    Text `json:"name"`
	Display Text `json:"display"`
	Value   Text `json:"value"`
}

// Label is the code's name under any of the API's words for it.
func (c Code) Label() string {
	for _, name := range []Text{c.Name, c.Display, c.Value} {
		if name != "" {
			return string(name)
		}
	}
	return ""
}

// FixedFields are the fields that a library labels as it likes, and which therefore go by their numbers.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/fixedFieldsArray.htm.
type FixedFields map[string]FixedField

// FixedField is one of them; most values come as text.
type FixedField struct {
	Value   Text `json:"value"`
	Display Text `json:"display"`
}

// Text is a field's value.
func (f FixedFields) Text(number string) string { return string(f[number].Value) }

// Display is the name for a field's value.
func (f FixedFields) Display(number string) string { return string(f[number].Display) }

// Int is a field's value if it is a whole number.
func (f FixedFields) Int(number string) (int64, bool) {
	n, err := strconv.ParseInt(string(f[number].Value), 10, 64)
	return n, err == nil
}

// Time is a field's value if it is an instant.
func (f FixedFields) Time(number string) time.Time { return parseInstant(f.Text(number)).Time() }

var subfieldMark = regexp.MustCompile(`\|[a-z0-9]`)

// plainCall is a call number without the marks of subfields, as in "|aFIC |bSMI".
func plainCall(call Text) string {
	parts := subfieldMark.Split(string(call), -1)
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

// sum adds amounts exactly; those that are absent count as nothing. It is not ok if all are absent, or if one is no
// amount of money.
func sum(amounts ...rest.Number) (total rest.Number, ok bool) {
	all := new(big.Rat)
	for _, amount := range amounts {
		if amount == "" {
			continue
		}
		// A long exponent would make a number of as many digits.
		_, exponent, _ := strings.Cut(strings.ToLower(string(amount)), "e")
		one, valid := new(big.Rat).SetString(string(amount))
		if !valid || len(exponent) > 3 {
			return "", false
		}
		all.Add(all, one)
		ok = true
	}
	places, exact := all.FloatPrec()
	if !ok || !exact {
		return "", false
	}
	return rest.Number(all.FloatString(places)), true
}

// minus is an amount with its sign turned.
func minus(amount rest.Number) rest.Number {
	if positive, ok := strings.CutPrefix(string(amount), "-"); ok || amount == "" {
		return rest.Number(positive)
	}
	return "-" + amount
}
