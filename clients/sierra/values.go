package sierra

import (
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
func (t *Text) UnmarshalJSON(b []byte) error { return rest.UnmarshalScalar(b, t) }

// UnmarshalScalar takes any of them.
func (t *Text) UnmarshalScalar(text string, quoted bool) error {
	if !quoted && text == "null" {
		text = ""
	}
	*t = Text(strings.TrimRight(text, " "))
	return nil
}

// Loose is a value whose type nobody documents: text as it is, and anything else as the JSON that stands there.
type Loose string

// UnmarshalJSON takes anything.
func (l *Loose) UnmarshalJSON(b []byte) error {
	var t Text
	switch {
	case b[0] != '{' && b[0] != '[':
		if err := t.UnmarshalJSON(b); err != nil {
			return err
		}
	default:
		t = Text(b)
	}
	*l = Loose(t)
	return nil
}

// Instant is a time as the API writes it: 2026-11-21T08:30:00Z, or a day without a zone, 2026-11-21.
type Instant struct {
	at    time.Time
	day   bool   // there is no more than a day
	wrong string // what stands there if it is no time
}

// UnmarshalJSON takes a string or null.
func (i *Instant) UnmarshalJSON(b []byte) error { return rest.UnmarshalScalar(b, i) }

// UnmarshalScalar takes a string or null.
func (i *Instant) UnmarshalScalar(text string, quoted bool) error {
	text, err := rest.Quoted(text, quoted)
	if err != nil {
		return err
	}
	*i = parseInstant(text)
	return nil
}

func parseInstant(text string) Instant {
	text = strings.TrimSpace(text)
	if len(text) == len(time.DateOnly) {
		if at, err := time.Parse(time.DateOnly, text); err == nil {
			return Instant{at: at, day: true}
		}
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return Instant{at: at}
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
	Label   Text `json:"label"` // in the library's words
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

// Instant is a field's value if it is an instant or a day.
func (f FixedFields) Instant(number string) Instant { return parseInstant(f.Text(number)) }

// Number is a field's value if it is a number, without zeros at its end.
func (f FixedFields) Number(number string) rest.Number {
	n, ok := sum(rest.Number(f[number].Value))
	if !ok {
		return ""
	}
	return n
}

// Bool is a field's value if it is a truth.
func (f FixedFields) Bool(number string) (value, ok bool) {
	text := f.Text(number)
	return text == "true", text == "true" || text == "false"
}

// VarField is a field of variable length: by its MARC tag in records that were made for MARC, and by a letter of the
// library system in any.
type VarField struct {
	Tag       Text `json:"fieldTag"`
	MARC      Text `json:"marcTag"`
	Content   Text `json:"content"`
	Subfields []struct {
		Tag     Text `json:"tag"`
		Content Text `json:"content"`
	} `json:"subfields"`

	// Indicators say how to file and to print a field.
	First  rest.Ignored `json:"ind1"`
	Second rest.Ignored `json:"ind2"`
}

// Text is what stands in the field, as a catalogue shows it: subdivisions behind dashes, and without the subfields that
// link and control.
func (v *VarField) Text() string {
	if len(v.Subfields) == 0 {
		return plainCall(v.Content)
	}
	var parts []string
	for _, s := range v.Subfields {
		text := strings.TrimSpace(string(s.Content))
		switch {
		case text == "" || strings.Contains("0123456789w", string(s.Tag)):
		case strings.Contains("vxyz", string(s.Tag)) && len(parts) > 0:
			parts = append(parts, "-- "+text)
		default:
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}

var subfieldMark = regexp.MustCompile(`\|[a-z0-9]`)

// plainCall is a call number without the marks of subfields, as in "|aFIC |bSMI".
func plainCall(call Text) string {
	parts := subfieldMark.Split(string(call), -1)
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

// Total adds amounts exactly. The zero Total is nothing yet, and ready for use.
type Total struct {
	sum  big.Rat
	some bool // there was an amount
}

// Add adds an amount; one that is absent counts as nothing. It is not ok if it is no amount of money.
func (t *Total) Add(amount rest.Number) (ok bool) {
	if amount == "" {
		return true
	}
	// A long exponent would make a number of as many digits.
	_, exponent, _ := strings.Cut(strings.ToLower(string(amount)), "e")
	one, valid := new(big.Rat).SetString(string(amount))
	if !valid || len(exponent) > 3 {
		return false
	}
	t.sum.Add(&t.sum, one)
	t.some = true
	return true
}

// Number is the sum; empty if there was no amount.
func (t *Total) Number() rest.Number {
	// What is added has a finite number of decimal places, and so does their sum.
	places, exact := t.sum.FloatPrec()
	if !t.some || !exact {
		return ""
	}
	return rest.Number(t.sum.FloatString(places))
}

// sum adds amounts exactly; those that are absent count as nothing. It is not ok if all are absent, or if one is no
// amount of money.
func sum(amounts ...rest.Number) (rest.Number, bool) {
	var total Total
	for _, amount := range amounts {
		if !total.Add(amount) {
			return "", false
		}
	}
	return total.Number(), total.some
}

// minus is an amount with its sign turned.
func minus(amount rest.Number) rest.Number {
	if positive, ok := strings.CutPrefix(string(amount), "-"); ok || amount == "" {
		return rest.Number(positive)
	}
	return "-" + amount
}
