package exporters

import "testing"

func TestOnlyWhatASpreadsheetWouldEvaluateIsNeutralised(t *testing.T) {
	for _, c := range []struct {
		text       string
		asText     bool
		asCode     bool
		meaningful string
	}{
		{"", false, false, "nothing"},
		{"plain", false, false, "text"},
		{"b-12", false, false, "text with a sign inside"},
		{"12", false, false, "a number"},
		{"-", false, false, "a dash alone is no formula"},
		{"+", false, false, "a plus alone"},
		{"=", false, false, "an equals sign alone"},
		{"-5", false, false, "a negative number"},
		{"+5", false, false, "a signed number"},
		{"-5.25", false, false, "a decimal"},
		{"-1,234.50", false, false, "groups"},
		{"-5,5 %", false, false, "a percentage as Europe writes it"},
		{"-5%", false, false, "a percentage"},
		{"+1e5", false, false, "an exponent"},
		{"-1E-5", false, false, "a signed exponent"},
		{"+49 30 1234", true, false, "a phone number is a code, but no plain number"},
		{"+49(0)30/123-4", true, false, "a phone number with every separator"},
		{"-2-3", true, false, "a sum, or a code of digits and separators"},
		{"=1+1", true, true, "a formula"},
		{"=1", true, true, "a formula"},
		{"@x", true, true, "a function of old spreadsheets"},
		{"@SUM(1)", true, true, "a function of old spreadsheets"},
		{"- item", true, true, "an item of a list"},
		{"-x", true, true, "minus a name"},
		{"-e5", true, true, "no digits before the exponent"},
		{"-5e", true, true, "no digits in the exponent"},
		{"-5e+-5", true, true, "two signs in the exponent"},
		{"--5", true, false, "two signs: evaluated; a code of separators and a digit"},
		{"+5+5", true, true, "a sum"},
		{"-%", true, true, "no digits"},
		{"-.", true, false, "no digits"},
		{"+49;ext", true, true, "more than separators"},
		{"=cmd|' /C calc'!A0", true, true, "a call of another program"},
		{"\t=1", true, true, "a tab in front"},
		{"\r=1", true, true, "a carriage return in front"},
		{"\n=1", true, true, "a line feed in front"},
		{"\tx", true, true, "a tab in front of anything"},
		{" =1", false, false, "space in front makes it text"},
		{"＝1+1", true, true, "wide equals sign"},
		{"＋1", true, true, "wide plus"},
		{"－1", true, true, "wide minus"},
		{"＠x", true, true, "wide at sign"},
		{"'", false, false, "an apostrophe"},
		{"'x'", false, false, "quoted text"},
		{"'=1", true, true, "looks neutralised, so that it must be"},
		{"'-5", false, false, "looks neutralised, but its rest never is"},
		{"''=2", true, true, "looks neutralised twice"},
		{"é=1", false, false, "text beyond ASCII"},
		{"\xff=1", false, false, "no text at all"},
	} {
		for kind, want := range map[Kind]bool{Text: c.asText, List: c.asText, Code: c.asCode} {
			if got := MustNeutralise(kind, c.text); got != want {
				t.Errorf("%v %q (%s): %v, expected %v", kind, c.text, c.meaningful, got, want)
			}
		}
		for _, kind := range []Kind{0, Int, Decimal, Money, Bool, Date, Time, Duration} {
			if MustNeutralise(kind, c.text) {
				t.Errorf("%v %q is neutralised, though it is no text", kind, c.text)
			}
		}
	}
}

// FuzzNeutralisedTextCanBeUndone takes the reader's rule by its word: remove one apostrophe where what follows must be
// neutralised.
func FuzzNeutralisedTextCanBeUndone(f *testing.F) {
	for _, s := range []string{"=1", "'=1", "''=1", "'", "-5", "'-5", "x"} {
		f.Add(s, uint8(Text))
		f.Add(s, uint8(Code))
	}
	f.Fuzz(func(t *testing.T, s string, k uint8) {
		kind := Kind(k)
		written := s
		if MustNeutralise(kind, s) {
			written = "'" + s
		}
		read := written
		if written != "" && written[0] == '\'' && MustNeutralise(kind, written[1:]) {
			read = written[1:]
		}
		if read != s {
			t.Errorf("%v %q is written as %q and reads as %q", kind, s, written, read)
		}
	})
}
